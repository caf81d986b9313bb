"""The gate's single-flight: one call for all who ask the same."""

import asyncio

import pytest

from floorgraph.model.source import SourceStatus
from floorgraph.vendors.failures import Unreachable, VendorFailure
from floorgraph.vendors.gate import Call, recording
from tests.vendors.gate.vendor import ANY, NOW, Make, Vendor, broken, settle


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
