"""The gate's breakers: who is let through, and when."""

import asyncio

import pytest
from structlog.testing import capture_logs

from floorgraph.model.source import SourceStatus
from floorgraph.vendors.failures import AuthRequired, BreakerOpen, RateLimited, SourceFailure, VendorFailure
from floorgraph.vendors.gate import BreakerPolicy
from tests.support.fakeclock import FakeClock
from tests.vendors.gate.vendor import NOW, Make, Vendor, broken, settle


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


@pytest.mark.parametrize("asked", [0.0, 1.0])
async def test_a_broken_vendor_that_asks_for_a_moment_is_tried_less_and_less(
    make: Make, vendor: Vendor, clock: FakeClock, asked: float
) -> None:
    gate = make(breaker=BreakerPolicy(base_seconds=5, cap_seconds=300))
    waits = []
    for _ in range(9):
        vendor.failures = [broken(VendorFailure, asked)]
        with pytest.raises(VendorFailure):
            await gate.read(vendor.call(), NOW)
        with pytest.raises(BreakerOpen) as blocked:
            await gate.read(vendor.call(), NOW)
        assert blocked.value.retry_after is not None
        waits.append(blocked.value.retry_after)
        clock.advance(blocked.value.retry_after)
    assert waits == [1, 5, 10, 20, 40, 80, 160, 300, 300]
    assert (await gate.read(vendor.call(), NOW)).value == 10
    vendor.failures = [broken(VendorFailure)]
    assert (await gate.read(vendor.call(), NOW)).stale
    assert (await gate.read(vendor.call(), NOW)).value == 12, "it is forgiven"


async def test_a_broken_vendor_is_not_asked_before_the_time_it_asked_for(
    make: Make, vendor: Vendor, clock: FakeClock
) -> None:
    gate = make(breaker=BreakerPolicy(consecutive=1, base_seconds=5))
    vendor.failures = [broken(VendorFailure, 60.0)]
    with pytest.raises(VendorFailure):
        await gate.read(vendor.call(), NOW)
    clock.advance(59.9)
    with pytest.raises(BreakerOpen):
        await gate.read(vendor.call(), NOW)
    clock.advance(0.2)
    assert (await gate.read(vendor.call(), NOW)).value == 2


async def test_an_absurd_time_to_wait_is_told_once_to_the_log(
    make: Make, vendor: Vendor, clock: FakeClock
) -> None:
    gate = make()
    vendor.failures = [broken(RateLimited, asked) for asked in (30.0, 1e9, -5.0)]
    with capture_logs() as logs:
        for _ in range(3):
            with pytest.raises(RateLimited):
                await gate.read(vendor.call(), NOW)
            clock.advance(3601)
    (told,) = logs
    assert told["event"] == "absurd time to wait"
    assert (told["source"], told["endpoint"]) == ("north", "lists")
    assert (told["asked"], told["taken"]) == (1e9, 3600.0)


async def test_a_time_to_wait_that_we_reckon_ourselves_is_kept_however_long(
    make: Make, vendor: Vendor, clock: FakeClock
) -> None:
    gate = make()
    spent = broken(RateLimited, 8 * 3600.0)
    spent.reckoned = True
    vendor.failures = [spent]
    with capture_logs() as logs, pytest.raises(RateLimited):
        await gate.read(vendor.call(), NOW)
    assert logs == []
    clock.advance(8 * 3600 - 1)
    with pytest.raises(BreakerOpen):
        await gate.read(vendor.call(), NOW)
    clock.advance(1)
    assert (await gate.read(vendor.call(), NOW)).value == 2


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
    for _ in range(360):
        clock.advance(10)
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
    for _ in range(120):
        clock.advance(5)
        refused.failures = [broken(AuthRequired)]
        for call in (refused.call(endpoint="kpi"), vendor.call(endpoint="live")):
            try:
                await gate.read(call, NOW)
            except SourceFailure:
                continue
    assert refused.calls <= 3
