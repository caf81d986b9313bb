"""Feeds: the repeated questions, at the pace that the quota allows, and what they cost (section 9)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from floorgraph.model.ids import Kind
from floorgraph.model.source import Feed
from floorgraph.vendors.answers import PlanLine
from floorgraph.vendors.cloudnest.endpoints import (
    CURRENT_ALARMS,
    CUT_STATE,
    DEVICE_STATES,
    DEVICES,
    JOB_LAYOUTS,
    JOB_PARTS,
    JOB_TREE,
    LAYOUT_DETAILS,
    MACHINE_RESULTS,
    PART_LIST,
    PLAN_DETAIL,
    PLATE_LIST,
)
from floorgraph.vendors.cloudnest.gateway import Gateway
from floorgraph.vendors.cloudnest.pace import DAY, Steady, whole_day_interval
from floorgraph.vendors.cloudnest.per_job import WANTED as NESTING_WANTED
from floorgraph.vendors.cloudnest.plan import WANTED as TASKS_WANTED
from floorgraph.vendors.cloudnest.plates import STOCK_LASTS as STOCK_WANTED
from floorgraph.vendors.cloudnest.readings import ALARMS_WANTED, PROGRESS_WANTED
from floorgraph.vendors.cloudnest.results import WANTED as RESULTS_WANTED

MACHINES, STATES, PROGRESS, ALARMS = "machines", "states", "progress", "alarms"
TASKS, TREE, RESULTS = "tasks", "tree", "results"
LAYOUTS, PARTS, STOCK = "layouts", "parts", "stock"

_WORK = frozenset({Kind.JOB, Kind.LAYOUT, Kind.PIECE})
_NESTED = frozenset({Kind.LAYOUT, Kind.PIECE})
_LIVE = frozenset({Kind.STATION, Kind.ALARM})

AFTER_COMMANDS: Final = 2.0
"""Least seconds between two polls after a command. The quota still holds: what no command made old is served
from the last answer."""


@dataclass(frozen=True, slots=True)
class Sort:
    """A feed as it is meant: what it asks, how often, and the least seconds between two polls."""

    name: str
    endpoint: str
    kinds: frozenset[Kind]
    wanted: float
    minimum: float = 2.0


SORTS: Sequence[Sort] = (
    Sort(STATES, DEVICE_STATES, _LIVE, 10.0),
    Sort(PROGRESS, CUT_STATE, frozenset({Kind.STATION}), PROGRESS_WANTED, 5.0),
    Sort(ALARMS, CURRENT_ALARMS, _LIVE, ALARMS_WANTED, 5.0),
    Sort(TASKS, PLAN_DETAIL, _WORK, TASKS_WANTED),
    Sort(RESULTS, MACHINE_RESULTS, frozenset({Kind.PIECE}), RESULTS_WANTED, 60.0),
    Sort(TREE, JOB_TREE, frozenset({Kind.JOB, Kind.JOB_FOLDER}), 300.0, 300.0),
    Sort(LAYOUTS, LAYOUT_DETAILS, _NESTED, NESTING_WANTED, 60.0),
    Sort(LAYOUTS, JOB_LAYOUTS, _NESTED, NESTING_WANTED, 60.0),
    Sort(PARTS, JOB_PARTS, frozenset({Kind.PIECE}), NESTING_WANTED, 60.0),
    Sort(PARTS, PART_LIST, frozenset({Kind.PIECE}), NESTING_WANTED, 60.0),
    Sort(STOCK, PLATE_LIST, frozenset({Kind.BATCH}), STOCK_WANTED, 60.0),
    Sort(MACHINES, DEVICES, frozenset({Kind.STATION}), 3600.0, 1800.0),
)
"""In the order of section 9. Slow ones have high minima: who wants states or tasks at once shares a kind of
record with them, and means states and tasks. Of two with the same name the first that can be asked counts."""

Calls = Callable[[str], int]
"""Feed name -> calls that a poll makes now."""


def feeds(gateway: Gateway, machines: int) -> list[Feed]:
    """The feeds as things stand, as often as they are wanted; what the quota allows is `affordable`."""
    now = gateway.clock.monotonic()
    return [
        Feed(sort.name, sort.kinds, max(_wanted(sort, machines), sort.minimum), sort.minimum, AFTER_COMMANDS)
        for sort in _sorts(lambda endpoint: gateway.grants.may_ask(endpoint, now))
    ]


def _sorts(can: Callable[[str], bool]) -> list[Sort]:
    found: dict[str, Sort] = {}
    for sort in SORTS:
        if can(sort.endpoint):
            found.setdefault(sort.name, sort)
    return list(found.values())


def affordable(gateway: Gateway, name: str, calls: Calls, steady: Steady) -> float:
    """Seconds between polls of a feed that the rest of the day's quota can pay for."""
    now = gateway.clock.monotonic()
    named = (sort.endpoint for sort in SORTS if sort.name == name)
    endpoint = next((one for one in named if gateway.grants.may_ask(one, now)), None)
    if endpoint is None:
        return 0.0
    return steady.of(name, gateway.affordable(endpoint, max(1, calls(name))))


def plan_lines(gateway: Gateway, calls: Calls, machines: int) -> list[PlanLine]:
    """What each feed costs over a whole day of being watched, against the quota of its endpoint."""
    found: list[PlanLine] = []
    for sort in _sorts(gateway.grants.has):
        number = max(1, calls(sort.name))
        wanted = _wanted(sort, machines)
        interval = max(sort.minimum, wanted, whole_day_interval(gateway.settings, sort.endpoint, number))
        found.append(
            PlanLine(
                feed=sort.name,
                endpoint=sort.endpoint,
                calls_per_poll=number,
                wanted_interval=wanted,
                interval=round(interval, 1),
                calls_per_day=round(DAY / interval * number, 1),
                limit=gateway.settings.limits(sort.endpoint)[0],
            )
        )
    return found


def _wanted(sort: Sort, machines: int) -> float:
    # Results are asked for machine by machine, one at each poll.
    return sort.wanted / max(1, machines) if sort.name == RESULTS else sort.wanted
