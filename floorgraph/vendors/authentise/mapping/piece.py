"""Pieces: identified physical objects, and the steps of their way through the shop."""

from dataclasses import dataclass

from floorgraph.model.ids import Kind
from floorgraph.model.piece import Piece, PieceProperty, PieceStatus, PieceStep
from floorgraph.vendors.authentise.links import Ref, refs_of
from floorgraph.vendors.authentise.mapping.frame import Frame, folded, short
from floorgraph.vendors.authentise.mapping.job import station_of_run
from floorgraph.vendors.authentise.mapping.words import PIECE, PRINT
from floorgraph.vendors.authentise.shelf import Row

PROPERTIES = ("notes", "size", "is_order_deleted", "is_line_item_deleted", "line_item_status")
"""Fields without a unified counterpart that are shown as properties; `size` is a bounding box in mm3."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The rows that say where a piece is on its way."""

    run: Row | None = None
    """The run that works on its current step."""
    workflow: Row | None = None
    step: Row | None = None
    """The process step that it is at."""
    location: Row | None = None
    actuals: Row | None = None
    files: tuple[Row, ...] = ()
    """The build files of the run."""


def piece(row: Row, frame: Frame, about: Whereabouts) -> Piece:
    """A piece. One that was made anew elsewhere after it failed counts as replaced."""
    fields = frame.fields(row)
    word = fields.text("status")
    replaced_by = row.link("remanufactured_to")
    status = frame.word("piece", word, PIECE, PieceStatus.UNKNOWN, "piece")
    if status is PieceStatus.FAILED and replaced_by is not None:
        status = PieceStatus.REPLACED
    run, actuals = about.run, about.actuals
    return Piece(
        **frame.common(Kind.PIECE, row, fields),
        name=fields.text("name") or short(row.ref),
        serialised=True,
        quantity=1,
        status=status,
        vendor_status=word,
        kind=fields.text("type"),
        step_name=_name(about.step),
        step_position=_counted_from_one(fields.integer("current_step_position")),
        step_count=len(steps) if (steps := step_refs(about.workflow)) else None,
        material=fields.text("material_name"),
        thickness_mm=fields.number("layer_thickness"),
        drawing=None if (model := row.link("model")) is None else model.remote,
        properties=_properties(row),
        priority=fields.number("priority"),
        location=_name(about.location),
        reworked=bool(fields.boolean("reworked")),
        created_at=fields.instant("created"),
        started_at=None if actuals is None else frame.fields(actuals).instant("start_in_progress_time"),
        ended_at=None if actuals is None else frame.fields(actuals).instant("end_in_progress_time"),
        due_at=fields.instant("order_due_date"),
        job_id=frame.maybe_id(Kind.JOB, run.ref if run else None),
        station_id=frame.maybe_id(Kind.STATION, station_of_run(run) if run else None),
        order_id=frame.maybe_id(Kind.ORDER, row.link("order")),
        replaced_by_id=frame.maybe_id(Kind.PIECE, replaced_by),
        layout_ids=_layouts(about.files, frame),
    )


def piece_step(row: Row, frame: Frame, step: Row | None, *, current: bool) -> PieceStep:
    """What the vendor calls a print: one step of one piece, and what came of it."""
    fields = frame.fields(row)
    word = fields.text("order_step_status") or fields.text("status")
    position = _counted_from_one(fields.integer("process_step_position"))
    return PieceStep(
        name=_name(step) or fields.text("name") or short(row.ref),
        position=position or 1,
        status=frame.word("piece", word, PRINT, PieceStatus.UNKNOWN, "print"),
        vendor_status=word,
        current=current,
        job_id=frame.maybe_id(Kind.JOB, row.link("run")),
    )


def step_refs(workflow: Row | None) -> list[Ref]:
    """The steps of a workflow in their order."""
    return [] if workflow is None else refs_of(workflow.get("process_steps"))


def _layouts(files: tuple[Row, ...], frame: Frame) -> tuple[str, ...]:
    links = (row.link("layout") for row in files)
    return frame.ids(Kind.LAYOUT, list(dict.fromkeys(link for link in links if link is not None)))


def _counted_from_one(position: int | None) -> int | None:
    """The vendor counts steps from 0."""
    return None if position is None else position + 1


def _name(row: Row | None) -> str | None:
    value = None if row is None else row.get("name")
    return value if isinstance(value, str) and value.strip() else None


def _properties(row: Row) -> tuple[PieceProperty, ...]:
    shown = ((name, row.get(name)) for name in PROPERTIES)
    return tuple(
        PieceProperty(name=name, value=folded(str(value)) if isinstance(value, bool) else str(value))
        for name, value in shown
        if value not in (None, "", False)
    )
