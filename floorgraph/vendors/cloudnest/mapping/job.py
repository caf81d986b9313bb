"""Jobs and folders: leaves of the tree are nests, production tasks are children of the nests they cut for."""

from collections.abc import Iterable, Sequence

from floorgraph.model.folder import JobFolder
from floorgraph.model.ids import Kind
from floorgraph.model.job import Job, JobKind, JobStatus
from floorgraph.model.progress import Progress, ProgressUnit
from floorgraph.vendors.cloudnest.mapping.frame import Frame
from floorgraph.vendors.cloudnest.mapping.task import PlannedTask, together
from floorgraph.vendors.cloudnest.mapping.tree import LEAF, NODE, Node


def folder(node: Node, frame: Frame) -> JobFolder:
    """A folder of the tree."""
    return JobFolder(
        **frame.common(Kind.JOB_FOLDER, node.id, node.raw),
        name=node.title,
        position=node.rank,
        parent_id=_folder_id(node, frame),
    )


def nest(node: Node, tasks: Sequence[PlannedTask] | None, frame: Frame, nested: Iterable[str] = ()) -> Job:
    """A leaf of the tree; `tasks` is None while they are not known, `nested` are further layouts of it."""
    if node.type != LEAF:
        frame.diagnostics.unmapped(f"{NODE.name} type", str(node.type))
    known = tasks if node.type == LEAF else None
    status = JobStatus.UNKNOWN if known is None else together(known)
    found = known or ()
    layouts = dict.fromkeys((*(task.layout for task in found if task.layout), *nested))
    ended = [task.ended_at for task in found if task.ended_at] if status is JobStatus.COMPLETED else []
    return Job(
        **frame.common(Kind.JOB, node.id, node.raw),
        name=node.title,
        kind=JobKind.NEST,
        status=status,
        vendor_status=node.status,
        progress=_progress(found),
        position=node.rank,
        started_at=min((task.started_at for task in found if task.started_at), default=None),
        ended_at=max(ended, default=None),
        folder_id=_folder_id(node, frame),
        layout_ids=tuple(frame.id(Kind.LAYOUT, guid) for guid in layouts),
    )


def task_job(task: PlannedTask, nests: Sequence[int], frame: Frame) -> Job:
    """A production task: copies of a layout on a machine."""
    return Job(
        **frame.common(Kind.JOB, task.guid, task.raw),
        name=task.name,
        kind=JobKind.TASK,
        status=task.status,
        vendor_status=task.word,
        progress=_progress((task,)),
        notes=task.comments,
        started_at=task.started_at,
        ended_at=task.ended_at,
        station_id=None if task.gmid is None else frame.id(Kind.STATION, task.gmid),
        parent_ids=tuple(frame.id(Kind.JOB, number) for number in nests),
        layout_ids=(frame.id(Kind.LAYOUT, task.layout),) if task.layout else (),
    )


def _folder_id(node: Node, frame: Frame) -> str | None:
    return None if node.parent is None else frame.id(Kind.JOB_FOLDER, node.parent)


def _progress(tasks: Sequence[PlannedTask]) -> Progress | None:
    """Finished of planned sheets."""
    totals = [task.total for task in tasks if task.total is not None]
    if not totals:
        return None
    return Progress.of(sum(task.finished for task in tasks), sum(totals), ProgressUnit.SHEETS)
