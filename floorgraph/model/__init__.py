"""The unified model: records, status words, ids and time.

Nothing here does I/O, knows GraphQL or names a vendor. Every record is a
struct that is never changed after it was built; what a field
means stands as a string under its declaration and becomes the GraphQL
description (`floorgraph.model.documented`), so each field is declared and
explained exactly once.
"""

from floorgraph.model.alarm import Alarm
from floorgraph.model.errors import FloorgraphError
from floorgraph.model.ids import GlobalId, Kind
from floorgraph.model.job import Job, JobKind, JobStatus
from floorgraph.model.order import Order, OrderStatus
from floorgraph.model.piece import Piece, PieceStatus
from floorgraph.model.program import CustomField, Program, ProgramContent, ProgramVersion
from floorgraph.model.progress import Progress, ProgressUnit
from floorgraph.model.record import Record, changed_fields, compared_fields
from floorgraph.model.station import (
    Activity,
    LiveStatus,
    Quality,
    Station,
    StationKind,
    StationState,
    StationStatus,
)
from floorgraph.model.timeline import ProgramRun, ProgramRunKind, StateInterval, StationKpis, Window

__all__ = [
    "Activity",
    "Alarm",
    "CustomField",
    "FloorgraphError",
    "GlobalId",
    "Job",
    "JobKind",
    "JobStatus",
    "Kind",
    "LiveStatus",
    "Order",
    "OrderStatus",
    "Piece",
    "PieceStatus",
    "Program",
    "ProgramContent",
    "ProgramRun",
    "ProgramRunKind",
    "ProgramVersion",
    "Progress",
    "ProgressUnit",
    "Quality",
    "Record",
    "StateInterval",
    "Station",
    "StationKind",
    "StationKpis",
    "StationState",
    "StationStatus",
    "Window",
    "changed_fields",
    "compared_fields",
]
