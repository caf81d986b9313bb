"""Jobs: how lists of them are narrowed and ordered, and what they are related to."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

from floorgraph.model.ids import Kind
from floorgraph.model.job import JobKind, JobStatus
from floorgraph.vendors.contract import By
from loaders.records import Found, OrderById, PiecesByJobId, ProgramById, StationById
from resolvers.criteria import Criteria
from resolvers.relation import BY_ID, Relation, by_field


class JobOrderField(Enum):
    """What jobs can be ordered by."""

    NAME = "name"
    """By name, numbers in it counting as numbers."""
    STATUS = "status"
    """By status, in the order in which the values of `JobStatus` are declared."""
    CREATED_AT = "created_at"
    """By the time of creation at the vendor."""
    PROGRESS = "progress.percent"
    """By the share that is done."""
    UPDATED_AT = "updated_at"
    """By the time of the last change."""


@dataclass(kw_only=True)
class JobCriteria(Criteria):
    """Narrows a list of jobs. Conditions are combined with AND, the values of one with OR."""

    kind: ClassVar = Kind.JOB
    searched: ClassVar = ("name", "part_reference", "remote_id")
    parents: ClassVar = {"station": (By.STATION, Kind.STATION), "order": (By.ORDER, Kind.ORDER)}

    status: list[JobStatus] | None = None
    """Only jobs with one of these statuses."""
    kinds: list[JobKind] | None = None
    """Only jobs of one of these kinds."""
    station: str | None = None
    """Only jobs that are given to this station."""
    order: str | None = None
    """Only jobs of this order."""

    def admits(self, record: Any) -> bool:
        """Whether a job meets every condition."""
        return (
            super().admits(record)
            and (self.status is None or record.status in self.status)
            and (self.kinds is None or record.kind in self.kinds)
        )


STATION = Relation(StationById, by_field("station_id"))
ORDER = Relation(OrderById, by_field("order_id"))
PROGRAM = Relation(ProgramById, by_field("program_id"))
PIECES = Relation(PiecesByJobId, BY_ID, empty=Found())
