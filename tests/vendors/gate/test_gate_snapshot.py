"""The gate's snapshot: which answers are given again."""

import asyncio

from floorgraph.vendors.gate import Freshness, recording
from tests.support.fakeclock import FakeClock
from tests.vendors.gate.vendor import ANY, NOW, Make, Vendor, broken, settle


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
