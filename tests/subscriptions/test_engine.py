"""Polling as the engine does it: how often, for whom, and what happens when it goes wrong."""

import asyncio
import random
from collections.abc import Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from floorgraph.model.ids import Kind
from floorgraph.model.record import Record
from floorgraph.model.source import Feed, SourceCondition, SourceStatus
from floorgraph.model.station import Station
from floorgraph.vendors.failures import AuthRequired, RateLimited
from subscriptions.change import ChangeCause, ChangeKind
from subscriptions.engine import Engine
from subscriptions.policy import EnginePolicy
from subscriptions.topic import Topic
from tests.subscriptions.faketime import FakeTime, settle
from tests.subscriptions.listening import STATIONS, Listener, listening, running
from tests.subscriptions.toy import JOBS, Toy, unreachable
from tests.support.deadline import DEADLINE

FEED = Toy(FakeTime()).offered[0]


def reason(engine: Engine, key: str = "north") -> str:
    return engine.feed_states(key)[0].reason


async def test_nothing_is_polled_that_nobody_wants() -> None:
    time = FakeTime()
    north = Toy(time, feeds=(FEED, JOBS))
    async with running(time, north) as engine:
        await time.advance(300)
        assert north.polls == []
        async with listening(engine):
            await time.advance(300)
        assert {feed for feed, _, _ in north.polls} == {"stations"}


async def test_a_thousand_subscribers_cost_one_call_per_period() -> None:  # D2
    time = FakeTime()
    alone, shared = Toy(time), Toy(time)
    for toy, count in ((alone, 1), (shared, 1000)):
        async with running(time, toy) as engine, AsyncExitStack() as stack:
            for _ in range(count):
                listener = Listener(engine.subscribe(STATIONS))
                stack.push_async_callback(listener.leave)
            await settle()
            assert engine.feed_states("north")[0].subscribers == count
            await time.advance(100)
    assert len(shared.polls) == len(alone.polls)
    assert 10 <= len(alone.polls) <= 11


async def test_the_youngest_wish_sets_the_pace_while_it_lasts() -> None:
    time = FakeTime()
    north = Toy(time)
    async with running(time, north) as engine, listening(engine):
        await time.advance(20)
        async with listening(engine, replace(STATIONS, max_age=2.0)):
            begun = len(north.polls)
            assert engine.feed_states("north")[0].interval_seconds == 2.0
            await time.advance(20)
            assert 9 <= len(north.polls) - begun <= 11
        begun = len(north.polls)
        await time.advance(40)
        assert len(north.polls) - begun <= 5


async def test_a_query_answered_moments_ago_may_serve_as_a_poll() -> None:
    time = FakeTime()
    north = Toy(time)
    async with running(time, north) as engine, listening(engine):
        await time.advance(30)
    assert {freshness.max_age for _, _, freshness in north.polls} == {1.0}


async def test_polls_do_not_overlap_and_the_next_waits_for_the_end() -> None:  # D1
    time = FakeTime()
    north = Toy(time)
    async with running(time, north) as engine, listening(engine):
        north.gate = asyncio.Event()
        await time.advance(100)
        assert (north.flying, len(north.polls)) == (1, 2)
        north.gate.set()
        await settle()
        ended = time.monotonic()
        await time.advance(60)
        assert north.most_flying == 1
        assert north.polls[2][1] >= ended + FEED.minimum


async def test_a_subscriber_that_is_back_soon_finds_the_poller_at_work() -> None:  # D5
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    async with running(time, north) as engine:
        async with listening(engine):
            await time.advance(11)
        assert reason(engine) == "lingering"
        await time.advance(2)
        north.gate = asyncio.Event()
        async with listening(engine) as back:
            assert back.told() == ["SNAPSHOT 1", "CAUGHT_UP"]
            assert reason(engine) == "active"
        north.gate.set()
        await time.advance(31)
        polls = len(north.polls)
        assert reason(engine) == "idle"
        assert engine.feed_states("north")[0].interval_seconds is None
        await time.advance(300)
        assert len(north.polls) == polls


async def test_the_poller_of_a_slow_feed_stops_when_the_lingering_ends() -> None:
    time = FakeTime()
    north = Toy(time, feeds=(replace_interval(FEED, 3000.0),))
    async with running(time, north) as engine:
        before = len(asyncio.all_tasks())
        async with listening(engine):
            await time.advance(100)
        await time.advance(29)
        assert len(asyncio.all_tasks()) > before
        await time.advance(2)
        assert len(asyncio.all_tasks()) == before


async def test_who_comes_after_the_poller_stopped_gets_a_fresh_snapshot() -> None:
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    async with running(time, north) as engine:
        async with listening(engine):
            pass
        await time.advance(100)
        north.put("2")
        async with listening(engine) as back:
            assert back.told() == ["SNAPSHOT 1", "SNAPSHOT 2", "CAUGHT_UP"]


async def test_coming_and_going_leaves_no_poller_and_costs_no_calls() -> None:  # D6
    time = FakeTime()
    north = Toy(time)
    async with running(time, north) as engine:
        before = len(asyncio.all_tasks())
        for _ in range(1000):
            async with listening(engine, replace(STATIONS, max_age=2.0)):
                time.seconds += 0.001
        await time.advance(0)
        assert len(north.polls) <= 2
        assert not engine._audience
        assert not engine._bell._listeners
        await time.advance(60)
        assert len(asyncio.all_tasks()) == before
        assert reason(engine) == "idle"


class Broken(Toy):
    """A source whose mapper has a defect."""

    async def poll(self, feed: Feed, freshness: Any) -> Mapping[Kind, Any]:
        await super().poll(feed, freshness)
        raise KeyError("a defect")


async def test_a_defect_in_one_source_stays_there_and_is_logged_once() -> None:  # D7
    time = FakeTime()
    broken, north = Broken(time, "broken"), Toy(time)
    with capture_logs() as logs:
        async with running(time, broken, north) as engine, listening(engine) as listener:
            await time.advance(2)
            north.put("1")
            await time.advance(600)
            assert listener.told() == ["CAUGHT_UP", "ADDED 1"]
            assert reason(engine, "broken") == "backoff"
            assert reason(engine) == "active"
    assert [entry["event"] for entry in logs] == ["feed failing"]
    assert 5 <= len(broken.polls) <= 15


async def test_feeds_that_cannot_be_named_do_not_end_the_engine() -> None:  # D7
    time = FakeTime()
    north, odd = Toy(time), Toy(time, "odd")

    def defect() -> tuple[Feed, ...]:
        raise KeyError("a defect")

    odd.feeds = defect  # type: ignore[method-assign]
    with capture_logs():
        async with running(time, odd, north) as engine, listening(engine) as listener:
            north.put("1")
            await time.advance(60)
            assert listener.told() == ["CAUGHT_UP", "ADDED 1"]


async def test_a_failing_feed_backs_off_and_tells_its_way_down_and_up_once() -> None:
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    with capture_logs() as logs:
        async with running(time, north) as engine, listening(engine) as listener:
            listener.changes()
            north.failure = unreachable()
            north.put("2")
            await time.advance(900)
            state = engine.feed_states("north")[0]
            assert state.consecutive_failures >= 5
            # Each wait is half of the longest, which is as long as it has been failing: they grow by half.
            assert len(north.polls) <= 20
            assert listener.told() == []
            north.failure = None
            await time.advance(300)
            assert listener.told() == ["ADDED 2"]
            assert engine.feed_states("north")[0].consecutive_failures == 0
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [
        ("feed failing", "warning"),
        ("feed recovered", "info"),
    ]


async def test_a_source_that_is_heard_from_again_is_polled_again_at_once() -> None:
    time = FakeTime()
    north = Toy(time)
    with capture_logs():
        async with running(time, north) as engine, listening(engine) as listener:
            north.failure = unreachable()
            north.state = SourceCondition(status=SourceStatus.DOWN)
            await time.advance(900)
            polls = len(north.polls)
            north.failure = None
            north.put("1")
            north.state = SourceCondition(status=SourceStatus.UP)
            north.on_change()
            await settle()
            assert len(north.polls) == polls + 1
            assert listener.told() == ["CAUGHT_UP", "ADDED 1"]


@pytest.mark.parametrize(
    ("failure", "wait"),
    [
        (RateLimited(source="north", endpoint="stations", detail="slow down", retry_after=120.0), 120.0),
        (AuthRequired(source="north", endpoint="stations", detail="no"), 300.0),
    ],
)
async def test_a_pause_that_the_vendor_asks_for_is_kept(failure: Exception, wait: float) -> None:
    time = FakeTime()
    north = Toy(time)
    async with running(time, north) as engine, listening(engine):
        north.failure = failure
        await time.advance(16)
        assert reason(engine) == "paused"
        paused_at = north.polls[-1][1]
        await time.advance(wait)
        assert north.polls[-1][1] - paused_at == pytest.approx(wait)


async def test_a_poll_that_hangs_is_given_up() -> None:
    time = FakeTime()
    north = Toy(time)
    north.gate = asyncio.Event()
    policy = EnginePolicy(poll_deadline=0.01)
    with capture_logs():
        async with (
            running(time, north, policy=policy) as engine,
            aclosing(engine.subscribe(STATIONS)) as stream,
        ):
            async with asyncio.timeout(DEADLINE):
                assert (await anext(stream)).kind is ChangeKind.CAUGHT_UP
            assert engine.feed_states("north")[0].consecutive_failures == 1
            assert north.flying == 0


async def test_a_command_is_followed_by_a_burst_and_its_effect_carries_its_id() -> None:  # D9
    time = FakeTime()
    north = Toy(time, feeds=(replace_interval(FEED, 600.0), JOBS))
    north.put("1")
    north.put("2")
    async with running(time, north) as engine, listening(engine) as listener:
        await time.advance(5)
        listener.changes()
        before = len(north.polls)
        engine.expect("c1", ["north:station:1"])
        engine.burst("north", {Kind.STATION})
        await time.advance(3)
        assert reason(engine) == "burst"
        north.put("1", "Lathe")
        north.put("2", "Saw")
        await time.advance(3)
        commanded, other = listener.changes()
        assert (commanded.cause, commanded.command_id) == (ChangeCause.COMMAND, "c1")
        assert (other.cause, other.command_id) == (ChangeCause.POLL, None)
        assert reason(engine) == "active"
        polls = north.polls[before:]
        assert 2 <= len(polls) <= 4
        assert {(feed, freshness.max_age) for feed, _, freshness in polls} == {("stations", 0.0)}
        await time.advance(60)
        assert north.polls[before:] == polls


def replace_interval(feed: Feed, interval: float) -> Feed:
    return Feed(feed.name, feed.kinds, interval=interval, minimum=feed.minimum)


async def test_a_burst_without_effect_ends_after_its_polls() -> None:  # D9
    time = FakeTime()
    north = Toy(time, feeds=(replace_interval(FEED, 600.0),))
    north.put("1")
    async with running(time, north) as engine, listening(engine):
        await time.advance(5)
        before = len(north.polls)
        engine.expect("c1", ["north:station:1"])
        engine.burst("north", {Kind.STATION})
        await time.advance(100)
        assert len(north.polls) - before == engine.policy.ladder.burst_polls


async def test_a_poll_that_a_command_overtook_leaves_its_effect_to_the_next() -> None:  # D9
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    north.put("2")
    async with running(time, north) as engine, listening(engine) as listener:
        await time.advance(5)
        listener.changes()
        north.gate = asyncio.Event()
        north.put("1", "Lathe")
        north.put("2", "Saw")
        await time.advance(20)
        assert north.flying == 1
        engine.expect("c1", ["north:station:1"])
        north.gate.set()
        await settle()
        (other,) = listener.changes()
        assert (other.id, other.command_id) == ("north:station:2", None)
        engine.burst("north", {Kind.STATION})
        await time.advance(3)
        (commanded,) = listener.changes()
        assert (commanded.id, commanded.command_id) == ("north:station:1", "c1")


async def test_a_command_is_looked_after_though_nobody_listens() -> None:
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    async with running(time, north) as engine:
        async with listening(engine) as first:
            cursor = first.cursor
        await time.advance(100)
        engine.expect("c1", ["north:station:1"])
        engine.burst("north", {Kind.STATION})
        north.put("1", "Lathe")
        await time.advance(100)
        assert reason(engine) == "idle"
        async with listening(engine, replace(STATIONS, after=cursor)) as back:
            (change,) = back.changes()
            assert change.command_id == "c1"


async def test_after_the_machine_was_suspended_everything_is_polled_at_once() -> None:  # C19
    time = FakeTime()
    north = Toy(time, feeds=(replace_interval(FEED, 3000.0),))
    with capture_logs() as logs:
        async with running(time, north) as engine, listening(engine) as listener:
            await time.advance(3100)
            polls = len(north.polls)
            north.put("1")
            time.wall_ahead += 301
            await time.advance(31)
            assert len(north.polls) == polls + 1
            assert listener.told() == ["CAUGHT_UP", "ADDED 1"]
            time.wall_ahead -= 7200
            await time.advance(100)
            assert len(north.polls) == polls + 1
    assert [entry["event"] for entry in logs] == ["suspended"]


async def test_a_clock_that_is_set_back_changes_no_interval() -> None:  # C18, C19
    time = FakeTime()
    north = Toy(time)
    async with running(time, north) as engine, listening(engine) as listener:
        await time.advance(20)
        polls = len(north.polls)
        time.wall_ahead -= 3600
        north.put("1")
        await time.advance(50)
        assert len(north.polls) - polls == 5
        assert listener.told() == ["CAUGHT_UP", "ADDED 1"]


async def test_a_sudden_loss_is_held_back_and_shown() -> None:  # C10
    time = FakeTime()
    north = Toy(time)
    for number in range(20):
        north.put(str(number))
    with capture_logs() as logs:
        async with running(time, north) as engine, listening(engine) as listener:
            listener.changes()
            north.truth[Kind.STATION].clear()
            await time.advance(20)
            assert listener.told() == []
            assert engine.held_back("north") == ["20 of 20 records were missing at once"]
            await time.advance(10)
            changes = listener.changes()
            assert {change.kind for change in changes} == {ChangeKind.REMOVED}
            assert {change.reason for change in changes} == {"20 of 20 records were missing at once"}
            assert engine.held_back("north") == []
    assert [entry["event"] for entry in logs] == ["removals held back"]


async def test_kinds_are_told_apart() -> None:
    time = FakeTime()
    north = Toy(time, feeds=(FEED, JOBS, Feed("both", FEED.kinds | JOBS.kinds, 20.0, 2.0)))
    north.truth[Kind.JOB]["7"] = "Flange"
    async with running(time, north) as engine, listening(engine, Topic(kind=Kind.JOB)) as listener:
        await time.advance(5)
        assert listener.told() == ["SNAPSHOT 7", "CAUGHT_UP"]
        north.put("1")
        north.truth[Kind.JOB]["8"] = "Shaft"
        await time.advance(40)
        assert listener.told() == ["ADDED 8"]
        assert [state.subscribers for state in engine.feed_states("north")] == [0, 1, 1]
        assert engine.feed_states("nowhere") == []


async def test_an_error_in_the_block_comes_out_as_it_is() -> None:
    time = FakeTime()
    with pytest.raises(ZeroDivisionError):
        async with running(time, Toy(time)):
            raise ZeroDivisionError


Step = tuple[str, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(["put", "drop", "fail", "heal", "wait", "cut", "whole", "leave", "return"]),
        st.integers(0, 5),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(steps, st.integers(0, 2**16))
def test_whatever_happens_all_subscribers_end_with_the_vendors_truth(
    found: list[Step], seed: int
) -> None:  # D15
    asyncio.run(_live_through(found, random.Random(seed)))  # noqa: S311  dice, not secrets


async def _live_through(found: list[Step], dice: random.Random) -> None:
    time = FakeTime()
    north = Toy(time)
    with capture_logs():
        async with running(time, north) as engine, listening(engine) as steady:
            wanderer, heard = Listener(engine.subscribe(STATIONS)), []
            for word, number in found:
                _act(north, word, number, dice)
                if word == "leave":
                    await wanderer.leave()
                elif word == "return" and wanderer.task.done():
                    heard += wanderer.changes()
                    wanderer = _returned(engine, wanderer)
                    await settle()
                elif word == "wait":
                    await time.advance(7 * number)
            north.failure, north.complete = None, True
            if wanderer.task.done():
                heard += wanderer.changes()
                wanderer = _returned(engine, wanderer)
            await time.advance(400)
            await wanderer.leave()
            heard += wanderer.changes()
            expected = {f"north:station:{remote}": name for remote, name in north.truth[Kind.STATION].items()}
            assert _replayed(steady.changes()) == expected
            assert _replayed(heard) == expected


def _returned(engine: Engine, gone: Listener) -> Listener:
    back = Listener(engine.subscribe(replace(STATIONS, after=gone.cursor)))
    back.cursor = gone.cursor
    return back


def _act(north: Toy, word: str, number: int, dice: random.Random) -> None:
    if word == "put":
        north.put(str(number), dice.choice(["Mill", "Lathe", "Saw"]))
    elif word == "drop":
        north.truth[Kind.STATION].pop(str(number), None)
    elif word in ("fail", "heal"):
        north.failure = unreachable() if word == "fail" else None
    elif word in ("cut", "whole"):
        north.complete = word == "whole"


def _replayed(changes: list[Any]) -> dict[str, str]:
    state: dict[str, str] = {}
    for change in changes:
        record: Record | None = change.record
        if change.kind is ChangeKind.RESYNC:
            state.clear()
        elif change.kind is ChangeKind.REMOVED:
            assert state.pop(change.id) is not None
        elif isinstance(record, Station):
            assert (change.kind is ChangeKind.UPDATED) == (record.id in state)
            state[record.id] = record.name
    return state
