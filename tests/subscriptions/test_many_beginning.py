"""Thousands who come back at once: what is looked up for them does not grow with them."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

import pytest

from floorgraph.model.source import Feed
from tests.subscriptions.faketime import FakeTime
from tests.subscriptions.listening import running
from tests.subscriptions.riding import Rendering, following
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
