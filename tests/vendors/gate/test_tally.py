"""What goes through a gate is counted where it happens."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from floorgraph.vendors.failures import SourceFailure, Unreachable, VendorFailure
from floorgraph.vendors.gate import BreakerPolicy, Call, Freshness, Gate, GatePolicy
from floorgraph.vendors.gate.tally import BOUNDS, Durations
from tests.support.fakeclock import FakeClock


def gate(clock: FakeClock, policy: GatePolicy | None = None) -> Gate:
    return Gate("north", policy, clock=clock, sleep=clock.sleep, chance=lambda: 0.0)


def call(fetch: Callable[[], Awaitable[int]]) -> Call[int]:
    return Call("stations", "stations", 60.0, fetch)


async def test_reads_are_called_shared_or_served_and_only_calls_take_time() -> None:
    clock, held = FakeClock(), asyncio.Event()

    async def answer() -> int:
        await held.wait()
        clock.advance(0.3)
        return 1

    one = gate(clock)
    asked = [asyncio.create_task(one.read(call(answer), Freshness())) for _ in range(2)]
    await asyncio.sleep(0)
    held.set()
    await asyncio.gather(*asked)
    await one.read(call(answer), Freshness())
    tally = one.traffic().tally
    assert tally.reads == {("stations", "called"): 1, ("stations", "shared"): 1, ("stations", "snapshot"): 1}
    assert tally.calls == {("stations", "OK"): 1}
    assert tally.durations["stations"].seconds == pytest.approx(0.3)
    await one.close()


async def test_each_attempt_counts_with_the_code_of_its_failure() -> None:
    async def broken() -> int:
        raise VendorFailure(source="north", endpoint="stations", detail="no")

    one = gate(FakeClock(), GatePolicy(retries=1))
    with pytest.raises(VendorFailure):
        await one.read(call(broken), Freshness())
    assert one.traffic().tally.calls == {("stations", "VENDOR_FAILURE"): 2}
    assert one.traffic().tally.reads == {("stations", "failed"): 1}


async def test_a_call_that_nobody_waits_for_any_more_was_given_up() -> None:
    begun = asyncio.Event()

    async def never() -> int:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    one = gate(FakeClock())
    asked = asyncio.create_task(one.read(call(never), Freshness()))
    await begun.wait()
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    await one.close()
    assert one.traffic().tally.calls == {("stations", "GIVEN_UP"): 1}


async def test_what_is_held_back_is_shown_until_it_is_let_through() -> None:
    clock = FakeClock()

    async def gone() -> int:
        raise Unreachable(source="north", endpoint="stations", detail="no")

    one = gate(clock, GatePolicy(retries=0, breaker=BreakerPolicy(consecutive=2)))
    for _ in range(2):
        with pytest.raises(SourceFailure):
            await one.read(call(gone), Freshness(max_age=0))
    assert one.traffic().blocked == {"*": False, "stations": True}
    clock.advance(600)
    assert one.traffic().blocked == {"*": False, "stations": False}


def test_a_duration_is_counted_in_the_first_class_that_holds_it() -> None:
    durations = Durations()
    for seconds in (0.01, 0.011, 1000.0):
        durations.add(seconds)
    assert durations.classes == [1, 1, *[0] * (len(BOUNDS) - 2), 1]
