"""Long work shares the event loop: how much is done between two pauses is told by the clock alone."""

import asyncio
from collections.abc import Callable

import pytest

from floorgraph.vendors.turns import STRIDE, Steps, Turns, at_once, mapped, parts


class Desk:
    """A clock that moves by what is done, and a note of what was done between pauses."""

    def __init__(self) -> None:
        self.done = 0
        self.between: list[int] = []
        self.turns = Turns(length=1.0, clock=lambda: self.done / 1000, pause=self.pause)

    async def pause(self) -> None:
        self.between.append(self.done - sum(self.between))
        await asyncio.sleep(0)

    def work(self, count: int) -> Steps[str]:
        for _ in range(count):
            self.done += 1
            yield 1
        return "done"


async def test_a_turn_ends_when_its_time_is_up() -> None:
    desk = Desk()
    assert await desk.turns.through(desk.work(10_000)) == "done"
    # The clock is looked at once in so many units.
    assert set(desk.between) == {-(-1000 // STRIDE) * STRIDE}
    assert desk.done == 10_000


async def test_all_work_that_is_under_way_shares_one_turn() -> None:
    desk = Desk()
    orders: list[str] = []

    async def one(name: str) -> None:
        await desk.turns.through(desk.work(5_000))
        orders.append(name)

    await asyncio.gather(*(one(name) for name in "abcd"))
    assert orders == ["a", "b", "c", "d"]
    # The first one begins when it is still alone.
    assert all(done <= 1000 + STRIDE for done in desk.between)
    middle = desk.between[4:12]
    assert all(sum(middle[start : start + 4]) <= 1000 + 4 * STRIDE for start in range(len(middle) - 3))


async def test_short_work_is_done_in_one_go_whatever_the_clock_says() -> None:
    desk = Desk()
    desk.turns.clock = iter(range(0, 10_000, 1000)).__next__
    assert await desk.turns.through(desk.work(STRIDE - 1)) == "done"
    assert desk.between == []


async def test_what_is_heavy_counts_as_much_as_it_says() -> None:
    desk, made = Desk(), []

    def heavy() -> Steps[None]:
        for number in range(8):
            desk.done += 500
            made.append(number)
            yield STRIDE

    await desk.turns.through(heavy())
    assert desk.between == [1000] * 4


async def test_work_that_is_given_up_is_closed_and_makes_room() -> None:
    desk, closed = Desk(), []
    waiting = asyncio.Event()

    async def wait() -> None:
        await waiting.wait()

    def endless() -> Steps[None]:
        try:
            yield from desk.work(1_000_000)
        finally:
            closed.append(True)

    desk.turns.pause = wait
    task = asyncio.create_task(desk.turns.through(endless()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert closed == [True]
    desk.turns.pause = desk.pause
    desk.between.clear()
    desk.done = 0
    await desk.turns.through(desk.work(3_000))
    assert desk.between[0] >= 1000


async def test_errors_of_the_work_are_the_caller_s() -> None:
    def broken() -> Steps[None]:
        yield 1
        raise ValueError("no")

    desk = Desk()
    with pytest.raises(ValueError, match="no"):
        await desk.turns.through(broken())


@pytest.mark.parametrize("how", [at_once, lambda steps: asyncio.run(Turns().through(steps))])
def test_both_ways_give_the_same(how: Callable[[Steps[list[int]]], list[int]]) -> None:
    assert how(mapped(range(100), lambda number: number * 2)) == list(range(0, 200, 2))


def test_parts_are_all_there_is_in_order() -> None:
    assert [list(part) for part in parts([1, 2, 3, 4, 5], 2)] == [[1, 2], [3, 4], [5]]
    assert list(parts([], 2)) == []
