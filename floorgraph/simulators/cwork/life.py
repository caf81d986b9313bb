"""How the shop lives: stations change state, make parts and raise alarms, operations progress, orders finish.

Everything follows from the seed, the clock and what was asked of the server. Events are taken in the order of
their time, so it does not matter how often or when somebody looks.
"""

from heapq import heappop, heappush
from math import ceil

from floorgraph.simulators.cwork.planning import plan_after, purge_orders
from floorgraph.simulators.cwork.shop import Shop
from floorgraph.simulators.cwork.states import (
    BREAK,
    BREAKDOWN,
    DISENGAGEMENT,
    FIRST_PART,
    NO_MATERIAL,
    PRODUCTION,
    SETTING,
    SPINDLE_FAULT,
    TOOL_CHANGE,
    TRIAL,
    WAITING,
    WARM_UP,
)
from floorgraph.simulators.cwork.stations import Alarm, Station, Top
from floorgraph.simulators.cwork.work import NO_STATE, PAUSE, RESUMING, START, STOP, Operation
from floorgraph.simulators.dice import Dice

IDLE_CYCLE = 30
"""Seconds per part of a station that produces without an operation."""
TOPS_KEPT = 5000
ALARMS_KEPT = 2000

AFTER_PRODUCTION = (
    (WAITING, 26.0), (NO_MATERIAL, 18.0), (BREAKDOWN, 12.0), (SPINDLE_FAULT, 7.0), (TOOL_CHANGE, 14.0),
    (SETTING, 8.0), (FIRST_PART, 6.0), (BREAK, 4.0), (DISENGAGEMENT, 2.0), (TRIAL, 1.0),
)  # fmt: skip
AFTER_CLOSED = ((WARM_UP, 6.0), (PRODUCTION, 3.0), (WAITING, 1.0))
AFTER_OTHER = ((PRODUCTION, 82.0), (WAITING, 7.0), (SETTING, 5.0), (BREAKDOWN, 3.0), (BREAK, 3.0))

FAILURES = (
    ("0401", "SERVO DRIVE NOT READY"),
    ("0139", "AXIS CONTROL CHANGE REFUSED"),
    ("0085", "AIR PRESSURE LOW"),
    ("2041", "DOOR INTERLOCK OPEN"),
    ("0750", "SPINDLE START FAILED"),
)
WARNINGS = (
    ("1002", "COOLANT LEVEL LOW"),
    ("1017", "CHIP CONVEYOR FULL"),
    ("0060", "SEQUENCE NUMBER NOT FOUND"),
)


def advance(shop: Shop, to: float) -> None:
    """Let everything happen that happens until `to`."""
    while shop.agenda and shop.agenda[0][0] <= to:
        when, handle = heappop(shop.agenda)
        station = shop.stations.get(handle)
        if station is not None and station.due == when:
            shop.now = when
            _happen(shop, station)
    shop.now = max(shop.now, int(to))


def settle(shop: Shop, station: Station) -> None:
    """Count the parts made up to now."""
    if not shop.producing(station) or not station.alive:
        return
    operation = shop.current(station)
    cycle = operation.cycle_time if operation else IDLE_CYCLE
    cycles = int((shop.now - station.anchor) // cycle)
    if operation:
        cycles = min(cycles, ceil(operation.left / operation.parts_per_cycle))
    if cycles <= 0:
        return
    parts = min(cycles * operation.parts_per_cycle, operation.left) if operation else cycles
    station.anchor += cycles * cycle
    station.total_parts += parts
    station.parts_since_reset += parts
    if operation:
        operation.parts_made += parts


def settle_all(shop: Shop) -> None:
    """Count the parts of all stations up to now."""
    for station in shop.stations.values():
        settle(shop, station)


def enter(shop: Shop, station: Station, state: int, comment: str = "", *, by_hand: bool = False) -> None:
    """Begin a new state now. Set by hand, it raises no alarm and leaves the machine's own state as it was."""
    close_top(shop, station)
    was = shop.root(station)
    station.state, station.since, station.comment = state, shop.now, comment
    if not by_hand:
        station.auto_state = state
    _alarms_follow(shop, station, was, by_hand=by_hand)
    station.change_at = shop.now + dwell(station.dice, shop.root(station), shop.options.pace)
    resume(shop, station)


def close_top(shop: Shop, station: Station) -> None:
    """Note the current state as finished now."""
    settle(shop, station)
    if shop.producing(station):
        station.carried = shop.now - station.anchor
    operation = shop.current(station)
    order = shop.orders.get(operation.order) if operation else None
    station.tops.append(
        Top(
            station.state,
            station.since,
            shop.now,
            station.comment,
            shop.program(operation),
            order.part_reference if order else "",
        )
    )
    if len(station.tops) > TOPS_KEPT:
        del station.tops[: TOPS_KEPT // 5]
        station.past = []


def resume(shop: Shop, station: Station) -> None:
    """Let the operation follow the state, and note when to look at the station again."""
    operation = shop.current(station)
    producing = shop.producing(station)
    if producing:
        station.anchor, station.carried = shop.now - station.carried, 0.0
    if operation:
        _operation_follows(operation, producing=producing)
    schedule(shop, station)


def schedule(shop: Shop, station: Station) -> None:
    """Note when something happens next at the station."""
    if not station.alive:
        station.due = None
        return
    due = station.change_at
    operation = shop.current(station)
    if operation and shop.producing(station):
        cycles = ceil(operation.left / operation.parts_per_cycle)
        due = min(due, ceil(station.anchor + cycles * operation.cycle_time))
    station.due = max(due, shop.now + 1)
    heappush(shop.agenda, (station.due, station.handle))


def dwell(dice: Dice, root: int, pace: float) -> int:
    """How long a state lasts, in seconds."""
    factor = {PRODUCTION: 3.0, DISENGAGEMENT: 2.0}.get(root, 1.0)
    return max(1, round(pace * factor * dice.between(0.4, 1.6)))


def next_state(dice: Dice, root: int) -> int:
    """What follows a state."""
    if root == PRODUCTION:
        return dice.weighted(AFTER_PRODUCTION)
    return dice.weighted(AFTER_CLOSED if root == DISENGAGEMENT else AFTER_OTHER)


def _happen(shop: Shop, station: Station) -> None:
    settle(shop, station)
    operation = shop.current(station)
    if operation is not None and operation.left == 0:
        _finish(shop, operation)
        close_top(shop, station)
        _take_next(shop, station)
    elif operation is None and station.queue:
        close_top(shop, station)
        _take_next(shop, station)
    elif operation is None and station.state == WAITING:
        station.change_at = shop.now + dwell(station.dice, WAITING, shop.options.pace)
        schedule(shop, station)
    else:
        state = next_state(station.dice, shop.root(station))
        if operation is None and shop.states.roots[state] == PRODUCTION:
            state = WAITING
        if state == station.state:
            state = PRODUCTION
        enter(shop, station, state)


def _finish(shop: Shop, operation: Operation) -> None:
    operation.state = STOP
    document = shop.documents.get(operation.document)
    if document and shop.dice.roll() < 0.25:
        shop.add_version(document, status="TESTING", comment="Saved at the control")
    order = shop.orders.get(operation.order)
    if order and order.finished_at is None:
        parts = [shop.operations[key] for key in order.operations if key in shop.operations]
        if all(part.left == 0 for part in parts):
            order.finished_at = shop.now
            purge_orders(shop)
    plan_after(shop, operation.station)


def _take_next(shop: Shop, station: Station) -> None:
    """The next operation of the queue is set up; its top begins now."""
    was = shop.root(station)
    station.carried = 0.0
    station.operation = station.queue.popleft() if station.queue else None
    operation = shop.current(station)
    if operation:
        order = shop.orders.get(operation.order)
        station.state = SETTING
        station.comment = f"Setting for next job ({order.name if order else ''}-{operation.name})"
        document = shop.documents.get(operation.document)
        if document and document.shown:
            document.shown.sent = shop.now
    else:
        station.state, station.comment = WAITING, "No job"
    station.auto_state, station.since = station.state, shop.now
    _alarms_follow(shop, station, was, by_hand=False)
    station.change_at = shop.now + dwell(station.dice, shop.root(station), shop.options.pace)
    resume(shop, station)


def _operation_follows(operation: Operation, *, producing: bool) -> None:
    if producing and operation.state in (NO_STATE, STOP, PAUSE):
        operation.state = START if operation.state == NO_STATE else RESUMING
    elif not producing and operation.state in (START, RESUMING):
        operation.state = PAUSE


def _alarms_follow(shop: Shop, station: Station, was: int, *, by_hand: bool) -> None:
    """A breakdown raises alarms, the next state clears them; now and then production raises a warning."""
    root = shop.root(station)
    if not (was == root == BREAKDOWN):
        for alarm in station.standing_alarms():
            if not alarm.held:
                alarm.end = shop.now
    if by_hand:
        return
    dice = station.dice
    if root == BREAKDOWN and was != BREAKDOWN:
        count = 2 if dice.roll() < 0.3 else 1
        first = dice.whole(0, len(FAILURES) - 1)
        found = [FAILURES[(first + offset) % len(FAILURES)] for offset in range(count)]
    elif root == PRODUCTION and dice.roll() < 0.1:
        found = [dice.pick(WARNINGS)]
    else:
        return
    station.alarms += [Alarm(code, message, shop.now) for code, message in found]
    if len(station.alarms) > ALARMS_KEPT:
        del station.alarms[: ALARMS_KEPT // 5]
