"""Those who come in the same moment go through a few at a time, as long as the rounds stay short."""

import asyncio

import pytest

from floorgraph.server.turnstile import LONG, MOST, SHORT, Turnstile

BETWEEN = (SHORT + LONG) / 2


class Rounds:
    """A turnstile, a clock that goes on by so much in each round of the loop, and who went through."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.now = 0.0
        self.passed: list[int] = []
        self.turnstile = Turnstile(lambda: self.now)

    def come(self, many: int) -> list[asyncio.Task[None]]:
        return [asyncio.create_task(self._come(number)) for number in range(many)]

    async def each(self, count: int) -> list[int]:
        """How many went through in each of so many rounds."""
        found = []
        for _ in range(count):
            before = len(self.passed)
            self.now += self.seconds
            await asyncio.sleep(0)
            found.append(len(self.passed) - before)
        return found

    async def _come(self, number: int) -> None:
        await self.turnstile.passed()
        self.passed.append(number)


@pytest.mark.parametrize("seconds", [BETWEEN, 1.0])
async def test_one_goes_through_in_each_round_in_their_order(seconds: float) -> None:
    rounds = Rounds(seconds)
    tasks = rounds.come(5)
    assert max(await rounds.each(10)) == 1
    assert rounds.passed == [0, 1, 2, 3, 4]
    await asyncio.gather(*tasks)


async def test_more_go_through_while_rounds_are_short_and_fewer_while_they_are_long() -> None:
    rounds = Rounds(SHORT / 2)
    tasks = rounds.come(1000)
    found = await rounds.each(12)
    assert found[0] == 1
    assert found[-1] == max(found) == MOST
    rounds.seconds = LONG * 2
    assert (await rounds.each(12))[-1] == 1
    rounds.seconds = BETWEEN
    assert await rounds.each(3) == [1, 1, 1]
    rounds.seconds = SHORT / 2
    await rounds.each(30)
    assert rounds.passed == list(range(1000))
    await asyncio.gather(*tasks)


async def test_whoever_gives_up_takes_nobodys_place() -> None:
    rounds = Rounds(BETWEEN)
    tasks = rounds.come(100)
    await asyncio.sleep(0)
    for task in tasks[1:-1]:
        task.cancel()
    await rounds.each(4)
    assert rounds.passed == [0, 99]
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_after_a_quiet_round_nobody_waits() -> None:
    rounds = Rounds(BETWEEN)
    await asyncio.gather(*rounds.come(3))
    await rounds.each(2)
    (task,) = rounds.come(1)
    await asyncio.sleep(0)
    assert task.done()
