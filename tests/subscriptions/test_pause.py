import asyncio

from subscriptions.pause import Bell, Pause
from tests.subscriptions.faketime import FakeTime, settle


async def test_a_pause_ends_when_its_time_is_up_or_when_called() -> None:
    time = FakeTime()
    pause = Pause(time.sleep)
    for seconds, called in ((5.0, False), (5.0, True), (None, True)):
        waiting = asyncio.create_task(pause.wait(seconds))
        await settle()
        assert not waiting.done()
        if called:
            pause.wake()
            await settle()
        else:
            await time.advance(5)
        assert waiting.done()


async def test_a_call_before_the_wait_is_not_lost_and_counts_once() -> None:
    time = FakeTime()
    pause = Pause(time.sleep)
    pause.wake()
    await pause.wait(5)
    waiting = asyncio.create_task(pause.wait(5))
    await settle()
    assert not waiting.done()
    await time.advance(5)
    assert waiting.done()


async def test_a_wait_that_is_cancelled_leaves_no_task() -> None:
    time = FakeTime()
    before = asyncio.all_tasks()
    waiting = asyncio.create_task(Pause(time.sleep).wait(5))
    await settle()
    waiting.cancel()
    await asyncio.wait((waiting,))
    assert waiting.cancelled()
    assert asyncio.all_tasks() == before


async def test_a_bell_wakes_those_who_listen() -> None:
    time = FakeTime()
    bell, one, two = Bell(), Pause(time.sleep), Pause(time.sleep)
    bell.add(one)
    bell.add(two)
    bell.remove(two)
    bell.ring()
    await one.wait(5)
    waiting = asyncio.create_task(two.wait(5))
    await settle()
    assert not waiting.done()
    await time.advance(5)
    assert waiting.done()
