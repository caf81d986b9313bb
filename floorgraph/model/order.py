"""Orders: what was asked for."""

from datetime import datetime
from enum import Enum
from typing import ClassVar

from floorgraph.model.ids import Kind
from floorgraph.model.record import Part, Record


class OrderStatus(Enum):
    """How far an order is, in words that mean the same for every vendor.

    Clients must be ready for values that are added later.
    """

    DRAFT = "DRAFT"
    """Being written; not yet agreed."""
    PREPARING = "PREPARING"
    """Being prepared for production."""
    RELEASED = "RELEASED"
    """Released to production, not yet started."""
    IN_PROGRESS = "IN_PROGRESS"
    """Being worked on."""
    PAUSED = "PAUSED"
    """Interrupted on purpose; will go on."""
    STOPPED = "STOPPED"
    """Ended before everything was made, or not known to be complete."""
    SHIPPING = "SHIPPING"
    """Made, and on its way."""
    COMPLETED = "COMPLETED"
    """Done."""
    FAILED = "FAILED"
    """Ended by a fault."""
    CANCELLED = "CANCELLED"
    """Called off."""
    UNKNOWN = "UNKNOWN"
    """The vendor's word is not known; see `vendorStatus`."""


class LineItem(Part, kw_only=True):
    """One position of an order."""

    remote_id: str
    """The vendor's own identifier."""
    name: str
    """Name of the position."""
    reference: str | None = None
    """The number that the customer or the vendor gave the position."""
    kind: str | None = None
    """The vendor's word for what the position is for, such as `product` or `specimen`."""
    product: str | None = None
    """Name of the product that is asked for."""
    product_reference: str | None = None
    """The vendor's own identifier of the product."""
    product_description: str | None = None
    """Free text from the vendor about the product."""
    drawing: str | None = None
    """Name of the drawing or model that it is made from."""
    materials: tuple[str, ...] = ()
    """Names of the materials that it is made of."""
    workflow: str | None = None
    """Name of the way that its pieces take through the shop."""
    quantity: int | None = None
    """Number of pieces asked for."""
    completed_quantity: int | None = None
    """Number of pieces that are done; null when the vendor does not count."""
    priority: float | None = None
    """The vendor's priority; larger is more urgent."""
    notes: str | None = None
    """What people noted at the vendor."""
    created_at: datetime | None = None
    """When the position was created at the vendor (UTC)."""
    status: OrderStatus = OrderStatus.UNKNOWN
    """How far the position is."""
    vendor_status: str | None = None
    """The vendor's own word for the status."""
    due_at: datetime | None = None
    """When it is due (UTC)."""


class Order(Record, kw_only=True):
    """What was asked for; its jobs make it (ISA-95: operations request)."""

    kind_word: ClassVar[Kind] = Kind.ORDER

    name: str
    """The order's name or number at the vendor."""
    description: str | None = None
    """Free text from the vendor."""
    status: OrderStatus
    """How far the order is."""
    vendor_status: str | None = None
    """The vendor's own word or number for the status."""
    part_reference: str | None = None
    """Reference of the part that the order asks for."""
    customer: str | None = None
    """Who asked for it, as the vendor's identifier or name."""
    created_at: datetime | None = None
    """When the order was created at the vendor (UTC)."""
    due_at: datetime | None = None
    """When it is due (UTC)."""
    priority: float | None = None
    """The vendor's priority; larger is more urgent."""
    notes: str | None = None
    """What people noted at the vendor."""
    valid: bool = True
    """False when the vendor marks the order as invalid."""
    archived: bool = False
    """True when the vendor has put the order away."""
