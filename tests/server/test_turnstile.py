"""Those who come in the same moment go through one by one."""

import asyncio

from floorgraph.server.turnstile import Turnstile


async def _rounds(passed: list[int], until: int) -> list[list[int]]:
    """Who went through in each round of the loop."""
    found: list[list[int]] = []
    for _ in range(until):
        before = len(passed)
        await asyncio.sleep(0)
        found.append(passed[before:])
    return found


async def test_one_goes_through_in_each_round_in_their_order() -> None:
    turnstile, passed = Turnstile(), list[int]()

    async def come(number: int) -> None:
        await turnstile.passed()
        passed.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(5):
            group.create_task(come(number))
        rounds = await _rounds(passed, 10)
    assert passed == [0, 1, 2, 3, 4]
    assert max(map(len, rounds)) == 1


async def test_whoever_gives_up_takes_no_round() -> None:
    turnstile, passed = Turnstile(), list[int]()

    async def come(number: int) -> None:
        await turnstile.passed()
        passed.append(number)

    tasks = [asyncio.create_task(come(number)) for number in range(100)]
    await asyncio.sleep(0)
    for task in tasks[1:-1]:
        task.cancel()
    await _rounds(passed, 4)
    assert passed == [0, 99]
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_after_a_quiet_round_nobody_waits() -> None:
    turnstile = Turnstile()
    await turnstile.passed()
    await _rounds([], 2)
    going = asyncio.ensure_future(turnstile.passed())
    await asyncio.sleep(0)
    assert going.done()
