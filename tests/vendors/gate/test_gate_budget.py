"""The gate's budget: pace, slots and daily counts."""

import asyncio

import pytest

from floorgraph.model.source import SourceStatus
from floorgraph.vendors.failures import BudgetExhausted, VendorFailure
from floorgraph.vendors.gate import BudgetPolicy, Call, Gate, GatePolicy
from tests.support.fakeclock import FakeClock
from tests.vendors.gate.vendor import ANY, Make, Vendor, broken, settle


async def test_calls_keep_the_pace_of_the_budget(make: Make, vendor: Vendor, clock: FakeClock) -> None:
    gate = make(budget=BudgetPolicy(per_second=2, burst=1))
    begun = clock.monotonic()
    for key in "abcde":
        await gate.read(vendor.call(key), ANY)
    assert clock.monotonic() - begun == pytest.approx(2.0)


async def test_a_slow_pace_of_one_class_does_not_hold_the_slots(clock: FakeClock, vendor: Vendor) -> None:
    waiting = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        await waiting.wait()
        clock.advance(_seconds)

    policy = GatePolicy(concurrency=1, budgets={"slow": BudgetPolicy(per_second=0.1, burst=1)})
    gate = Gate("north", policy, clock=clock, sleep=sleep)
    await gate.read(vendor.call("a", endpoint="slow"), ANY)
    paced = asyncio.create_task(gate.read(vendor.call("b", endpoint="slow"), ANY))
    await settle()
    assert (await gate.read(vendor.call("c", endpoint="live"), ANY)).value == 2
    waiting.set()
    assert (await paced).value == 3
    await gate.close()


async def test_never_more_calls_at_a_time_than_slots(make: Make) -> None:
    gate = make(concurrency=3, budget=BudgetPolicy(per_second=None))
    running = most = 0

    async def fetch() -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return 0

    await asyncio.gather(*(gate.read(Call(f"k{n}", f"e{n % 5}", 1, fetch), ANY) for n in range(50)))
    assert most == 3


async def test_the_days_calls_are_never_exceeded_however_many_ask_at_once(make: Make, vendor: Vendor) -> None:
    gate = make(budget=BudgetPolicy(per_second=None, per_day=7))
    reads = (gate.read(vendor.call(f"k{number}"), ANY) for number in range(30))
    outcomes = await asyncio.gather(*reads, return_exceptions=True)
    assert vendor.calls == 7
    refused = [outcome for outcome in outcomes if isinstance(outcome, BudgetExhausted)]
    assert len(refused) == 23
    assert refused[0].retry_after == 16 * 3600
    assert gate.condition().status is SourceStatus.PAUSED
    (state,) = gate.budgets()
    assert (state.endpoint, state.limit, state.used) == ("lists", 7, 7)


async def test_counters_survive_a_restart(make: Make, vendor: Vendor) -> None:
    policy = BudgetPolicy(per_second=None, per_day=2)
    gate = make(budget=policy)
    await gate.read(vendor.call("a"), ANY)
    again = make(budget=policy)
    again.restore_budgets(gate.saved_budgets())
    await again.read(vendor.call("b"), ANY)
    with pytest.raises(BudgetExhausted):
        await again.read(vendor.call("c"), ANY)


async def test_a_retry_that_the_budget_refuses_reports_the_first_failure(make: Make, vendor: Vendor) -> None:
    gate = make(retries=1, budget=BudgetPolicy(per_second=None, per_day=1))
    vendor.failures = [broken()]
    with pytest.raises(VendorFailure):
        await gate.read(vendor.call(), ANY)
    assert vendor.calls == 1


async def test_a_gate_that_takes_anothers_place_counts_and_paces_on(
    make: Make, vendor: Vendor, clock: FakeClock
) -> None:
    policy = BudgetPolicy(per_second=0.1, burst=1, per_day=2)
    former, latter = make(budget=policy), make(budget=policy)
    await former.read(vendor.call("a"), ANY)
    latter.inherit(former)
    begun = clock.monotonic()
    await latter.read(vendor.call("b"), ANY)
    assert clock.monotonic() - begun == pytest.approx(10.0)
    with pytest.raises(BudgetExhausted):
        await latter.read(vendor.call("c"), ANY)
