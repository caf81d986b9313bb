"""Layouts: nest results, known by the production tasks that cut them, and what lies on them in order."""

from collections.abc import Mapping, Sequence
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.model.layout import Layout, LayoutKind, LayoutStatus, Placement
from floorgraph.vendors.cloudnest.mapping.frame import Frame, canonical
from floorgraph.vendors.cloudnest.mapping.nested import NestedLayout
from floorgraph.vendors.cloudnest.mapping.task import PRODUCTION, PlannedTask, together
from floorgraph.vendors.coerce import BadRecord, Shape

LAYOUT = Shape(
    "layout in order",
    expected=("guid", "part_list"),
    optional=("library_plate_guid", "plate_idx", "plate_name"),
    identity="guid",
)


def layout(
    guid: str,
    tasks: Sequence[PlannedTask],
    nests: Sequence[int],
    sheet: str | None,
    frame: Frame,
    nested: NestedLayout | None = None,
    link: str | None = None,
) -> Layout:
    """The layout of some tasks, or one that has none; `sheet` is the plate it lies on, if known."""
    first: PlannedTask | NestedLayout | None = tasks[0] if tasks else nested
    if first is None:
        raise ValueError(f"nothing tells of layout {guid}")
    totals = [task.total for task in tasks if task.total is not None]
    jobs = [*(str(number) for number in nests), *(task.guid for task in tasks)]
    return Layout(
        **frame.common(Kind.LAYOUT, guid, first.raw),
        name=first.name,
        kind=LayoutKind.SHEET,
        status=LayoutStatus.READY,
        production_status=PRODUCTION[together(tasks)],
        material=first.material,
        thickness_mm=first.thickness,
        width_mm=first.width,
        depth_mm=first.height,
        piece_count=first.part_amount,
        planned_copies=sum(totals) if totals else None,
        finished_copies=sum(task.finished for task in tasks),
        drawing_url=link or (nested.drawing_url if nested else None),
        job_ids=tuple(frame.id(Kind.JOB, remote) for remote in jobs),
        station_id=_station(tasks, frame),
        batch_id=None if sheet is None else frame.id(Kind.BATCH, sheet),
    )


def _station(tasks: Sequence[PlannedTask], frame: Frame) -> str | None:
    """The machine that cuts it: where it is begun, else still to be cut, else was cut."""
    ranked = sorted(
        (task for task in tasks if task.gmid is not None),
        key=lambda task: (not task.open, task.started_at is None),
    )
    return frame.id(Kind.STATION, ranked[0].gmid) if ranked else None


def found_layout(value: Any, guid: str, frame: Frame) -> tuple[list[str], str | None]:
    """Guids of the parts on a layout in physical order, once per copy, and of its plate.

    The answer is the nest task with its results; software 1.0 sends all of its
    layouts, 2.0 the one asked for.
    """
    task = value if isinstance(value, dict) else {}
    for payload in task.get("nest_result") or ():
        try:
            fields = frame.fields(payload, LAYOUT)
            found = canonical(fields.text("guid", "uuid", required=True))
        except BadRecord as bad:
            frame.diagnostics.drift(bad.payload, bad.field or "*", "unreadable")
            continue
        if found == guid:
            plate = fields.text("library_plate_guid")
            parts = [canonical(part) for part in fields.texts("part_list")]
            return parts, canonical(plate) if plate else None
    return [], None


def placements(parts: Sequence[str], names: Mapping[str, str], frame: Frame) -> tuple[Placement, ...]:
    """The copies in their order; where they lie exactly is not told."""
    return tuple(
        Placement(position=index, name=names.get(guid), piece_id=frame.id(Kind.PIECE, guid))
        for index, guid in enumerate(parts)
    )
