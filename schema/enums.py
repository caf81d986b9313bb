"""The enums of the model as GraphQL enums. A module that uses one in a type imports this one first."""

from floorgraph.model.batch import BatchKind, BatchStatus
from floorgraph.model.downtime import DowntimeStatus
from floorgraph.model.job import JobKind, JobStatus
from floorgraph.model.layout import LayoutKind, LayoutStatus, ProductionStatus
from floorgraph.model.order import OrderStatus
from floorgraph.model.piece import PieceStatus
from floorgraph.model.progress import ProgressUnit
from floorgraph.model.source import Capability, SourceStatus
from floorgraph.model.station import Activity, Quality, StationKind, StationStatus
from floorgraph.model.timeline import ProgramRunKind
from resolvers.alarm import AlarmOrderField
from resolvers.batch import BatchOrderField
from resolvers.folder import FolderOrderField
from resolvers.job import JobOrderField
from resolvers.layout import LayoutOrderField
from resolvers.order import OrderOrderField
from resolvers.ordering import OrderDirection
from resolvers.piece import PieceOrderField
from resolvers.program import ProgramOrderField
from resolvers.station import StationOrderField
from resolvers.version import VersionOrderField
from schema.declare import declare_enum
from subscriptions.change import ChangeCause, ChangeKind

DECLARED = tuple(
    declare_enum(owner)
    for owner in (
        Activity,
        AlarmOrderField,
        BatchKind,
        BatchOrderField,
        BatchStatus,
        Capability,
        ChangeCause,
        ChangeKind,
        DowntimeStatus,
        JobKind,
        JobOrderField,
        JobStatus,
        LayoutKind,
        LayoutOrderField,
        LayoutStatus,
        OrderDirection,
        OrderOrderField,
        OrderStatus,
        PieceOrderField,
        PieceStatus,
        ProductionStatus,
        ProgramOrderField,
        ProgramRunKind,
        ProgressUnit,
        Quality,
        SourceStatus,
        StationKind,
        StationOrderField,
        StationStatus,
    )
)
declare_enum(FolderOrderField, name="JobFolderOrderField")
declare_enum(VersionOrderField, name="ProgramVersionOrderField")
