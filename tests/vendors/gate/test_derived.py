"""Derived values are computed once per set of inputs."""

import asyncio
import itertools
from datetime import UTC, datetime

from floorgraph.vendors.gate import Derivations, Observed
from floorgraph.vendors.turns import STRIDE, Steps, Turns


def observed(value: int) -> Observed[int]:
    return Observed(value=value, at=datetime(2026, 3, 2, tzinfo=UTC), monotonic=0.0)


def test_computes_again_only_when_an_input_is_another_object() -> None:
    derivations, computed = Derivations(), []

    def compute() -> int:
        computed.append(1)
        return len(computed)

    first, equal = observed(1), observed(1)
    assert derivations.of("sum", (first, None), compute) == 1
    assert derivations.of("sum", (first, None), compute) == 1
    assert derivations.of("other", (first, None), compute) == 2
    assert derivations.of("sum", (equal, None), compute) == 3
    assert derivations.of("sum", (equal,), compute) == 4


async def test_long_lists_are_worked_through_in_turns_one_at_a_time() -> None:
    pauses, running, most = 0, 0, 0

    async def pause() -> None:
        nonlocal pauses
        pauses += 1
        await asyncio.sleep(0)

    derived = Derivations(Turns(clock=itertools.count().__next__, pause=pause))

    def steps() -> Steps[int]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(10 * STRIDE):
            yield 1
        running -= 1
        return 10

    found = await asyncio.gather(*(derived.of_many(str(number), (object(),), steps) for number in range(3)))
    assert found == [10, 10, 10]
    assert most == 1
    assert pauses == 3 * 10


async def test_waiters_for_the_same_long_list_share_one_pass_and_survive_each_other() -> None:
    inputs, passes, go = (object(),), 0, asyncio.Event()

    async def pause() -> None:
        await go.wait()

    derived = Derivations(Turns(clock=itertools.count().__next__, pause=pause))

    def steps() -> Steps[str]:
        nonlocal passes
        yield STRIDE
        passes += 1
        return "records"

    waiters = [asyncio.create_task(derived.of_many("list", inputs, steps)) for _ in range(3)]
    await asyncio.sleep(0)
    waiters[0].cancel()
    go.set()
    found = await asyncio.gather(*waiters, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError)
    assert found[1:] == ["records", "records"]
    assert passes == 1
    assert await derived.of_many("list", inputs, steps) == "records"
    assert passes == 1
