import asyncio
import gc
import time
from collections import deque

import pytest

from floorgraph.server.waiting import Inbox, Latch


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_latch_lets_everybody_go_on_until_it_is_cleared() -> None:
    latch = Latch()
    waiting = [asyncio.create_task(latch.wait()) for _ in range(3)]
    await turns()
    waiting[0].cancel()
    await turns()
    assert [task.done() for task in waiting] == [True, False, False]
    latch.set()
    latch.clear()
    await turns()
    assert all(task.done() for task in waiting)
    assert waiting[0].cancelled()
    assert not latch.is_set()
    late = asyncio.create_task(latch.wait())
    await turns()
    assert not late.done()
    latch.set()
    await late
    await latch.wait()


async def test_an_inbox_gives_what_came_in_its_order_and_loses_nothing_to_who_gives_up() -> None:
    inbox = Inbox()
    given_up = asyncio.create_task(inbox.get())
    await turns()
    given_up.cancel()
    await turns()
    reading = asyncio.create_task(inbox.get())
    await turns()
    assert inbox.empty()
    inbox.put_nowait("first")
    inbox.put_nowait("second")
    assert await reading == "first"
    assert not inbox.empty()
    assert await inbox.get() == "second"
    assert inbox.empty()


async def test_what_came_for_somebody_who_gives_up_at_the_same_moment_stays() -> None:
    inbox = Inbox()
    reading = asyncio.create_task(inbox.get())
    await turns()
    inbox.put_nowait("kept")
    reading.cancel()
    await turns()
    assert reading.cancelled()
    assert await inbox.get() == "kept"


async def test_who_waits_for_news_is_told_of_what_is_there_already() -> None:
    inbox = Inbox()
    news = inbox.news()
    assert not news.done()
    inbox.put_nowait("first")
    assert news.done()
    assert inbox.news().done()
    assert inbox.take() == "first"
    assert not inbox.news().done()
    with pytest.raises(IndexError):
        inbox.take()


def test_thousands_of_items_take_no_longer_each_than_one_and_nothing_is_kept_for_none() -> None:
    inbox, began = Inbox(), time.process_time()
    for number in range(50_000):
        inbox.put_nowait(number)
    assert [inbox.take() for _ in range(50_000)] == list(range(50_000))
    assert time.process_time() - began < 1, "it goes over all that waits for each"
    assert not [one for one in gc.get_referents(inbox) if isinstance(one, deque)]
