"""Jobs: how lists of them are narrowed and ordered, and what they are related to."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

from floorgraph.model.ids import Kind
from floorgraph.model.job import JobKind, JobStatus
from floorgraph.vendors.questions import By
from loaders.records import (
    BatchesByJobId,
    Found,
    JobFolderById,
    JobsByIds,
    JobsByParentId,
    LayoutsByJobId,
    OrderById,
    PiecesByJobId,
    ProgramById,
    StationById,
)
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
    POSITION = "position"
    """By place in the folder."""
    QUEUE_POSITION = "queue_position"
    """By the place in the queue of its station."""
    PRIORITY = "priority"
    """By the vendor's priority."""
    DUE_AT = "due_at"
    """By the time at which they are due."""
    UPDATED_AT = "updated_at"
    """By the time of the last change."""


@dataclass(kw_only=True)
class JobCriteria(Criteria):
    """Narrows a list of jobs. Conditions are combined with AND, the values of one with OR."""

    kind: ClassVar = Kind.JOB
    searched: ClassVar = ("name", "part_reference", "remote_id")
    parents: ClassVar = {
        "station": (By.STATION, Kind.STATION),
        "order": (By.ORDER, Kind.ORDER),
        "parent": (By.PARENT, Kind.JOB),
        "folder": (By.FOLDER, Kind.JOB_FOLDER),
    }

    status: list[JobStatus] | None = None
    """Only jobs with one of these statuses."""
    kinds: list[JobKind] | None = None
    """Only jobs of one of these kinds."""
    station: str | None = None
    """Only jobs that are given to this station."""
    order: str | None = None
    """Only jobs of this order."""
    parent: str | None = None
    """Only jobs that are part of this one."""
    folder: str | None = None
    """Only jobs in this folder."""

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
FOLDER = Relation(JobFolderById, by_field("folder_id"))
PARENTS = Relation(JobsByIds, by_field("parent_ids"), empty=Found())
CHILDREN = Relation(JobsByParentId, BY_ID, empty=Found())
LAYOUTS = Relation(LayoutsByJobId, BY_ID, empty=Found())
BATCHES = Relation(BatchesByJobId, BY_ID, empty=Found())
PIECES = Relation(PiecesByJobId, BY_ID, empty=Found())
