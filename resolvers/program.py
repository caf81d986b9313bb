"""Programs: how lists of them are narrowed and ordered, and what they are related to."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

from floorgraph.model.ids import Kind
from floorgraph.vendors.questions import By
from loaders.records import Found, ProgramById, StationById, VersionsByProgramId
from resolvers.criteria import Criteria
from resolvers.relation import BY_ID, Relation, by_field
from resolvers.way import of_job, of_order


class ProgramOrderField(Enum):
    """What programs can be ordered by."""

    NAME = "name"
    """By name, numbers in it counting as numbers."""
    CREATED_AT = "created_at"
    """By the time of creation at the vendor."""
    MODIFIED_AT = "modified_at"
    """By the time of the last modification at the vendor."""
    SIZE = "size_bytes"
    """By the size of the current version."""


@dataclass(kw_only=True)
class ProgramCriteria(Criteria):
    """Narrows a list of programs. Conditions are combined with AND, the values of one with OR."""

    kind: ClassVar = Kind.PROGRAM
    searched: ClassVar = ("name", "reference", "remote_id")
    parents: ClassVar = {
        "station": (By.STATION, Kind.STATION),
        "job": (None, Kind.JOB),
        "order": (None, Kind.ORDER),
    }
    ways: ClassVar = {"job": of_job(By.PROGRAM), "order": of_order(By.PROGRAM)}

    station: str | None = None
    """Only programs that are kept for this station."""
    job: str | None = None
    """Only the program that this job runs."""
    order: str | None = None
    """Only programs that jobs of this order run."""
    archived: bool | None = None
    """Only programs that are put away, or only those that are not."""

    def admits(self, record: Any) -> bool:
        """Whether a program meets every condition that it shows itself."""
        return super().admits(record) and (self.archived is None or record.archived is self.archived)


STATION = Relation(StationById, by_field("station_id"))
ALIAS_OF = Relation(ProgramById, by_field("alias_of_id"))
VERSIONS = Relation(VersionsByProgramId, BY_ID, empty=Found())
