"""Layouts: pieces placed on stock."""

from datetime import datetime
from enum import Enum
from typing import Any, ClassVar

from floorgraph.model.ids import Kind
from floorgraph.model.record import Part, Record


class LayoutStatus(Enum):
    """How far the layout itself is.

    Clients must be ready for values that are added later.
    """

    QUEUED = "QUEUED"
    """Waiting to be computed."""
    COMPUTING = "COMPUTING"
    """Being computed."""
    READY = "READY"
    """Computed; can be produced."""
    FAILED = "FAILED"
    """Could not be computed."""
    UNKNOWN = "UNKNOWN"
    """The vendor's word is not known; see `vendorStatus`."""


class ProductionStatus(Enum):
    """How far the production of a layout is.

    Clients must be ready for values that are added later.
    """

    PENDING = "PENDING"
    """Not begun."""
    RUNNING = "RUNNING"
    """Begun, not finished."""
    COMPLETED = "COMPLETED"
    """All planned copies are made."""
    UNKNOWN = "UNKNOWN"
    """The vendor does not say."""


class LayoutKind(Enum):
    """What pieces are placed on."""

    SHEET = "SHEET"
    """A sheet or plate that pieces are cut from."""
    BUILD_PLATE = "BUILD_PLATE"
    """The build volume of an additive machine."""
    PACKING = "PACKING"
    """A computed packing whose file the vendor does not keep as a build."""


class Layout(Record, kw_only=True):
    """Pieces placed on stock, such as a nest on a sheet or parts on a build plate."""

    kind_word: ClassVar[Kind] = Kind.LAYOUT

    name: str
    """The layout's name at the vendor."""
    kind: LayoutKind
    """What the pieces are placed on."""
    status: LayoutStatus
    """How far the layout itself is."""
    vendor_status: str | None = None
    """The vendor's own word for the status."""
    production_status: ProductionStatus = ProductionStatus.UNKNOWN
    """How far its production is."""
    error: str | None = None
    """Why it could not be computed, in the vendor's words."""
    material: str | None = None
    """Name of the stock's material."""
    thickness_mm: float | None = None
    """Thickness of the stock, in millimetres."""
    width_mm: float | None = None
    """Extent of the stock along x, in millimetres."""
    depth_mm: float | None = None
    """Extent of the stock along y, in millimetres."""
    height_mm: float | None = None
    """Extent of the build volume along z, in millimetres; null for sheets."""
    shape: str | None = None
    """The vendor's word for the shape of the build plate."""
    utilisation_percent: float | None = None
    """Share of the stock that pieces take, 0 to 100."""
    spacing_mm: float | None = None
    """Least distance between pieces, in millimetres."""
    algorithm: str | None = None
    """The vendor's word for how the layout is computed."""
    piece_count: int | None = None
    """Number of pieces in one copy of the layout."""
    planned_copies: int | None = None
    """How many copies are to be made."""
    finished_copies: int | None = None
    """How many copies are made."""
    drawing_url: str | None = None
    """Where the vendor keeps a drawing of it."""
    created_at: datetime | None = None
    """When the layout was created at the vendor (UTC)."""
    job_ids: tuple[str, ...] = ()
    station_id: str | None = None
    batch_id: str | None = None


class Placement(Part, kw_only=True):
    """A piece in a layout."""

    position: int
    """Place of the piece in the vendor's order, counted from 0."""
    quantity: int = 1
    """Number of like pieces that this placement stands for."""
    name: str | None = None
    """The piece's or model's name."""
    geometry: Any = None
    """Where and how the piece lies, in the vendor's own form; null when the vendor does not say."""
    width_mm: float | None = None
    """Extent of the piece along x before it is turned, in millimetres; null when the vendor does not say."""
    depth_mm: float | None = None
    """Extent of the piece along y before it is turned, in millimetres; null when the vendor does not say."""
    height_mm: float | None = None
    """Extent of the piece along z, in millimetres; null for what is cut from a sheet."""
    piece_id: str | None = None
