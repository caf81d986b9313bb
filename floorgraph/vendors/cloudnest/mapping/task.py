"""Production tasks as `plan_detail` tells them (section 5.1), before they become jobs, layouts and pieces."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from floorgraph.model.job import JobStatus
from floorgraph.model.layout import ProductionStatus
from floorgraph.model.piece import PieceProperty, PieceStatus
from floorgraph.vendors import values
from floorgraph.vendors.cloudnest.mapping.frame import Frame, canonical
from floorgraph.vendors.coerce import BadRecord, Fields, Shape
from floorgraph.vendors.turns import Steps, at_once

TASK = Shape(
    "production task",
    expected=("guid", "result_guid", "plate_name", "gmid", "total_plate_amount", "finish_plate_amount"),
    optional=(
        "width",
        "height",
        "material",
        "thickness",
        "part_amount",
        "comments",
        "start_time",
        "finish_time",
        "status",
        "parts",
    ),
    identity="guid",
)
PART = Shape(
    "part in a task",
    expected=("guid", "amount", "part_name|partName|name", "job_id|jobId"),
    optional=(
        "material",
        "thickness",
        "props",
        "prop",
        "drawing_name",
        "drawing_guid",
        "width",
        "height",
        "area",
        "weight",
        "gas",
        "fill_color",
        "rotate_lock",
    ),
    identity="guid",
)
STATUS_WORDS = frozenset({"completed", "uncompleted"})
"""Only "uncompleted" was seen; the status follows from the counts and times anyway (section 8)."""


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """A part in a layout; `amount` copies of it on each sheet."""

    guid: str
    name: str
    job: int | None
    amount: int
    material: str | None
    thickness: float | None
    drawing: str | None
    properties: tuple[PieceProperty, ...]
    raw: Any
    drawing_guid: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """Copies of one layout on one machine."""

    guid: str
    layout: str | None
    name: str
    gmid: int | None
    width: float | None
    height: float | None
    material: str | None
    thickness: float | None
    part_amount: int | None
    total: int | None
    finished: int
    comments: str | None
    started_at: datetime | None
    ended_at: datetime | None
    word: str | None
    parts: tuple[PlannedPart, ...]
    observed_at: datetime
    raw: Any

    @property
    def jobs(self) -> tuple[int, ...]:
        """The jobs whose parts it cuts."""
        return tuple(dict.fromkeys(part.job for part in self.parts if part.job is not None))

    @property
    def status(self) -> JobStatus:
        """How far it is, from counts and times: COMPLETED, RUNNING or QUEUED."""
        if self.total and self.finished >= self.total:
            return JobStatus.COMPLETED
        if self.ended_at is not None and not self.total:
            return JobStatus.COMPLETED
        if self.started_at is not None or self.finished > 0:
            return JobStatus.RUNNING
        return JobStatus.QUEUED

    @property
    def open(self) -> bool:
        """Whether something is left to do."""
        return self.status is not JobStatus.COMPLETED


def planned_tasks(payloads: Iterable[Any], frame: Frame, lost: list[Any] | None = None) -> list[PlannedTask]:
    """The tasks of an answer, each once. One that cannot be read is counted, and added to `lost`."""
    return at_once(planning(payloads, frame, lost))


def planning(
    payloads: Iterable[Any], frame: Frame, lost: list[Any] | None = None
) -> Steps[list[PlannedTask]]:
    """As `planned_tasks`, in steps."""
    found: dict[str, PlannedTask] = {}
    for payload in payloads:
        try:
            task = _task(frame.fields(payload, TASK), frame)
        except BadRecord as bad:
            frame.diagnostics.drift(bad.payload, bad.field or "*", "unreadable")
            if lost is not None:
                lost.append(payload)
        else:
            found[task.guid] = task
            yield 2 + len(task.parts)
    return list(found.values())


def _task(fields: Fields, frame: Frame) -> PlannedTask:
    guid = canonical(fields.text("guid", "uuid", required=True))
    layout = fields.text("result_guid")
    word = fields.text("status")
    if word is not None and word not in STATUS_WORDS:
        frame.diagnostics.unmapped("production task status", word)
    return PlannedTask(
        guid=guid,
        layout=canonical(layout) if layout else None,
        name=fields.text("plate_name") or guid[:8],
        gmid=fields.integer("gmid"),
        width=fields.number("width"),
        height=fields.number("height"),
        material=fields.text("material"),
        thickness=fields.number("thickness"),
        part_amount=fields.integer("part_amount"),
        total=fields.integer("total_plate_amount"),
        finished=fields.integer("finish_plate_amount") or 0,
        comments=fields.text("comments"),
        started_at=fields.instant("start_time"),
        ended_at=fields.instant("finish_time"),
        word=word,
        parts=tuple(planned_parts(fields.items("parts"), frame)),
        observed_at=frame.observed_at,
        raw=fields.payload,
    )


def planned_parts(payloads: Iterable[Any], frame: Frame) -> Iterable[PlannedPart]:
    """The parts of a layout or of a job. One that cannot be read is counted and left out."""
    for payload in payloads:
        try:
            part = frame.fields(payload, PART)
            guid = canonical(part.text("guid", "uuid", required=True))
        except BadRecord as bad:
            frame.diagnostics.drift(bad.payload, bad.field or "*", "unreadable")
            continue
        yield PlannedPart(
            guid=guid,
            name=part.text("part_name", "partName", "name") or guid[:8],
            job=part.integer("job_id", "jobId"),
            amount=part.integer("amount") or 0,
            material=part.text("material"),
            thickness=part.number("thickness"),
            drawing=part.text("drawing_name"),
            properties=properties(part),
            raw=payload,
            drawing_guid=_canonical(part.text("drawing_guid")),
        )


def _canonical(guid: str | None) -> str | None:
    return canonical(guid) if guid else None


def properties(fields: Fields) -> tuple[PieceProperty, ...]:
    """Properties, which come as a list of pairs or as an object (section 11)."""
    found = fields.raw("props", "prop")
    if isinstance(found, dict):
        return tuple(PieceProperty(name=str(name), value=_text(value)) for name, value in found.items())
    pairs = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return tuple(
        PieceProperty(name=str(one.get("prop_name") or one.get("name")), value=_text(one.get("prop_value")))
        for one in pairs
        if one.get("prop_name") or one.get("name")
    )


def _text(value: Any) -> str | None:
    try:
        return None if value is None else values.text(value)
    except ValueError:
        return str(value)


def together(tasks: Iterable[PlannedTask]) -> JobStatus:
    """The status of several tasks as one: DRAFT without any, COMPLETED when all are, RUNNING once begun."""
    statuses = {task.status for task in tasks}
    if not statuses:
        return JobStatus.DRAFT
    if statuses == {JobStatus.COMPLETED}:
        return JobStatus.COMPLETED
    return JobStatus.QUEUED if statuses == {JobStatus.QUEUED} else JobStatus.RUNNING


PRODUCTION = {
    JobStatus.DRAFT: ProductionStatus.PENDING,
    JobStatus.QUEUED: ProductionStatus.PENDING,
    JobStatus.RUNNING: ProductionStatus.RUNNING,
    JobStatus.COMPLETED: ProductionStatus.COMPLETED,
}
PIECES = {
    JobStatus.DRAFT: PieceStatus.PLANNED,
    JobStatus.QUEUED: PieceStatus.QUEUED,
    JobStatus.RUNNING: PieceStatus.IN_PROGRESS,
    JobStatus.COMPLETED: PieceStatus.COMPLETED,
}
