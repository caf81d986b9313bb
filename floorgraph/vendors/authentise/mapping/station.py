"""Stations: printers, post-processors, shipping stations and clusters."""

from collections.abc import Mapping
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.model.station import Station, StationKind
from floorgraph.vendors.authentise.mapping.frame import Frame, short
from floorgraph.vendors.authentise.shelf import Row

KINDS: Mapping[str, StationKind] = {
    "printer": StationKind.ADDITIVE_PRINTER,
    "post-processor": StationKind.POST_PROCESSOR,
    "shipping": StationKind.SHIPPING,
    "jeni-cluster": StationKind.CLUSTER,
}
"""Resource -> the sort of station it is."""


def station(
    row: Row,
    frame: Frame,
    type_row: Row | None,
    manufacturer: Row | None,
    location: Row | None,
    sub_location: Row | None,
) -> Station:
    """One station. The vendor's texts of name and description are swapped for shipping; the fields are not.

    A shipping station is its own type and stands in a region, not at a location.
    """
    fields = frame.fields(row)
    resource = row.ref.resource
    area = _name(location) or fields.text("location_name") or fields.text("region")
    return Station(
        **frame.common(Kind.STATION, row, fields),
        name=fields.text("name") or short(row.ref),
        description=fields.text("description"),
        kind=KINDS.get(resource, StationKind.OTHER),
        workshop=area,
        location=_name(sub_location),
        manufacturer=_name(manufacturer),
        model=_name(type_row) or fields.text("post_processor_type_name"),
        process=_text(type_row, "manufacturing_process"),
        groups=("outsourced",) if fields.boolean("is_service") else (),
        max_concurrent_jobs=fields.integer("in_progress_max"),
        available_at=fields.instant("available_at"),
        enabled=not fields.has("archived"),
        monitored=fields.has("modeler"),
    )


def _name(row: Row | None) -> str | None:
    return _text(row, "name")


def _text(row: Row | None, name: str) -> str | None:
    value: Any = None if row is None else row.get(name)
    # The document's line wraps put two blanks into words that have one.
    return " ".join(value.split()) or None if isinstance(value, str) else None
