"""Those who come in the same moment go through a few at a time, as long as the rounds stay short."""

import asyncio

import pytest

from floorgraph.server.turnstile import LONG, MOST, PATIENCE, SHORT, Turnstile

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


@pytest.mark.parametrize("seconds", [BETWEEN, 2 * LONG])
async def test_one_goes_through_in_each_round_in_their_order(seconds: float) -> None:
    rounds = Rounds(seconds)
    tasks = rounds.come(5)
    assert max(await rounds.each(10)) == 1
    assert rounds.passed == [0, 1, 2, 3, 4]
    await asyncio.gather(*tasks)


async def test_more_go_through_while_rounds_are_short_and_fewer_while_they_are_long() -> None:
    rounds = Rounds(SHORT / 2)
    tasks = rounds.come(300)
    found = await rounds.each(10)
    assert (found[0], found[-1]) == (1, MOST)
    rounds.seconds = 2 * LONG
    found = await rounds.each(7)
    assert found == sorted(found, reverse=True)
    assert found[-1] <= 300 * rounds.seconds / PATIENCE
    rounds.seconds = SHORT / 2
    await rounds.each(30)
    assert rounds.passed == list(range(300))
    await asyncio.gather(*tasks)


@pytest.mark.parametrize("seconds", [BETWEEN, 2 * LONG, 8 * LONG])
async def test_however_long_the_rounds_are_because_of_others_most_are_soon_through(seconds: float) -> None:
    rounds = Rounds(seconds)
    tasks = rounds.come(200)
    found = await rounds.each(int(2 * PATIENCE / seconds) + 3)
    assert len(rounds.passed) > 150
    assert max(found) <= MOST
    await rounds.each(200)
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
