"""What changes a station's state or its part count."""

from floorgraph.simulators.contract import Reply
from floorgraph.simulators.cwork.errors import VendorError
from floorgraph.simulators.cwork.history import remember
from floorgraph.simulators.cwork.life import close_top, enter, resume, settle
from floorgraph.simulators.cwork.request import Ask, Endpoint
from floorgraph.simulators.cwork.stations import Station
from floorgraph.simulators.cwork.statuses import state_payload


def change_state(ask: Ask) -> Reply:
    """POST /stations/{id}/status_history: a new state begins (2005, 2006, 2020, 2021, 2022, 2023)."""
    station = ask.monitored_station()
    state, comment = _wanted(ask)
    if state == station.state:
        raise VendorError(2020)
    code = _sprung(ask)
    if code is None or code[1]:
        enter(ask.shop, station, state, comment or "", by_hand=True)
    if code:
        raise VendorError(code[0])
    return _current(ask, station)


def replace_state(ask: Ask) -> Reply:
    """POST /stations/{id}/replace_curent_state: the current state is another one, since it began.

    When the state before is the same, both become one; the comment is then kept, joined or replaced as the
    document says. The same state with a comment only changes the comment; without one it is 2020.
    """
    station = ask.monitored_station()
    state, comment = _wanted(ask)
    if state == station.state and comment is None:
        raise VendorError(2020)
    code = _sprung(ask)
    if code is None or code[1]:
        _replace(ask, station, state, comment)
    if code:
        raise VendorError(code[0])
    return _current(ask, station)


def force_auto_state(ask: Ask) -> Reply:
    """POST /stations/{id}/force_auto_state: back to what the machine reports; the body must be `{}`."""
    station = ask.monitored_station()
    if ask.fields():
        raise VendorError(1010)
    code = _sprung(ask)
    if (code is None or code[1]) and station.state != station.auto_state:
        enter(ask.shop, station, station.auto_state)
    if code:
        raise VendorError(code[0])
    return _current(ask, station)


def reset_part_count(ask: Ask) -> Reply:
    """POST /ResetStationPartCount/{id}: parts since the reset start from this number (2010, 1010)."""
    station = ask.monitored_station()
    fields = ask.fields()
    if "PartCount" not in fields:
        raise VendorError(2010)
    count = fields["PartCount"]
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise VendorError(1010)
    settle(ask.shop, station)
    station.parts_since_reset = count
    return Reply(data=[])


def _wanted(ask: Ask) -> tuple[int, str | None]:
    """The state and the comment asked for."""
    fields = ask.fields()
    if "State" not in fields:
        raise VendorError(2010)
    handle, comment = fields["State"], fields.get("Comment")
    if isinstance(handle, bool) or not isinstance(handle, int) or not isinstance(comment, (str, type(None))):
        raise VendorError(1010)
    state = ask.shop.states.by_handle.get(handle)
    if state is None:
        raise VendorError(2005)
    if state.archived:
        raise VendorError(2006)
    if not state.in_scenario:
        raise VendorError(2021)
    return handle, comment


def _sprung(ask: Ask) -> tuple[int, bool] | None:
    """Code and effect of a failure that was arranged for this change."""
    trap = ask.desk.trap
    if trap is None:
        return None
    trap.count -= 1
    if trap.count <= 0:
        ask.desk.trap = None
    return trap.code, trap.applied


def _replace(ask: Ask, station: Station, state: int, comment: str | None) -> None:
    shop = ask.shop
    remember(shop, station)
    close_top(shop, station)
    replaced = station.tops.pop()
    earlier = station.tops or station.past
    if earlier and earlier[-1].state == state:
        merged = earlier.pop()
        station.since = merged.start
        joined = " + ".join(part for part in (merged.comment, replaced.comment) if part)
        station.comment = joined if comment is None else comment
    elif comment is not None:
        station.comment = comment
    station.state = state
    resume(shop, station)


def _current(ask: Ask, station: Station) -> Reply:
    return Reply(
        data={
            "State": state_payload(ask.shop.state_of(station)),
            "LastTop": ask.desk.dates.iso(station.since),
            "Comment": station.comment,
        }
    )


_STATION = "/stations/{id}"

ENDPOINTS = (
    Endpoint(
        "POST", f"{_STATION}/status_history", 9, "monitor", change_state, right="CanChangeState", engine=True
    ),
    Endpoint(
        "POST",
        f"{_STATION}/replace_curent_state",
        14,
        "monitor",
        replace_state,
        right="CanChangeHisto",
        engine=True,
    ),
    Endpoint(
        "POST",
        f"{_STATION}/force_auto_state",
        14,
        "monitor",
        force_auto_state,
        right="CanForceAutoState",
        engine=True,
    ),
    Endpoint("POST", "/ResetStationPartCount/{id}", 13, "monitor", reset_part_count, engine=True),
)
