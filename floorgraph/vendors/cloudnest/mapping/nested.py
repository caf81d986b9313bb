"""Layouts and parts of jobs, whether or not tasks were made of them.

The calls that list them are known by name only (section 5.3). Their rows are
read as what the documented calls send of the same things: layouts as in
`plan_detail` and `loc_info`, parts as in `plan_detail`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from floorgraph.vendors.cloudnest.mapping.frame import Frame, canonical
from floorgraph.vendors.cloudnest.mapping.piece import PartSize
from floorgraph.vendors.cloudnest.mapping.task import PlannedPart, planned_parts
from floorgraph.vendors.coerce import BadRecord, Fields, Shape

NESTED = Shape(
    "layout of a job",
    expected=("guid|uuid|result_guid", "plate_name"),
    optional=(
        "result_guid",
        "uuid",
        "library_plate_guid",
        "plate_idx",
        "width",
        "height",
        "material",
        "thickness",
        "part_amount",
        "job_id",
        "jobId",
        "parts",
        "dxf_url",
        "file_url",
    ),
    identity="guid",
)
PLACED = Shape("layouts of a part", expected=("guid|uuid", "layouts"), optional=("part_name", "job_id"))


@dataclass(frozen=True, slots=True)
class NestedLayout:
    """A layout of a job; `parts` is None where the call does not list them."""

    guid: str
    name: str
    job: int | None
    plate: str | None
    width: float | None
    height: float | None
    material: str | None
    thickness: float | None
    part_amount: int | None
    parts: tuple[PlannedPart, ...] | None
    drawing_url: str | None
    observed_at: datetime
    raw: Any


@dataclass(frozen=True, slots=True)
class WholePart:
    """A part of a job, as often as it is wanted."""

    part: PlannedPart
    size: PartSize
    observed_at: datetime

    @property
    def guid(self) -> str:
        """What it is known by."""
        return self.part.guid

    @property
    def job(self) -> int | None:
        """The job that it belongs to."""
        return self.part.job


def nested_layouts(payloads: Iterable[Any], frame: Frame) -> list[NestedLayout]:
    """The layouts of an answer. One that cannot be read is counted and left out."""
    found: list[NestedLayout] = []
    for payload in payloads:
        try:
            found.append(_layout(frame.fields(payload, NESTED), frame))
        except BadRecord as bad:
            frame.diagnostics.drift(bad.payload, bad.field or "*", "unreadable")
    return found


def _layout(fields: Fields, frame: Frame) -> NestedLayout:
    guid = canonical(fields.text("guid", "uuid", "result_guid", required=True))
    plate = fields.text("library_plate_guid")
    listed = isinstance(fields.raw("parts"), list)
    return NestedLayout(
        guid=guid,
        name=fields.text("plate_name", "name") or guid[:8],
        job=fields.integer("job_id", "jobId"),
        plate=canonical(plate) if plate else None,
        width=fields.number("width"),
        height=fields.number("height"),
        material=fields.text("material"),
        thickness=fields.number("thickness"),
        part_amount=fields.integer("part_amount"),
        parts=tuple(planned_parts(fields.items("parts"), frame)) if listed else None,
        drawing_url=fields.text("dxf_url", "file_url"),
        observed_at=frame.observed_at,
        raw=fields.payload,
    )


def whole_parts(payloads: Iterable[Any], frame: Frame) -> list[WholePart]:
    """The parts of an answer, with their sizes."""
    found: list[WholePart] = []
    for part in planned_parts(payloads, frame):
        fields = frame.fields(part.raw, "part of a job")
        size = PartSize(fields.number("width"), fields.number("height"), fields.number("weight"))
        found.append(WholePart(part, size, frame.observed_at))
    return found


@dataclass(frozen=True, slots=True)
class PlacedPart:
    """How many copies of a part lie on which layouts."""

    guid: str
    job: int | None
    copies: Mapping[str, int]


def placed_parts(payloads: Iterable[Any], frame: Frame) -> list[PlacedPart]:
    """For each part of an answer the layouts it lies on."""
    found: list[PlacedPart] = []
    for payload in payloads:
        try:
            fields = frame.fields(payload, PLACED)
            copies: dict[str, int] = {}
            for one in fields.items("layouts"):
                place = frame.fields(one, "place of a part")
                layout = place.text("result_guid", "guid", "uuid", required=True)
                copies[canonical(layout)] = place.integer("amount") or 0
            guid = canonical(fields.text("guid", "uuid", required=True))
            found.append(PlacedPart(guid, fields.integer("job_id", "jobId"), copies))
        except BadRecord as bad:
            frame.diagnostics.drift(bad.payload, bad.field or "*", "unreadable")
    return found


@dataclass(frozen=True, slots=True)
class Link:
    """Where the vendor keeps a drawing."""

    guid: str
    job: int | None
    url: str | None


def links(payloads: Iterable[Any], frame: Frame) -> list[Link]:
    """Addresses of drawings, by the guid of the layout or drawing."""
    found: list[Link] = []
    for payload in payloads:
        try:
            fields = frame.fields(payload, "drawing")
            guid = canonical(fields.text("guid", "drawing_guid", "uuid", required=True))
            url = fields.text("dxf_url", "file_url", "url")
            found.append(Link(guid, fields.integer("job_id", "jobId"), url))
        except BadRecord as bad:
            frame.diagnostics.drift(bad.payload, bad.field or "*", "unreadable")
    return found
