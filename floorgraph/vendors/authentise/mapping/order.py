"""Orders."""

from floorgraph.model.ids import Kind
from floorgraph.model.order import Order, OrderStatus
from floorgraph.vendors.authentise.mapping.frame import Frame, short
from floorgraph.vendors.authentise.mapping.words import ORDER
from floorgraph.vendors.authentise.shelf import Row


def order(row: Row, frame: Frame) -> Order:
    """An order; its status is the vendor's sum over the line items."""
    fields = frame.fields(row)
    word = fields.text("status")
    return Order(
        **frame.common(Kind.ORDER, row, fields),
        name=fields.text("name") or fields.text("customer_id") or short(row.ref),
        status=frame.word("order", word, ORDER, OrderStatus.UNKNOWN, "order"),
        vendor_status=word,
        customer=fields.text("customer_name") or fields.text("customer_id"),
        created_at=fields.instant("created"),
        due_at=fields.instant("due_date"),
        priority=fields.number("priority"),
        notes=fields.text("notes"),
        description=fields.text("error"),
    )
