"""What questions are said to cost, and what they cost."""

from collections.abc import Awaitable, Callable

import pytest

from floorgraph.model.ids import Kind
from floorgraph.model.station import LiveStatus
from floorgraph.vendors.cloudnest.grants import Grants
from floorgraph.vendors.cloudnest.prices import Prices
from floorgraph.vendors.contract import SourceTools
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.pricing import Ask, Read
from floorgraph.vendors.questions import EVERYTHING, By, Part, Where
from tests.support.fakeclock import FakeClock
from tests.vendors.cloudnest.conftest import Build, Hall, settings_of

URL = "https://gateway.example"


def prices(jobs: int | None = 120, machines: int | None = 60, **settings: object) -> Prices:
    return Prices(Grants(settings_of(URL, **settings)), jobs, machines)


@pytest.mark.parametrize(
    ("ask", "calls"),
    [
        (Ask(Read.RECORDS, None, Kind.STATION), 1),
        (Ask(Read.RECORDS, None, Kind.JOB_FOLDER), 1),
        (Ask(Read.RECORDS, None, Kind.JOB), 1 + 3),
        (Ask(Read.RECORDS, 1000, Kind.LAYOUT, By.JOB.value), 1 + 3),
        (Ask(Read.RECORDS, 1, Kind.JOB, By.PARENT.value), 1 + 3 + 1),
        (Ask(Read.RECORDS, None, Kind.BATCH), 1 + 3),
        (Ask(Read.RECORDS, 7, Kind.BATCH, By.JOB.value), 1 + 7),
        (Ask(Read.RECORDS, 500, Kind.BATCH, By.JOB.value), 1 + 20),
        (Ask(Read.RECORDS, 5, Kind.BATCH, By.STATION.value), 0),
        (Ask(Read.RECORDS, 3, Kind.BATCH, By.LAYOUT.value), 1 + 3 + 3 + 20),
        (Ask(Read.RECORDS, 3, Kind.BATCH, By.PARENT.value), 0),
        (Ask(Read.LIVE, 60), 1 + 2),
        (Ask(Read.DETAILS, 5), 1 + 2 + 5),
        (Ask(Read.STATES, 3), 1 + 3),
        (Ask(Read.KPIS, 3), 1 + 6),
        (Ask(Read.PARTS, 4), 1 + 3 + 4),
        (Ask(Read.PARTS, 4, part=Part.PLACEMENTS.value), 1 + 3 + 4),
        (Ask(Read.PARTS, 4, part=Part.BATCH_ACTIONS.value), 0),
        (Ask(Read.CURRENT_JOBS, 60), 1 + 3),
        (Ask(Read.RECORDS, None, Kind.ORDER), 0),
        (Ask(Read.PROGRAM_RUNS, 3), 0),
    ],
)
def test_prices(ask: Ask, calls: int) -> None:
    assert prices().of(ask).calls == calls


def test_what_is_not_known_yet_costs_what_one_question_may() -> None:
    assert prices(jobs=None).of(Ask(Read.RECORDS, None, Kind.JOB)).calls == 1 + 20


def test_what_is_not_asked_costs_nothing() -> None:
    assert prices(cloudnest=False).of(Ask(Read.RECORDS, None, Kind.JOB)).calls == 0
    assert prices(iot=False).of(Ask(Read.LIVE, 5)).calls == 0


def test_a_quota_that_is_nearly_used_up_bounds_the_price() -> None:
    few = {"plan_detail": 2, "time_periods": 3, "current_alarms": 0, "cut_state": 1}
    found = Prices(Grants(settings_of(URL)), 120, 60, left=few.get)
    assert found.of(Ask(Read.RECORDS, None, Kind.JOB)).calls == 1 + 2
    assert found.of(Ask(Read.STATES, 10)).calls == 1 + 3
    assert found.of(Ask(Read.DETAILS, 10)).calls == 1 + 2 + 1
    assert found.of(Ask(Read.RECORDS, 7, Kind.BATCH, By.JOB.value)).calls == 1 + 7


def test_what_is_configured_beyond_the_public_paths_costs_its_calls() -> None:
    told = {name: {"path": f"/somewhere/{name}"} for name in ("job_parts", "layout_job", "plate_list")}
    grants = Grants(settings_of(URL, endpoints=told))
    found = Prices(grants, 120, 60, nesting=lambda kind: ["job_parts"] if kind is Kind.PIECE else [])
    assert found.of(Ask(Read.RECORDS, None, Kind.PIECE)).calls == 1 + 3 + 3
    assert found.of(Ask(Read.RECORDS, None, Kind.LAYOUT)).calls == 1 + 3
    assert found.of(Ask(Read.RECORDS, 2, Kind.LAYOUT, By.ID.value)).calls == 1 + 3 + 2
    assert found.of(Ask(Read.RECORDS, None, Kind.BATCH)).calls == 1 + 3 + 1


async def test_no_question_costs_more_than_it_is_said_to(hall: Hall, source: Build) -> None:
    clock = FakeClock()
    laser = source(hall, SourceTools(clock=clock, sleep=clock.sleep))
    jobs = (await laser.select(Kind.JOB, EVERYTHING, Freshness(max_age=0))).items
    stations = (await laser.select(Kind.STATION, EVERYTHING, Freshness(max_age=0))).items
    ids = [station.id for station in stations]
    some = [job.id for job in jobs[:5]]
    layouts = [one.id for one in (await laser.select(Kind.LAYOUT, EVERYTHING, Freshness())).items][:5]
    fresh = Freshness(max_age=0)

    async def details() -> object:
        lives = await laser.live(ids, Freshness(max_age=0, since=clock.monotonic()))
        return await laser.detailed({k: v for k, v in lives.items() if isinstance(v, LiveStatus)}, fresh)

    questions: list[tuple[Ask, Callable[[], Awaitable[object]]]] = [
        (
            Ask(Read.RECORDS, 5, Kind.LAYOUT, By.JOB.value),
            lambda: laser.select(Kind.LAYOUT, _by_job(some), fresh),
        ),
        (
            Ask(Read.RECORDS, 5, Kind.BATCH, By.JOB.value),
            lambda: laser.select(Kind.BATCH, _by_job(some), fresh),
        ),
        (Ask(Read.RECORDS, None, Kind.BATCH), lambda: laser.select(Kind.BATCH, EVERYTHING, fresh)),
        (Ask(Read.DETAILS, len(ids)), details),
        (Ask(Read.PARTS, 5), lambda: laser.parts(Part.PLACEMENTS, layouts, fresh)),
        (Ask(Read.CURRENT_JOBS, len(ids)), lambda: laser.current_jobs(ids, fresh)),
    ]
    for ask, question in questions:
        clock.advance(30)
        price = laser.price(ask).calls
        hall.forget_calls()
        await question()
        assert sum(hall.calls().values()) <= price, ask


def _by_job(ids: list[str]) -> Where:
    return Where(By.JOB, frozenset(ids))


async def test_a_source_in_the_place_of_another_goes_on_counting(hall: Hall, source: Build) -> None:
    clock = FakeClock()
    tools = SourceTools(clock=clock, sleep=clock.sleep)
    former = source(hall, tools)
    await former.select(Kind.JOB_FOLDER, EVERYTHING, Freshness(max_age=0))
    laser = source(hall, tools, reserve_percent=50)
    laser.inherit(former)
    assert {one.endpoint: one.used for one in laser.budgets()}["job_tree"] == 1
