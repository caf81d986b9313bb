"""The kinds of record that lists are made of, named so that modules need not import each other."""

from dataclasses import dataclass
from typing import Annotated, Any

import strawberry

from floorgraph.model.ids import Kind
from resolvers.alarm import AlarmCriteria
from resolvers.batch import BatchCriteria
from resolvers.criteria import Criteria
from resolvers.folder import FolderCriteria
from resolvers.job import JobCriteria
from resolvers.layout import LayoutCriteria
from resolvers.order import OrderCriteria
from resolvers.piece import PieceCriteria
from resolvers.program import ProgramCriteria
from resolvers.station import StationCriteria
from resolvers.version import VersionCriteria


@dataclass(frozen=True)
class Noun:
    """What the fields for one kind of record are made from; types are found when the schema is built."""

    kind: Kind
    node: Any
    filter: Any
    order: Any
    criteria: type[Criteria]
    plural: str


def _noun(
    module: str,
    name: str,
    kind: Kind,
    criteria: type[Criteria],
    plural: str,
) -> Noun:
    """A noun whose types are `name`, `nameFilter` and `nameOrder` in the module of the schema."""
    place = strawberry.lazy(f"schema.{module}")
    node, narrowed, ordered = (Annotated[found, place] for found in (name, f"{name}Filter", f"{name}Order"))
    return Noun(kind, node, narrowed, ordered, criteria, plural)


ALARMS = _noun("alarm", "Alarm", Kind.ALARM, AlarmCriteria, "alarms")
BATCHES = _noun("batch", "Batch", Kind.BATCH, BatchCriteria, "batches")
FOLDERS = _noun("folder", "JobFolder", Kind.JOB_FOLDER, FolderCriteria, "folders of jobs")
JOBS = _noun("job", "Job", Kind.JOB, JobCriteria, "jobs")
LAYOUTS = _noun("layout", "Layout", Kind.LAYOUT, LayoutCriteria, "layouts")
ORDERS = _noun("order", "Order", Kind.ORDER, OrderCriteria, "orders")
PIECES = _noun("piece", "Piece", Kind.PIECE, PieceCriteria, "pieces")
PROGRAMS = _noun("program", "Program", Kind.PROGRAM, ProgramCriteria, "programs")
STATIONS = _noun("station", "Station", Kind.STATION, StationCriteria, "stations")
VERSIONS = _noun("version", "ProgramVersion", Kind.PROGRAM_VERSION, VersionCriteria, "versions")
