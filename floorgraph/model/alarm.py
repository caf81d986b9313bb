"""Alarms raised by stations."""

from datetime import datetime
from typing import ClassVar

from floorgraph.model.ids import Kind
from floorgraph.model.record import Record


class Alarm(Record, kw_only=True):
    """A message by which a station says that something is wrong."""

    kind_word: ClassVar[Kind] = Kind.ALARM

    station_id: str
    code: str
    """The machine control's own code, kept as text because leading zeros count."""
    message: str | None = None
    """The machine control's own text."""
    started_at: datetime | None = None
    """When the alarm was raised (UTC); null when the vendor's date cannot be read."""
    ended_at: datetime | None = None
    """When the alarm was cleared (UTC); null while it is active or when the date cannot be read."""
    active: bool = True
    """True while the alarm is raised."""
