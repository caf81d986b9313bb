"""Capacity per day, which the vendor counts in minutes."""

from floorgraph.model.capacity import DayCapacity
from floorgraph.vendors.authentise.mapping.frame import Frame
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.coerce import Fields

MINUTE = 60.0


def day_capacity(row: Row, frame: Frame) -> DayCapacity:
    """One day of one station."""
    fields = frame.fields(row)
    day = fields.instant("date")
    return DayCapacity(
        remote_id=row.ref.remote,
        day=None if day is None else day.date(),
        available_seconds=_seconds(fields, "available_time"),
        potential_seconds=_seconds(fields, "potential_time"),
        used_seconds=_seconds(fields, "actual_time"),
        downtime_seconds=_seconds(fields, "downtime_minutes"),
    )


def _seconds(fields: Fields, name: str) -> float | None:
    minutes = fields.number(name)
    return None if minutes is None else minutes * MINUTE
