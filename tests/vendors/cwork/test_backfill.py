"""States that a station went through between two polls, read from its history."""

from datetime import UTC, datetime

import pytest

from floorgraph.model.ids import Kind
from floorgraph.model.station import Station, StationStatus
from floorgraph.vendors.answers import Step
from floorgraph.vendors.cwork.source import CWorkSource
from floorgraph.vendors.gate import Freshness
from tests.support.fakeclock import FakeClock
from tests.vendors.cwork.conftest import Build, Shop

FAULT, STOP = 1, 2
SHOP_TIME = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


async def polled(source: CWorkSource) -> dict[str, Station]:
    await source.probe()
    (feed,) = [feed for feed in source.feeds() if Kind.STATION in feed.kinds]
    listing = (await source.poll(feed, Freshness(max_age=0)))[Kind.STATION]
    return {record.remote_id: record for record in listing.records if isinstance(record, Station)}


def put(shop: Shop, handle: str, state: int, comment: str) -> None:
    shop.change(stations=[{"handle": int(handle), "state": state, "comment": comment}])


def comments(records: object) -> list[tuple[StationStatus, str | None]]:
    assert isinstance(records, list)
    return [(record.live.state.status, record.live.state.comment) for record in records]


async def test_a_state_that_was_left_and_entered_again_shows_what_was_in_between(
    shop: Shop, source: Build
) -> None:  # C21
    north = source(shop)
    handle = next(iter(await polled(north)))
    put(shop, handle, FAULT, "first")
    before = (await polled(north))[handle]
    for state, comment in ((STOP, "second"), (FAULT, "third"), (STOP, "fourth"), (FAULT, "fifth")):
        shop.step(2)
        put(shop, handle, state, comment)
    after = (await polled(north))[handle]
    found = await north.backfill(Kind.STATION, [Step(before, after)])
    between = found[after.id]
    assert [one[1] for one in comments(list(between))] == ["second", "third", "fourth"]
    starts = [one.updated_at for one in between]
    assert starts == sorted(starts)
    assert all(one.id == after.id and one.observed_at == after.observed_at for one in between)


async def test_an_ordinary_change_costs_no_call(shop: Shop, source: Build) -> None:
    north = source(shop)
    handle = next(iter(await polled(north)))
    put(shop, handle, FAULT, "first")
    before = (await polled(north))[handle]
    shop.step(2)
    put(shop, handle, STOP, "second")
    after = (await polled(north))[handle]
    shop.forget_calls()
    assert await north.backfill(Kind.STATION, [Step(before, after)]) == {}
    assert await north.backfill(Kind.STATION, [Step(after, after)]) == {}
    assert await north.backfill(Kind.JOB, [Step(before, after)]) == {}
    assert shop.calls() == {}


async def test_after_a_long_while_without_a_look_the_history_is_asked(shop: Shop, source: Build) -> None:
    clock = FakeClock(SHOP_TIME)
    north = source(shop, clock=clock)
    handle = next(iter(await polled(north)))
    put(shop, handle, FAULT, "first")
    clock.advance(1)
    before = (await polled(north))[handle]
    shop.step(40)
    put(shop, handle, STOP, "second")
    shop.step(40)
    put(shop, handle, FAULT, "third")
    shop.step(1)
    put(shop, handle, STOP, "fourth")
    clock.advance(81)
    after = (await polled(north))[handle]
    found = await north.backfill(Kind.STATION, [Step(before, after)])
    told = [comment for _, comment in comments(list(found[after.id]))]
    assert [comment for comment in told if comment in ("second", "third")] == ["second", "third"]
    assert "first" not in told
    assert "fourth" not in told


@pytest.mark.parametrize("version", ["1.9", "1.16"])
async def test_servers_without_a_history_of_states_fill_nothing_in(
    shop: Shop, source: Build, version: str
) -> None:
    shop.change(version=version)
    north = source(shop)
    handle = next(iter(await polled(north)))
    put(shop, handle, FAULT, "first")
    before = (await polled(north))[handle]
    shop.step(2)
    put(shop, handle, STOP, "second")
    shop.step(2)
    put(shop, handle, FAULT, "third")
    after = (await polled(north))[handle]
    found = await north.backfill(Kind.STATION, [Step(before, after)])
    assert len(found[after.id]) == (1 if version == "1.16" else 0)


async def test_alarms_that_are_cleared_are_gone_with_the_poll_that_shows_it(
    shop: Shop, source: Build
) -> None:
    north = source(shop)
    await north.probe()
    (feed,) = [feed for feed in north.feeds() if Kind.ALARM in feed.kinds]
    assert (await north.poll(feed, Freshness(max_age=0)))[Kind.ALARM].authoritative
    shop.fault("truncate", endpoint="*station_statuses*")
    assert not (await north.poll(feed, Freshness(max_age=0)))[Kind.ALARM].authoritative
