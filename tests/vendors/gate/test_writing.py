"""The gate's writes: sent once, never shared, and nothing from before answers afterwards."""

import asyncio

import pytest

from floorgraph.vendors.failures import (
    BadRequest,
    BreakerOpen,
    BudgetExhausted,
    OutcomeUnknown,
    SourceFailure,
    Unreachable,
    VendorFailure,
)
from floorgraph.vendors.gate import BreakerPolicy, BudgetPolicy, Call, Gate, GatePolicy, recording
from tests.support.fakeclock import FakeClock
from tests.vendors.gate.vendor import ANY, Make, Vendor, broken, settle


def command(fetch: object = None, endpoint: str = "commands") -> Call[str]:
    async def done() -> str:
        return "done"

    return Call(key="POST /state", endpoint=endpoint, ttl=60.0, fetch=fetch or done)  # type: ignore[arg-type]


def failing(failure: SourceFailure) -> Call[str]:
    async def fetch() -> str:
        raise failure

    return command(fetch)


def concerned(key: str) -> bool:
    return key == "stations"


async def sent(gate: Gate, call: Call[str]) -> str:
    return await gate.write(call, concerned)


async def test_what_it_affects_is_asked_for_afresh_and_the_rest_is_not(make: Make, vendor: Vendor) -> None:
    gate = make()
    assert [(await gate.read(vendor.call(key), ANY)).value for key in ("stations", "orders")] == [1, 2]
    before = gate.revision
    assert await sent(gate, command()) == "done"
    assert (await gate.read(vendor.call("orders"), ANY)).value == 2
    assert (await gate.read(vendor.call("stations"), ANY)).value == 3
    assert gate.revision > before


async def test_two_of_the_same_are_two(make: Make) -> None:
    gate, calls = make(), 0

    async def fetch() -> str:
        nonlocal calls
        calls += 1
        await asyncio.sleep(0)
        return "done"

    await asyncio.gather(sent(gate, command(fetch)), sent(gate, command(fetch)))
    assert calls == 2
    assert gate.kept("POST /state") is None


async def test_a_read_that_was_under_way_answers_nobody_who_asks_later(make: Make, vendor: Vendor) -> None:
    gate = make()
    vendor.release = asyncio.Event()
    old = asyncio.create_task(gate.read(vendor.call(), ANY))
    await vendor.entered.wait()
    await sent(gate, command())
    young = asyncio.create_task(gate.read(vendor.call(), ANY))
    await settle()
    vendor.release.set()
    assert ((await old).value, (await young).value) == (1, 2)
    assert (await gate.read(vendor.call(), ANY)).value == 2


async def test_nothing_is_sent_again_and_no_failure_is_remembered(make: Make) -> None:
    gate, calls = make(retries=3), 0

    async def fetch() -> str:
        nonlocal calls
        calls += 1
        raise broken(VendorFailure)

    with pytest.raises(VendorFailure):
        await sent(gate, command(fetch))
    assert calls == 1
    assert await sent(gate, command()) == "done"


async def test_when_it_is_not_known_the_old_answer_may_stand_in_as_stale(make: Make, vendor: Vendor) -> None:
    gate = make()
    await gate.read(vendor.call(), ANY)
    with pytest.raises(OutcomeUnknown):
        await sent(gate, failing(broken(OutcomeUnknown)))
    vendor.failures = [broken(VendorFailure)]
    held = await gate.read(vendor.call(), ANY)
    assert (held.value, held.stale) == (1, True)


async def test_when_it_was_done_the_old_answer_does_not(make: Make, vendor: Vendor) -> None:
    gate = make()
    await gate.read(vendor.call(), ANY)
    await sent(gate, command())
    vendor.failures = [broken(VendorFailure)]
    with pytest.raises(VendorFailure):
        await gate.read(vendor.call(), ANY)


def unsent() -> SourceFailure:
    failure = broken(Unreachable)
    failure.sent = False
    return failure


async def test_what_never_left_affects_nothing(make: Make, vendor: Vendor) -> None:
    """Each answer that is thrown away costs a call, of a day's quota perhaps."""
    gate = make(breaker=BreakerPolicy(consecutive=1), budgets={"spent": BudgetPolicy(per_day=0)})
    await gate.read(vendor.call(), ANY)
    vendor.release = asyncio.Event()
    under_way = asyncio.create_task(gate.read(vendor.call("b"), ANY))
    await settle()
    before = gate.revision
    for call, kind in (
        (failing(unsent()), Unreachable),
        (command(), BreakerOpen),
        (command(endpoint="spent"), BudgetExhausted),
    ):
        with pytest.raises(kind):
            await gate.write(call, lambda _key: True)
    assert gate.revision == before
    assert gate.keys_under_way() == ["b"]
    vendor.release.set()
    assert (await under_way).value == 2
    assert [(await gate.read(vendor.call(key), ANY)).value for key in ("stations", "b")] == [1, 2]


@pytest.mark.parametrize("given_up", [False, True])
async def test_a_command_that_waits_in_vain_affects_nothing(
    make: Make, vendor: Vendor, given_up: bool
) -> None:
    gate = make(concurrency=1, deadline=60.0 if given_up else 0.05)
    await gate.read(vendor.call(), ANY)
    await gate.admission.enter("lists")
    waiting = asyncio.create_task(gate.write(command(), concerned))
    await settle()
    if given_up:
        waiting.cancel()
    with pytest.raises(asyncio.CancelledError if given_up else BudgetExhausted):
        await waiting
    gate.admission.leave()
    assert (await gate.read(vendor.call(), ANY)).value == 1


async def test_what_the_vendor_refuses_affects_what_it_was_about(make: Make, vendor: Vendor) -> None:
    """What is known may be why it was sent, and wrong."""
    gate = make()
    await gate.read(vendor.call(), ANY)
    with pytest.raises(BadRequest):
        await sent(gate, failing(broken(BadRequest)))
    assert (await gate.read(vendor.call(), ANY)).value == 2


async def test_the_breaker_keeps_it_back(make: Make) -> None:
    gate = make(breaker=BreakerPolicy(consecutive=1))
    with pytest.raises(VendorFailure):
        await sent(gate, failing(broken(VendorFailure)))
    with pytest.raises(BreakerOpen):
        await sent(gate, command())


@pytest.mark.parametrize("kind", [OutcomeUnknown, BadRequest])
async def test_what_says_nothing_of_the_vendor_opens_no_breaker(
    make: Make, kind: type[SourceFailure]
) -> None:
    gate = make(breaker=BreakerPolicy(consecutive=1))
    with pytest.raises(kind):
        await sent(gate, failing(broken(kind)))
    assert await sent(gate, command()) == "done"


async def test_the_budget_counts_it(make: Make) -> None:
    gate = make(budget=BudgetPolicy(per_second=10.0, burst=10, per_day=1))
    with recording() as calls:
        await sent(gate, command())
    assert [(call.call, call.outcome) for call in calls] == [("POST /state", "called")]
    with pytest.raises(BudgetExhausted):
        await sent(gate, command())
    assert gate.tally.calls["commands", "OK"] == 1


async def test_waiting_for_its_turn_takes_nothing_of_its_time(make: Make) -> None:
    """Out of time in the queue it was not sent; out of time at the vendor nobody can tell."""
    gate = make(concurrency=1, deadline=0.1)

    async def slow() -> str:
        await asyncio.Event().wait()
        return "done"

    await gate.admission.enter("lists")
    with pytest.raises(BudgetExhausted):
        await sent(gate, command())
    gate.admission.leave()
    with pytest.raises(OutcomeUnknown):
        await sent(gate, command(slow))
    assert await sent(gate, command()) == "done"


async def test_closing_waits_for_what_was_sent_and_sends_nothing_that_waits(
    make: Make, vendor: Vendor
) -> None:
    gate = make(concurrency=1)
    vendor.release = asyncio.Event()
    under_way = asyncio.create_task(gate.write(vendor.call(), concerned))
    await vendor.entered.wait()
    waiting = [asyncio.create_task(gate.write(vendor.call(endpoint=name), concerned)) for name in "aab"]
    await settle()
    closing = asyncio.create_task(gate.close())
    for one in (*waiting, gate.write(vendor.call(), concerned)):
        with pytest.raises(Unreachable, match="closed meanwhile; nothing was sent"):
            async with asyncio.timeout(5):
                await one
    assert not closing.done()
    vendor.release.set()
    assert await under_way == 1
    await closing
    assert vendor.calls == 1
    assert gate.admission.at_once("lists") is not None, "nobody keeps a slot"


async def test_a_command_whose_turn_comes_in_the_moment_of_closing_is_not_sent(
    make: Make, vendor: Vendor
) -> None:
    gate = make(concurrency=1)
    await gate.admission.enter("lists")
    waiting = asyncio.create_task(gate.write(vendor.call(), concerned))
    await settle()
    gate.admission.leave()
    await gate.close()
    with pytest.raises(Unreachable, match="nothing was sent"):
        await waiting
    assert vendor.calls == 0
    assert gate.admission.at_once("lists") is not None


async def test_closing_does_not_wait_for_the_pace_of_a_command(clock: FakeClock, vendor: Vendor) -> None:
    async def sleep(_seconds: float) -> None:
        await asyncio.Event().wait()

    policy = GatePolicy(budget=BudgetPolicy(per_second=0.1, burst=1))
    gate = Gate("north", policy, clock=clock, sleep=sleep)
    await gate.write(vendor.call(), concerned)
    paced = asyncio.create_task(gate.write(vendor.call(), concerned))
    await settle()
    async with asyncio.timeout(5):
        await gate.close()
        with pytest.raises(Unreachable, match="nothing was sent"):
            await paced
    assert vendor.calls == 1
