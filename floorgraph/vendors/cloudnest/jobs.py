"""Jobs, folders, layouts and pieces of one account: the tree, and the plan of those jobs that matter."""

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.cloudnest.answers import answer, number, remotes
from floorgraph.vendors.cloudnest.client import Payload
from floorgraph.vendors.cloudnest.endpoints import JOB_TREE
from floorgraph.vendors.cloudnest.floor import Assembly, FloorWork
from floorgraph.vendors.cloudnest.gateway import Gateway, Question
from floorgraph.vendors.cloudnest.mapping.tree import Tree, tree
from floorgraph.vendors.cloudnest.plan import Plan
from floorgraph.vendors.cloudnest.results import Results
from floorgraph.vendors.cloudnest.sheets import Sheets
from floorgraph.vendors.failures import SourceFailure, Unsupported
from floorgraph.vendors.gate import Freshness, Observed
from floorgraph.vendors.questions import By, Where

TREE = Question(JOB_TREE, wanted=300.0)
UNREAD = Tree(complete=False)


class Jobs:
    """The work of one account. `tree` and `work` are what was read last; they make no call."""

    def __init__(self, gateway: Gateway, plan: Plan, sheets: Sheets, results: Results) -> None:
        self.tree = UNREAD
        self.work = FloorWork()
        self.tree_at: datetime | None = None
        self.plan = plan
        self._gateway = gateway
        self._sheets = sheets
        self._results = results
        self._tree_failure: SourceFailure | None = None

    async def select(self, kind: Kind, where: Where, freshness: Freshness) -> Answer[Any]:
        """Folders, jobs, layouts or pieces. Raises `SourceFailure` when nothing of them can be had."""
        try:
            await self.read_tree(freshness)
        except Unsupported:
            return Answer((), None)
        failure = None
        if kind is not Kind.JOB_FOLDER:
            wanted = self._concerned(kind, where)
            alone = where.by in (By.PARENT, By.JOB) and len(where.values) == 1
            failure = await self._read_plan(wanted, freshness, alone=alone)
            if failure is not None and kind is not Kind.JOB and not self.work.tasks:
                raise failure
        found = answer(self._records(kind), where, self.tree_at)
        groups = self._by_machine(where) if kind is Kind.PIECE and where.by is By.STATION else None
        complete = self.tree.complete and (kind is Kind.JOB_FOLDER or self.work.complete)
        items = found.items
        if groups is not None:
            items = list({record.id: record for part in groups.values() for record in part}.values())
        return Answer(items, self.tree_at, complete, self._tree_failure or failure, groups)

    async def leaves(self, freshness: Freshness) -> list[int]:
        """Numbers of all jobs that can own parts, ascending. Raises `SourceFailure`."""
        await self.read_tree(freshness)
        return self.tree.leaves()

    async def read_tree(self, freshness: Freshness, *, polled: bool = False) -> None:
        """See to it that the tree is as fresh as asked. Raises `SourceFailure`; `polled` when it is not."""
        read = self._gateway.fresh if polled else self._gateway.read
        observed = await read(TREE, freshness)
        self._tree_failure = observed.failure
        self.tree = self._gateway.derived.of("tree", (observed.value,), lambda: self._map(observed))
        self.tree_at = observed.at
        self.plan.keep_only(self.tree.nodes)
        self.assemble()

    def assemble(self) -> FloorWork:
        """The records as of what is known now."""
        stale = self._tree_failure is not None
        inputs = (self.tree, self.plan.version, self._sheets.version, self._results.version, stale)
        self.work = self._gateway.derived.of("work", inputs, lambda: self._assembled(stale))
        return self.work

    def sheets_of_task(self, job_id: str) -> list[str]:
        """The plate that a production task's layout is known to lie on."""
        task = self.work.tasks.get(job_id)
        sheet = self._sheets.plates.get(task.layout or "") if task else None
        return [sheet] if sheet else []

    def _map(self, observed: Observed[Payload]) -> Tree:
        found = tree(observed.value.items(), self._gateway.frame(observed.at))
        return found if observed.value.is_list else dataclasses.replace(found, complete=False)

    def _assembled(self, stale: bool) -> FloorWork:
        at = self.tree_at or self._gateway.clock.now()
        frame = self._gateway.frame(at)
        plates, sizes = self._sheets.plates, self._results.sizes
        return Assembly(self.tree, self.plan.known, frame, plates, sizes, self.work).work(stale_tree=stale)

    async def _read_plan(
        self, wanted: Iterable[int], freshness: Freshness, *, alone: bool
    ) -> SourceFailure | None:
        """Read the plan of some jobs; the failure that kept it from being fresh, if any did.

        While it is not clear which tasks belong to a job that is asked for alone, it has a call of its own.
        """
        jobs = list(wanted)
        try:
            await self.plan.read(jobs, freshness)
            if alone and len(jobs) == 1 and self.plan.is_doubtful(jobs[0]):
                await self.plan.fetch(jobs)
        except Unsupported:
            return None
        except SourceFailure as failure:
            return failure
        finally:
            self.assemble()
        known = self.plan.known.jobs
        return next((known[job].failure for job in jobs if job in known and known[job].failure), None)

    def _records(self, kind: Kind) -> Mapping[str, Any]:
        work = self.work
        by_kind: dict[Kind, Mapping[str, Any]] = {
            Kind.JOB_FOLDER: work.folders,
            Kind.JOB: work.jobs,
            Kind.LAYOUT: work.layouts,
            Kind.PIECE: work.pieces,
        }
        return by_kind[kind]

    def _by_machine(self, where: Where) -> dict[str, list[Any]]:
        """Pieces by machine: a piece that several machines cut names none."""
        work = self.work
        groups: dict[str, dict[str, Any]] = {one: {} for one in where.values}
        for job_id, ids in work.pieces_of_task.items():
            group = groups.get(work.jobs[job_id].station_id or "")
            if group is not None:
                group.update((one, work.pieces[one]) for one in ids)
        return {one: list(group.values()) for one, group in groups.items()}

    def _concerned(self, kind: Kind, where: Where) -> list[int]:
        """The leaves whose plan has what is asked for; all of them when that is not known."""
        leaves = self.tree.leaves()
        if where.by is By.ALL or where.by is By.STATION:
            return leaves
        if where.by is By.FOLDER:
            folders = {number(remote) for remote in remotes(where.values)}
            return [one for one in leaves if self.tree.nodes[one].parent in folders]
        found: set[int] = set()
        for value in where.values:
            own = self._leaf_of(kind if where.by is By.ID else _NAMED.get(where.by), value)
            if own is None:
                return leaves
            found |= own
        return sorted(found.intersection(leaves))

    def _leaf_of(self, kind: Kind | None, value: str) -> set[int] | None:
        """The leaves behind an id; None when it is not known."""
        work = self.work
        if kind is Kind.JOB:
            (remote,) = remotes((value,))
            own = number(remote)
            if own is not None:
                return {own}
        ids: Iterable[str | None] | None = None
        if kind is Kind.JOB and value in work.jobs:
            ids = work.jobs[value].parent_ids or None
        elif kind is Kind.LAYOUT and value in work.layouts:
            ids = work.layouts[value].job_ids
        elif kind is Kind.PIECE and value in work.pieces:
            ids = (work.pieces[value].job_id,)
        if ids is None:
            return None
        return {own for one in ids if one for own in [number(one.rpartition(":")[2])] if own is not None}


_NAMED = {By.JOB: Kind.JOB, By.PARENT: Kind.JOB, By.LAYOUT: Kind.LAYOUT}
