"""Jobs: work that is given to stations."""

from datetime import datetime
from enum import Enum
from typing import ClassVar

from floorgraph.model.ids import Kind
from floorgraph.model.progress import Progress
from floorgraph.model.record import Record


class JobStatus(Enum):
    """How far a job is, in words that mean the same for every vendor.

    Clients must be ready for values that are added later.
    """

    DRAFT = "DRAFT"
    """Being written; not yet agreed."""
    PLANNED = "PLANNED"
    """Agreed, not yet started."""
    QUEUED = "QUEUED"
    """Waiting in the queue of a station."""
    READY = "READY"
    """Everything is there; can be started."""
    RUNNING = "RUNNING"
    """Being worked on."""
    PAUSED = "PAUSED"
    """Interrupted on purpose; will go on."""
    STOPPED = "STOPPED"
    """Ended before everything was made."""
    COMPLETED = "COMPLETED"
    """Everything that was asked for is made."""
    FAILED = "FAILED"
    """Ended by a fault."""
    CANCELLED = "CANCELLED"
    """Called off."""
    UNKNOWN = "UNKNOWN"
    """The vendor's word is not known; see `vendorStatus`."""


class JobKind(Enum):
    """What a job is at its vendor."""

    OPERATION = "OPERATION"
    """One operation of a manufacturing order on one machine."""
    REPORTED = "REPORTED"
    """Known only by the names that a station reports; the vendor has no list of jobs."""
    NEST = "NEST"
    """A nesting job whose parts are cut from sheets."""
    TASK = "TASK"
    """A production task: copies of one layout on one machine; child of the nests whose parts it cuts."""
    RUN = "RUN"
    """One run of an additive, post-processing or shipping workstation; `operation` says which."""
    OUTSOURCED = "OUTSOURCED"
    """Work that is given to a service provider."""


class Job(Record, kw_only=True):
    """Work that is given to a station (ISA-95: job order)."""

    kind_word: ClassVar[Kind] = Kind.JOB
    cosmetic: ClassVar[frozenset[str]] = frozenset({"position"})

    name: str
    """The job's name at the vendor."""
    kind: JobKind
    """What the job is at its vendor."""
    description: str | None = None
    """Free text from the vendor."""
    status: JobStatus
    """How far the job is."""
    vendor_status: str | None = None
    """The vendor's own word or number for the status."""
    progress: Progress | None = None
    """Parts made of parts to make; null when the vendor does not count."""
    parts_per_cycle: int | None = None
    """Parts that one machine cycle makes."""
    cycle_time_seconds: float | None = None
    """Reference time of one machine cycle, in seconds."""
    part_reference: str | None = None
    """Reference of the part that is made, where the job itself says it."""
    created_at: datetime | None = None
    """When the job was created at the vendor (UTC)."""
    operation: str | None = None
    """What is done, where the kind does not say it, such as `printing`; the vendor's word."""
    number: str | None = None
    """The number by which people call the job, where it has one beside its name."""
    position: int | None = None
    """Place among the folders and jobs beside it in its folder, counted from 0; null where the vendor keeps
    no such order."""
    queue_position: int | None = None
    """Place in the queue of its station, as the vendor counts; null when it is not queued."""
    priority: float | None = None
    """The vendor's priority; larger is more urgent."""
    planned_start_at: datetime | None = None
    """When it is planned to begin (UTC)."""
    planned_end_at: datetime | None = None
    """When it is planned to end (UTC)."""
    started_at: datetime | None = None
    """When it began (UTC)."""
    ended_at: datetime | None = None
    """When it ended (UTC)."""
    due_at: datetime | None = None
    """When it is due (UTC)."""
    error: str | None = None
    """What went wrong, in the vendor's words."""
    notes: str | None = None
    """What people noted at the vendor."""
    valid: bool = True
    """False when the vendor marks the job as invalid."""
    archived: bool = False
    """True when the vendor has put the job away."""
    order_name: str | None = None
    """The order's name, where the vendor gives only the name and the relation `order` may be null."""
    station_id: str | None = None
    order_id: str | None = None
    order_ids: tuple[str, ...] = ()
    program_id: str | None = None
    folder_id: str | None = None
    parent_ids: tuple[str, ...] = ()
    layout_ids: tuple[str, ...] = ()
