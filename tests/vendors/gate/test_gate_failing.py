"""The gate when the vendor fails: stale answers, retries, deadlines."""

import asyncio

import pytest

from floorgraph.model.source import SourceStatus
from floorgraph.vendors.failures import (
    AuthRequired,
    BreakerOpen,
    BudgetExhausted,
    NotFound,
    RateLimited,
    SourceFailure,
    TimedOut,
    Unreachable,
    VendorFailure,
)
from floorgraph.vendors.gate import BreakerPolicy, BudgetPolicy, Call, Gate, GatePolicy
from tests.support.fakeclock import FakeClock
from tests.vendors.gate.vendor import ANY, NOW, Make, Vendor, broken, settle


async def test_serves_the_last_answer_with_the_failure_beside_it(
    make: Make, vendor: Vendor, clock: FakeClock
) -> None:
    gate = make()
    good = await gate.read(vendor.call(), ANY)
    clock.advance(61)
    vendor.failures = [broken()]
    stale = await gate.read(vendor.call(), ANY)
    assert (stale.value, stale.at, stale.stale) == (1, good.at, True)
    assert isinstance(stale.failure, VendorFailure)


async def test_a_failing_vendor_is_not_asked_once_per_reader(
    make: Make, vendor: Vendor, clock: FakeClock
) -> None:
    gate = make(retry_stale=2.0)
    await gate.read(vendor.call(), ANY)
    vendor.failures = [broken(), None]
    stale = await gate.read(vendor.call(), NOW)
    for _ in range(100):
        assert await gate.read(vendor.call(), ANY) is stale
    assert vendor.calls == 2
    assert (await gate.read(vendor.call(), NOW)).value == 3, "a reader may insist"


async def test_a_stale_answer_is_asked_again_after_a_moment(
    make: Make, vendor: Vendor, clock: FakeClock
) -> None:
    gate = make(retry_stale=2.0)
    await gate.read(vendor.call(), ANY)
    vendor.failures = [broken()]
    await gate.read(vendor.call(), NOW)
    clock.advance(2)
    fresh = await gate.read(vendor.call(), ANY)
    assert (fresh.value, fresh.stale) == (3, False)


async def test_without_an_older_answer_the_failure_is_repeated_for_a_moment(
    make: Make, vendor: Vendor, clock: FakeClock
) -> None:
    gate = make(retry_stale=2.0)
    vendor.failures = [broken()]
    for _ in range(10):
        with pytest.raises(VendorFailure):
            await gate.read(vendor.call(), ANY)
    assert vendor.calls == 1
    clock.advance(2)
    assert (await gate.read(vendor.call(), ANY)).value == 2


async def test_not_found_is_an_answer_and_replaces_the_older_one(make: Make, vendor: Vendor) -> None:
    gate = make()
    await gate.read(vendor.call(), ANY)
    vendor.failures = [broken(NotFound)]
    with pytest.raises(NotFound):
        await gate.read(vendor.call(), NOW)
    assert gate.condition().status is SourceStatus.UP


async def test_failing_in_the_same_way_gives_the_same_object(
    make: Make, vendor: Vendor, clock: FakeClock
) -> None:
    gate = make(breaker=BreakerPolicy(consecutive=2))
    await gate.read(vendor.call(), ANY)
    vendor.failures = [broken(), broken()]
    first = await gate.read(vendor.call(), NOW)
    second = await gate.read(vendor.call(), NOW)
    blocked = await gate.read(vendor.call(), NOW)
    assert first is second is blocked
    assert vendor.calls == 3, "the breaker was open"


async def test_a_single_passing_failure_is_retried_and_leaves_no_mark(
    make: Make, vendor: Vendor, clock: FakeClock
) -> None:
    gate = make(retries=1, retry_pause=0.25)
    await gate.read(vendor.call(), ANY)
    vendor.failures = [broken()]
    assert (await gate.read(vendor.call(), NOW)).value == 3
    assert clock.slept == [0.25]
    assert gate.condition().status is SourceStatus.UP


async def test_retries_are_counted_once_by_health(make: Make, vendor: Vendor) -> None:
    gate = make(retries=1)
    await gate.read(vendor.call(), ANY)
    seen = []
    for _ in range(2):
        vendor.failures = [broken(), broken()]
        assert (await gate.read(vendor.call(), NOW)).stale
        seen.append(gate.condition().status)
    assert seen == [SourceStatus.UP, SourceStatus.DEGRADED]


@pytest.mark.parametrize("kind", [Unreachable, NotFound, AuthRequired, RateLimited])
async def test_only_what_may_pass_at_once_is_retried(
    make: Make, vendor: Vendor, kind: type[SourceFailure]
) -> None:
    gate = make(retries=3)
    vendor.failures = [broken(kind)]
    with pytest.raises(kind):
        await gate.read(vendor.call(), ANY)
    assert vendor.calls == 1


async def test_three_failed_polls_bring_the_source_down_and_one_success_back(
    make: Make, vendor: Vendor
) -> None:
    gate = make()
    await gate.read(vendor.call(), ANY)
    outcomes: list[SourceStatus] = []
    gate.on_outcome = lambda: outcomes.append(gate.condition().status)
    vendor.failures = [broken(), broken(), broken()]
    for _ in range(4):
        await gate.read(vendor.call(), NOW)
    assert outcomes == [SourceStatus.UP, SourceStatus.DEGRADED, SourceStatus.DOWN, SourceStatus.UP]


async def test_a_call_without_an_answer_ends_at_the_deadline(make: Make, vendor: Vendor) -> None:
    gate = make(deadline=0.05, breaker=BreakerPolicy(consecutive=1))
    vendor.release = asyncio.Event()
    with pytest.raises(TimedOut):
        await gate.read(vendor.call(), ANY)
    assert vendor.cancelled == 1
    with pytest.raises(BreakerOpen):
        await gate.read(vendor.call(), NOW)


async def test_a_trial_that_times_out_opens_the_breaker_again(
    make: Make, vendor: Vendor, clock: FakeClock
) -> None:
    gate = make(deadline=0.05, breaker=BreakerPolicy(consecutive=1, base_seconds=10))
    vendor.failures = [broken()]
    with pytest.raises(VendorFailure):
        await gate.read(vendor.call(), NOW)
    clock.advance(10)
    vendor.release = asyncio.Event()
    with pytest.raises(TimedOut):
        await gate.read(vendor.call(), NOW)
    with pytest.raises(BreakerOpen) as blocked:
        await gate.read(vendor.call(), NOW)
    assert blocked.value.retry_after == 20.0


async def test_waiting_for_our_own_budget_does_not_speak_against_the_vendor(
    clock: FakeClock, vendor: Vendor
) -> None:
    async def sleep(_seconds: float) -> None:
        await asyncio.Event().wait()

    policy = GatePolicy(deadline=0.05, budget=BudgetPolicy(per_second=0.1, burst=1))
    gate = Gate("north", policy, clock=clock, sleep=sleep)
    await gate.read(vendor.call("a"), ANY)
    with pytest.raises(BudgetExhausted, match="waiting"):
        await gate.read(vendor.call("b"), ANY)
    assert vendor.calls == 1
    assert gate.condition().status is SourceStatus.UP
    await gate.close()


async def hold(gate: Gate, seconds: float) -> None:
    """Be one call under way for so long."""

    async def fetch() -> str:
        await asyncio.sleep(seconds)
        return ""

    await gate.read(Call("held", "lists", 1.0, fetch), NOW)


async def test_time_in_our_own_queue_is_not_the_vendors(make: Make, vendor: Vendor) -> None:
    """What was sent too late for an answer says nothing, and whoever asked is told in time."""
    gate, loop = (
        make(concurrency=1, deadline=0.5, breaker=BreakerPolicy(consecutive=1)),
        asyncio.get_running_loop(),
    )
    vendor.release = asyncio.Event()
    holding = asyncio.create_task(hold(gate, 0.3))
    await settle()
    begun = loop.time()
    with pytest.raises(BudgetExhausted, match=r"too many calls are waiting: .* within 0\.5 s"):
        await gate.read(vendor.call(), ANY)
    assert 0.4 < loop.time() - begun < 1.0
    await holding
    assert (vendor.calls, vendor.cancelled) == (1, 1)
    assert gate.health.troubles == {}
    assert gate.tally.calls["lists", "GIVEN_UP"] == 1
    vendor.release = None
    assert (await gate.read(vendor.call(), ANY)).value == 2, "no breaker is open"


async def test_a_call_with_too_little_time_left_is_not_sent(make: Make, vendor: Vendor) -> None:
    gate, loop = make(concurrency=1, deadline=1.0, least=0.7), asyncio.get_running_loop()
    holding = asyncio.create_task(hold(gate, 0.4))
    await settle()
    begun = loop.time()
    reads = (gate.read(vendor.call(key), ANY) for key in "abc")
    for refused in await asyncio.gather(*reads, return_exceptions=True):
        assert isinstance(refused, BudgetExhausted)
        assert "too many calls are waiting" in str(refused)
    assert loop.time() - begun < 0.9, "told when its turn comes"
    await holding
    assert vendor.calls == 0
    assert gate.admission.budget("lists").used == 1, "nor counted"
    assert (await gate.read(vendor.call(), ANY)).value == 1


async def test_a_call_that_waited_and_had_all_its_time_speaks_against_the_vendor(
    make: Make, vendor: Vendor
) -> None:
    gate = make(concurrency=1, deadline=0.5, patience=0.3)
    vendor.release = asyncio.Event()
    holding = asyncio.create_task(hold(gate, 0.05))
    await settle()
    with pytest.raises(TimedOut):
        await gate.read(vendor.call(), ANY)
    await holding
    assert list(gate.health.troubles) == ["lists"]


@pytest.mark.parametrize("least", [0.0, 0.4])
async def test_a_retry_without_time_for_an_answer_is_none(make: Make, least: float) -> None:
    gate, calls = make(retries=1, deadline=0.6, least=least), 0

    async def fetch() -> str:
        nonlocal calls
        calls += 1
        await asyncio.sleep(0.3 if calls == 1 else 60)
        raise broken()

    with pytest.raises(VendorFailure):
        await gate.read(Call("k", "lists", 1.0, fetch), ANY)
    assert calls == (1 if least else 2)
    assert gate.admission.breaker("lists").run == 1, "the second attempt says nothing"
