"""What the control endpoint can look at and change in the shop."""

from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from floorgraph.simulators.contract import ControlError
from floorgraph.simulators.control import first_problem
from floorgraph.simulators.cwork.founding import add_station
from floorgraph.simulators.cwork.life import enter, schedule, settle_all
from floorgraph.simulators.cwork.options import Licence, Version, minor_version
from floorgraph.simulators.cwork.planning import add_operation, drop_operation, drop_order, new_order
from floorgraph.simulators.cwork.request import Desk, Trap
from floorgraph.simulators.cwork.stations import Alarm, Station
from floorgraph.simulators.cwork.work import order_state


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class StationChange(_Part):
    """New values for one station; what is absent stays."""

    handle: int
    state: int | None = None
    """Begins now (also when it is the same state again)."""
    comment: str | None = None
    name: str | None = None
    description: str | None = None
    workshop: str | None = None
    disabled: bool | None = None
    dnc_mode: bool | None = None
    mdc_mode: bool | None = None
    protocol: Literal["FOCAS", "Heidenhain LSV2", "SMB", "FTP", "RS232"] | None = None
    total_parts: int | None = None
    parts_since_reset: int | None = None
    operation: int | None = None
    """Id of the operation at hand; 0 takes it away."""


class AddedStation(_Part):
    """A further station."""

    name: str | None = None


class RaisedAlarm(_Part):
    """An alarm that stands until it is cleared from outside."""

    station: int
    code: str
    message: str = ""


class ClearedAlarm(_Part):
    """Alarms that end now: one code, or all of the station."""

    station: int
    code: str | None = None


class AddedOrder(_Part):
    """A further order, with one operation on each of these stations."""

    name: str | None = None
    stations: list[int] = []


class OrderChange(_Part):
    """New values for one order."""

    id: int
    name: str | None = None
    valid: bool | None = None
    archived: bool | None = None
    state: Literal[-1, 0, 1, 2, 3] | None = None


class AddedOperation(_Part):
    """A further operation of an order."""

    order: int
    station: int


class OperationChange(_Part):
    """New values for one operation."""

    id: int
    name: str | None = None
    state: Literal[-1, 0, 1, 2, 3] | None = None
    parts_made: int | None = Field(default=None, ge=0)
    parts_to_make: int | None = Field(default=None, ge=0)
    document: int | None = None


class TrapChange(_Part):
    """The next changes of state fail: with this code, having happened or not."""

    code: Literal[2020, 2021, 2022, 2023, 4000] = 2022
    applied: bool = False
    count: int = Field(default=1, ge=1)


class Changes(_Part):
    """The body of POST /_control/state; all parts are optional and done in this order."""

    version: Version | None = None
    licences: list[Licence] | None = None
    engine_up: bool | None = None
    next_state_change: TrapChange | None = None
    add_stations: list[AddedStation] = []
    remove_stations: list[int] = []
    stations: list[StationChange] = []
    add_orders: list[AddedOrder] = []
    add_operations: list[AddedOperation] = []
    orders: list[OrderChange] = []
    operations: list[OperationChange] = []
    remove_operations: list[int] = []
    remove_orders: list[int] = []
    raise_alarms: list[RaisedAlarm] = []
    clear_alarms: list[ClearedAlarm] = []


def apply(desk: Desk, wanted: Any) -> dict[str, object]:
    """Make the changes and say which handles and ids came new (ControlError when one makes no sense).

    Everything named is looked up first, so a change that makes no sense changes nothing.
    """
    try:
        changes = Changes.model_validate(wanted)
    except ValidationError as error:
        raise first_problem(error) from error
    _look_up(desk, changes)
    settle_all(desk.shop)
    _switch(desk, changes)
    return _change_stations(desk, changes) | _change_work(desk, changes)


def _look_up(desk: Desk, changes: Changes) -> None:
    """Refuse what names something that is not there."""
    shop = desk.shop
    named: list[tuple[str, int, Any]] = [
        *((f"remove_stations.{i}", one, shop.stations) for i, one in enumerate(changes.remove_stations)),
        *((f"stations.{i}.handle", one.handle, shop.stations) for i, one in enumerate(changes.stations)),
        *(
            (f"stations.{i}.state", one.state, shop.states.by_handle)
            for i, one in enumerate(changes.stations)
            if one.state is not None
        ),
        *(
            (f"stations.{i}.operation", one.operation, shop.operations)
            for i, one in enumerate(changes.stations)
            if one.operation
        ),
        *(
            (f"add_orders.{i}.stations", handle, shop.stations)
            for i, one in enumerate(changes.add_orders)
            for handle in one.stations
        ),
        *(
            (f"add_operations.{i}.order", one.order, shop.orders)
            for i, one in enumerate(changes.add_operations)
        ),
        *(
            (f"add_operations.{i}.station", one.station, shop.stations)
            for i, one in enumerate(changes.add_operations)
        ),
        *((f"orders.{i}.id", one.id, shop.orders) for i, one in enumerate(changes.orders)),
        *((f"operations.{i}.id", one.id, shop.operations) for i, one in enumerate(changes.operations)),
        *(
            (f"remove_operations.{i}", one, shop.operations)
            for i, one in enumerate(changes.remove_operations)
        ),
        *((f"remove_orders.{i}", one, shop.orders) for i, one in enumerate(changes.remove_orders)),
        *(
            (f"raise_alarms.{i}.station", one.station, shop.stations)
            for i, one in enumerate(changes.raise_alarms)
        ),
        *(
            (f"clear_alarms.{i}.station", one.station, shop.stations)
            for i, one in enumerate(changes.clear_alarms)
        ),
    ]
    for field, number, known in named:
        if number not in known:
            raise ControlError(field, f"there is no {number}")


def _switch(desk: Desk, changes: Changes) -> None:
    if changes.version is not None:
        desk.version = minor_version(changes.version)
    if changes.licences is not None:
        desk.licences = set(changes.licences)
    if changes.engine_up is not None:
        desk.engine_up = changes.engine_up
    if (trap := changes.next_state_change) is not None:
        desk.trap = Trap(trap.code, trap.applied, trap.count)


def _change_stations(desk: Desk, changes: Changes) -> dict[str, object]:
    shop, added = desk.shop, []
    for new in changes.add_stations:
        station = add_station(shop)
        station.name = new.name or station.name
        added.append(station.handle)
        schedule(shop, station)
    for handle in changes.remove_stations:
        shop.stations.pop(handle, None)
    for change in changes.stations:
        if change.handle in shop.stations:
            _change_station(desk, shop.stations[change.handle], change)
    for raised in changes.raise_alarms:
        alarm = Alarm(raised.code, raised.message, shop.now, held=True)
        shop.stations[raised.station].alarms.append(alarm)
    for cleared in changes.clear_alarms:
        for alarm in shop.stations[cleared.station].standing_alarms():
            if cleared.code in (None, alarm.code):
                alarm.end = shop.now
    return {"added_stations": added}


_PLAIN = (
    "name", "description", "workshop", "disabled", "dnc_mode", "mdc_mode", "protocol", "total_parts",
    "parts_since_reset",
)  # fmt: skip


def _change_station(desk: Desk, station: Station, change: StationChange) -> None:
    for name in _PLAIN:
        if (value := getattr(change, name)) is not None:
            setattr(station, name, value)
    if change.operation is not None:
        station.operation = change.operation or None
        station.carried = 0.0
    if change.state is not None:
        enter(desk.shop, station, change.state, change.comment or "", by_hand=True)
        return
    if change.comment is not None:
        station.comment = change.comment
    schedule(desk.shop, station)


def _change_work(desk: Desk, changes: Changes) -> dict[str, object]:
    shop = desk.shop
    orders, operations = [], []
    for new in changes.add_orders:
        order = new_order(shop, created=shop.now)
        order.name = new.name or order.name
        orders.append(order.id)
        operations += [add_operation(shop, order, one, created=shop.now).id for one in new.stations]
    for extra in changes.add_operations:
        order = shop.orders[extra.order]
        operations.append(add_operation(shop, order, extra.station, created=shop.now).id)
    for change in changes.orders:
        order = shop.orders[change.id]
        order.name = order.name if change.name is None else change.name
        order.valid = order.valid if change.valid is None else change.valid
        order.state = order.state if change.state is None else change.state
        if change.archived is not None:
            order.archived_by_hand = change.archived
    for part in changes.operations:
        operation = shop.operations[part.id]
        for name in ("name", "state", "parts_made", "parts_to_make", "document"):
            if (value := getattr(part, name)) is not None:
                setattr(operation, name, value)
        if (station := shop.stations.get(operation.station)) and station.operation == operation.id:
            schedule(shop, station)
    for number in changes.remove_operations:
        drop_operation(shop, number)
    for number in changes.remove_orders:
        drop_order(shop, shop.orders[number])
    return {"added_orders": orders, "added_operations": operations}


def overview(desk: Desk) -> dict[str, object]:
    """The shop in the simulator's own words: what a test compares answers with."""
    shop = desk.shop
    settle_all(shop)
    return {
        "now": datetime.fromtimestamp(shop.now, UTC).isoformat(),
        "version": f"1.{desk.version}",
        "licences": sorted(desk.licences),
        "engine_up": desk.engine_up,
        "stations": [_station(desk, station) for station in shop.stations.values()],
        "orders": [
            {
                "id": order.id,
                "name": order.name,
                "valid": order.valid,
                "archived": shop.archived(order),
                "state": order_state(order, shop.operations),
                "operations": order.operations,
            }
            for order in shop.orders.values()
        ],
        "operations": [
            {
                "id": one.id,
                "order": one.order,
                "name": one.name,
                "station": one.station,
                "state": one.state,
                "parts_made": one.parts_made,
                "parts_to_make": one.parts_to_make,
                "document": one.document,
            }
            for one in shop.operations.values()
        ],
        "documents": len(shop.documents),
    }


def _station(desk: Desk, station: Station) -> dict[str, object]:
    return {
        "handle": station.handle,
        "name": station.name,
        "disabled": station.disabled,
        "mdc_mode": station.mdc_mode,
        "dnc_mode": station.dnc_mode,
        "protocol": station.protocol,
        "state": station.state,
        "auto_state": station.auto_state,
        "since": datetime.fromtimestamp(station.since, UTC).isoformat(),
        "comment": station.comment,
        "operation": station.operation,
        "queue": list(station.queue),
        "alarms": [{"code": one.code, "message": one.message} for one in station.standing_alarms()],
        "total_parts": station.total_parts,
        "parts_since_reset": station.parts_since_reset,
        "files": sorted(station.files),
    }
