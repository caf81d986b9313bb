"""What questions are said to cost, and what they cost, before anything was read and after."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from floorgraph.model.ids import Kind
from floorgraph.vendors.authentise.source import AuthentiseSource
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.pricing import Ask, Read
from floorgraph.vendors.questions import EVERYTHING, By, Part, Where
from tests.vendors.authentise.conftest import Build
from tests.vendors.authentise.hall import KEY, Hall, ShiftedClock

Question = Callable[[AuthentiseSource, Freshness], Awaitable[object]]
KINDS = (
    Kind.STATION,
    Kind.JOB,
    Kind.ORDER,
    Kind.PIECE,
    Kind.LAYOUT,
    Kind.BATCH,
    Kind.PROGRAM,
)
RELATIONS = [
    (Kind.JOB, By.STATION, Kind.STATION),
    (Kind.JOB, By.ORDER, Kind.ORDER),
    (Kind.JOB, By.PARENT, Kind.JOB),
    (Kind.JOB, By.LAYOUT, Kind.LAYOUT),
    (Kind.JOB, By.BATCH, Kind.BATCH),
    (Kind.PIECE, By.ORDER, Kind.ORDER),
    (Kind.PIECE, By.JOB, Kind.JOB),
    (Kind.PIECE, By.STATION, Kind.STATION),
    (Kind.PIECE, By.LAYOUT, Kind.LAYOUT),
    (Kind.LAYOUT, By.JOB, Kind.JOB),
    (Kind.LAYOUT, By.STATION, Kind.STATION),
    (Kind.BATCH, By.STATION, Kind.STATION),
    (Kind.BATCH, By.JOB, Kind.JOB),
    (Kind.BATCH, By.PARENT, Kind.BATCH),
    (Kind.BATCH, By.CHILD, Kind.BATCH),
    (Kind.LAYOUT, By.BATCH, Kind.BATCH),
]
PARTS = [
    (Part.PLACEMENTS, Kind.LAYOUT),
    (Part.BATCH_ACTIONS, Kind.BATCH),
    (Part.BATCH_CLIMATE, Kind.BATCH),
    (Part.DOWNTIMES, Kind.STATION),
    (Part.CAPACITY, Kind.STATION),
    (Part.PIECE_STEPS, Kind.PIECE),
    (Part.LINE_ITEMS, Kind.ORDER),
]


def selected(kind: Kind, where: Where) -> Question:
    return lambda am, fresh: am.select(kind, where, fresh)


def parts(part: Part, ids: list[str]) -> Question:
    return lambda am, fresh: am.parts(part, ids, fresh)


def live(ids: list[str]) -> Question:
    return lambda am, fresh: am.live(ids, fresh)


def current(ids: list[str]) -> Question:
    return lambda am, fresh: am.current_jobs(ids, fresh)


async def ids_of(am: AuthentiseSource) -> Mapping[Kind, list[str]]:
    return {
        kind: [one.id for one in (await am.select(kind, EVERYTHING, Freshness())).items] for kind in KINDS
    }


def questions(ids: Mapping[Kind, list[str]], many: int) -> list[tuple[Ask, Question]]:
    """Every question with so many keys, and the ask that stands for it."""
    found: list[tuple[Ask, Question]] = []
    for kind in KINDS:
        found.append((Ask(Read.RECORDS, None, kind), selected(kind, EVERYTHING)))
        some = ids[kind][:many]
        for free in (True, False):
            ask = Ask(Read.RECORDS, len(some), kind, By.ID.value, free=free)
            found.append((ask, selected(kind, Where(By.ID, frozenset(some)))))
    for kind, by, parent in RELATIONS:
        some = ids[parent][:many]
        ask = Ask(Read.RECORDS, len(some), kind, by.value)
        found.append((ask, selected(kind, Where(by, frozenset(some)))))
    for part, owner in PARTS:
        some = ids[owner][:many]
        found.append((Ask(Read.PARTS, len(some), part=part.value), parts(part, some)))
    stations = ids[Kind.STATION][:many]
    found.append((Ask(Read.LIVE, len(stations)), live(stations)))
    found.append((Ask(Read.LIVE, None), live(ids[Kind.STATION])))
    found.append((Ask(Read.CURRENT_JOBS, len(stations)), current(stations)))
    return found


@pytest.mark.parametrize("many", [1, 21, 1000])
async def test_no_cold_question_costs_more_than_its_price(large: Hall, source: Build, many: int) -> None:
    ids = await ids_of(source(large))
    for ask, question in questions(ids, many):
        am = source(large)
        priced = am.price(ask).calls
        large.forget_calls()
        await question(am, Freshness(max_age=0, since=am.clock.monotonic()))
        assert large.total() <= priced, (ask, large.calls())


@pytest.mark.parametrize("many", [1, 21, 1000])
async def test_no_warm_question_costs_more_than_its_price_and_none_much_less(
    large: Hall, source: Build, many: int
) -> None:
    clock = ShiftedClock()
    am = source(large, clock)
    ids = await ids_of(am)
    found = []
    for ask, question in questions(ids, many):
        clock.advance(400)  # Definitions are asked for again, whole lists once in a while.
        priced = am.price(ask).calls
        large.forget_calls()
        await question(am, Freshness(max_age=0, since=clock.monotonic()))
        actual = large.total()
        assert actual <= priced, (ask, large.calls())
        if not ask.free:
            found.append((priced, actual, ask, large.calls()))
    for priced, actual, ask, calls in found:
        assert priced <= 6 * actual + 60, (ask, priced, calls)
    assert sum(one[0] for one in found) <= 3 * sum(one[1] for one in found)


async def test_keys_that_a_client_made_up_are_counted_as_they_are(hall: Hall, source: Build) -> None:
    am = source(hall)
    await ids_of(am)
    nowhere = [f"{KEY}:job:run/00000000-0000-4000-8000-{number:012d}" for number in range(100)]
    ask = Ask(Read.RECORDS, 100, Kind.JOB, By.ID.value, free=True)
    priced = am.price(ask).calls
    hall.forget_calls()
    await am.select(Kind.JOB, Where(By.ID, frozenset(nowhere)), Freshness(max_age=0))
    assert hall.total() <= priced


async def test_what_is_switched_off_costs_nothing(hall: Hall, source: Build) -> None:
    am = source(hall)
    off = ["material-management", "workstation-capacity-tracking", "sensors"]
    hall.change(disabled_features=off)
    await am.probe()
    for ask in (
        Ask(Read.RECORDS, None, Kind.BATCH),
        Ask(Read.RECORDS, 20, Kind.BATCH, By.STATION.value),
        Ask(Read.PARTS, 20, part=Part.CAPACITY.value),
        Ask(Read.PARTS, 20, part=Part.BATCH_CLIMATE.value),
    ):
        assert am.price(ask).calls == 0, ask


@pytest.mark.parametrize("read", [Read.ALARMS, Read.STATES, Read.KPIS, Read.PROTOCOL, Read.CONTENT])
async def test_what_the_vendor_does_not_have_costs_nothing(hall: Hall, source: Build, read: Read) -> None:
    assert source(hall).price(Ask(read, 50)).calls == 0


async def test_a_session_may_have_to_be_opened(source: Build) -> None:
    settings: dict[str, Any] = {"session": {"username": "integration", "password": "x"}}
    ask = Ask(Read.RECORDS, None, Kind.ORDER)
    url = "http://127.0.0.1:9"
    assert source(url, **settings).price(ask).calls == source(url).price(ask).calls + 1


async def test_a_price_makes_no_calls(hall: Hall, source: Build) -> None:
    am = source(hall)
    ids = await ids_of(am)
    hall.forget_calls()
    for ask, _ in questions(ids, 50):
        am.price(ask)
    assert hall.calls() == {}


@pytest.mark.parametrize("page_size", [20, 1000, 5000])
async def test_a_tenant_of_which_nothing_is_known_is_taken_to_be_of_modest_size(
    source: Build, page_size: int
) -> None:
    am = source("http://127.0.0.1:9", page_size=page_size)
    for kind, by, _ in RELATIONS:
        assert am.price(Ask(Read.RECORDS, 100_000, kind, by.value)).calls <= 3_000, (kind, by)
