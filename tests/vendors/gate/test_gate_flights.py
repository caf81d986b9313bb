"""The gate's single-flight: one call for all who ask the same."""

import asyncio
import time

import pytest

from floorgraph.model.source import SourceStatus
from floorgraph.vendors.failures import TimedOut, Unreachable, VendorFailure
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


async def test_each_call_has_its_own_time_however_many_are_under_way(make: Make, vendor: Vendor) -> None:
    gate = make(deadline=0.5, concurrency=10)
    hanging = Vendor()
    hanging.release = asyncio.Event()
    first = asyncio.create_task(gate.read(hanging.call("a"), ANY))
    await hanging.entered.wait()
    for number in range(20):
        assert (await gate.read(vendor.call(f"quick {number}"), ANY)).value == number + 1
    await asyncio.sleep(0.1)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    later = asyncio.create_task(gate.read(hanging.call("b"), ANY))
    with pytest.raises(TimedOut, match=r"no answer within 0\.5 s"):
        await first
    with pytest.raises(TimedOut):
        await later
    assert loop.time() - begun > 0.49
    assert hanging.cancelled == 2
    assert gate.tally.calls["lists", "GIVEN_UP"] == 2
    assert (await gate.read(vendor.call("c"), ANY)).value == 21


@pytest.mark.each_loop
async def test_a_loop_that_was_late_itself_begins_what_it_was_asked_for(make: Make, vendor: Vendor) -> None:
    gate = make(deadline=0.05)
    vendor.release = asyncio.Event()
    read = asyncio.create_task(gate.read(vendor.call(), ANY))
    await asyncio.sleep(0)
    time.sleep(0.1)  # noqa: ASYNC251  that is what a late loop is
    with pytest.raises(TimedOut):
        await read
    assert vendor.calls == 1


async def test_time_is_watched_again_after_nothing_was_under_way(make: Make, vendor: Vendor) -> None:
    gate = make(deadline=0.5)
    await gate.read(vendor.call("a"), ANY)
    await asyncio.sleep(0.6)
    vendor.release = asyncio.Event()
    with pytest.raises(TimedOut):
        await gate.read(vendor.call("b"), ANY)


async def test_a_call_that_takes_no_notice_of_its_end_is_ended_once(make: Make, vendor: Vendor) -> None:
    gate, heard, over = make(deadline=0.05), 0, asyncio.Event()

    async def fetch() -> str:
        nonlocal heard
        while not over.is_set():
            try:
                await over.wait()
            except asyncio.CancelledError:
                heard += 1
        return "late"

    read = asyncio.create_task(gate.read(Call("k", "lists", 1.0, fetch), ANY))
    vendor.release = asyncio.Event()
    for key in "ab":
        # Whenever another one's time is up, it is looked at again.
        with pytest.raises(TimedOut):
            await gate.read(vendor.call(key), ANY)
    over.set()
    assert (await read).value == "late"
    assert heard == 1


async def test_who_leaves_when_time_is_up_leaves_a_call_that_was_given_up(make: Make, vendor: Vendor) -> None:
    gate = make(deadline=0.5)
    ending = asyncio.Event()

    async def fetch() -> str:
        try:
            await asyncio.Event().wait()
        finally:
            ending.set()
            await asyncio.Event().wait()
        return ""

    read = asyncio.create_task(gate.read(Call("k", "lists", 1.0, fetch), ANY))
    await ending.wait()
    read.cancel()
    await settle()
    assert read.cancelled()
    assert gate.health.troubles == {}, "nobody waited any more: it says nothing of the vendor"
    assert (await gate.read(vendor.call("k"), ANY)).value == 1


async def test_closing_leaves_nobody_waiting_also_for_calls_that_had_not_begun(
    make: Make, vendor: Vendor
) -> None:
    gate = make()
    read = asyncio.create_task(gate.read(vendor.call(), ANY))
    await asyncio.sleep(0)
    await gate.close()
    with pytest.raises(Unreachable, match="closed"):
        async with asyncio.timeout(5):
            await read
    assert vendor.calls == 0
