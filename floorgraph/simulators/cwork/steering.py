"""Changes from outside, made in the shop."""

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from floorgraph.simulators.contract import ControlError
from floorgraph.simulators.control import first_problem
from floorgraph.simulators.cwork.changes import Changes, OperationChange, OrderChange, StationChange
from floorgraph.simulators.cwork.founding import add_station
from floorgraph.simulators.cwork.life import enter, schedule, settle_all
from floorgraph.simulators.cwork.options import minor_version
from floorgraph.simulators.cwork.planning import add_operation, drop_operation, drop_order, new_order
from floorgraph.simulators.cwork.request import Desk, Trap
from floorgraph.simulators.cwork.shop import Shop
from floorgraph.simulators.cwork.stations import Alarm, Station

STATION_FIELDS = (
    "name", "description", "workshop", "disabled", "dnc_mode", "mdc_mode", "protocol", "total_parts",
    "parts_since_reset",
)  # fmt: skip
ORDER_FIELDS = ("name", "valid", "state")
OPERATION_FIELDS = ("name", "state", "parts_made", "parts_to_make", "document")


def apply(desk: Desk, wanted: Any) -> dict[str, object]:
    """Make the changes and say which handles and ids came new.

    Everything named is looked up first, so a request that makes no sense changes nothing.

    Raises:
        ControlError: something is unknown or has a wrong value.
    """
    try:
        changes = Changes.model_validate(wanted)
    except ValidationError as error:
        raise first_problem(error) from error
    for field, number, known in _named(desk.shop, changes):
        if number not in known:
            raise ControlError(field, f"there is no {number}")
    settle_all(desk.shop)
    _switch(desk, changes)
    stations = _change_stations(desk.shop, changes)
    orders, operations = _add_work(desk.shop, changes)
    _change_work(desk.shop, changes)
    return {"added_stations": stations, "added_orders": orders, "added_operations": operations}


def _named(shop: Shop, changes: Changes) -> Iterator[tuple[str, int, Iterable[int]]]:
    """What the changes name: field, number, and where it must be found."""
    states, stations = shop.states.by_handle, shop.stations
    looked_up: tuple[tuple[str, str, Iterable[int]], ...] = (
        ("remove_stations", "", stations),
        ("stations", "handle", stations),
        ("stations", "state", states),
        ("stations", "operation", shop.operations),
        ("add_orders", "stations", stations),
        ("add_operations", "order", shop.orders),
        ("add_operations", "station", stations),
        ("orders", "id", shop.orders),
        ("operations", "id", shop.operations),
        ("remove_operations", "", shop.operations),
        ("remove_orders", "", shop.orders),
        ("raise_alarms", "station", stations),
        ("clear_alarms", "station", stations),
    )
    for part, name, known in looked_up:
        for index, item in enumerate(getattr(changes, part)):
            value = getattr(item, name) if name else item
            absent = value is None or (name == "operation" and value == 0)
            for number in value if isinstance(value, list) else [] if absent else [value]:
                yield ".".join(filter(None, (part, str(index), name))), number, known


def _switch(desk: Desk, changes: Changes) -> None:
    if changes.version is not None:
        desk.version = minor_version(changes.version)
    if changes.licences is not None:
        desk.licences = set(changes.licences)
    if changes.engine_up is not None:
        desk.engine_up = changes.engine_up
    if (trap := changes.next_state_change) is not None:
        desk.trap = Trap(trap.code, trap.applied, trap.count)


def _change_stations(shop: Shop, changes: Changes) -> list[int]:
    added = []
    for new in changes.add_stations:
        station = add_station(shop)
        station.name = new.name or station.name
        schedule(shop, station)
        added.append(station.handle)
    for handle in changes.remove_stations:
        shop.stations.pop(handle, None)
    for change in changes.stations:
        if station_there := shop.stations.get(change.handle):
            _change_station(shop, station_there, change)
    for raised in changes.raise_alarms:
        alarm = Alarm(raised.code, raised.message, shop.now, held=True)
        shop.stations[raised.station].alarms.append(alarm)
    for cleared in changes.clear_alarms:
        for alarm in shop.stations[cleared.station].standing_alarms():
            if cleared.code in (None, alarm.code):
                alarm.end = shop.now
    return added


def _change_station(shop: Shop, station: Station, change: StationChange) -> None:
    _copy(change, station, STATION_FIELDS)
    if change.operation is not None:
        station.operation = change.operation or None
        station.carried = 0.0
    if change.state is not None:
        enter(shop, station, change.state, change.comment or "", by_hand=True)
        return
    if change.comment is not None:
        station.comment = change.comment
    schedule(shop, station)


def _add_work(shop: Shop, changes: Changes) -> tuple[list[int], list[int]]:
    orders, operations = [], []
    for new in changes.add_orders:
        order = new_order(shop, created=shop.now)
        order.name = new.name or order.name
        orders.append(order.id)
        operations += [add_operation(shop, order, one, created=shop.now).id for one in new.stations]
    for extra in changes.add_operations:
        order = shop.orders[extra.order]
        operations.append(add_operation(shop, order, extra.station, created=shop.now).id)
    return orders, operations


def _change_work(shop: Shop, changes: Changes) -> None:
    for change in changes.orders:
        order = shop.orders[change.id]
        _copy(change, order, ORDER_FIELDS)
        if change.archived is not None:
            order.archived_by_hand = change.archived
    for part in changes.operations:
        operation = shop.operations[part.id]
        _copy(part, operation, OPERATION_FIELDS)
        station = shop.stations.get(operation.station)
        if station and station.operation == operation.id:
            schedule(shop, station)
    for number in changes.remove_operations:
        drop_operation(shop, number)
    for number in changes.remove_orders:
        if number in shop.orders:
            drop_order(shop, shop.orders[number])


def _copy(change: StationChange | OrderChange | OperationChange, to: object, names: Iterable[str]) -> None:
    """Carry over what is given."""
    for name in names:
        if (value := getattr(change, name)) is not None:
            setattr(to, name, value)
