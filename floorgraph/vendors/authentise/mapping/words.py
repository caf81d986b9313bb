"""Words: what the vendor's statuses mean. Keys with hyphens; underscores are read as hyphens too."""

from collections.abc import Mapping

from floorgraph.model.batch import BatchKind, BatchStatus
from floorgraph.model.downtime import DowntimeStatus
from floorgraph.model.job import JobStatus
from floorgraph.model.layout import LayoutStatus, ProductionStatus
from floorgraph.model.order import OrderStatus
from floorgraph.model.piece import PieceStatus
from floorgraph.model.station import StationStatus

MODELER: Mapping[str, StationStatus] = {
    "idle": StationStatus.IDLE,
    "ready-to-print": StationStatus.IDLE,
    "print-finished": StationStatus.IDLE,
    "printing": StationStatus.RUNNING,
    "maintenance": StationStatus.MAINTENANCE,
    "error": StationStatus.FAULT,
    "offline": StationStatus.OFFLINE,
    "not-connected": StationStatus.OFFLINE,
    "unknown": StationStatus.UNKNOWN,
}
RUN: Mapping[str, JobStatus] = {
    "created": JobStatus.PLANNED,
    "calculating": JobStatus.PLANNED,
    "calculated": JobStatus.PLANNED,
    "queued": JobStatus.QUEUED,
    "queued-work-ready": JobStatus.READY,
    "queued-ready": JobStatus.READY,
    "in-progress": JobStatus.RUNNING,
    "paused": JobStatus.PAUSED,
    "complete": JobStatus.COMPLETED,
    "error": JobStatus.FAILED,
    "cancelled": JobStatus.CANCELLED,
}
OUTSOURCED: Mapping[str, JobStatus] = {
    "bid-requested": JobStatus.PLANNED,
    "bid-updated": JobStatus.PLANNED,
    "bid-negotiated": JobStatus.PLANNED,
    "shipping-to": JobStatus.RUNNING,
    "in-progress": JobStatus.RUNNING,
    "shipping-from": JobStatus.RUNNING,
    "completed": JobStatus.COMPLETED,
    "declined": JobStatus.CANCELLED,
    "cancelled": JobStatus.CANCELLED,
}
PIECE: Mapping[str, PieceStatus] = {
    "new": PieceStatus.PLANNED,
    "confirmed": PieceStatus.PLANNED,
    "queued-for-printing": PieceStatus.QUEUED,
    "queued-for-post-processing": PieceStatus.QUEUED,
    "printing": PieceStatus.IN_PROGRESS,
    "post-processing": PieceStatus.IN_PROGRESS,
    "queued-for-shipping": PieceStatus.READY_TO_SHIP,
    "shipping": PieceStatus.SHIPPING,
    "complete": PieceStatus.COMPLETED,
    "incomplete": PieceStatus.INCOMPLETE,
    "error": PieceStatus.FAILED,
    "cancelled": PieceStatus.CANCELLED,
}
PRINT: Mapping[str, PieceStatus] = {
    "created": PieceStatus.PLANNED,
    "new": PieceStatus.PLANNED,
    "calculating": PieceStatus.PLANNED,
    "calculated": PieceStatus.PLANNED,
    "queued": PieceStatus.QUEUED,
    "queued-work-ready": PieceStatus.QUEUED,
    "processing": PieceStatus.IN_PROGRESS,
    "in-progress": PieceStatus.IN_PROGRESS,
    "paused": PieceStatus.IN_PROGRESS,
    "complete": PieceStatus.COMPLETED,
    "error": PieceStatus.FAILED,
    "cancelled": PieceStatus.CANCELLED,
}
"""The status of a print has no documented words: these are those that were seen."""
LAYOUT: Mapping[str, LayoutStatus] = {
    "queued": LayoutStatus.QUEUED,
    "pending": LayoutStatus.QUEUED,
    "processing": LayoutStatus.COMPUTING,
    "complete": LayoutStatus.READY,
    "error": LayoutStatus.FAILED,
}
PRODUCTION: Mapping[JobStatus, ProductionStatus] = {
    JobStatus.PLANNED: ProductionStatus.PENDING,
    JobStatus.QUEUED: ProductionStatus.PENDING,
    JobStatus.READY: ProductionStatus.PENDING,
    JobStatus.RUNNING: ProductionStatus.RUNNING,
    JobStatus.PAUSED: ProductionStatus.RUNNING,
    JobStatus.COMPLETED: ProductionStatus.COMPLETED,
}
BATCH: Mapping[str, BatchStatus] = {
    "new": BatchStatus.NEW,
    "in-use": BatchStatus.IN_USE,
    "idle": BatchStatus.AVAILABLE,
    "done": BatchStatus.DEPLETED,
}
ORDER: Mapping[str, OrderStatus] = {
    "new": OrderStatus.DRAFT,
    "calculating-estimates": OrderStatus.DRAFT,
    "pending": OrderStatus.DRAFT,
    "cloning": OrderStatus.DRAFT,
    "in-preparation": OrderStatus.PREPARING,
    "confirmed": OrderStatus.RELEASED,
    "printing": OrderStatus.IN_PROGRESS,
    "post-processing": OrderStatus.IN_PROGRESS,
    "processing": OrderStatus.IN_PROGRESS,
    "shipping": OrderStatus.SHIPPING,
    "complete": OrderStatus.COMPLETED,
    "cancelled": OrderStatus.CANCELLED,
    "error": OrderStatus.FAILED,
}
DOWNTIME: Mapping[str, DowntimeStatus] = {
    "scheduled": DowntimeStatus.SCHEDULED,
    "in-progress": DowntimeStatus.ACTIVE,
    "complete": DowntimeStatus.ENDED,
}
MATERIAL: Mapping[str, BatchKind] = {
    **dict.fromkeys(("sls", "dmls", "ebm", "mjf", "slm-dmls", "binder-jet"), BatchKind.POWDER),
    **dict.fromkeys(("sla", "dlp", "clip", "lcd-sla", "polyjet", "polyjet-anatomy"), BatchKind.RESIN),
    "fdm": BatchKind.FILAMENT,
}
"""Manufacturing process of a material -> what sort of batch it makes."""

RUNNING_FIRST = ("in-progress", "paused")
"""The statuses of runs that a station works on."""
ACTIVE_RUNS = ",".join(RUNNING_FIRST)
