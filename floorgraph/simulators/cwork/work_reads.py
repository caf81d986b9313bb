"""Orders and operations."""

from floorgraph.simulators.contract import Reply
from floorgraph.simulators.cwork.errors import VendorError
from floorgraph.simulators.cwork.life import settle_all
from floorgraph.simulators.cwork.request import Ask, Endpoint
from floorgraph.simulators.cwork.work import Operation, Order, order_state


def list_orders(ask: Ask) -> Reply:
    """GET /orders: all valid ones that are not archived."""
    found = [order for order in ask.shop.orders.values() if order.valid and not ask.shop.archived(order)]
    return Reply(data=[_order(ask, order) for order in found])


def get_order(ask: Ask) -> Reply:
    """GET /orders/{id}: an array with one order, archived or not (2004)."""
    order = ask.shop.orders.get(ask.handle())
    if order is None:
        raise VendorError(2004)
    return Reply(data=[_order(ask, order)])


def list_operations(ask: Ask) -> Reply:
    """GET /operations: `order` wins over `cnc`; without both, those of all orders in the order list.

    The document leaves open what comes without a filter.
    """
    settle_all(ask.shop)
    found = list(ask.shop.operations.values())
    if ask.text("order"):
        wanted = ask.number("order")
        found = [operation for operation in found if operation.order == wanted]
    else:
        orders = ask.shop.orders
        open_orders = {key for key, order in orders.items() if order.valid and not ask.shop.archived(order)}
        found = [operation for operation in found if operation.order in open_orders]
        if ask.text("cnc"):
            station = ask.number("cnc")
            found = [operation for operation in found if operation.station == station]
    return Reply(data=[_operation(ask, one) for one in found if ask.sees(one.station)])


def get_operation(ask: Ask) -> Reply:
    """GET /operations/{id}: an array with one operation (2004)."""
    settle_all(ask.shop)
    operation = ask.shop.operations.get(ask.handle())
    if operation is None or not ask.sees(operation.station):
        raise VendorError(2004)
    return Reply(data=[_operation(ask, operation)])


def _order(ask: Ask, order: Order) -> dict[str, object]:
    return {
        "OrderId": order.id,
        "Name": order.name,
        "CreationDate": _date(ask, order.id, order.created),
        "Description": order.description,
        "PartReference": order.part_reference,
        "Client": order.client,
        "CurrentState": order_state(order, ask.shop.operations),
        "Valid": int(order.valid),
        "Archived": int(ask.shop.archived(order)),
    }


def _operation(ask: Ask, operation: Operation) -> dict[str, object]:
    return {
        "OperationId": operation.id,
        "OrderId": operation.order,
        "Name": operation.name,
        "CreationDate": _date(ask, operation.id, operation.created),
        "Description": operation.description,
        "CNCId": operation.station,
        "DocumentId": operation.document,
        "CurrentState": operation.state,
        "PartsToMake": operation.parts_to_make,
        "PartsMade": operation.parts_made,
        "PartsPerCycle": operation.parts_per_cycle,
        "CycleTime": operation.cycle_time,
    }


def _date(ask: Ask, number: int, when: int) -> str | None:
    """Every third date is wrong when wrong dates are on: `2018-08-28T:09:20...` is in the document."""
    written = ask.desk.dates.iso(when)
    if written and "wrong-dates" in ask.desk.options.oddities and number % 3 == 0:
        return written.replace("T", "T:")
    return written


ENDPOINTS = (
    Endpoint("GET", "/orders", 13, "prod", list_orders, right="CanShowOfOp"),
    Endpoint("GET", "/orders/{id}", 13, "prod", get_order, right="CanShowOfOp"),
    Endpoint("GET", "/operations", 13, "prod", list_operations, right="CanShowOfOp"),
    Endpoint("GET", "/operations/{id}", 13, "prod", get_operation, right="CanShowOfOp"),
)
