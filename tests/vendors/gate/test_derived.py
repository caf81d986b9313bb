"""Derived values are computed once per set of inputs."""

import asyncio
import threading
from datetime import UTC, datetime

from floorgraph.vendors.gate import Derivations, Observed
from floorgraph.vendors.gate.derived import LONG


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


async def test_long_lists_are_worked_through_outside_the_event_loop_one_at_a_time() -> None:
    derived, at_once, most, threads = Derivations(), 0, 0, set[int]()
    guard = threading.Lock()

    def compute() -> list[int]:
        nonlocal at_once, most
        with guard:
            at_once += 1
            most = max(most, at_once)
        threads.add(threading.get_ident())
        made = list(range(100_000))
        with guard:
            at_once -= 1
        return made

    inputs = [(object(),), (object(),), (object(),)]
    await asyncio.gather(
        *(derived.of_many(str(number), one, LONG, compute) for number, one in enumerate(inputs))
    )
    assert most == 1
    assert threading.get_ident() not in threads
    await derived.of_many("short", (object(),), LONG - 1, compute)
    assert threading.get_ident() in threads


async def test_waiters_for_the_same_long_list_share_one_pass_and_survive_each_other() -> None:
    derived, inputs, passes = Derivations(), (object(),), 0
    begun, go = threading.Event(), threading.Event()

    def compute() -> str:
        nonlocal passes
        passes += 1
        begun.set()
        assert go.wait(20)
        return "records"

    waiters = [asyncio.create_task(derived.of_many("list", inputs, LONG, compute)) for _ in range(3)]
    assert await asyncio.to_thread(begun.wait, 20)
    waiters[0].cancel()
    go.set()
    found = await asyncio.gather(*waiters, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError)
    assert found[1:] == ["records", "records"]
    assert passes == 1
