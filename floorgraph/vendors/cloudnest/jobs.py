"""Jobs, folders, layouts and pieces of one account: the tree, and the plan of those jobs that matter."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.cloudnest.answers import answer, number, remotes
from floorgraph.vendors.cloudnest.client import Payload
from floorgraph.vendors.cloudnest.endpoints import JOB_INFO, JOB_LIST, JOB_TREE
from floorgraph.vendors.cloudnest.floor import Assembly, FloorWork
from floorgraph.vendors.cloudnest.gateway import Gateway, Question
from floorgraph.vendors.cloudnest.locating import Locating
from floorgraph.vendors.cloudnest.mapping.plate import Plate
from floorgraph.vendors.cloudnest.mapping.tree import Tree, growing
from floorgraph.vendors.cloudnest.nesting import Nesting
from floorgraph.vendors.cloudnest.plan import Plan
from floorgraph.vendors.cloudnest.results import Results
from floorgraph.vendors.cloudnest.sheets import Sheets
from floorgraph.vendors.failures import Forbidden, SourceFailure, Unsupported
from floorgraph.vendors.gate import Freshness, Observed
from floorgraph.vendors.questions import By, Where
from floorgraph.vendors.turns import Steps

TREE = Question(JOB_TREE, wanted=300.0)
LIST = Question(JOB_LIST, wanted=300.0)
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
        self.nesting = Nesting(gateway)
        self._locating = Locating(gateway)
        self._plates_of_job: Mapping[int, Sequence[Plate]] = {}
        self._found: Mapping[int, Any] = {}
        self._listed: Payload | None = None
        self._tree_failure: SourceFailure | None = None

    async def select(self, kind: Kind, where: Where, freshness: Freshness) -> Answer[Any]:
        """Folders, jobs, layouts or pieces. Raises `SourceFailure` when nothing of them can be had."""
        try:
            await self.read_tree(freshness)
        except Unsupported:
            return Answer((), None)
        failure, whole = None, True
        if kind is not Kind.JOB_FOLDER:
            await self._look_for(kind, where, freshness)
            wanted = await self._concerned(kind, where, freshness)
            alone = where.by in (By.PARENT, By.JOB) and len(where.values) == 1
            failure = await self._read_plan(wanted, freshness, alone=alone)
            if failure is not None and kind is not Kind.JOB and not self._knows_without_tasks(kind):
                raise failure
            failure = await self._read_nesting(kind, where, wanted, freshness) or failure
            whole = self.nesting.is_whole(kind, self.tree.leaves())
        found = answer(self._records(kind), where, self.tree_at)
        groups = self._by_machine(where) if kind is Kind.PIECE and where.by is By.STATION else None
        complete = self.tree.complete and whole and (kind is Kind.JOB_FOLDER or self.work.complete)
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
        try:
            observed = await read(TREE, freshness)
        except (Unsupported, Forbidden):
            if not self._gateway.grants.has(JOB_LIST):
                raise
            # The list of jobs stands in for their tree: all of them, without the folders.
            observed = await read(LIST, freshness)
        self._tree_failure = observed.failure
        if self._listed is not observed.value:
            self._listed, self._found = observed.value, {}
        found, derived = self._found, self._gateway.derived
        self.tree = await derived.of_many("tree", (observed.value, found), lambda: self._map(observed, found))
        self.tree_at = observed.at
        self.plan.keep_only(self.tree.nodes)
        self.nesting.keep_only(self.tree.nodes)
        await self.assemble()

    @property
    def tree_failure(self) -> SourceFailure | None:
        """Why the tree is not fresher than it is."""
        return self._tree_failure

    def outdate(self) -> None:
        """Let nothing that is known of tasks, layouts and parts answer for now: a command may have
        changed it. What the gate remembers is not this one's affair."""
        self.plan.outdate()
        self.nesting.outdate()
        self._found = {}

    async def assemble(self) -> FloorWork:
        """The records as of what is known now."""
        stale = self._tree_failure is not None
        inputs = (
            self.tree,
            self.plan.version,
            self._sheets.version,
            self._results.version,
            self.nesting.extras,
            self._plates_of_job,
            stale,
        )
        self.work = await self._gateway.derived.of_many("work", inputs, lambda: self._assembled(stale))
        return self.work

    def sheets_of_task(self, job_id: str) -> list[str]:
        """The plate that a production task's layout is known to lie on."""
        task = self.work.tasks.get(job_id)
        sheet = self._sheets.plates.get(task.layout or "") if task else None
        return [sheet] if sheet else []

    def _map(self, observed: Observed[Payload], further: Mapping[int, Any]) -> Steps[Tree]:
        rows = [*observed.value.items(), *further.values()]
        found = yield from growing(rows, self._gateway.frame(observed.at))
        return found if observed.value.is_list else dataclasses.replace(found, complete=False)

    def _assembled(self, stale: bool) -> Steps[FloorWork]:
        at = self.tree_at or self._gateway.clock.now()
        frame = self._gateway.frame(at)
        plates, sizes = self._sheets.plates, self._results.sizes
        extras, of_job = self.nesting.extras, self._plates_of_job
        # What is known of tasks may change while it is worked with: this is what it was at the beginning.
        known = self.plan.known.copy()
        made = Assembly(self.tree, known, frame, plates, sizes, self.work, extras, of_job)
        return made.work(stale_tree=stale)

    async def with_sheets(
        self, layout_ids: Iterable[str], freshness: Freshness
    ) -> tuple[FloorWork, SourceFailure | None]:
        """The work with the plates of these layouts, a call for each that is not known yet."""
        ids = frozenset(layout_ids)
        await self.select(Kind.LAYOUT, Where(By.ID, ids), freshness)
        missing = [one for one in ids if one in self.work.layouts and self.work.layouts[one].batch_id is None]
        found = await self._sheets.placements(self.work.layouts, self.work.pieces, missing, freshness)
        await self.assemble()
        return self.work, next((one for one in found.values() if isinstance(one, SourceFailure)), None)

    async def know_plates(self, job: int, plates: Sequence[Plate]) -> None:
        """Take note of the plates that a job uses, which was asked for alone."""
        if list(self._plates_of_job.get(job, ())) != list(plates):
            self._plates_of_job = {**self._plates_of_job, job: plates}
            await self.assemble()

    async def _look_for(self, kind: Kind, where: Where, freshness: Freshness) -> None:
        """Ask for jobs by number that the tree does not have (yet), where that path is configured."""
        if kind is not Kind.JOB or where.by is not By.ID or not self._gateway.grants.has(JOB_INFO):
            return
        numbers = {number(remote) for remote in remotes(where.values)}
        unknown = sorted(one for one in numbers if one is not None and one not in self.tree.nodes)
        if not unknown or len(unknown) > self._gateway.settings.chunk:
            return
        try:
            observed = await self._gateway.read(Question(JOB_INFO, {"job_id": unknown}, 60.0), freshness)
        except SourceFailure:
            return
        rows = {row["id"]: row for row in observed.value.items() if isinstance(row, dict) and "id" in row}
        if not rows.keys() <= self._found.keys():
            self._found = {**self._found, **rows}
            await self.read_tree(Freshness(since=freshness.since))

    def _knows_without_tasks(self, kind: Kind) -> bool:
        return bool(self.work.tasks) or bool(self.nesting.endpoints(kind))

    async def _read_nesting(
        self, kind: Kind, where: Where, wanted: Sequence[int], freshness: Freshness
    ) -> SourceFailure | None:
        """What is known of layouts and pieces besides tasks; the failure that kept it from being fresh."""
        if kind not in (Kind.LAYOUT, Kind.PIECE):
            return None
        failure = await self.nesting.read(kind, wanted, freshness)
        await self.assemble()
        if kind is Kind.PIECE and where.by is By.LAYOUT:
            with_parts = {one for piece in self.work.pieces.values() for one in piece.layout_ids}
            bare = [one for one in where.values if one in self.work.layouts and one not in with_parts]
            failure = await self.nesting.read_layouts(remotes(bare), freshness) or failure
            await self.assemble()
        return failure

    async def _read_plan(
        self, wanted: Iterable[int], freshness: Freshness, *, alone: bool
    ) -> SourceFailure | None:
        """Read the plan of some jobs; the failure that kept it from being fresh, if any did.

        While it is not clear which tasks belong to a job that is asked for alone, it has a call of its own.
        """
        jobs, unread = list(wanted), None
        try:
            await self.plan.read(jobs, freshness)
            if alone and len(jobs) == 1 and self.plan.is_doubtful(jobs[0]):
                await self.plan.fetch(jobs)
        except SourceFailure as failure:
            unread = failure
        await self.assemble()
        if unread is not None:
            return None if isinstance(unread, Unsupported) else unread
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

    async def _concerned(self, kind: Kind, where: Where, freshness: Freshness) -> list[int]:
        """The leaves whose plan has what is asked for; all of them when that is not known."""
        leaves = self.tree.leaves()
        if where.by is By.ALL or where.by is By.STATION:
            return leaves
        if where.by is By.FOLDER:
            folders = {number(remote) for remote in remotes(where.values)}
            return [one for one in leaves if self.tree.nodes[one].parent in folders]
        named = kind if where.by is By.ID else _NAMED.get(where.by)
        leaves_of = {value: self._leaf_of(named, value) for value in where.values}
        unknown = [value for value, own in leaves_of.items() if own is None]
        located = await self._located(named, remotes(unknown), freshness) if unknown else set()
        if located is None:
            return leaves
        found = located.union(*(own for own in leaves_of.values() if own))
        return sorted(found.intersection(leaves))

    async def _located(
        self, kind: Kind | None, guids: Sequence[str], freshness: Freshness
    ) -> set[int] | None:
        """The jobs of layouts or tasks that are not known yet; None when only reading all jobs can tell."""
        if kind is Kind.LAYOUT:
            calls_for_all = -(-len(self.tree.leaves()) // self._gateway.settings.chunk)
            return await self._locating.layouts(guids, calls_for_all, freshness)
        return await self._locating.tasks(guids, freshness) if kind is Kind.JOB else None

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
