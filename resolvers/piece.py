"""Pieces: how lists of them are narrowed and ordered, and what they are related to."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

from floorgraph.model.ids import Kind
from floorgraph.model.piece import PieceStatus
from floorgraph.vendors.questions import By
from loaders.parts import StepsByPieceId
from loaders.records import BatchesByJobId, Found, JobById, LayoutsByIds, OrderById, PieceById, StationById
from resolvers.criteria import Criteria
from resolvers.relation import BY_ID, Relation, by_field


class PieceOrderField(Enum):
    """What pieces can be ordered by."""

    NAME = "name"
    """By name, numbers in it counting as numbers."""
    STATUS = "status"
    """By status, in the order in which the values of `PieceStatus` are declared."""
    PROGRESS = "progress.percent"
    """By the share that is done."""
    PRIORITY = "priority"
    """By the vendor's priority."""
    DUE_AT = "due_at"
    """By the time at which they are due."""
    UPDATED_AT = "updated_at"
    """By the time of the last change."""


@dataclass(kw_only=True)
class PieceCriteria(Criteria):
    """Narrows a list of pieces. Conditions are combined with AND, the values of one with OR."""

    kind: ClassVar = Kind.PIECE
    searched: ClassVar = ("name", "reference", "remote_id")
    parents: ClassVar = {
        "job": (By.JOB, Kind.JOB),
        "order": (By.ORDER, Kind.ORDER),
        "station": (By.STATION, Kind.STATION),
        "layout": (By.LAYOUT, Kind.LAYOUT),
    }

    status: list[PieceStatus] | None = None
    """Only pieces with one of these statuses."""
    job: str | None = None
    """Only pieces that this job makes."""
    order: str | None = None
    """Only pieces of this order."""
    station: str | None = None
    """Only pieces that are made at this station."""
    layout: str | None = None
    """Only pieces on this layout."""

    def admits(self, record: Any) -> bool:
        """Whether a piece meets every condition."""
        return super().admits(record) and (self.status is None or record.status in self.status)


JOB = Relation(JobById, by_field("job_id"))
ORDER = Relation(OrderById, by_field("order_id"))
STATION = Relation(StationById, by_field("station_id"))
LAYOUTS = Relation(LayoutsByIds, by_field("layout_ids"), empty=Found())
REPLACED_BY = Relation(PieceById, by_field("replaced_by_id"))
STEPS = Relation(StepsByPieceId, BY_ID, empty=())
BATCHES = Relation(BatchesByJobId, by_field("job_id"), empty=Found())
JOB_OF_STEP = Relation(JobById, by_field("job_id"))
