"""Slots: never more than there are, first come, first served, and none is lost whatever waiters do."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from floorgraph.vendors.slots import Slots
from tests.vendors.gate.vendor import settle


async def test_who_waits_longest_is_next() -> None:
    slots, order = Slots(1), list[int]()

    async def one(number: int) -> None:
        await slots.wait()
        order.append(number)
        await asyncio.sleep(0)
        slots.give_back()

    await asyncio.gather(*(one(number) for number in range(10)))
    assert order == list(range(10))
    assert slots.take()


async def test_nobody_gets_in_before_those_who_wait() -> None:
    slots = Slots(1)
    assert slots.take()
    waiting = asyncio.create_task(slots.wait())
    await settle()
    slots.give_back()
    assert not slots.take()
    await waiting
    slots.give_back()
    assert slots.take()


async def test_who_gives_up_in_the_moment_of_its_turn_passes_it_on() -> None:
    slots = Slots(1)
    assert slots.take()
    first, second = (asyncio.create_task(slots.wait()) for _ in range(2))
    await settle()
    slots.give_back()
    first.cancel()
    async with asyncio.timeout(5):
        await second
    assert first.cancelled()


@settings(deadline=None)
@given(
    most=st.integers(1, 4),
    steps=st.lists(
        st.tuples(st.sampled_from(["wait", "give", "cancel", "turn"]), st.integers(0, 20)), max_size=60
    ),
)
def test_none_is_lost_and_none_is_made(most: int, steps: list[tuple[str, int]]) -> None:
    async def play() -> None:
        slots, tasks, held = Slots(most), list[asyncio.Task[None]](), 0

        async def one(release: asyncio.Event) -> None:
            nonlocal held
            await slots.wait()
            held += 1
            assert held <= most
            try:
                await release.wait()
            finally:
                held -= 1
                slots.give_back()

        releases = list[asyncio.Event]()
        for step, number in steps:
            if step == "wait":
                releases.append(asyncio.Event())
                tasks.append(asyncio.create_task(one(releases[-1])))
            elif step == "turn":
                await asyncio.sleep(0)
            elif tasks and step == "give":
                releases[number % len(tasks)].set()
            elif tasks:
                tasks[number % len(tasks)].cancel()
        for release in releases:
            release.set()
        async with asyncio.timeout(5):
            await asyncio.gather(*tasks, return_exceptions=True)
        assert [slots.take() for _ in range(most + 1)] == [True] * most + [False]

    asyncio.run(play())
