"""The gate with a clock that stands still and a vendor made of functions."""

import asyncio
from collections.abc import AsyncIterator, Callable

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
from floorgraph.vendors.gate import (
    BreakerPolicy,
    BudgetPolicy,
    Call,
    Freshness,
    Gate,
    GatePolicy,
    recording,
)
from tests.support.fakeclock import FakeClock

NOW = Freshness(max_age=0.0)
ANY = Freshness()


class Vendor:
    """Answers 1, 2, 3, ...; or fails, or waits for `release`, when told to."""

    def __init__(self) -> None:
        self.calls = 0
        self.failures: list[SourceFailure | None] = []
        self.release: asyncio.Event | None = None
        self.entered = asyncio.Event()
        self.cancelled = 0

    async def fetch(self) -> int:
        self.calls += 1
        number = self.calls
        self.entered.set()
        failure = self.failures.pop(0) if self.failures else None
        if self.release is not None:
            try:
                await self.release.wait()
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
        if failure is not None:
            raise failure
        return number

    def call(self, key: str = "stations", ttl: float = 60.0, endpoint: str = "lists") -> Call[int]:
        return Call(key=key, endpoint=endpoint, ttl=ttl, fetch=self.fetch)


def broken(kind: type[SourceFailure] = VendorFailure, retry_after: float | None = None) -> SourceFailure:
    return kind(source="north", endpoint="lists", detail="broken", retry_after=retry_after)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


@pytest.fixture
async def make(clock: FakeClock) -> AsyncIterator[Callable[..., Gate]]:
    gates: list[Gate] = []

    def build(**policy: object) -> Gate:
        settings = GatePolicy(**{"retries": 0, **policy})  # type: ignore[arg-type]
        gates.append(Gate("north", settings, clock=clock, sleep=clock.sleep, chance=lambda: 1.0))
        return gates[-1]

    yield build
    for gate in gates:
        await gate.close()


Make = Callable[..., Gate]


async def settle() -> None:
    """Let every task that can go on do so."""
    for _ in range(20):
        await asyncio.sleep(0)


# Part: snapshot


async def test_answers_from_the_snapshot_until_it_is_too_old(
    make: Make, vendor: Vendor, clock: FakeClock
) -> None:
    gate = make()
    with recording() as calls:
        assert (await gate.read(vendor.call(), ANY)).value == 1
        clock.advance(60)
        assert (await gate.read(vendor.call(), ANY)).value == 1
        clock.advance(0.001)
        assert (await gate.read(vendor.call(), ANY)).value == 2
    assert [call.outcome for call in calls] == ["called", "snapshot", "called"]


async def test_max_age_decides_over_the_time_to_live(make: Make, vendor: Vendor, clock: FakeClock) -> None:
    gate = make()
    await gate.read(vendor.call(ttl=1), ANY)
    clock.advance(30)
    assert (await gate.read(vendor.call(ttl=1), Freshness(30))).value == 1
    assert (await gate.read(vendor.call(ttl=1), Freshness(29))).value == 2


async def test_max_age_zero_forces_a_call_even_at_the_same_instant(make: Make, vendor: Vendor) -> None:
    gate = make()
    await gate.read(vendor.call(), NOW)
    assert (await gate.read(vendor.call(), NOW)).value == 2


async def test_one_operation_never_makes_the_same_call_twice(
    make: Make, vendor: Vendor, clock: FakeClock
) -> None:
    gate = make()
    operation = Freshness(max_age=0.0, since=clock.monotonic())
    await gate.read(vendor.call(), operation)
    clock.advance(5)
    assert (await gate.read(vendor.call(), operation)).value == 1
    vendor.failures = [broken()]
    failing = Freshness(max_age=0.0, since=clock.monotonic())
    for _ in range(3):
        clock.advance(5)
        assert (await gate.read(vendor.call(), failing)).stale
    assert vendor.calls == 2


async def test_forgetting_makes_the_next_read_call(make: Make, vendor: Vendor) -> None:
    gate = make()
    await gate.read(vendor.call(), ANY)
    gate.forget("stations")
    assert gate.kept("stations") is None
    assert (await gate.read(vendor.call(), ANY)).value == 2


async def test_a_call_from_before_forgetting_is_neither_joined_nor_kept(make: Make, vendor: Vendor) -> None:
    gate = make()
    vendor.release = asyncio.Event()
    old = asyncio.create_task(gate.read(vendor.call(), ANY))
    await vendor.entered.wait()
    gate.forget("stations")
    new = asyncio.create_task(gate.read(vendor.call(), ANY))
    await settle()
    vendor.release.set()
    assert (await old).value == 1
    assert (await new).value == 2
    kept = gate.kept("stations")
    assert kept is not None
    assert kept.value == 2


async def test_remembers_no_more_than_allowed(make: Make, vendor: Vendor) -> None:
    gate = make(remembered=2)
    for key in ("a", "b", "a", "c"):
        await gate.read(vendor.call(key), ANY)
    assert [gate.kept(key) is not None for key in "abc"] == [True, False, True]


# Part: single-flight


async def test_identical_reads_in_flight_are_one_call(make: Make, vendor: Vendor) -> None:
    gate = make()
    vendor.release = asyncio.Event()
    with recording() as calls:
        reads = [asyncio.create_task(gate.read(vendor.call(), NOW)) for _ in range(50)]
        await vendor.entered.wait()
        vendor.release.set()
        answers = await asyncio.gather(*reads)
    assert vendor.calls == 1
    assert all(answer is answers[0] for answer in answers)
    assert sorted(call.outcome for call in calls) == ["called"] + ["shared"] * 49


async def test_a_waiter_that_gives_up_leaves_the_call_to_the_others(make: Make, vendor: Vendor) -> None:
    gate = make()
    vendor.release = asyncio.Event()
    first, second = (asyncio.create_task(gate.read(vendor.call(), ANY)) for _ in range(2))
    await vendor.entered.wait()
    first.cancel()
    await settle()
    assert first.cancelled()
    vendor.release.set()
    assert (await second).value == 1
    assert vendor.cancelled == 0


async def test_the_last_waiter_to_give_up_ends_the_call(make: Make, vendor: Vendor) -> None:
    gate = make()
    vendor.release = asyncio.Event()
    read = asyncio.create_task(gate.read(vendor.call(), ANY))
    await vendor.entered.wait()
    read.cancel()
    await settle()
    assert vendor.cancelled == 1
    vendor.release = None
    assert (await gate.read(vendor.call(), ANY)).value == 2


async def test_a_failure_reaches_every_waiter(make: Make, vendor: Vendor) -> None:
    gate = make()
    vendor.release, vendor.failures = asyncio.Event(), [broken()]
    reads = [asyncio.create_task(gate.read(vendor.call(), ANY)) for _ in range(3)]
    await vendor.entered.wait()
    vendor.release.set()
    outcomes = await asyncio.gather(*reads, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [VendorFailure] * 3


async def test_closing_ends_calls_and_refuses_more(make: Make, vendor: Vendor) -> None:
    gate = make()
    vendor.release = asyncio.Event()
    read = asyncio.create_task(gate.read(vendor.call(), ANY))
    await vendor.entered.wait()
    await gate.close()
    with pytest.raises(Unreachable, match="closed"):
        await read
    with pytest.raises(Unreachable, match="closed"):
        await gate.read(vendor.call(), ANY)
    assert vendor.cancelled == 1


async def test_a_mistake_in_an_adapter_is_not_hidden(make: Make) -> None:
    async def fetch() -> int:
        raise KeyError("mistake")

    gate = make()
    with pytest.raises(KeyError):
        await gate.read(Call("k", "lists", 1.0, fetch), ANY)
    assert gate.condition().status is SourceStatus.STARTING


# Part: failing


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


# Part: deadline


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


# Part: breaker


async def test_after_an_opening_one_trial_goes_first(make: Make, vendor: Vendor, clock: FakeClock) -> None:
    gate = make(breaker=BreakerPolicy(consecutive=1, base_seconds=10))
    vendor.failures = [broken()]
    with pytest.raises(VendorFailure):
        await gate.read(vendor.call(), NOW)
    assert gate.condition().next_attempt_at is not None
    clock.advance(10)
    vendor.release = asyncio.Event()
    trial = asyncio.create_task(gate.read(vendor.call("a"), NOW))
    await settle()
    with pytest.raises(BreakerOpen):
        await gate.read(vendor.call("b"), NOW)
    assert vendor.calls == 2
    vendor.release.set()
    await trial
    await gate.read(vendor.call("b"), NOW)


async def test_a_trial_given_up_by_its_reader_does_not_block_for_ever(
    make: Make, vendor: Vendor, clock: FakeClock
) -> None:
    gate = make(breaker=BreakerPolicy(consecutive=1, base_seconds=10))
    vendor.failures = [broken()]
    with pytest.raises(VendorFailure):
        await gate.read(vendor.call(), NOW)
    clock.advance(10)
    vendor.release = asyncio.Event()
    trial = asyncio.create_task(gate.read(vendor.call(), NOW))
    await settle()
    trial.cancel()
    await settle()
    vendor.release = None
    assert (await gate.read(vendor.call(), NOW)).value == 3


async def test_one_endpoint_class_does_not_close_the_others(make: Make, vendor: Vendor) -> None:
    gate = make(breaker=BreakerPolicy(consecutive=1))
    vendor.failures = [broken()]
    with pytest.raises(VendorFailure):
        await gate.read(vendor.call("a"), NOW)
    assert (await gate.read(vendor.call("b", endpoint="live"), NOW)).value == 2


@pytest.mark.parametrize(("asked", "waited"), [(30.0, 30.0), (1e9, 3600.0), (-5.0, 1.0), (0.0, 1.0)])
async def test_nothing_is_sent_before_the_time_the_vendor_asked_for(
    make: Make, vendor: Vendor, clock: FakeClock, asked: float, waited: float
) -> None:
    gate = make()
    vendor.failures = [broken(RateLimited, asked)]
    with pytest.raises(RateLimited):
        await gate.read(vendor.call(), NOW)
    assert gate.condition().status is SourceStatus.PAUSED
    clock.advance(waited - 0.001)
    with pytest.raises(BreakerOpen):
        await gate.read(vendor.call(), NOW)
    assert vendor.calls == 1
    clock.advance(0.002)
    assert (await gate.read(vendor.call(), NOW)).value == 2
    assert gate.condition().status is SourceStatus.UP


async def test_an_answer_that_was_under_way_does_not_end_the_vendors_pause(
    make: Make, vendor: Vendor
) -> None:
    gate = make()
    slow = Vendor()
    slow.release = asyncio.Event()
    under_way = asyncio.create_task(gate.read(slow.call("slow"), NOW))
    await slow.entered.wait()
    vendor.failures = [broken(RateLimited, 30.0)]
    with pytest.raises(RateLimited):
        await gate.read(vendor.call(), NOW)
    slow.release.set()
    await under_way
    with pytest.raises(BreakerOpen):
        await gate.read(vendor.call(), NOW)


async def test_being_limited_without_a_time_waits_longer_each_time(
    make: Make, vendor: Vendor, clock: FakeClock
) -> None:
    gate = make(breaker=BreakerPolicy(base_seconds=5))
    waits = []
    for _ in range(8):
        vendor.failures = [broken(RateLimited)]
        with pytest.raises(RateLimited):
            await gate.read(vendor.call(), NOW)
        with pytest.raises(BreakerOpen) as blocked:
            await gate.read(vendor.call(), NOW)
        assert blocked.value.retry_after is not None
        waits.append(blocked.value.retry_after)
        clock.advance(blocked.value.retry_after)
    assert waits == [5, 10, 20, 40, 80, 160, 320, 600]


async def test_refused_credentials_are_tried_once_in_five_minutes(
    make: Make, vendor: Vendor, clock: FakeClock
) -> None:
    gate = make()

    class Locked(Vendor):
        async def fetch(self) -> int:
            self.calls += 1
            raise broken(AuthRequired)

    locked = Locked()
    for _ in range(3600):
        clock.advance(1)
        endpoint = "live" if locked.calls % 2 else "lists"
        with pytest.raises(SourceFailure):
            await gate.read(locked.call(endpoint=endpoint), NOW)
    assert locked.calls == 12
    assert gate.condition().status is SourceStatus.AUTH_REQUIRED
    clock.advance(300)
    await gate.read(vendor.call(endpoint="lists"), NOW)
    await gate.read(vendor.call(endpoint="live"), NOW)
    assert gate.condition().status is SourceStatus.UP


async def test_one_endpoint_that_refuses_credentials_is_left_alone_while_others_answer(
    make: Make, vendor: Vendor, clock: FakeClock
) -> None:
    gate = make()
    refused = Vendor()
    for _ in range(600):
        clock.advance(1)
        refused.failures = [broken(AuthRequired)]
        for call in (refused.call(endpoint="kpi"), vendor.call(endpoint="live")):
            try:
                await gate.read(call, NOW)
            except SourceFailure:
                continue
    assert refused.calls <= 3


# Part: budget


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
