"""Batches: material that is tracked as one."""

from datetime import datetime
from enum import Enum
from typing import ClassVar

from floorgraph.model.ids import Kind
from floorgraph.model.record import Part, Record


class BatchStatus(Enum):
    """What may be done with a batch.

    Clients must be ready for values that are added later.
    """

    NEW = "NEW"
    """Recorded, not yet released."""
    AVAILABLE = "AVAILABLE"
    """Can be used."""
    IN_USE = "IN_USE"
    """Loaded or being consumed."""
    QUARANTINED = "QUARANTINED"
    """Must not be used for now."""
    DEPLETED = "DEPLETED"
    """Used up or closed."""
    UNKNOWN = "UNKNOWN"
    """The vendor's word is not known; see `vendorStatus`."""


class BatchKind(Enum):
    """What sort of material a batch is."""

    SHEET = "SHEET"
    """Stock plates or sheets."""
    SCRAP_SHEET = "SCRAP_SHEET"
    """A leftover of a sheet that can be used again."""
    POWDER = "POWDER"
    """Powder."""
    RESIN = "RESIN"
    """Resin."""
    FILAMENT = "FILAMENT"
    """Filament."""
    MATERIAL = "MATERIAL"
    """Other material."""


class BatchLot(Part, kw_only=True):
    """A supplier's lot that a batch was made from."""

    name: str
    """The lot's name or number."""
    material: str | None = None
    """Name of its material."""
    vendor_status: str | None = None
    """The vendor's own word for the lot's state."""
    supplier: str | None = None
    """Who supplied it."""
    expires_at: datetime | None = None
    """When it must no longer be used (UTC)."""
    usage_cycles_limit: int | None = None
    """How many times its material may be used."""


class BatchContainer(Part, kw_only=True):
    """A container that holds material of a batch."""

    name: str
    """The container's name."""
    quantity: float | None = None
    """Amount of the batch in it, in the batch's `unit`."""
    capacity: float | None = None
    """Amount it can hold, in the batch's `unit`."""
    location: str | None = None
    """Where it stands."""


class Batch(Record, kw_only=True):
    """Material that is tracked as one (ISA-95: material sublot)."""

    kind_word: ClassVar[Kind] = Kind.BATCH

    name: str
    """The batch's name, or its lot's, or the beginning of its remote id."""
    kind: BatchKind
    """What sort of material it is."""
    status: BatchStatus
    """What may be done with it."""
    vendor_status: str | None = None
    """The vendor's own word for the status."""
    custom_status: str | None = None
    """The status that the customer defined and set at the vendor, beside the vendor's own."""
    material: str | None = None
    """Name of the material."""
    quality: str | None = None
    """The vendor's own word for its quality."""
    quantity: float | None = None
    """Amount left, in `unit`; null when unlimited or unknown."""
    available_quantity: float | None = None
    """Amount left that is not reserved, in `unit`."""
    reserved_quantity: float | None = None
    """Amount that is reserved, in `unit`."""
    full_quantity: float | None = None
    """Amount when full, in `unit`."""
    unit: str | None = None
    """Unit of the quantities, as the vendor writes it; `pieces` for sheets."""
    usage_cycles: int | None = None
    """How many times the material was used."""
    location: str | None = None
    """Where it is kept."""
    thickness_mm: float | None = None
    """Thickness of sheets, in millimetres."""
    width_mm: float | None = None
    """Extent of sheets along x, in millimetres."""
    depth_mm: float | None = None
    """Extent of sheets along y, in millimetres."""
    lots: tuple[BatchLot, ...] = ()
    """The suppliers' lots that it was made from."""
    containers: tuple[BatchContainer, ...] = ()
    """The containers that hold it."""
    thumbnail_url: str | None = None
    """Where the vendor keeps a small picture of it, such as of a leftover's outline."""
    drawing_url: str | None = None
    """Where the vendor keeps a drawing of it."""
    notes: str | None = None
    """Free text from the vendor."""
    created_at: datetime | None = None
    """When it was recorded at the vendor (UTC)."""
    station_id: str | None = None


class BatchAction(Part, kw_only=True):
    """Something that was done with a batch."""

    kind: str
    """The vendor's own word for what was done."""
    at: datetime | None = None
    """When it was done (UTC); null when the vendor's date cannot be read."""
    quantity: float | None = None
    """Amount concerned, in `unit`."""
    unit: str | None = None
    """Unit of the quantity, as the vendor writes it."""
    notes: str | None = None
    """Free text from the vendor."""
    counterpart_id: str | None = None
    station_id: str | None = None
