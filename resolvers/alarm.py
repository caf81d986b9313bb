"""Alarms: how lists of them are narrowed and ordered, and what they are related to."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

from floorgraph.model.ids import Kind
from floorgraph.vendors.questions import By
from loaders.records import StationById
from resolvers.criteria import Criteria
from resolvers.relation import Relation, by_field


class AlarmOrderField(Enum):
    """What alarms can be ordered by."""

    CODE = "code"
    """By code, numbers in it counting as numbers."""
    STARTED_AT = "started_at"
    """By the time at which they were raised."""


@dataclass(kw_only=True)
class AlarmCriteria(Criteria):
    """Narrows a list of alarms. Conditions are combined with AND, the values of one with OR."""

    kind: ClassVar = Kind.ALARM
    searched: ClassVar = ("code", "message", "remote_id")
    parents: ClassVar = {"station": (By.STATION, Kind.STATION)}

    station: str | None = None
    """Only alarms of this station."""
    codes: list[str] | None = None
    """Only alarms with one of these codes."""

    def admits(self, record: Any) -> bool:
        """Whether an alarm meets every condition."""
        return super().admits(record) and (self.codes is None or record.code in self.codes)


STATION = Relation(StationById, by_field("station_id"))
