"""The floor's work: folders, jobs, layouts and pieces, put together from the tree and the plan. Pure."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from floorgraph.model.folder import JobFolder
from floorgraph.model.ids import Kind
from floorgraph.model.job import Job
from floorgraph.model.layout import Layout
from floorgraph.model.piece import Piece
from floorgraph.model.record import Record
from floorgraph.vendors.cloudnest.mapping.frame import Frame
from floorgraph.vendors.cloudnest.mapping.job import folder, nest, task_job
from floorgraph.vendors.cloudnest.mapping.layout import layout
from floorgraph.vendors.cloudnest.mapping.nested import NestedLayout
from floorgraph.vendors.cloudnest.mapping.piece import Beyond, PartSize, piece
from floorgraph.vendors.cloudnest.mapping.plate import Plate, fits
from floorgraph.vendors.cloudnest.mapping.task import PlannedPart, PlannedTask
from floorgraph.vendors.cloudnest.mapping.tree import Node, Tree
from floorgraph.vendors.cloudnest.nesting import NOTHING, Extras
from floorgraph.vendors.cloudnest.plan import Known
from floorgraph.vendors.continuity import carried
from floorgraph.vendors.turns import Steps, mapped, parts

R = TypeVar("R", bound=Record)
PER_STEP = 32
"""Records that are compared with those before them in one step."""
UNITS = 8
"""The units of work that so many take, about."""


@dataclass(frozen=True, eq=False)
class FloorWork:
    """Records by id, in a stable order: nests in the order of the tree, then tasks."""

    folders: Mapping[str, JobFolder] = field(default_factory=dict)
    jobs: Mapping[str, Job] = field(default_factory=dict)
    layouts: Mapping[str, Layout] = field(default_factory=dict)
    pieces: Mapping[str, Piece] = field(default_factory=dict)
    pieces_of_task: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Job id of a task -> ids of the pieces it cuts."""
    tasks: Mapping[str, PlannedTask] = field(default_factory=dict)
    """Job id of a task -> the task."""
    complete: bool = False
    """Whether the tasks of all jobs are known."""

    @property
    def gmids(self) -> frozenset[int]:
        """The machines that tasks name."""
        return frozenset(task.gmid for task in self.tasks.values() if task.gmid is not None)


@dataclass(frozen=True)
class Assembly:
    """Puts the records together."""

    tree: Tree
    known: Known
    frame: Frame
    sheets: Mapping[str, str]
    """Layout guid -> plate guid, where that was asked for."""
    sizes: Mapping[str, PartSize]
    previous: FloorWork
    extras: Extras = NOTHING
    plates_of_job: Mapping[int, Sequence[Plate]] = field(default_factory=dict)
    """Job -> the plates that it uses, where it was asked for alone."""

    def work(self, *, stale_tree: bool) -> Steps[FloorWork]:
        """The records, in steps; stale where what they are made of could not be had afresh."""
        tasks, owners = yield from self._tasks()
        stale_jobs = {job for job, plan in self.known.jobs.items() if plan.failure is not None}
        stale = {
            guid
            for guid, jobs in owners.items()
            if stale_jobs.intersection(jobs or self.known.suspects.get(guid, ()))
        }
        before = self.previous

        def folded(node: Node) -> JobFolder:
            return _turned(folder(node, self.frame), stale=stale_tree)

        def nested(node: Node) -> Job:
            return _turned(self._nest(node), stale=stale_tree or node.id in stale_jobs)

        def planned(task: PlannedTask) -> Job:
            made = task_job(task, owners[task.guid], self._at(task.observed_at))
            return _turned(made, stale=task.guid in stale)

        folders = yield from mapped(self.tree.folders, folded)
        nests = yield from mapped(self.tree.jobs, nested)
        jobs = yield from mapped(tasks.values(), planned)
        layouts = yield from self._layouts(tasks, owners, stale)
        pieces = yield from self._pieces(tasks, stale)
        cut = yield from mapped(tasks.values(), self._cut)
        return FloorWork(
            folders=(yield from _by_id(before.folders, folders)),
            jobs=(yield from _by_id(before.jobs, [*nests, *jobs])),
            layouts=(yield from _by_id(before.layouts, layouts)),
            pieces=(yield from _by_id(before.pieces, pieces)),
            pieces_of_task=dict(cut),
            tasks={self.frame.id(Kind.JOB, guid): task for guid, task in tasks.items()},
            complete=self.tree.complete and all(self._is_whole(job) for job in self.tree.leaves()),
        )

    def _tasks(self) -> Steps[tuple[dict[str, PlannedTask], dict[str, list[int]]]]:
        """The tasks of the tree's jobs and those of which nobody knows whose they are; their jobs."""
        tasks: dict[str, PlannedTask] = {}
        for node in self.tree.jobs:
            tasks.update((task.guid, task) for task in self.known.of(node.id))
            yield 1
        tasks.update((task.guid, task) for task in self.known.unowned())
        owners: dict[str, list[int]] = {}
        for task in tasks.values():
            owners[task.guid] = self._owners(task)
            yield 1
        return tasks, owners

    def _cut(self, task: PlannedTask) -> tuple[str, tuple[str, ...]]:
        """A task's job id and the ids of its pieces."""
        pieces = dict.fromkeys(self.frame.id(Kind.PIECE, part.guid) for part in task.parts)
        return self.frame.id(Kind.JOB, task.guid), tuple(pieces)

    def _is_whole(self, job: int) -> bool:
        plan = self.known.jobs.get(job)
        return plan is not None and plan.whole

    def _owners(self, task: PlannedTask) -> list[int]:
        """The task's jobs that are in the tree, in the order of its parts."""
        jobs = task.jobs or sorted(self.known.owners(task))
        return [job for job in jobs if job in self.tree.nodes]

    def _nest(self, node: Node) -> Job:
        plan, nested = self.known.jobs.get(node.id), self._nested_of.get(node.id, ())
        if plan is None:
            return nest(node, None, self.frame, nested)
        at = max(plan.at, self.frame.observed_at)
        return nest(node, self.known.of(node.id), dataclasses.replace(self.frame, observed_at=at), nested)

    def _at(self, *moments: datetime) -> Frame:
        return dataclasses.replace(self.frame, observed_at=max(moments, default=self.frame.observed_at))

    def _layouts(
        self, tasks: Mapping[str, PlannedTask], owners: Mapping[str, list[int]], stale: set[str]
    ) -> Steps[list[Layout]]:
        by_layout: dict[str, list[PlannedTask]] = {}
        for task in tasks.values():
            if task.layout is not None:
                by_layout.setdefault(task.layout, []).append(task)
        for guid in self._present:
            by_layout.setdefault(guid, [])
        found: list[Layout] = []
        for guid, own in by_layout.items():
            nested = self.extras.layouts.get(guid)
            nests = list(dict.fromkeys(job for task in own for job in owners[task.guid]))
            if not own and nested is not None:
                nests = self._jobs_of(nested)
            moments = [*(task.observed_at for task in own), *([nested.observed_at] if nested else ())]
            made = layout(
                guid,
                own,
                nests,
                self._sheet(guid, nested, own, nests),
                self._at(*moments),
                nested,
                self.extras.layout_links.get(guid),
            )
            found.append(_turned(made, stale=any(task.guid in stale for task in own)))
            yield 1
        return found

    @cached_property
    def _present(self) -> Mapping[str, NestedLayout]:
        """The layouts that jobs of the tree have, whether or not tasks were made of them."""
        return {guid: one for guid, one in self.extras.layouts.items() if self._jobs_of(one)}

    @cached_property
    def _nested_of(self) -> Mapping[int, list[str]]:
        found: dict[int, list[str]] = {}
        for guid, one in self._present.items():
            for job in self._jobs_of(one):
                found.setdefault(job, []).append(guid)
        return found

    def _jobs_of(self, nested: NestedLayout) -> list[int]:
        jobs = dict.fromkeys((nested.job, *(part.job for part in nested.parts or ())))
        return [job for job in jobs if job is not None and job in self.tree.nodes]

    def _sheet(
        self, guid: str, nested: NestedLayout | None, own: Sequence[PlannedTask], nests: Sequence[int]
    ) -> str | None:
        """The plate that a layout lies on: as told, or the only one of its jobs' plates that it fits."""
        told = self.sheets.get(guid) or (nested.plate if nested else None)
        if told is not None or not nests or not all(job in self.plates_of_job for job in nests):
            return told
        first: PlannedTask | NestedLayout | None = own[0] if own else nested
        fitting = {
            plate.guid
            for job in nests
            for plate in self.plates_of_job[job]
            if first is not None and fits(plate, first.material, first.thickness, first.width, first.height)
        }
        return fitting.pop() if len(fitting) == 1 else None

    def _pieces(self, tasks: Mapping[str, PlannedTask], stale: set[str]) -> Steps[list[Piece]]:
        cuts: dict[str, list[tuple[PlannedTask, int]]] = {}
        parts: dict[str, PlannedPart] = {}
        for task in tasks.values():
            for part in task.parts:
                parts[part.guid] = part
                cuts.setdefault(part.guid, []).append((task, part.amount))
            yield 1
        for part in self._further_parts():
            parts.setdefault(part.guid, part)
        lying = self._lying()
        found: list[Piece] = []
        for guid, part in parts.items():
            own, whole = [task for task, _ in cuts.get(guid, ())], self.extras.parts.get(guid)
            moments = [*(task.observed_at for task in own), *([whole.observed_at] if whole else ())]
            beyond = Beyond(
                wanted=whole.part.amount if whole else None,
                layouts=lying.get(guid, ()),
                link=self.extras.drawing_links.get(part.drawing_guid or ""),
            )
            size = self.sizes.get(guid) or (whole.size if whole else None)
            made = piece(part, cuts.get(guid, ()), size, self._at(*moments), beyond)
            found.append(_turned(made, stale=any(task.guid in stale for task in own)))
            yield 1
        return found

    def _further_parts(self) -> Iterator[PlannedPart]:
        """Parts of jobs of the tree that no task needs to tell of."""
        listed = (whole.part for whole in self.extras.parts.values())
        nested = (part for one in self._present.values() for part in one.parts or ())
        placed = (part for told in self.extras.on_layout.values() for part in told)
        return (part for part in (*listed, *nested, *placed) if part.job in self.tree.nodes)

    def _lying(self) -> dict[str, list[str]]:
        """Part -> the layouts that it is told to lie on."""
        extras, found = self.extras, dict[str, list[str]]()
        for layout_guid in {**extras.copies, **extras.on_layout, **self._present}:
            for guid in extras.parts_on(layout_guid):
                found.setdefault(guid, []).append(layout_guid)
        return found


def _turned(record: R, *, stale: bool) -> R:
    record.stale = stale
    return record


def _by_id(before: Mapping[str, R], fresh: Sequence[R]) -> Steps[dict[str, R]]:
    found: dict[str, R] = {}
    for some in parts(fresh, PER_STEP):
        found.update((record.id, carried(before, record)) for record in some)
        yield UNITS
    return found
