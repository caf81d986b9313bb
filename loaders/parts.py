"""Loaders of what belongs to one record alone and is no record itself."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from floorgraph.vendors.contract import Source
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.questions import Part
from loaders.base import SourceLoader


class PartsByOwnerId(SourceLoader[str, Sequence[Any]]):
    """Record id -> its parts."""

    part: ClassVar[Part]

    def missing(self) -> Sequence[Any]:
        """A record without such parts."""
        return ()

    async def ask(self, source: Source, keys: list[str]) -> Mapping[str, Sequence[Any] | SourceFailure]:
        """One question for all records."""
        return await source.parts(self.part, keys, self.scope.freshness)


class PlacementsByLayoutId(PartsByOwnerId):
    """Layout id -> its placements."""

    part = Part.PLACEMENTS


class ActionsByBatchId(PartsByOwnerId):
    """Batch id -> what was done with it."""

    part = Part.BATCH_ACTIONS


class DowntimesByStationId(PartsByOwnerId):
    """Station id -> its downtimes."""

    part = Part.DOWNTIMES


class CapacityByStationId(PartsByOwnerId):
    """Station id -> its capacity by day."""

    part = Part.CAPACITY


class StepsByPieceId(PartsByOwnerId):
    """Piece id -> its steps."""

    part = Part.PIECE_STEPS


class ClimateByBatchId(PartsByOwnerId):
    """Batch id -> what was measured around it."""

    part = Part.BATCH_CLIMATE


class AvailableStatesByStationId(PartsByOwnerId):
    """Station id -> the states that it can be put into."""

    part = Part.AVAILABLE_STATES


class LineItemsByOrderId(PartsByOwnerId):
    """Order id -> its line items."""

    part = Part.LINE_ITEMS
