"""Stations: `/stations` and `/stations/{id}` (vendor document, "Station")."""

from floorgraph.model.ids import Kind
from floorgraph.model.station import Station, StationKind
from floorgraph.vendors.coerce import Fields, Shape
from floorgraph.vendors.cwork.mapping.frame import Frame

STATION = Shape(
    "station",
    expected=(
        "Handle",
        "Name",
        "Description",
        "Disabled",
        "DNCMode",
        "MDCMode",
        "Workshop",
        "DNCGroup",
        "MDCGroups",
    ),
    optional=("DisableParentState",),
    identity="Handle",
)


def station(fields: Fields, frame: Frame) -> Station:
    """One station's definition.

    The vendor writes the DNC group as `DNCGroup` and as `DNCgroup`; field
    names are read in any case. Raises `BadRecord` without a handle.
    """
    handle = fields.integer("Handle", required=True)
    own_group = fields.text("DNCGroup")
    groups = [*([own_group] if own_group else []), *fields.texts("MDCGroups")]
    return Station(
        **frame.common(Kind.STATION, handle, fields.payload),
        name=fields.text("Name") or str(handle),
        description=fields.text("Description"),
        kind=StationKind.CNC_MACHINE,
        workshop=fields.text("Workshop"),
        groups=tuple(dict.fromkeys(groups)),
        enabled=not fields.boolean("Disabled"),
        monitored=bool(fields.boolean("MDCMode")),
        program_transfer=bool(fields.boolean("DNCMode")),
    )
