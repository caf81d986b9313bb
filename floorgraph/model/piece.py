"""Pieces: what is made."""

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from floorgraph.model.ids import Kind
from floorgraph.model.progress import Progress
from floorgraph.model.record import Record


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


@dataclass(slots=True, kw_only=True)
class Piece(Record):
    """What is made: one serialised piece, or a number of like pieces where the vendor only counts."""

    kind_word: ClassVar[Kind] = Kind.PIECE

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
    job_id: str | None = None
    order_id: str | None = None
    station_id: str | None = None
