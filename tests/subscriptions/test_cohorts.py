"""Cohorts: one rendering per change for all who want the same, and nobody hurt by the others."""

import asyncio
import weakref
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from floorgraph.model.errors import BadCursor
from floorgraph.model.ids import Kind
from floorgraph.model.station import Station
from subscriptions import cohort as cohort_module
from subscriptions import member, opening
from subscriptions.audience import Seat
from subscriptions.change import Change, ChangeKind
from subscriptions.ended import SubscriptionEnded
from subscriptions.engine import Engine
from subscriptions.outlet import Event
from subscriptions.policy import EnginePolicy
from tests.subscriptions.faketime import FakeTime, settle
from tests.subscriptions.listening import STATIONS, running
from tests.subscriptions.riding import Desk, Rendering, following, missed_in
from tests.subscriptions.toy import Toy, unreachable


async def test_a_change_is_rendered_once_for_many_subscribers() -> None:
    time = FakeTime()
    north, rendering = Toy(time), Rendering()
    for number in range(5):
        north.put(str(number))
    async with running(time, north) as engine, AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(following(engine, rendering)) for _ in range(200)]
        await time.advance(1)
        expected = [*(f"SNAPSHOT {number}" for number in range(5)), "CAUGHT_UP"]
        assert all(desk.told() == expected for desk in desks)
        (cohort,) = engine.figures().cohorts
        assert (cohort.members, cohort.riders) == (200, 200)
        rendering.changes.clear()
        for turn in range(1, 4):
            north.put("0", str(turn))
            north.put("1", str(turn))
            await time.advance(10)
            batches = {id(desk.batches[-1]) for desk in desks}
            assert len(batches) == 1
        assert len(rendering.changes) == 6
        assert all(desk.told() == ["UPDATED 0", "UPDATED 1"] * 3 for desk in desks)
    assert len(north.polls) <= 5


async def test_the_changes_of_one_poll_are_rendered_together() -> None:
    time = FakeTime()
    north, rendering = Toy(time), Rendering()
    async with running(time, north) as engine, following(engine, rendering):
        rendering.rounds.clear()
        for number in range(30):
            north.put(str(number))
        await time.advance(11)
        assert rendering.rounds == [30]


async def test_different_wishes_make_different_cohorts_and_share_the_polls() -> None:
    time = FakeTime()
    north, one, two = Toy(time), Rendering(), Rendering()
    async with running(time, north) as engine, following(engine, one, key="one") as first:
        narrow = replace(STATIONS, ids=frozenset({"north:station:2"}))
        async with following(engine, two, narrow, key="two") as second:
            for number in range(3):
                north.put(str(number))
            await time.advance(11)
            assert first.told() == ["CAUGHT_UP", "ADDED 0", "ADDED 1", "ADDED 2"]
            assert second.told() == ["CAUGHT_UP", "ADDED 2"]
            assert len(engine.figures().cohorts) == 2
            assert len(north.polls) <= 3
        assert len(engine.figures().cohorts) == 1
    assert engine.figures().cohorts == ()


async def test_who_joins_during_a_rendering_misses_nothing_and_gets_nothing_twice() -> None:
    time = FakeTime()
    north, rendering = Toy(time), Rendering()
    north.put("1", "0")
    async with running(time, north) as engine, following(engine, rendering) as first:
        rendering.held = asyncio.Event()
        north.put("1", "1")
        await time.advance(11)
        async with following(engine, rendering) as second:
            north.put("2")
            await time.advance(11)
            rendering.held.set()
            rendering.held = None
            await settle()
            north.put("3")
            await time.advance(11)
            assert first.told() == ["SNAPSHOT 1", "CAUGHT_UP", "UPDATED 1", "ADDED 2", "ADDED 3"]
            assert second.told() == ["SNAPSHOT 1", "CAUGHT_UP", "ADDED 2", "ADDED 3"]
            assert engine.figures().cohorts[0].riders == 2


async def test_a_blocked_subscriber_is_told_the_latest_and_hurts_nobody() -> None:  # E4
    time = FakeTime()
    north, rendering = Toy(time), Rendering()
    for number in range(10):
        north.put(str(number), "0")
    async with (
        running(time, north) as engine,
        following(engine, rendering) as steady,
        following(engine, rendering) as slow,
    ):
        steady.changes()
        slow.changes()
        slow.block()
        for turn in range(1, 6):
            for number in range(10):
                north.put(str(number), str(turn))
            await time.advance(11)
            assert len(steady.changes()) == 10
        assert slow.batches == []
        assert (engine.figures().seats, engine.figures().cohorts[0].riders) == (1, 1)
        slow.unblock()
        await settle()
        lagged, *rest = slow.changes()
        assert (lagged.kind, lagged.missed) == (ChangeKind.LAGGED, 40)
        assert [(change.kind, change.id) for change in rest] == [
            (ChangeKind.UPDATED, f"north:station:{number}") for number in range(10)
        ]
        assert {record.name for change in rest if isinstance(record := change.record, Station)} == {"5"}
        assert engine.figures().cohorts[0].riders == 2
        assert engine.feed_states("north")[0].conflated == 40
        north.put("0", "6")
        await time.advance(11)
        assert slow.told() == steady.told() == ["UPDATED 0"]


async def test_those_behind_since_the_same_moment_share_the_rendering() -> None:
    time = FakeTime()
    north, rendering = Toy(time), Rendering()
    north.put("1", "0")
    async with running(time, north) as engine, AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(following(engine, rendering)) for _ in range(20)]
        steady = await stack.enter_async_context(following(engine, rendering))
        for desk in desks:
            desk.block()
        for turn in range(1, 4):
            north.put("1", str(turn))
            await time.advance(11)
        for desk in (*desks, steady):
            desk.changes()
        rendering_before = len(rendering.rounds)
        for desk in desks:
            desk.unblock()
        await settle()
        assert len(rendering.rounds) == rendering_before + 1
        assert all(missed_in(desk.changes()) == 2 for desk in desks)


async def test_who_was_blocked_for_too_long_starts_anew() -> None:
    time = FakeTime()
    north, rendering = Toy(time), Rendering()
    policy = EnginePolicy(remembered_changes=5)
    async with (
        running(time, north, policy=policy) as engine,
        following(engine, rendering),
        following(engine, rendering) as slow,
    ):
        slow.changes()
        slow.block()
        for number in range(8):
            north.put(str(number))
            await time.advance(11)
        slow.unblock()
        await settle()
        resync, *rest = slow.changes()
        assert resync.kind is ChangeKind.RESYNC
        assert resync.reason == "more than 5 changes happened unread"
        assert [change.kind for change in rest] == [ChangeKind.SNAPSHOT] * 8 + [ChangeKind.CAUGHT_UP]
        assert engine.feed_states("north")[0].resyncs == 1


async def test_large_batches_are_sent_in_parts_to_each_at_its_own_pace() -> None:
    time = FakeTime()
    north = Toy(time)

    class Heavy(Rendering):
        async def __call__(self, changes: Sequence[Change]) -> list[Event]:
            events = await super().__call__(changes)
            return [replace(event, payload=event.payload + b" " * 40_000) for event in events]

    rendering = Heavy()
    async with running(time, north) as engine, following(engine, rendering) as desk:
        desk.changes()
        for number in range(10):
            north.put(str(number))
        await time.advance(11)
        assert [len(batch.events) for batch in desk.batches] == [2, 2, 2, 2, 2]
        assert desk.told() == [f"ADDED {number}" for number in range(10)]


async def test_however_many_records_change_they_are_put_into_bytes_once_for_all_who_get_parts() -> None:
    time = FakeTime()
    north = Toy(time)
    count = 2 * cohort_module.MOST + 500

    class Weighty(Rendering):
        async def __call__(self, changes: Sequence[Change]) -> list[Event]:
            events = await super().__call__(changes)
            return [replace(event, payload=event.payload + b" " * 300) for event in events]

    rendering = Weighty()
    async with running(time, north) as engine, AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(following(engine, rendering)) for _ in range(10)]
        for desk in desks:
            desk.changes()
        rendering.rounds.clear()
        for number in range(count):
            north.put(str(number))
        await time.advance(11)
        assert rendering.rounds == [count, cohort_module.MOST, cohort_module.MOST, 500]
        first = desks[0].batches
        assert sum(len(batch.events) for batch in first) == count
        for desk in desks:
            # The same bytes, not as many.
            assert all(one is other for one, other in zip(desk.batches, first, strict=True))
        assert engine.figures().cohorts[0].riders == 10


async def test_who_returns_with_a_cursor_gets_exactly_what_was_missed() -> None:  # E8
    time = FakeTime()
    north, rendering = Toy(time), Rendering()
    north.put("1")
    async with running(time, north) as engine, following(engine, rendering) as steady:
        async with following(engine, rendering) as gone:
            north.put("2")
            await time.advance(11)
            before, cursor = gone.told(), gone.cursor
        for number in (3, 4, 5):
            north.put(str(number))
            await time.advance(11)
        rendered = len(rendering.changes)
        async with AsyncExitStack() as stack:
            topic = replace(STATIONS, after=cursor)
            back = [await stack.enter_async_context(following(engine, rendering, topic)) for _ in range(3)]
            north.put("6")
            await time.advance(11)
            assert len(rendering.changes) == rendered + 3 + 1
            expected = steady.told()
            assert all(before + desk.told() == expected for desk in back)


async def test_a_forged_cursor_ends_its_own_subscription_only() -> None:  # E9
    time = FakeTime()
    north, rendering = Toy(time), Rendering()
    async with running(time, north) as engine, following(engine, rendering) as steady:
        async with following(engine, rendering, replace(STATIONS, after="forged")) as refused:
            assert isinstance(refused.error, BadCursor)
        north.put("1")
        await time.advance(11)
        assert steady.told() == ["CAUGHT_UP", "ADDED 1"]
        assert engine.feed_states("north")[0].subscribers == 1


async def test_a_rendering_that_fails_ends_its_cohort_and_no_other() -> None:  # D8
    time = FakeTime()
    north, broken, sound = Toy(time), Rendering(), Rendering()
    async with (
        running(time, north) as engine,
        following(engine, broken, key="broken") as failing,
        following(engine, sound, key="sound") as steady,
    ):
        broken.failure = ValueError("cannot be told")
        north.put("1")
        await time.advance(11)
        assert isinstance(failing.error, ValueError)
        assert steady.told() == ["CAUGHT_UP", "ADDED 1"]
        broken.failure = None
        async with following(engine, broken, key="broken") as again:
            assert again.told() == ["SNAPSHOT 1", "CAUGHT_UP"]
        assert engine.feed_states("north")[0].subscribers == 1


async def test_cohorts_end_with_the_engine() -> None:
    time = FakeTime()
    north, rendering = Toy(time), Rendering()
    async with AsyncExitStack() as stack:
        async with running(time, north) as engine:
            desk = await stack.enter_async_context(following(engine, rendering))
        await settle()
        assert isinstance(desk.error, SubscriptionEnded)
        late = await stack.enter_async_context(following(engine, rendering))
        assert isinstance(late.error, SubscriptionEnded)


async def test_coming_and_going_leaves_no_cohort_behind() -> None:  # D6
    time = FakeTime()
    north, rendering = Toy(time), Rendering()
    async with running(time, north) as engine:
        before = len(asyncio.all_tasks())
        for _ in range(300):
            async with following(engine, rendering):
                time.seconds += 0.003
        await time.advance(60)
        found = engine.figures()
        assert (found.cohorts, found.seats, found.demands, found.pollers) == ((), 0, 0, 0)
        assert len(asyncio.all_tasks()) == before
        assert len(north.polls) <= 8


async def test_whoever_keeps_how_a_subscription_was_cancelled_does_not_keep_what_waited_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    time = FakeTime()
    north, rendering = Toy(time), Rendering()
    north.put("1", "0")
    seats: list[weakref.ref[Seat]] = []
    kept: list[asyncio.CancelledError] = []

    def seat_at(*args: Any) -> Seat:
        seat = opening.seat_at(*args)
        seats.append(weakref.ref(seat))
        return seat

    monkeypatch.setattr(member, "seat_at", seat_at)
    desk = Desk(rendering)
    async with running(time, north) as engine:

        async def follow() -> None:
            try:
                await engine.follow("all", STATIONS, rendering, desk)
            except asyncio.CancelledError as error:
                kept.append(error)
                raise

        task = asyncio.create_task(follow())
        await settle()
        desk.block()
        for turn in range(1, 4):
            north.put("1", str(turn))
            await time.advance(11)
        rendering.held = asyncio.Event()
        desk.unblock()
        await settle()
        # It has gone to its seat, and what waits there is being put into bytes.
        assert len(seats) == 2
        assert seats[-1]() is not None
        task.cancel()
        await asyncio.wait((task,))
        rendering.held.set()
        await settle()
        assert len(kept) == 1
        assert [seat() for seat in seats] == [None, None]


async def test_a_cohort_that_wants_changes_less_often_keeps_its_pace_but_hears_of_commands() -> None:
    time = FakeTime()
    north, rendering, hasty = Toy(time), Rendering(), Rendering()
    north.put("1", "0")
    relaxed = replace(STATIONS, max_age=60.0)
    async with (
        running(time, north) as engine,
        following(engine, hasty, key="hasty"),
        following(engine, rendering, relaxed, key="relaxed") as desk,
    ):
        await time.advance(60)
        desk.changes()
        for turn in range(1, 5):
            north.put("1", str(turn))
            await time.advance(10)
        assert len(desk.changes()) <= 1
        engine.expect("c1", ["north:station:1"])
        engine.burst("north", {Kind.STATION})
        north.put("1", "commanded")
        await time.advance(5)
        change = desk.changes()[-1]
        assert change.command_id == "c1"


async def test_what_confirms_a_command_while_a_batch_is_made_waits_for_no_pace() -> None:
    time = FakeTime()
    north, rendering, hasty = Toy(time), Rendering(), Rendering()
    for remote in "12":
        north.put(remote, "0")
    relaxed = replace(STATIONS, max_age=60.0)
    async with (
        running(time, north) as engine,
        following(engine, hasty, replace(STATIONS, max_age=2.0), key="hasty"),
        following(engine, rendering, relaxed, key="relaxed") as desk,
    ):
        await time.advance(70)
        desk.changes()
        rendering.held = held = asyncio.Event()
        north.put("1", "1")
        await time.advance(3)
        assert rendering.rounds[-1] == 1
        engine.expect("c1", ["north:station:2"])
        north.put("2", "1")
        await time.advance(3)
        rendering.held = None
        held.set()
        await settle()
        assert desk.told() == ["UPDATED 1", "UPDATED 2"]
        north.put("1", "2")
        await time.advance(30)
        assert desk.told() == []


Step = tuple[str, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["put", "drop", "fail", "heal", "wait", "wait", "block", "unblock", "join", "leave", "hold", "go"]
        ),
        st.integers(0, 5),
    ),
    min_size=15,
    max_size=50,
)


@settings(max_examples=60, deadline=None)
@given(steps, st.sampled_from([4, 1000]))
def test_whatever_happens_all_members_of_a_cohort_end_with_the_vendors_truth(
    found: list[Step], remembered: int
) -> None:  # D15
    asyncio.run(_live_through(found, EnginePolicy(remembered_changes=remembered)))


async def _live_through(found: list[Step], policy: EnginePolicy) -> None:  # noqa: C901
    time = FakeTime()
    north, rendering = Toy(time), Rendering()
    with capture_logs():
        async with running(time, north, policy=policy) as engine, AsyncExitStack() as stack:
            members = [
                Member(await stack.enter_async_context(following(engine, rendering)), AsyncExitStack())
                for _ in range(2)
            ]
            for turn, (word, number) in enumerate(found):
                member = members[number % len(members)]
                if word == "put":
                    north.put(str(number), str(turn))
                elif word == "drop":
                    north.truth[Kind.STATION].pop(str(number), None)
                elif word in ("fail", "heal"):
                    north.failure = unreachable() if word == "fail" else None
                elif word == "wait":
                    await time.advance(7 * number)
                elif word == "block":
                    member.desk.block()
                elif word == "unblock":
                    member.desk.unblock()
                elif word == "join" and len(members) < 6:
                    members.append(await _joined(engine, rendering, None))
                elif word == "leave" and number >= 2 and member.stack is not None and len(members) > 2:
                    await _return(engine, rendering, members, number % len(members))
                elif word == "hold":
                    rendering.held = rendering.held or asyncio.Event()
                elif word == "go" and rendering.held is not None:
                    rendering.held.set()
                    rendering.held = None
            if rendering.held is not None:
                rendering.held.set()
                rendering.held = None
            north.failure = None
            for member in members:
                member.desk.unblock()
            await time.advance(400)
            expected = {f"north:station:{remote}": name for remote, name in north.truth[Kind.STATION].items()}
            for member in members:
                member.hear()
                assert member.held == expected
                await member.stack.aclose()


class Member:
    """A subscriber that remembers what it was told, over reconnections too."""

    def __init__(self, desk: Desk, stack: AsyncExitStack) -> None:
        self.desk = desk
        self.stack = stack
        self.held: dict[str, str] = {}

    def hear(self) -> None:
        lagged = False
        for change in self.desk.changes():
            record = change.record
            lagged = lagged or change.kind is ChangeKind.LAGGED
            if change.kind is ChangeKind.UPDATED and not lagged and isinstance(record, Station):
                assert isinstance(change.previous, Station)
                assert change.previous.name == self.held[record.id]
            if change.kind is ChangeKind.RESYNC:
                self.held.clear()
            elif change.kind is ChangeKind.REMOVED and change.id is not None:
                assert self.held.pop(change.id, None) is not None
            elif isinstance(record, Station):
                assert change.kind is not ChangeKind.UPDATED or record.id in self.held
                assert change.kind is not ChangeKind.ADDED or record.id not in self.held
                self.held[record.id] = record.name


async def _joined(engine: Engine, rendering: Rendering, after: str | None) -> Member:
    stack = AsyncExitStack()
    desk = await stack.enter_async_context(following(engine, rendering, replace(STATIONS, after=after)))
    return Member(desk, stack)


async def _return(engine: Engine, rendering: Rendering, members: list[Member], place: int) -> None:
    gone = members[place]
    gone.hear()
    await gone.stack.aclose()
    back = await _joined(engine, rendering, gone.desk.cursor)
    if gone.desk.cursor is not None:
        back.held = gone.held
    members[place] = back


async def test_two_hundred_different_key_sets_cost_the_calls_of_one() -> None:  # D3
    time = FakeTime()
    north, rendering = Toy(time), Rendering()
    for number in range(200):
        north.put(str(number), "0")
    async with running(time, north) as engine, AsyncExitStack() as stack:
        desks = []
        for number in range(200):
            topic = replace(STATIONS, ids=frozenset({f"north:station:{number}"}))
            found = following(engine, rendering, topic, key=str(number))
            desks.append(await stack.enter_async_context(found))
        polls = len(north.polls)
        for desk in desks:
            desk.changes()
        north.put("7", "1")
        await time.advance(11)
        assert len(north.polls) - polls <= 2
        assert [desk.told() for desk in desks] == [["UPDATED 7"] if n == 7 else [] for n in range(200)]
