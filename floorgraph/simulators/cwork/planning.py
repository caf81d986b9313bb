"""New orders, and what becomes of old ones."""

from itertools import islice

from floorgraph.simulators.cwork.shop import Shop
from floorgraph.simulators.cwork.work import Operation, Order

OPERATIONS_PER_ORDER = 3
"""Operations of an order that comes while the shop runs."""
KEPT_SECONDS = 3600
"""How long archived orders can still be read by id, at least."""
PURGE_SECONDS = 600
"""How often the archive is gone through."""


def new_order(shop: Shop, *, created: int) -> Order:
    """An order without operations."""
    number = shop.new_id("order")
    order = Order(
        id=number,
        name=str(588_000 + number),
        created=created,
        description=f"Manufacturing order {number}" if number % 4 else "",
        part_reference=f"C{138_000 + number * 7}-{300 + number % 50}",
        client=f"Client{1200 + number % 9}",
    )
    shop.orders[number] = order
    return order


def add_operation(shop: Shop, order: Order, station: int, *, created: int) -> Operation:
    """The next operation of an order, for one station; it joins the station's queue."""
    number = shop.new_id("operation")
    low, high = shop.options.cycle_seconds
    few, many = shop.options.parts_to_make
    programs = shop.programs.get(station, [])
    operation = Operation(
        id=number,
        order=order.id,
        name=str(10 * (len(order.operations) + 1)),
        created=created,
        description=f"Operation for the part {order.part_reference}",
        station=station,
        document=shop.dice.pick(programs) if programs and number % 5 else 0,
        parts_to_make=shop.dice.whole(few, many),
        parts_per_cycle=shop.dice.pick((1, 1, 1, 2, 4)),
        cycle_time=shop.dice.whole(low, high),
    )
    shop.operations[number] = operation
    order.operations.append(number)
    if station in shop.stations:
        shop.stations[station].queue.append(number)
    return operation


def plan_after(shop: Shop, station: int) -> None:
    """A station has finished an operation: with the next few that do it gets a new order, so work goes on."""
    shop.free.append(station)
    there = [handle for handle in shop.free if handle in shop.stations and shop.stations[handle].alive]
    few = islice((one for one in shop.stations.values() if one.alive), OPERATIONS_PER_ORDER)
    if len(there) < len(list(few)):
        return
    shop.free.clear()
    order = new_order(shop, created=shop.now)
    for handle in there:
        add_operation(shop, order, handle, created=shop.now)


def purge_orders(shop: Shop) -> None:
    """Forget orders that have been in the archive for long, with their operations."""
    if shop.now < shop.purged + PURGE_SECONDS:
        return
    shop.purged = shop.now
    limit = shop.now - shop.options.order_linger - KEPT_SECONDS
    for order in [order for order in shop.orders.values() if (order.finished_at or limit) < limit]:
        drop_order(shop, order)


def drop_order(shop: Shop, order: Order) -> None:
    """An order is gone, and its operations with it."""
    for number in order.operations:
        drop_operation(shop, number)
    del shop.orders[order.id]


def drop_operation(shop: Shop, number: int) -> None:
    """An operation is gone; the station that had it goes on without."""
    operation = shop.operations.pop(number, None)
    station = shop.stations.get(operation.station) if operation else None
    if station is None:
        return
    if station.operation == number:
        station.operation = None
    elif number in station.queue:
        station.queue.remove(number)
