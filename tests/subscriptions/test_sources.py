import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from datetime import timedelta
from typing import cast

import pytest

from floorgraph.model.source import Capability, CapabilityState, SourceCondition, SourceStatus
from subscriptions.ended import SubscriptionEnded
from subscriptions.engine import Engine
from subscriptions.sources import SourceChanged, SourceTopic
from tests.subscriptions.faketime import START, FakeTime, settle
from tests.subscriptions.listening import listening, running
from tests.subscriptions.riding import Desk, Rendering
from tests.subscriptions.toy import Toy, unreachable
from tests.support.deadline import DEADLINE


class Watcher:
    """A subscriber to the sources that reads all it can get."""

    def __init__(self, engine: Engine, keys: list[str] | None = None) -> None:
        self.heard: list[SourceChanged] = []
        self.error: Exception | None = None
        self.task = asyncio.create_task(self._read(engine, keys))

    async def _read(self, engine: Engine, keys: list[str] | None) -> None:
        try:
            async with aclosing(engine.subscribe_sources(keys)) as stream:
                async for change in stream:
                    self.heard.append(change)
        except Exception as error:  # noqa: BLE001  tests look at it
            self.error = error

    def told(self) -> list[tuple[str, str | None, tuple[str, ...]]]:
        heard, self.heard = self.heard, []
        return [(change.kind.name, change.key, change.changed_fields) for change in heard]

    async def leave(self) -> None:
        self.task.cancel()
        await asyncio.wait((self.task,))


def become(toy: Toy, status: SourceStatus, **rest: object) -> None:
    toy.state = SourceCondition(status=status, **rest)  # type: ignore[arg-type]
    toy.on_change()


async def test_the_present_sources_are_told_first_then_what_changes() -> None:
    time = FakeTime()
    north, south = Toy(time), Toy(time, "south")
    async with running(time, north, south) as engine:
        watcher, choosy = Watcher(engine), Watcher(engine, ["south", "nowhere"])
        await settle()
        assert watcher.told() == [
            ("SNAPSHOT", "north", ()),
            ("SNAPSHOT", "south", ()),
            ("CAUGHT_UP", None, ()),
        ]
        assert choosy.told() == [("SNAPSHOT", "south", ()), ("CAUGHT_UP", None, ())]
        become(north, SourceStatus.DOWN, failing_since=START, next_attempt_at=START)
        await settle()
        assert watcher.told() == [("UPDATED", "north", ("status", "failingSince", "nextAttemptAt"))]
        assert choosy.told() == []
        await watcher.leave()
        await choosy.leave()


async def test_what_is_the_same_or_worked_out_anew_is_no_change() -> None:
    time = FakeTime()
    north = Toy(time)
    async with running(time, north) as engine:
        become(north, SourceStatus.DOWN, next_attempt_at=START)
        await settle()
        watcher = Watcher(engine)
        await settle()
        watcher.told()
        later = START + timedelta(milliseconds=300)
        become(north, SourceStatus.DOWN, next_attempt_at=later, last_answer_at=later)
        await settle()
        assert watcher.told() == []
        become(north, SourceStatus.DOWN, next_attempt_at=START + timedelta(seconds=30))
        await settle()
        assert watcher.told() == [("UPDATED", "north", ("nextAttemptAt",))]
        await watcher.leave()


async def test_capabilities_found_later_are_told() -> None:
    time = FakeTime()
    north = Toy(time)
    async with running(time, north) as engine:
        watcher = Watcher(engine)
        await settle()
        watcher.told()
        found = (CapabilityState(name=Capability.ALARMS, available=True),)
        north.capabilities = lambda: found  # type: ignore[method-assign]
        north.on_change()
        await settle()
        assert watcher.told() == [("UPDATED", "north", ("capabilities",))]
        await watcher.leave()


async def test_the_rung_of_a_feed_is_told_when_it_changes_and_not_at_every_poll() -> None:
    time = FakeTime()
    north = Toy(time)
    async with running(time, north) as engine:
        watcher = Watcher(engine)
        async with listening(engine):
            await time.advance(60)
            heard = watcher.told()
            assert heard[2:] == [("UPDATED", "north", ("feeds",))]
            north.failure = unreachable()
            await time.advance(600)
            assert watcher.told() == [("UPDATED", "north", ("feeds",))]
        await watcher.leave()


async def test_a_slow_watcher_gets_one_change_per_source_with_all_fields() -> None:
    time = FakeTime()
    north = Toy(time)
    async with running(time, north) as engine, aclosing(engine.subscribe_sources()) as stream:
        for _ in range(2):
            await anext(stream)
        become(north, SourceStatus.DEGRADED)
        await settle()
        become(north, SourceStatus.DOWN, failing_since=START)
        await settle()
        change = await anext(stream)
        assert change.changed_fields == ("status", "failingSince")
        waiting = asyncio.ensure_future(anext(stream))
        await settle()
        assert not waiting.done()
        waiting.cancel()
        await asyncio.wait((waiting,))


async def test_whoever_listened_to_the_source_before_still_hears_it_and_gets_it_back() -> None:
    time = FakeTime()
    north = Toy(time)
    calls: list[str] = []

    def listener() -> None:
        calls.append("called")

    north.on_change = listener
    async with running(time, north):
        north.on_change()
        assert calls == ["called"]
    assert north.on_change is listener


async def test_whoever_listens_on_top_is_left_in_place() -> None:
    time = FakeTime()
    north = Toy(time)
    calls: list[str] = []
    async with running(time, north):
        before = north.on_change

        def on_top() -> None:
            calls.append("called")
            before()

        north.on_change = on_top
    north.on_change()
    assert calls == ["called"]


async def test_a_source_that_cannot_tell_its_state_does_not_end_the_watch() -> None:
    time = FakeTime()
    north, odd = Toy(time), Toy(time, "odd")

    def defect() -> SourceCondition:
        raise KeyError("a defect")

    odd.condition = defect  # type: ignore[method-assign]
    async with running(time, odd, north) as engine:
        watcher = Watcher(engine, ["north"])
        odd.on_change()
        become(north, SourceStatus.DOWN)
        await settle()
        assert watcher.told()[-1] == ("UPDATED", "north", ("status",))
        await watcher.leave()


async def test_the_stream_ends_with_the_engine() -> None:
    time = FakeTime()
    async with running(time, Toy(time)) as engine:
        watcher = Watcher(engine)
        await settle()
    await asyncio.wait((watcher.task,), timeout=DEADLINE)
    assert isinstance(watcher.error, SubscriptionEnded)
    with pytest.raises(SubscriptionEnded):
        await anext(engine.subscribe_sources())


async def told_to(desk: Desk) -> list[tuple[str, str | None, tuple[str, ...]]]:
    await settle()
    heard = cast("list[SourceChanged]", desk.changes())
    return [(change.kind.name, change.key, change.changed_fields) for change in heard]


@asynccontextmanager
async def circle(engine: Engine, rendering: Rendering, *keys: str) -> AsyncIterator[Desk]:
    desk = Desk(rendering)
    topic = SourceTopic(frozenset(keys) or None)

    async def follow() -> None:
        try:
            await engine.follow_sources(keys, topic, rendering, desk)
        except SubscriptionEnded as ended:
            desk.error = ended

    task = asyncio.create_task(follow())
    await settle()
    try:
        yield desk
    finally:
        task.cancel()
        await asyncio.wait((task,))


async def test_a_change_of_a_source_is_rendered_once_for_all_who_want_the_same() -> None:
    time = FakeTime()
    north, south = Toy(time), Toy(time, "south")
    rendering = Rendering()
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(running(time, north, south))
        desks = [await stack.enter_async_context(circle(engine, rendering)) for _ in range(50)]
        choosy = await stack.enter_async_context(circle(engine, rendering, "south"))
        for desk in desks:
            assert [kind for kind, _, _ in await told_to(desk)] == ["SNAPSHOT", "SNAPSHOT", "CAUGHT_UP"]
        assert [key for _, key, _ in await told_to(choosy)] == ["south", None]
        assert rendering.rounds == [3, 2]
        become(north, SourceStatus.DOWN)
        for desk in desks:
            assert await told_to(desk) == [("UPDATED", "north", ("status",))]
        assert await told_to(choosy) == []
        assert rendering.rounds == [3, 2, 1]
        assert [(one.members, one.executions, one.sources) for one in engine.figures().circles] == [
            (50, 4, None),
            (1, 2, ("south",)),
        ]
    assert engine.figures().circles == ()


async def test_who_is_slow_to_read_of_sources_hears_once_in_which_fields_they_differ() -> None:
    time = FakeTime()
    north = Toy(time)
    rendering = Rendering()
    async with (
        running(time, north) as engine,
        circle(engine, rendering) as quick,
        circle(engine, rendering) as slow,
    ):
        for desk in (quick, slow):
            await told_to(desk)
        slow.block()
        become(north, SourceStatus.DEGRADED)
        assert await told_to(quick) == [("UPDATED", "north", ("status",))]
        become(north, SourceStatus.DOWN, failing_since=START)
        assert len(await told_to(quick)) == 1
        become(north, SourceStatus.UP)
        assert len(await told_to(quick)) == 1
        assert await told_to(slow) == []
        slow.unblock()
        await settle()
        told = await told_to(slow)
        # The first was put into bytes before it was seen that the socket takes no more.
        assert told[0] == ("UPDATED", "north", ("status",))
        assert told[1:] == [("UPDATED", "north", ("status", "failingSince"))]


async def test_who_joins_right_after_a_source_went_is_not_told_of_it() -> None:
    time = FakeTime()
    rendering = Rendering()
    async with (
        running(time, Toy(time), Toy(time, "south")) as engine,
        circle(engine, rendering) as before,
    ):
        await told_to(before)
        await engine.remove_source("south")
        assert await told_to(before) == [("REMOVED", "south", ())]
        async with circle(engine, rendering) as after:
            assert [key for _, key, _ in await told_to(after)] == ["north", None]


async def test_circles_end_with_the_engine() -> None:
    time = FakeTime()
    rendering = Rendering()
    async with AsyncExitStack() as stack:
        async with running(time, Toy(time)) as engine:
            desk = await stack.enter_async_context(circle(engine, rendering))
        await settle()
        assert isinstance(desk.error, SubscriptionEnded)
