"""Turns."""

import asyncio

from floorgraph.commands.turns import Turns


async def test_the_same_record_one_after_the_other_and_others_at_once() -> None:
    turns, inside, most = Turns(), 0, 0

    async def act(*names: str) -> None:
        nonlocal inside, most
        async with turns.taken(names):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(act("a", "b") for _ in range(5)), *(act("b", "a") for _ in range(5)))
    assert most == 1
    await asyncio.gather(act("a"), act("b"))
    assert most == 2
    assert turns._locks == {}
