"""What a station has been through: states, alarms and programs over time."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from floorgraph.simulators.cwork.life import FAILURES, dwell, next_state
from floorgraph.simulators.cwork.shop import Shop
from floorgraph.simulators.cwork.states import BREAKDOWN, PRODUCTION, WAITING
from floorgraph.simulators.cwork.stations import Alarm, Station, Top
from floorgraph.simulators.dice import Dice


@dataclass(slots=True)
class ProgramRun:
    """A program was selected, or ran; `end` is None while it still does."""

    name: str
    context: str
    start: int
    end: int | None


class Span(NamedTuple):
    """A top that may still be open: `end` is None then."""

    top: Top
    end: int | None


def finished(shop: Shop, station: Station) -> list[Top]:
    """All finished states, oldest first, those from before the server's start included."""
    return remember(shop, station) + station.tops


def remember(shop: Shop, station: Station) -> list[Top]:
    """The states from before the server's start; invented when first asked for, always the same."""
    if station.past is not None:
        return station.past
    dice = Dice("past", shop.options.seed, station.handle)
    station.past = []
    when = shop.start - int(shop.options.history_hours * 3600)
    programs = [shop.documents[key].reference for key in shop.programs.get(station.handle, [])] or ["O0001"]
    state, run = PRODUCTION, 0
    alarms = []
    while station.alive and when < station.born:
        root = shop.states.roots[state]
        end = min(station.born, when + dwell(dice, root, shop.options.pace))
        program = programs[run % len(programs)]
        station.past.append(Top(state, when, end, "", program, f"C{100_000 + run % 7}-{station.handle}"))
        if root == BREAKDOWN:
            code, message = dice.pick(FAILURES)
            alarms.append(Alarm(code, message, when, end))
        run += dice.roll() < 0.1
        following = next_state(dice, root)
        state = following if following != state else (WAITING if state == PRODUCTION else PRODUCTION)
        when = end
    station.alarms[:0] = alarms
    return station.past


def open_top(shop: Shop, station: Station) -> Top:
    """The current state, as long as it has lasted."""
    operation = shop.current(station)
    order = shop.orders.get(operation.order) if operation else None
    context = order.part_reference if order else ""
    return Top(station.state, station.since, shop.now, station.comment, shop.program(operation), context)


def spans(shop: Shop, station: Station, start: float, end: float) -> list[Span]:
    """The states that overlap the window, the current one last."""
    found = [Span(top, top.end) for top in finished(shop, station) if top.end > start and top.start < end]
    if station.since < end:
        found.append(Span(open_top(shop, station), None))
    return found


def alarms(shop: Shop, station: Station, start: float, end: float) -> list[Alarm]:
    """The alarms that overlap the window."""
    remember(shop, station)
    return [
        alarm for alarm in station.alarms if alarm.start < end and (alarm.end is None or alarm.end > start)
    ]


def runs(shop: Shop, station: Station, start: float, end: float, *, running: bool) -> list[ProgramRun]:
    """The programs selected in the window, or only those that ran; neighbours with one name are one run."""
    found: list[ProgramRun] = []
    for top, until in spans(shop, station, start, end):
        if not top.program or (running and shop.states.roots[top.state] != PRODUCTION):
            continue
        last = found[-1] if found else None
        if last and last.name == top.program and last.end == top.start:
            last.end = until
        else:
            found.append(ProgramRun(top.program, top.context, top.start, until))
    return found


def seconds_in(shop: Shop, found: Iterable[Span], start: float, end: float) -> tuple[dict[int, float], int]:
    """Seconds per built-in state within the window, and how many breakdowns began or stood in it."""
    spent: dict[int, float] = {}
    failures, previous = 0, None
    for top, until in found:
        root = shop.states.roots[top.state]
        last = shop.now if until is None else until
        spent[root] = spent.get(root, 0.0) + max(0.0, min(last, end) - max(top.start, start))
        failures += root == BREAKDOWN and previous != BREAKDOWN
        previous = root
    return spent, failures
