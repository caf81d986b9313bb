"""Pieces: what is made."""

from datetime import datetime
from enum import Enum
from typing import ClassVar

from floorgraph.model.ids import Kind
from floorgraph.model.progress import Progress
from floorgraph.model.record import Part, Record


class PieceStatus(Enum):
    """How far a piece is, in words that mean the same for every vendor.

    Clients must be ready for values that are added later.
    """

    PLANNED = "PLANNED"
    """Nothing was done yet."""
    QUEUED = "QUEUED"
    """Waiting in the queue of a station."""
    IN_PROGRESS = "IN_PROGRESS"
    """Being made."""
    READY_TO_SHIP = "READY_TO_SHIP"
    """Made; waiting to be sent."""
    SHIPPING = "SHIPPING"
    """On its way."""
    COMPLETED = "COMPLETED"
    """Done."""
    INCOMPLETE = "INCOMPLETE"
    """Work ended before it was done."""
    FAILED = "FAILED"
    """Spoilt."""
    REPLACED = "REPLACED"
    """Another piece takes its place."""
    CANCELLED = "CANCELLED"
    """Called off."""
    UNKNOWN = "UNKNOWN"
    """Not known."""


class PieceProperty(Part, kw_only=True):
    """A property that the customer or the vendor gave a piece."""

    name: str
    """Name of the property."""
    value: str | None = None
    """Its value as text."""


class PieceStep(Part, kw_only=True):
    """One step of the way a piece takes through the shop."""

    name: str
    """Name of the step."""
    position: int
    """Place among the steps, counted from 1."""
    status: PieceStatus
    """How far the piece is in this step."""
    vendor_status: str | None = None
    """The vendor's own word for the status."""
    current: bool = False
    """True for the step that the piece is at."""
    job_id: str | None = None


class Piece(Record, kw_only=True):
    """What is made: one serialised piece, or a number of like pieces where the vendor only counts."""

    kind_word: ClassVar[Kind] = Kind.PIECE
    # The former jobs are known only where pieces are asked for by job: their coming and going is no change.
    cosmetic: ClassVar[frozenset[str]] = frozenset({"job_ids"})

    name: str
    """The piece's name or part reference."""
    reference: str | None = None
    """The part's reference or drawing number; null when the vendor does not say."""
    serialised: bool
    """True when this is one identified piece; false when it stands for `quantity` like pieces."""
    quantity: int | None
    """How many pieces this record stands for; 1 when serialised, null when the vendor does not say."""
    status: PieceStatus
    """How far the piece or the quantity is."""
    vendor_status: str | None = None
    """The vendor's own word or number that the status was derived from."""
    progress: Progress | None = None
    """Pieces made of pieces asked for; null when the vendor does not count."""
    kind: str | None = None
    """The vendor's word for what the piece is for, such as `specimen`."""
    step_name: str | None = None
    """The step of its way through the shop that the piece is at."""
    step_position: int | None = None
    """Place of that step among the steps, counted from 1."""
    step_count: int | None = None
    """Number of steps."""
    material: str | None = None
    """Name of the material."""
    thickness_mm: float | None = None
    """Thickness of the material or of a layer, in millimetres."""
    size_x_mm: float | None = None
    """Extent along x, in millimetres."""
    size_y_mm: float | None = None
    """Extent along y, in millimetres."""
    size_z_mm: float | None = None
    """Extent along z, in millimetres."""
    mass_kg: float | None = None
    """Mass of one piece, in kilograms."""
    drawing: str | None = None
    """Name of the drawing or model."""
    drawing_url: str | None = None
    """Where the vendor keeps the drawing or model."""
    properties: tuple[PieceProperty, ...] = ()
    """Properties that the customer or the vendor gave the piece."""
    priority: float | None = None
    """The vendor's priority; larger is more urgent."""
    location: str | None = None
    """Where the piece is."""
    reworked: bool = False
    """True when the piece was worked on again after a fault."""
    created_at: datetime | None = None
    """When the piece was created at the vendor (UTC)."""
    started_at: datetime | None = None
    """When work on it began (UTC)."""
    ended_at: datetime | None = None
    """When work on it ended (UTC)."""
    due_at: datetime | None = None
    """When it is due (UTC)."""
    job_id: str | None = None
    job_ids: tuple[str, ...] = ()
    order_id: str | None = None
    station_id: str | None = None
    replaced_by_id: str | None = None
    layout_ids: tuple[str, ...] = ()
