"""Orders and their line items."""

from floorgraph.model.ids import Kind
from floorgraph.model.order import LineItem, Order, OrderStatus
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


def line_item(row: Row, frame: Frame, order_row: Row | None) -> LineItem:
    """One position; it is due when its order is."""
    fields = frame.fields(row)
    word = fields.text("status")
    return LineItem(
        remote_id=row.ref.remote,
        name=fields.text("name") or short(row.ref),
        product=None if (product := row.link("product")) is None else product.remote,
        quantity=fields.integer("quantity"),
        status=frame.word("order", word, ORDER, OrderStatus.UNKNOWN, "line item"),
        vendor_status=word,
        due_at=None if order_row is None else frame.fields(order_row).instant("due_date"),
    )
