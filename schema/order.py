"""Orders in GraphQL."""

from floorgraph.model import order
from floorgraph.model.ids import Kind
from resolvers import order as relations
from resolvers.order import OrderCriteria, OrderOrderField, prepare_orders
from schema.connection import Noun, order_input, relation_list_field
from schema.declare import criteria_input, record_type
from schema.job import JOBS
from schema.node import Record
from schema.piece import PIECES

__all__ = ["ORDERS", "Order", "OrderFilter"]


@record_type()
class Order(Record, order.Order):
    """An order and the work for it."""

    jobs = relation_list_field(JOBS, relations.JOBS, "The jobs that make the order.")
    pieces = relation_list_field(PIECES, relations.PIECES, "The pieces that are made for the order.")


@criteria_input("OrderFilter", ("station", "job"))
class OrderFilter(OrderCriteria):
    """Narrows a list of orders."""


ORDERS = Noun(
    kind=Kind.ORDER,
    node=Order,
    criteria=OrderCriteria,
    filter=OrderFilter,
    order=order_input("OrderOrder", OrderOrderField),
    plural="orders",
    prepare=prepare_orders,
)
