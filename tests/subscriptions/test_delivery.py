import asyncio
from contextlib import aclosing
from dataclasses import replace
from itertools import pairwise

import pytest

from floorgraph.model.errors import BadCursor, BadId
from floorgraph.model.ids import Kind
from floorgraph.model.record import Record
from floorgraph.model.station import Station
from floorgraph.vendors.contract import Source
from subscriptions.change import ChangeCause, ChangeKind
from subscriptions.ended import SubscriptionEnded
from subscriptions.engine import Engine
from subscriptions.policy import EnginePolicy
from subscriptions.present import natural
from subscriptions.topic import Topic
from tests.subscriptions.faketime import FakeTime, settle
from tests.subscriptions.listening import STATIONS, Listener, listening, running, told
from tests.subscriptions.toy import Toy, unreachable
from tests.support.deadline import DEADLINE


def name_of(record: Record | None) -> str:
    assert isinstance(record, Station)
    return record.name


async def test_a_new_subscriber_gets_the_snapshot_then_changes() -> None:
    time = FakeTime()
    north = Toy(time)
    north.put("10")
    north.put("2")
    async with running(time, north) as engine, listening(engine) as listener:
        assert listener.told() == ["SNAPSHOT 2", "SNAPSHOT 10", "CAUGHT_UP"]
        north.put("2", "Lathe")
        north.put("3")
        await time.advance(20)
        update, addition = listener.changes()
        assert (told(update), told(addition)) == ("UPDATED 2", "ADDED 3")
        assert (name_of(update.previous), name_of(update.record)) == ("Mill", "Lathe")
        assert update.changed_fields == ("name",)
        assert update.cause is ChangeCause.POLL


async def test_the_snapshot_is_in_the_order_of_the_configuration() -> None:
    time = FakeTime()
    west, east = Toy(time, "west"), Toy(time, "east")
    for toy in (west, east):
        toy.put("1")
    async with running(time, west, east) as engine, listening(engine) as listener:
        await time.advance(1)
        heard = [change.id for change in listener.changes()]
        assert heard == ["west:station:1", "east:station:1", None]


async def test_the_same_remote_id_at_two_servers_is_two_records() -> None:  # C15
    time = FakeTime()
    west, east = Toy(time, "west"), Toy(time, "east")
    for toy in (west, east):
        toy.put("1")
    async with running(time, west, east) as engine, listening(engine) as listener:
        await time.advance(3)
        listener.changes()
        west.put("1", "Saw")
        await time.advance(15)
        assert [change.id for change in listener.changes()] == ["west:station:1"]
        west.drop("1")
        await time.advance(45)
        assert [(change.kind, change.id) for change in listener.changes()] == [
            (ChangeKind.REMOVED, "west:station:1")
        ]


def test_remote_ids_are_sorted_as_people_do() -> None:
    assert sorted(["10", "9", "a10", "a9", "A", "²", ""], key=natural) == [
        "",
        "9",
        "10",
        "A",
        "a9",
        "a10",
        "²",
    ]


async def test_a_removal_is_told_once_after_two_listings() -> None:  # C13
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    north.put("2")
    async with running(time, north) as engine, listening(engine) as listener:
        listener.changes()
        north.drop("1")
        await time.advance(60)
        assert listener.told() == ["REMOVED 1"]


async def test_an_incomplete_listing_removes_nothing() -> None:  # C9
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    async with running(time, north) as engine, listening(engine) as listener:
        listener.changes()
        north.complete = False
        north.drop("1")
        await time.advance(100)
        assert listener.told() == []


async def test_who_joins_during_a_poll_gets_the_snapshot_and_that_polls_changes_once() -> None:  # D4
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    async with running(time, north) as engine, listening(engine) as first:
        north.gate = asyncio.Event()
        north.put("2")
        await time.advance(15)
        assert north.flying == 1
        async with listening(engine) as second:
            assert second.told() == ["SNAPSHOT 1", "CAUGHT_UP"]
            north.gate.set()
            await settle()
            assert second.told() == ["ADDED 2"]
        assert first.told() == ["SNAPSHOT 1", "CAUGHT_UP", "ADDED 2"]


async def test_a_source_that_is_down_keeps_nobody_waiting_and_joins_later() -> None:  # D11
    time = FakeTime()
    north, south = Toy(time), Toy(time, "south")
    for toy in (north, south):
        toy.put("1")
    south.failure = unreachable("south")
    async with running(time, north, south) as engine, listening(engine) as listener:
        await time.advance(1)
        assert [change.id for change in listener.changes()] == ["north:station:1", None]
        south.failure = None
        await time.advance(60)
        (change,) = listener.changes()
        assert (change.kind, change.id) == (ChangeKind.ADDED, "south:station:1")


async def test_a_source_that_hangs_is_waited_for_within_bounds() -> None:
    time = FakeTime()
    north, south = Toy(time), Toy(time, "south")
    north.put("1")
    south.gate = asyncio.Event()
    async with running(time, north, south) as engine, listening(engine) as listener:
        await time.advance(9.9)
        assert listener.told() == []
        await time.advance(0.2)
        assert listener.told() == ["SNAPSHOT 1", "CAUGHT_UP"]


async def test_sources_without_a_feed_of_the_kind_contribute_nothing_and_do_not_block() -> None:
    time = FakeTime()
    async with running(time, Toy(time, "bare", feeds=())) as engine, listening(engine) as listener:
        assert listener.told() == ["CAUGHT_UP"]


async def test_records_of_a_failing_source_are_sent_as_stale() -> None:
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    async with running(time, north) as engine, listening(engine) as first:
        north.failure = unreachable()
        await time.advance(30)
        async with listening(engine) as second:
            record = second.changes()[0].record
            assert record is not None
            assert record.stale
        kept = first.changes()[0].record
        assert kept is not None
        assert not kept.stale


async def test_who_comes_while_a_source_waits_in_backoff_is_not_kept_waiting() -> None:
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    async with running(time, north) as engine, listening(engine):
        north.failure = unreachable()
        await time.advance(900)
        polled, state = north.polls[-1][1], engine.feed_states("north")[0]
        assert state.interval_seconds is not None
        await time.advance(polled + state.interval_seconds / 2 - time.monotonic())
        polls = len(north.polls)
        async with listening(engine) as second:
            assert second.told() == ["SNAPSHOT 1", "CAUGHT_UP"]
        assert len(north.polls) == polls


async def test_without_a_snapshot_only_what_happens_from_now_on_is_told() -> None:
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    async with (
        running(time, north) as engine,
        listening(engine, replace(STATIONS, snapshot=False)) as listener,
    ):
        assert listener.told() == ["CAUGHT_UP"]
        north.put("2")
        await time.advance(20)
        assert listener.told() == ["ADDED 2"]


async def test_filters_shape_snapshot_and_changes() -> None:
    time = FakeTime()
    north = Toy(time)
    north.put("1", "Mill")
    north.put("2", "Lathe")
    mills = replace(STATIONS, matches=lambda record: name_of(record) == "Mill")
    async with running(time, north) as engine, listening(engine, mills) as listener:
        assert listener.told() == ["SNAPSHOT 1", "CAUGHT_UP"]
        north.put("1", "Saw")
        north.put("2", "Mill")
        await time.advance(20)
        removal, addition = listener.changes()
        assert (told(removal), told(addition)) == ("REMOVED 1", "ADDED 2")
        assert removal.reason == "no longer matches the filter"


async def test_only_changes_of_the_fields_of_interest_are_told() -> None:
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    topic = replace(STATIONS, on=frozenset({"workshop"}))
    async with running(time, north) as engine, listening(engine, topic) as listener:
        listener.changes()
        north.put("1", "Lathe")
        north.put("2")
        await time.advance(20)
        assert listener.told() == ["ADDED 2"]


async def test_who_returns_gets_exactly_what_was_missed_then_live_changes() -> None:  # E8
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    async with running(time, north) as engine, listening(engine) as steady:
        async with listening(engine) as gone:
            north.put("2")
            await time.advance(20)
            cursor, before = gone.cursor, gone.told()
        for number in range(3, 8):
            north.put(str(number))
            await time.advance(10)
        async with listening(engine, replace(STATIONS, after=cursor)) as back:
            missed = back.told()
            north.put("8")
            await time.advance(10)
            after = back.told()
        assert missed == [f"ADDED {number}" for number in range(3, 8)]
        assert after == ["ADDED 8"]
        assert before + missed + after == steady.told()


async def test_every_cursor_is_a_place_to_go_on_from() -> None:  # E8
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    async with running(time, north) as engine, listening(engine) as steady:
        for number in range(2, 6):
            north.put(str(number))
        await time.advance(10)
        changes = steady.changes()
        for index, change in enumerate(changes[1:], 1):
            async with listening(engine, replace(STATIONS, after=change.cursor)) as back:
                assert back.told() == [told(later) for later in changes[index + 1 :]]


async def test_a_snapshot_that_was_cut_off_starts_anew() -> None:
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    north.put("2")
    async with running(time, north) as engine:
        async with listening(engine) as first:
            (cut, *_) = first.changes()
        async with listening(engine, replace(STATIONS, after=cut.cursor)) as back:
            resync, *rest = back.changes()
            assert resync.kind is ChangeKind.RESYNC
            assert resync.reason == "the snapshot had not been sent to its end"
            assert [told(change) for change in rest] == ["SNAPSHOT 1", "SNAPSHOT 2", "CAUGHT_UP"]


async def test_a_cursor_older_than_what_is_kept_starts_anew() -> None:  # E9
    time = FakeTime()
    north = Toy(time)
    async with running(time, north, policy=EnginePolicy(remembered_changes=3)) as engine:
        async with listening(engine) as first:
            cursor = first.cursor
            for number in range(4):
                north.put(str(number))
            await time.advance(20)
        async with listening(engine, replace(STATIONS, after=cursor, snapshot=False)) as back:
            resync, *rest = back.changes()
            assert resync.reason == "the cursor is older than the latest 3 changes"
            assert [told(change) for change in rest] == [*(f"SNAPSHOT {n}" for n in range(4)), "CAUGHT_UP"]


async def test_a_cursor_of_another_instance_starts_anew() -> None:  # E9
    time = FakeTime()
    north = Toy(time)
    async with running(time, north) as engine, listening(engine) as first:
        cursor = first.cursor
    async with running(time, north) as engine, listening(engine, replace(STATIONS, after=cursor)) as back:
        resync, *rest = back.changes()
        assert resync.kind is ChangeKind.RESYNC
        assert resync.reason is not None
        assert "restarted" in resync.reason
        assert [told(change) for change in rest] == ["CAUGHT_UP"]


async def test_a_cursor_of_another_caller_or_filter_starts_anew() -> None:  # E9
    time = FakeTime()
    north = Toy(time)
    async with running(time, north) as engine:
        async with listening(engine, replace(STATIONS, scope="one")) as first:
            cursor = first.cursor
        async with listening(engine, replace(STATIONS, scope="two", after=cursor)) as back:
            resync, caught_up = back.changes()
            assert resync.reason == "the cursor belongs to another filter or another caller"
            assert caught_up.kind is ChangeKind.CAUGHT_UP


async def test_a_forged_cursor_or_one_of_another_kind_is_an_error() -> None:  # E9
    time = FakeTime()
    north = Toy(time)
    async with running(time, north) as engine:
        async with listening(engine) as first:
            cursor = first.cursor or ""
        forged = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
        for topic in (replace(STATIONS, after=forged), Topic(kind=Kind.JOB, after=cursor)):
            async with listening(engine, topic) as refused:
                assert isinstance(refused.error, BadCursor)
                assert refused.heard == []


async def test_a_malformed_id_is_an_error_at_once() -> None:
    time = FakeTime()
    async with running(time, Toy(time)) as engine:
        with pytest.raises(BadId):
            engine.subscribe(replace(STATIONS, ids=frozenset({"nonsense"})))


async def test_a_slow_reader_gets_the_latest_of_each_record_and_is_told_what_it_missed() -> None:  # E4
    time = FakeTime()
    north = Toy(time)
    names = [str(number) for number in range(10)]
    for name in names:
        north.put(name, "0")
    async with (
        running(time, north) as engine,
        listening(engine),
        aclosing(engine.subscribe(STATIONS)) as slow,
    ):
        for _ in range(11):
            await anext(slow)
        reading = asyncio.ensure_future(anext(slow))
        for turn in range(1, 6):
            for name in names:
                north.put(name, str(turn))
            await time.advance(11)
        first, lagged = await reading, await anext(slow)
        rest = [await anext(slow) for _ in range(10)]
        assert told(first) == "UPDATED 0"
        assert (lagged.kind, lagged.missed) == (ChangeKind.LAGGED, 39)
        assert [told(change) for change in rest] == [f"UPDATED {name}" for name in [*names[1:], "0"]]
        assert {name_of(change.record) for change in rest} == {"5"}


async def test_a_reader_that_falls_too_far_behind_starts_anew() -> None:  # E4
    time = FakeTime()
    north = Toy(time)
    policy = EnginePolicy(waiting_records=5)
    async with running(time, north, policy=policy) as engine, aclosing(engine.subscribe(STATIONS)) as slow:
        assert (await anext(slow)).kind is ChangeKind.CAUGHT_UP
        for number in range(8):
            north.put(str(number))
        await time.advance(20)
        resync = await anext(slow)
        assert resync.reason == "more than 5 records changed unread"
        rest = [told(await anext(slow)) for _ in range(9)]
        assert rest == [*(f"SNAPSHOT {number}" for number in range(8)), "CAUGHT_UP"]
        north.put("8")
        reading = asyncio.ensure_future(anext(slow))
        await time.advance(20)
        assert told(await reading) == "ADDED 8"


async def test_who_wants_changes_less_often_gets_the_latest_at_its_own_pace() -> None:
    time = FakeTime()
    north = Toy(time)
    north.put("1", "0")
    relaxed = replace(STATIONS, max_age=60.0)
    async with running(time, north) as engine, listening(engine), listening(engine, relaxed) as listener:
        listener.changes()
        heard: list[tuple[float, str]] = []
        begun = time.monotonic()
        for turn in range(1, 31):
            north.put("1", str(turn))
            await time.advance(10)
            changes = listener.changes()
            assert all(change.kind is ChangeKind.UPDATED for change in changes)
            heard.extend((time.monotonic() - begun, name_of(change.record)) for change in changes)
        assert 4 <= len(heard) <= 5
        assert all(later[0] - earlier[0] >= 60 for earlier, later in pairwise(heard))
        assert [name for _, name in heard] == sorted((name for _, name in heard), key=int)


async def test_a_filter_that_raises_ends_its_own_subscription_only() -> None:  # D8
    time = FakeTime()
    north = Toy(time)

    def broken(record: Record) -> bool:
        if name_of(record) == "Saw":
            raise ValueError("cannot tell")
        return True

    async with running(time, north) as engine, listening(engine) as steady:
        async with listening(engine, replace(STATIONS, matches=broken)) as failing:
            north.put("1", "Saw")
            await time.advance(20)
            assert isinstance(failing.error, ValueError)
        north.put("2")
        await time.advance(20)
        assert steady.told() == ["CAUGHT_UP", "ADDED 1", "ADDED 2"]


async def _raise_while_reading(engine: Engine) -> None:
    async with aclosing(engine.subscribe(STATIONS)) as stream:
        async for _ in stream:
            raise ZeroDivisionError


async def test_a_reader_that_raises_takes_nobody_with_it() -> None:  # D8
    time = FakeTime()
    north = Toy(time)
    async with running(time, north) as engine, listening(engine) as steady:
        with pytest.raises(ZeroDivisionError):
            await _raise_while_reading(engine)
        north.put("1")
        await time.advance(20)
        assert steady.told() == ["CAUGHT_UP", "ADDED 1"]
        assert engine.feed_states("north")[0].subscribers == 1


async def test_subscriptions_end_with_the_engine_and_none_begin_after() -> None:
    time = FakeTime()
    north, hanging = Toy(time), Toy(time, "south")
    hanging.gate = asyncio.Event()
    async with running(time, north, hanging) as engine:
        live = Listener(engine.subscribe(replace(STATIONS, sources=frozenset({"north"}))))
        waiting = Listener(engine.subscribe(STATIONS))
        held = Listener(engine.subscribe(replace(STATIONS, sources=frozenset({"north"}), max_age=900.0)))
        await settle()
    for listener in (live, waiting, held):
        await asyncio.wait((listener.task,), timeout=DEADLINE)
        assert isinstance(listener.error, SubscriptionEnded)
    late = Listener(engine.subscribe(STATIONS))
    await asyncio.wait((late.task,), timeout=DEADLINE)
    assert isinstance(late.error, SubscriptionEnded)


async def test_who_waits_for_a_source_to_be_heard_from_is_sent_home_when_the_engine_stops() -> None:
    time = FakeTime()
    mute = Toy(time, feeds=())
    mute.probe_gate = asyncio.Event()
    async with running(time, mute) as engine:
        waiting = Listener(engine.subscribe(STATIONS))
        await settle()
        assert waiting.heard == []
    await asyncio.wait((waiting.task,), timeout=DEADLINE)
    assert isinstance(waiting.error, SubscriptionEnded)


async def test_feeds_that_a_source_finds_out_about_later_are_taken_up() -> None:
    time = FakeTime()
    north = Toy(time, feeds=())
    north.put("1")
    async with running(time, north) as engine, listening(engine) as listener:
        assert listener.told() == ["CAUGHT_UP"]
        north.offered.append(Toy(time, "x").offered[0])
        source: Source = north
        source.on_change()
        await time.advance(2)
        assert listener.told() == ["ADDED 1"]
        north.offered.clear()
        polls = len(north.polls)
        source.on_change()
        await time.advance(60)
        assert len(north.polls) == polls
