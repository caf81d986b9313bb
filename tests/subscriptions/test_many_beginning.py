"""Thousands who come back at once: what is looked up for them does not grow with them."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from floorgraph.model.source import Feed
from floorgraph.model.station import Station
from tests.subscriptions.faketime import FakeTime, settle
from tests.subscriptions.listening import STATIONS, running
from tests.subscriptions.riding import Desk, Rendering, following
from tests.subscriptions.toy import Toy

MANY = 200


class Counting(Toy):
    """Counts how often it is asked for its feeds."""

    asked = 0

    def feeds(self) -> Sequence[Feed]:
        self.asked += 1
        return super().feeds()


async def looks_while_waiting(subscribers: int) -> int:
    """How often feeds were asked for while all of them waited and another source was polled in vain."""
    time = FakeTime()
    north, south, rendering = Counting(time), Toy(time, "south"), Rendering()
    north.put("1")
    south.put("2")
    north.gate = asyncio.Event()
    async with running(time, north, south) as engine, AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(following(engine, rendering)) for _ in range(subscribers)]
        await time.advance(1)
        before, polls = north.asked, len(south.polls)
        for _ in range(3):
            engine.burst("south", [*south.offered[0].kinds])
            await time.advance(2)
        assert len(south.polls) > polls
        assert not any(desk.batches for desk in desks)
        looks = north.asked - before
        north.gate.set()
        await time.advance(1)
        told = [desk.told() for desk in desks]
        assert told == [["SNAPSHOT 1", "SNAPSHOT 2", "CAUGHT_UP"]] * subscribers
        return looks


async def test_looking_whether_to_wait_on_does_not_grow_with_those_who_wait() -> None:
    assert await looks_while_waiting(MANY) == await looks_while_waiting(2)


async def looks_while_beginning(subscribers: int) -> int:
    """How often feeds were asked for while that many came, after a first one, and left."""
    time = FakeTime()
    north, rendering = Counting(time), Rendering()
    north.put("1")
    async with running(time, north) as engine, following(engine, rendering) as first:
        await time.advance(1)
        before = north.asked
        async with AsyncExitStack() as stack:
            for _ in range(subscribers):
                await stack.enter_async_context(following(engine, rendering))
        assert first.told() == ["SNAPSHOT 1", "CAUGHT_UP"]
        return north.asked - before


@pytest.mark.parametrize("subscribers", [1, MANY])
async def test_whoever_wants_what_others_want_makes_nobody_look_at_what_is_polled(subscribers: int) -> None:
    # Only whether to wait for a first poll is looked up, and whether what is known is up to date.
    assert await looks_while_beginning(subscribers) <= 2 * subscribers


async def test_nobody_misses_a_poll_that_ends_in_the_round_in_which_others_look() -> None:
    time = FakeTime()
    north, south, rendering = Toy(time), Toy(time, "south"), Rendering()
    north.put("1")
    south.put("2")
    north.gate, south.gate = asyncio.Event(), asyncio.Event()
    desks: list[Desk] = []
    async with running(time, north, south) as engine, asyncio.TaskGroup() as group:
        tasks: list[asyncio.Task[None]] = []

        def come() -> None:
            desks.append(Desk(rendering))
            tasks.append(group.create_task(engine.follow("all", STATIONS, rendering, desks[-1])))

        async def coming() -> None:
            for _ in range(8):
                await asyncio.sleep(0)
                come()

        async def ends(poll: asyncio.Event) -> None:
            await asyncio.sleep(0)
            poll.set()

        for _ in range(50):
            come()
        await time.advance(1)
        assert north.flying == south.flying == 1
        # One poll ends, newcomers look whether they must wait, the other one ends: all in one round.
        await asyncio.gather(ends(south.gate), coming(), ends(north.gate))
        await settle()
        told = [desk.told() for desk in desks]
        assert told == [["SNAPSHOT 1", "SNAPSHOT 2", "CAUGHT_UP"]] * len(desks)
        for task in tasks:
            task.cancel()


async def test_whoever_wants_it_younger_does_not_begin_with_what_is_young_enough_for_others() -> None:
    time = FakeTime()
    north, rendering = Toy(time), Rendering()
    north.put("1")
    async with running(time, north) as engine, following(engine, rendering):
        await time.advance(1)
        while time.seconds - north.polls[-1][1] < 6:
            await time.advance(1)
        north.put("1", "Lathe")
        usual, brisk = Desk(rendering), Desk(rendering)
        topic = replace(STATIONS, max_age=2.0)
        tasks = [
            asyncio.create_task(engine.follow("usual", STATIONS, rendering, usual)),
            asyncio.create_task(engine.follow("brisk", topic, rendering, brisk)),
        ]
        await settle()
        names = [change.record.name for change in brisk.changes() if isinstance(change.record, Station)]
        assert names == ["Lathe"]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
