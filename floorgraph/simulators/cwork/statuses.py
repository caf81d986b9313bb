"""State definitions and live statuses."""

from floorgraph.simulators.contract import Reply
from floorgraph.simulators.cwork.errors import VendorError
from floorgraph.simulators.cwork.life import settle
from floorgraph.simulators.cwork.request import Ask, Endpoint
from floorgraph.simulators.cwork.states import State
from floorgraph.simulators.cwork.stations import Station


def list_states(ask: Ask) -> Reply:
    """GET /states: without the archived ones."""
    found = ask.shop.states.by_handle.values()
    return Reply(data=[state_payload(state) for state in found if not state.archived])


def get_state(ask: Ask) -> Reply:
    """GET /states/{id} (2005, 2006)."""
    state = ask.shop.states.by_handle.get(ask.handle())
    if state is None:
        raise VendorError(2005)
    if state.archived:
        raise VendorError(2006)
    return Reply(data=state_payload(state))


def list_statuses(ask: Ask) -> Reply:
    """GET /station_statuses: every monitored station.

    The document does not show this answer. Here it is an array of the single statuses with `Handle`, which
    its attribute table lists; stations that are disabled or not monitored are absent.
    """
    with_handle = "no-batch-handle" not in ask.desk.options.oddities
    found = []
    for station in ask.shop.stations.values():
        if station.alive and ask.sees(station.handle):
            status = _status(ask, station)
            found.append({"Handle": station.handle, **status} if with_handle else status)
    return Reply(data=found)


def get_status(ask: Ask) -> Reply:
    """GET /station_statuses/{id} (1013 when it is not monitored, 2007 when it is disabled)."""
    station = ask.station()
    if not station.mdc_mode:
        raise VendorError(1013)
    if station.disabled:
        raise VendorError(2007)
    return Reply(data=_status(ask, station))


def state_payload(state: State) -> dict[str, object]:
    """A state definition."""
    return {
        "Handle": state.handle,
        "Name": state.name,
        "Color": state.color,
        "OEECategory": state.oee_category,
        "ParentHandle": state.parent,
        "CloseDay": state.close_day,
        "ProdPercent": state.prod_percent,
        "UsePercent": state.use_percent,
    }


def _status(ask: Ask, station: Station) -> dict[str, object]:
    """A status with the fields of the client's version; `Order` and `Job` are names."""
    shop, version = ask.shop, ask.version
    settle(shop, station)
    operation = shop.current(station)
    order = shop.orders.get(operation.order) if operation else None
    cycle, parts = (operation.cycle_time, operation.parts_to_make) if operation else (0, 0)
    strings = "string-numbers" in ask.desk.options.oddities
    status: dict[str, object] = {
        "Reference": order.part_reference if order else "",
        "Order": order.name if order else "",
        "Job": operation.name if operation else "",
        "JobCycleTime": str(cycle) if strings else cycle,
        "PartCount": str(parts) if strings else parts,
        "State": state_payload(shop.state_of(station)),
        "LastTop": ask.desk.dates.iso(station.since),
    }
    if version >= 1:
        status["Comment"] = station.comment
    if version >= 6:
        status["Alarms"] = [
            {"Code": one.code, "Message": one.message, "StartDate": ask.desk.dates.iso(one.start)}
            for one in station.standing_alarms()
        ]
        selected = {"Name": shop.program(operation)} if operation else {}
        running = selected if shop.producing(station) else {}
        if version >= 11:
            status |= {"RunningProgram": running, "SelectedProgram": selected}
        else:
            status["ActiveProgram"] = running
    if version >= 12:
        status |= {"TotalParts": station.total_parts, "PartsSinceReset": station.parts_since_reset}
    return status


ENDPOINTS = (
    Endpoint("GET", "/states", 0, "any", list_states),
    Endpoint("GET", "/states/{id}", 0, "any", get_state),
    Endpoint("GET", "/station_statuses", 12, "monitor", list_statuses, engine=True, before=1007),
    Endpoint("GET", "/station_statuses/{id}", 0, "monitor", get_status, engine=True),
)
