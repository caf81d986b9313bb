"""How many calls an operation causes, counted at the server."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from floorgraph.model import GlobalId, Kind, LiveStatus
from floorgraph.vendors.cwork.source import CWorkSource
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.pricing import Read
from floorgraph.vendors.questions import EVERYTHING, By, Where
from tests.vendors.cwork.conftest import Build, Shop, running


def where(by: By, *values: str | None) -> Where:
    return Where(by, frozenset(value for value in values if value is not None))


async def whole_floor(source: CWorkSource) -> int:
    """What a query for stations with state, current job, jobs, orders and pieces asks; the stations."""
    fresh = Freshness(max_age=0, since=time.monotonic())
    stations = await source.select(Kind.STATION, EVERYTHING, fresh)
    ids = [station.id for station in stations.items]
    live = await source.live(ids, fresh)
    assert all(isinstance(one, LiveStatus) for one in live.values())
    current = await source.current_jobs(ids, fresh)
    jobs = await source.select(Kind.JOB, where(By.STATION, *ids), fresh)
    await source.select(Kind.JOB, where(By.ID, *current.values()), fresh)
    orders = {job.order_id for job in jobs.items}
    await source.select(Kind.ORDER, where(By.ID, *orders), fresh)
    await source.select(Kind.PIECE, where(By.STATION, *ids), fresh)
    await source.select(Kind.PIECE, where(By.JOB, *(job.id for job in jobs.items)), fresh)
    return len(ids)


@pytest.fixture(scope="session", params=[3, 40])
def sized(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """Shops of different size: the number of calls must not depend on it."""
    yield from running(stations=request.param)


async def test_from_1_13_on_a_whole_floor_costs_five_calls_whatever_its_size(
    sized: Shop, source: Build
) -> None:
    sized.reset()
    north = source(sized)
    await whole_floor(north)
    assert sized.calls() == {
        "GET /stations": 1,
        "GET /states": 1,
        "GET /station_statuses": 1,
        "GET /operations": 1,
        "GET /orders": 1,
    }
    sized.forget_calls()
    await whole_floor(north)
    assert sum(sized.calls().values()) == 4, "the state definitions are still known"


async def test_1_12_costs_three_calls_and_one_to_find_out_that_it_is_1_12(sized: Shop, source: Build) -> None:
    sized.reset().change(version="1.12")
    north = source(sized)
    await whole_floor(north)
    assert sized.calls() == {
        "GET /stations": 1,
        "GET /states": 1,
        "GET /station_statuses": 1,
        "GET /operations": 1,
    }
    sized.forget_calls()
    await whole_floor(north)
    assert sized.calls() == {"GET /stations": 1, "GET /station_statuses": 1}


@pytest.mark.parametrize("version", ["1.0", "1.6", "1.11"])
async def test_below_1_12_every_monitored_station_costs_a_call(
    sized: Shop, source: Build, version: str
) -> None:
    sized.reset().change(version=version)
    north = source(sized)
    stations = await whole_floor(north)
    monitored = stations - 2
    assert sized.calls() == {
        "GET /stations": 1,
        "GET /states": 1,
        "GET /station_statuses": 1,
        "GET /station_statuses/{id}": monitored,
    }
    assert sum(sized.calls().values()) <= stations + 2
    assert sized.most_at_once() <= 4
    sized.forget_calls()
    await whole_floor(north)
    assert sized.calls() == {"GET /stations": 1, "GET /station_statuses/{id}": monitored}


async def test_a_young_snapshot_answers_without_a_call(shop: Shop, source: Build) -> None:
    north = source(shop)
    await whole_floor(north)
    shop.forget_calls()
    stations = await north.select(Kind.STATION, EVERYTHING, Freshness())
    ids = [station.id for station in stations.items]
    await north.live(ids, Freshness())
    await north.select(Kind.JOB, EVERYTHING, Freshness())
    await north.select(Kind.ORDER, EVERYTHING, Freshness())
    assert shop.calls() == {}


async def test_the_jobs_of_one_station_are_asked_for_with_the_filter(shop: Shop, source: Build) -> None:
    north = source(shop)
    await north.select(Kind.JOB, EVERYTHING, Freshness())
    shop.forget_calls()
    fresh = Freshness(max_age=0, since=time.monotonic())
    jobs = await north.select(Kind.JOB, where(By.STATION, "north:station:2"), fresh)
    assert [call["query"] for call in shop.log()] == ["cnc=2"]
    assert jobs.items
    assert {job.station_id for job in jobs.items} == {"north:station:2"}
    again = await north.select(Kind.JOB, where(By.ID, jobs.items[0].id), fresh)
    assert [job.id for job in again.items] == [jobs.items[0].id]
    assert len(shop.log()) == 1, "the filtered answer has the job already"


async def test_the_jobs_of_one_order_are_asked_for_with_the_filter(shop: Shop, source: Build) -> None:
    north = source(shop)
    await north.select(Kind.JOB, EVERYTHING, Freshness())
    shop.forget_calls()
    jobs = await north.select(Kind.JOB, where(By.ORDER, "north:order:2"), Freshness(max_age=0))
    assert [call["query"] for call in shop.log()] == ["order=2"]
    assert {job.order_id for job in jobs.items} == {"north:order:2"}


async def test_a_fresh_full_list_is_used_instead_of_the_filter(shop: Shop, source: Build) -> None:
    north = source(shop)
    everything = await north.select(Kind.JOB, EVERYTHING, Freshness())
    shop.forget_calls()
    jobs = await north.select(Kind.JOB, where(By.STATION, "north:station:2"), Freshness())
    assert shop.calls() == {}
    assert [job.id for job in jobs.items] == [
        job.id for job in everything.items if job.station_id == "north:station:2"
    ]


async def test_simultaneous_questions_share_one_probe_and_one_call(shop: Shop, source: Build) -> None:
    north = source(shop)
    await asyncio.gather(*(north.select(Kind.STATION, EVERYTHING, Freshness()) for _ in range(20)))
    assert shop.calls() == {"GET /stations": 1, "GET /station_statuses": 1}


async def test_a_poll_reads_definitions_only_every_ten_minutes(shop: Shop, source: Build) -> None:
    north = source(shop)
    await north.probe()
    live, work, documents = north.feeds()
    for feed in (live, work, documents):
        await north.poll(feed, Freshness(max_age=0))
    shop.forget_calls()
    for feed in (live, work, documents):
        await north.poll(feed, Freshness(max_age=0))
    assert shop.calls() == {
        "GET /station_statuses": 1,
        "GET /operations": 1,
        "GET /orders": 1,
        "GET /documents": 1,
    }


async def test_an_id_that_is_no_number_costs_no_call(shop: Shop, source: Build) -> None:
    north = source(shop)
    await north.select(Kind.ORDER, EVERYTHING, Freshness())
    shop.forget_calls()
    wanted = where(By.ID, str(GlobalId("north", Kind.ORDER, "../stations")))
    found = await north.select(Kind.ORDER, wanted, Freshness())
    assert not found.items
    assert shop.calls() == {}


async def test_live_reports_are_on_their_way_with_the_stations_where_they_are_one_call(
    shop: Shop, source: Build
) -> None:
    north = source(shop)
    await north.probe()
    shop.forget_calls()
    shop.fault("hang", endpoint="GET /stations")
    fresh = Freshness(max_age=0, since=time.monotonic())
    stations = asyncio.create_task(north.select(Kind.STATION, EVERYTHING, fresh))
    ahead = north.ask_ahead(Read.LIVE, fresh)
    assert ahead is not None
    await ahead
    assert shop.calls()["GET /station_statuses"] == 1
    shop.heal()
    ids = [station.id for station in (await stations).items]
    assert len(await north.live(ids, fresh)) == len(ids)
    assert shop.calls() == {"GET /stations": 1, "GET /station_statuses": 1, "GET /states": 1}


async def test_nothing_is_asked_ahead_where_every_station_is_a_call(shop: Shop, source: Build) -> None:
    shop.change(version="1.11")
    north = source(shop)
    await north.probe()
    shop.forget_calls()
    ahead = north.ask_ahead(Read.LIVE, Freshness(max_age=0))
    assert ahead is not None
    await ahead
    assert north.ask_ahead(Read.CURRENT_JOBS, Freshness()) is None
    assert shop.calls() == {}
