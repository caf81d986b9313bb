"""Orders in GraphQL."""

from floorgraph.model import order
from resolvers import order as relations
from resolvers.order import OrderCriteria, OrderOrderField
from schema import enums
from schema.connection import order_input, relation_list_field
from schema.declare import criteria_input, record_type
from schema.fields import list_of, related
from schema.node import Record
from schema.nouns import JOBS, PIECES

__all__ = ["enums", "LineItem", "Order", "OrderFilter", "OrderOrder"]


@record_type(order.LineItem)
class LineItem:
    """One position of an order."""


@record_type(order.Order)
class Order(Record):
    """An order and the work for it."""

    line_items = related(
        relations.LINE_ITEMS,
        list_of(LineItem) | None,
        "The positions of the order; empty where the vendor has none.",
    )
    jobs = relation_list_field(JOBS, relations.JOBS, "The jobs that make the order.")
    pieces = relation_list_field(PIECES, relations.PIECES, "The pieces that are made for the order.")


@criteria_input("OrderFilter", ("station", "job"))
class OrderFilter(OrderCriteria):
    """Narrows a list of orders."""


OrderOrder = order_input("OrderOrder", OrderOrderField)
