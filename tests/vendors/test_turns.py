"""Long work shares the event loop: how much is done between two pauses is told by the clock alone."""

import asyncio
import itertools
from collections.abc import Callable

import pytest

from floorgraph.vendors.turns import SHORTEST, STRIDE, Steps, Turns, at_once, mapped, paired, parts


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


async def test_however_much_work_is_under_way_one_turn_passes_before_everybody_else_has_theirs() -> None:
    desk, rounds = Desk(), [0]
    workers = [asyncio.create_task(desk.turns.through(desk.work(2_000))) for _ in range(50)]
    # All have begun with what is too short to wait for anybody.
    await asyncio.sleep(0)
    begun = desk.done
    while not all(worker.done() for worker in workers):
        rounds.append(desk.done - begun)
        await asyncio.sleep(0)
    assert await asyncio.gather(*workers) == ["done"] * 50
    assert desk.done == 50 * 2_000
    done = [after - before for before, after in itertools.pairwise(rounds)]
    assert max(done) <= 1000 + STRIDE
    # With many in line nobody waits for whole turns of all others.
    assert max(done[: len(done) // 2]) <= 1000 * SHORTEST + STRIDE


@pytest.mark.parametrize("turn_came", [False, True])
async def test_work_that_is_given_up_in_line_keeps_nobody_waiting(turn_came: bool) -> None:
    desk = Desk()
    first, given_up, last = (asyncio.create_task(desk.turns.through(desk.work(5_000))) for _ in range(3))
    await asyncio.sleep(0)
    if turn_came:
        # The first one has handed its turn on, and who is next has not gone on yet.
        await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert [await first, await last] == ["done", "done"]
    assert await desk.turns.through(desk.work(5_000)) == "done"


def test_each_event_loop_has_a_line_of_its_own() -> None:
    desk, stuck = Desk(), asyncio.new_event_loop()

    async def wait() -> None:
        await asyncio.Event().wait()

    async def begin() -> asyncio.Task[str]:
        task = asyncio.create_task(desk.turns.through(desk.work(5_000)))
        await asyncio.sleep(0)
        return task

    desk.turns.pause = wait
    task = stuck.run_until_complete(begin())
    desk.turns.pause = desk.pause
    desk.between.clear()
    desk.done = 0
    assert asyncio.run(desk.turns.through(desk.work(5_000))) == "done"
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        stuck.run_until_complete(task)
    stuck.close()


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


async def test_the_end_of_each_turn_is_told_but_not_that_of_the_work() -> None:
    desk, told = Desk(), []
    desk.turns.after = lambda: told.append(desk.done)
    await desk.turns.through(desk.work(3_000))
    assert told == [1024, 2048]


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


def test_pairs_are_kept_where_there_are_any_and_the_last_of_a_key_counts() -> None:
    steps = paired(range(10), lambda number: (number % 3, number) if number % 2 else None, 2)
    done = [next(steps) for _ in range(10)]
    assert done == [2] * 10
    with pytest.raises(StopIteration) as end:
        next(steps)
    assert end.value.value == {1: 7, 0: 9, 2: 5}


def test_parts_are_all_there_is_in_order() -> None:
    assert [list(part) for part in parts([1, 2, 3, 4, 5], 2)] == [[1, 2], [3, 4], [5]]
    assert list(parts([], 2)) == []
