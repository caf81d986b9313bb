"""Pieces: parts, counted and not told apart. One guid stands for all its copies (section 8)."""

from collections.abc import Sequence
from dataclasses import dataclass

from floorgraph.model.ids import Kind
from floorgraph.model.piece import Piece
from floorgraph.model.progress import Progress
from floorgraph.vendors.cloudnest.mapping.frame import Frame
from floorgraph.vendors.cloudnest.mapping.task import PIECES, PlannedPart, PlannedTask, together


@dataclass(frozen=True, slots=True)
class PartSize:
    """What only the results of machines tell of a part."""

    width_mm: float | None
    height_mm: float | None
    mass_kg: float | None


@dataclass(frozen=True, slots=True)
class Beyond:
    """What is known of a part besides the tasks that cut it."""

    wanted: int | None = None
    """How many are wanted in all."""
    layouts: Sequence[str] = ()
    """Layouts that it lies on, whether or not tasks were made of them."""
    link: str | None = None
    """Where its drawing lies."""


def piece(
    part: PlannedPart,
    cuts: Sequence[tuple[PlannedTask, int]],
    size: PartSize | None,
    frame: Frame,
    beyond: Beyond = Beyond(),
) -> Piece:
    """A part, with the tasks that cut it and the copies on each of their sheets."""
    tasks = [task for task, _ in cuts]
    planned = [amount * (task.total or 0) for task, amount in cuts]
    made = [amount * task.finished for task, amount in cuts]
    stations = {task.gmid for task in tasks if task.gmid is not None}
    layouts = dict.fromkeys((*(task.layout for task in tasks if task.layout), *beyond.layouts))
    total = sum(planned) if beyond.wanted is None else beyond.wanted
    ended = [task.ended_at for task in tasks if task.ended_at]
    return Piece(
        **frame.common(Kind.PIECE, part.guid, part.raw),
        name=part.name,
        serialised=False,
        quantity=total,
        status=PIECES[together(tasks)],
        # The vendor counts sheets; pieces follow from them.
        progress=Progress.of_parts(sum(made), total, estimated=True),
        material=part.material,
        thickness_mm=part.thickness,
        size_x_mm=size.width_mm if size else None,
        size_y_mm=size.height_mm if size else None,
        mass_kg=size.mass_kg if size else None,
        drawing=part.drawing,
        drawing_url=beyond.link,
        properties=part.properties,
        started_at=min((task.started_at for task in tasks if task.started_at), default=None),
        ended_at=max(ended) if ended and not any(task.open for task in tasks) else None,
        job_id=None if part.job is None else frame.id(Kind.JOB, part.job),
        job_ids=tuple(frame.id(Kind.JOB, task.guid) for task in tasks),
        station_id=frame.id(Kind.STATION, stations.pop()) if len(stations) == 1 else None,
        layout_ids=tuple(frame.id(Kind.LAYOUT, guid) for guid in layouts),
    )
