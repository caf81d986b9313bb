"""Batches: how lists of them are narrowed and ordered, and what they are related to."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

from floorgraph.model.batch import BatchKind, BatchStatus
from floorgraph.model.ids import Kind
from floorgraph.vendors.questions import By
from loaders.parts import ActionsByBatchId, ClimateByBatchId
from loaders.records import (
    BatchById,
    BatchesByChildId,
    BatchesByParentId,
    Found,
    JobsByBatchId,
    StationById,
)
from resolvers.criteria import Criteria
from resolvers.relation import BY_ID, Relation, by_field


class BatchOrderField(Enum):
    """What batches can be ordered by."""

    NAME = "name"
    """By name, numbers in it counting as numbers."""
    STATUS = "status"
    """By status, in the order in which the values of `BatchStatus` are declared."""
    MATERIAL = "material"
    """By the material's name."""
    QUANTITY = "quantity"
    """By the amount left, whatever its unit."""
    CREATED_AT = "created_at"
    """By the time of recording at the vendor."""
    UPDATED_AT = "updated_at"
    """By the time of the last change."""


@dataclass(kw_only=True)
class BatchCriteria(Criteria):
    """Narrows a list of batches. Conditions are combined with AND, the values of one with OR."""

    kind: ClassVar = Kind.BATCH
    searched: ClassVar = ("name", "material", "remote_id")
    parents: ClassVar = {"station": (By.STATION, Kind.STATION)}

    status: list[BatchStatus] | None = None
    """Only batches with one of these statuses."""
    kinds: list[BatchKind] | None = None
    """Only batches of one of these kinds."""
    station: str | None = None
    """Only batches that are loaded at this station."""

    def admits(self, record: Any) -> bool:
        """Whether a batch meets every condition."""
        return (
            super().admits(record)
            and (self.status is None or record.status in self.status)
            and (self.kinds is None or record.kind in self.kinds)
        )


STATION = Relation(StationById, by_field("station_id"))
JOBS = Relation(JobsByBatchId, BY_ID, empty=Found())
PARENTS = Relation(BatchesByChildId, BY_ID, empty=Found())
CHILDREN = Relation(BatchesByParentId, BY_ID, empty=Found())
ACTIONS = Relation(ActionsByBatchId, BY_ID, empty=())
CLIMATE = Relation(ClimateByBatchId, BY_ID, empty=())
COUNTERPART = Relation(BatchById, by_field("counterpart_id"))
STATION_OF_ACTION = Relation(StationById, by_field("station_id"))
