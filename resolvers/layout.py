"""Layouts: how lists of them are narrowed and ordered, and what they are related to."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

from floorgraph.model.ids import Kind
from floorgraph.model.layout import LayoutStatus, ProductionStatus
from floorgraph.vendors.questions import By
from loaders.parts import PlacementsByLayoutId
from loaders.records import BatchByLayoutId, Found, JobsByLayoutId, PieceById, PiecesByLayoutId, StationById
from resolvers.criteria import Criteria
from resolvers.relation import BY_ID, Relation, by_field


class LayoutOrderField(Enum):
    """What layouts can be ordered by."""

    NAME = "name"
    """By name, numbers in it counting as numbers."""
    STATUS = "status"
    """By status, in the order in which the values of `LayoutStatus` are declared."""
    CREATED_AT = "created_at"
    """By the time of creation at the vendor."""
    UPDATED_AT = "updated_at"
    """By the time of the last change."""


@dataclass(kw_only=True)
class LayoutCriteria(Criteria):
    """Narrows a list of layouts. Conditions are combined with AND, the values of one with OR."""

    kind: ClassVar = Kind.LAYOUT
    searched: ClassVar = ("name", "material", "remote_id")
    parents: ClassVar = {"job": (By.JOB, Kind.JOB), "station": (By.STATION, Kind.STATION)}

    status: list[LayoutStatus] | None = None
    """Only layouts with one of these statuses."""
    production_status: list[ProductionStatus] | None = None
    """Only layouts whose production is this far."""
    job: str | None = None
    """Only layouts that this job makes."""
    station: str | None = None
    """Only layouts that are made at this station."""

    def admits(self, record: Any) -> bool:
        """Whether a layout meets every condition."""
        return (
            super().admits(record)
            and (self.status is None or record.status in self.status)
            and (self.production_status is None or record.production_status in self.production_status)
        )


STATION = Relation(StationById, by_field("station_id"))
BATCH = Relation(BatchByLayoutId, BY_ID)
JOBS = Relation(JobsByLayoutId, BY_ID, empty=Found())
PIECES = Relation(PiecesByLayoutId, BY_ID, empty=Found())
PLACEMENTS = Relation(PlacementsByLayoutId, BY_ID, empty=())
PIECE_OF_PLACEMENT = Relation(PieceById, by_field("piece_id"))
