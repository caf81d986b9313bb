"""What polls missed: states from the machines' own history, in order, each once, at no short quota."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest

from floorgraph.model.ids import Kind
from floorgraph.model.record import Record
from floorgraph.model.station import Station, StationStatus
from floorgraph.vendors.answers import Step
from floorgraph.vendors.cloudnest import feeds
from floorgraph.vendors.cloudnest.source import CloudNestSource
from floorgraph.vendors.contract import SourceTools
from floorgraph.vendors.floor import Floor
from floorgraph.vendors.gate import Freshness
from subscriptions.change import ChangeCause, ChangeKind
from subscriptions.engine import Engine
from subscriptions.topic import Topic
from tests.subscriptions.listening import listening
from tests.support.fakeclock import FakeClock
from tests.vendors.cloudnest.conftest import Build, Hall, running
from tests.vendors.cloudnest.daytime import HallTime

PERIODS = "/api/user_devices/time_periods"
BIG = "laser:station:12"


async def polled(source: CloudNestSource) -> Station:
    """The first machine after a poll of the states."""
    feed = next(one for one in source.feeds() if one.name == feeds.STATES)
    listing = (await source.poll(feed, Freshness(max_age=0)))[Kind.STATION]
    (found,) = [record for record in listing.records if record.id == BIG]
    assert isinstance(found, Station)
    return found


def put(hall: Hall, state: str) -> None:
    hall.change(machines=[{"gmid": 12, "state": state}])


def states(records: Sequence[Record]) -> list[tuple[StationStatus, datetime | None]]:
    return [
        (one.live.state.status, one.live.state.since)
        for one in records
        if isinstance(one, Station) and one.live is not None and one.live.state is not None
    ]


class Bench:
    """A machine, and two clocks that go together."""

    def __init__(self, hall: Hall, build: Build, **settings: object) -> None:
        self.hall = hall
        # In the middle of a second, for the vendor knows no parts of it.
        self.clock = FakeClock(hall.step(1.5 - hall.step(0).microsecond / 1e6))
        self.source = build(hall, SourceTools(clock=self.clock, sleep=self.clock.sleep), **settings)
        put(hall, "IDLE")

    def pass_by(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.hall.step(seconds)

    def goes_through(self, *words: str) -> list[datetime]:
        """The machine goes through states, 20 seconds each; when they began."""
        began: list[datetime] = []
        for word in words:
            self.pass_by(20)
            put(self.hall, word)
            began.append(self.clock.now().replace(microsecond=0))
        self.pass_by(20)
        return began


@pytest.fixture(scope="module")
def aging() -> Iterator[Hall]:
    """A hall whose time moves on from test to test."""
    with running() as hall:
        yield hall


@pytest.fixture
def bench(aging: Hall, source: Build) -> Bench:
    aging.change(clock_skew=0.0)
    aging.forget_calls()
    return Bench(aging, source)


async def test_states_between_two_looks_are_told_in_order_and_once(bench: Bench) -> None:
    before = await polled(bench.source)
    began = bench.goes_through("PAUSE", "ALARMING", "WORKING", "IDLE", "PAUSE")
    after = await polled(bench.source)
    found = (await bench.source.backfill(Kind.STATION, [Step(before, after)]))[BIG]
    assert states(found) == [
        (StationStatus.PAUSED, began[0]),
        (StationStatus.FAULT, began[1]),
        (StationStatus.RUNNING, began[2]),
        (StationStatus.IDLE, began[3]),
    ], "neither the state that was left nor the one that was found"
    assert bench.hall.calls()[PERIODS] == 1
    bench.goes_through("WORKING", "IDLE")
    later = await polled(bench.source)
    more = (await bench.source.backfill(Kind.STATION, [Step(after, later)]))[BIG]
    assert [status for status, _ in states(more)] == [StationStatus.RUNNING], "what was told is not told anew"


async def test_the_gateways_clock_may_go_differently(bench: Bench) -> None:
    bench.hall.change(clock_skew=0.0)
    ahead = timedelta(hours=3)
    bench.clock.advance(-ahead.total_seconds())
    before = await polled(bench.source)
    began = bench.goes_through("WORKING", "PAUSE")
    after = await polled(bench.source)
    found = (await bench.source.backfill(Kind.STATION, [Step(before, after)]))[BIG]
    ((status, since),) = states(found)
    assert status is StationStatus.RUNNING
    # How far its clock is ahead is known to a second.
    assert since is not None
    assert abs(since - began[0]) <= timedelta(seconds=2), "in the time of our clock"


async def test_a_state_that_periods_have_no_word_for_is_not_told_twice(bench: Bench) -> None:
    before = await polled(bench.source)
    bench.goes_through("WORKING", "STOP")
    after = await polled(bench.source)
    assert after.live is not None
    assert after.live.state is not None
    assert after.live.state.status is StationStatus.STOPPED
    found = (await bench.source.backfill(Kind.STATION, [Step(before, after)]))[BIG]
    assert [status for status, _ in states(found)] == [StationStatus.RUNNING], "IDLE stands for STOP there"


async def test_what_a_state_rules_out_is_not_told_with_it(bench: Bench) -> None:
    put(bench.hall, "WORKING")
    await polled(bench.source)
    progress = next(one for one in bench.source.feeds() if one.name == feeds.PROGRESS)
    await bench.source.poll(progress, Freshness(max_age=0))
    before = await polled(bench.source)
    assert before.live is not None
    assert before.live.laser is not None
    bench.goes_through("ALARMING", "IDLE", "WORKING", "PAUSE")
    after = await polled(bench.source)
    found = (await bench.source.backfill(Kind.STATION, [Step(before, after)]))[BIG]
    lives = [one.live for one in found if isinstance(one, Station) and one.live is not None]
    assert [(live.alarms, live.laser is None, live.progress is None) for live in lives] == [
        (None, True, False),
        ((), True, True),
        ((), False, False),
    ]


async def test_nothing_is_asked_where_nothing_can_have_been_missed(bench: Bench) -> None:
    before = await polled(bench.source)
    bench.pass_by(10)
    put(bench.hall, "PAUSE")
    bench.pass_by(10)
    soon = await polled(bench.source)
    assert await bench.source.backfill(Kind.STATION, [Step(before, soon)]) == {}
    bench.pass_by(120)
    same = await polled(bench.source)
    assert await bench.source.backfill(Kind.STATION, [Step(soon, same)]) == {}
    assert await bench.source.backfill(Kind.JOB, [Step(soon, same)]) == {}
    assert PERIODS not in bench.hall.calls()


async def test_after_an_outage_the_same_state_may_be_another_one(bench: Bench) -> None:
    before = await polled(bench.source)
    bench.goes_through("WORKING", "IDLE")
    bench.pass_by(700)
    after = await polled(bench.source)
    found = (await bench.source.backfill(Kind.STATION, [Step(before, after)]))[BIG]
    assert [status for status, _ in states(found)] == [StationStatus.RUNNING]


async def test_a_short_quota_is_not_spent_on_it(aging: Hall, source: Build) -> None:
    aging.forget_calls()
    bench = Bench(aging, source, endpoints={"time_periods": {"calls_per_day": 20}})
    before = await polled(bench.source)
    bench.goes_through("WORKING", "PAUSE")
    after = await polled(bench.source)
    assert await bench.source.backfill(Kind.STATION, [Step(before, after)]) == {}
    assert PERIODS not in aging.calls()


async def test_what_fails_leaves_the_change_as_it_is(bench: Bench) -> None:
    before = await polled(bench.source)
    bench.goes_through("WORKING", "PAUSE")
    after = await polled(bench.source)
    bench.hall.fault("status", status=500, endpoint="*time_periods*")
    try:
        assert await bench.source.backfill(Kind.STATION, [Step(before, after)]) == {}
    finally:
        bench.hall.heal()


async def test_subscribers_hear_what_was_missed_before_what_was_found(aging: Hall, source: Build) -> None:
    put(aging, "IDLE")
    time = HallTime(aging, aging.step(0))
    # Two minutes between two looks in the third of the day that is left.
    seldom = {"device_states": {"calls_per_day": 300}}
    laser = source(aging, SourceTools(clock=time, sleep=time.sleep), endpoints=seldom)
    time.follow(laser)
    engine = Engine(Floor([laser]), clock=time, sleep=time.sleep, chance=lambda: 0.5)
    async with engine.running():
        await time.advance(1)
        async with listening(engine, Topic(kind=Kind.STATION)) as listener:
            await time.advance(5)
            listener.changes()
            for word in ("WORKING", "PAUSE"):
                await time.advance(20)
                time.catch_up()
                put(aging, word)
            await time.advance(300)
            heard = [one for one in listener.changes() if one.id == BIG and "state" in one.changed_fields]
    time.close()
    found = states([one.record for one in heard if one.record is not None])
    assert [status for status, _ in found] == [StationStatus.RUNNING, StationStatus.PAUSED]
    assert [one.cause for one in heard] == [ChangeCause.BACKFILL, ChangeCause.POLL]
    assert {one.kind for one in heard} == {ChangeKind.UPDATED}
