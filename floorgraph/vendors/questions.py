"""What sources are asked: which records of a kind, and which of their parts. Ids are global ids as text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from operator import attrgetter
from typing import TypeVar

from floorgraph.model.record import Record

R = TypeVar("R", bound=Record)


class By(Enum):
    """Which field of a record the values of a `Where` are compared with."""

    ALL = "all"
    ID = "id"
    STATION = "station_id"
    ORDER = "order_id"
    JOB = "job_id"
    PROGRAM = "program_id"
    LAYOUT = "layout_id"
    BATCH = "batch_id"
    FOLDER = "folder_id"
    PARENT = "parent_id"
    CHILD = "child_id"

    _one: str
    _more: str

    def __init__(self, field: str) -> None:
        # Looked up per record: plain attributes cost a tenth of `value` and a text put together.
        self._one, self._more = field, f"{field}s"

    def values_of(self, record: Record) -> tuple[str, ...]:
        """The ids that a record has in this field; fields that hold (further) ones end in `_ids`."""
        single: str | None = getattr(record, self._one, None)
        several: tuple[str, ...] = getattr(record, self._more, ())
        if not several:
            return () if single is None else (single,)
        return several if single is None else (single, *(one for one in several if one != single))

    def pairs(self, records: Sequence[R]) -> Iterable[tuple[R, str | None]]:
        """Each record with each of the ids that it has in this field; perhaps with None where it has none."""
        plain = all(
            hasattr(found, self._one) and not hasattr(found, self._more) for found in set(map(type, records))
        )
        if plain:
            return zip(records, map(attrgetter(self._one), records), strict=True)
        return ((record, value) for record in records for value in self.values_of(record))


class Part(Enum):
    """What belongs to one record alone and is no record itself; the type of its elements in brackets."""

    PLACEMENTS = "placements"
    """Of a layout [model.layout.Placement]."""
    BATCH_ACTIONS = "batch actions"
    """Of a batch, oldest first [model.batch.BatchAction]."""
    DOWNTIMES = "downtimes"
    """Of a station, earliest first [model.downtime.Downtime]."""
    PIECE_STEPS = "piece steps"
    """Of a piece, in order [model.piece.PieceStep]."""
    BATCH_CLIMATE = "batch climate"
    """What was measured around a batch, earliest first [model.station.StationClimate]."""
    CAPACITY = "capacity"
    """Of a station, by day, earliest first [model.capacity.DayCapacity]."""
    AVAILABLE_STATES = "available states"
    """Of a station, in the vendor's order: what it can be put into [model.station.StationState]."""
    LINE_ITEMS = "line items"
    """Of an order [model.order.LineItem]."""


@dataclass(frozen=True, slots=True)
class Where:
    """Which records are asked for: all of a kind, or those whose field is one of the values (global ids)."""

    by: By = By.ALL
    values: frozenset[str] = frozenset()

    def admits(self, record: Record) -> bool:
        """Whether a record is asked for; for sources that answer from a full list."""
        return self.by is By.ALL or not self.values.isdisjoint(self.by.values_of(record))


EVERYTHING = Where()
