"""What becomes of those who wait for bytes when these are given up."""

import asyncio
from collections.abc import Sequence

import pytest

from floorgraph.model.time import SystemClock
from subscriptions.ended import SourceRemoved, SubscriptionEnded
from subscriptions.outlet import Batch, Event, Told
from subscriptions.press import Press
from tests.subscriptions.faketime import settle


async def endless(_changes: Sequence[Told]) -> list[Event]:
    await asyncio.Event().wait()
    return []


async def waiting(press: Press) -> asyncio.Task[Batch]:
    changes: list[Told] = [None]  # type: ignore[list-item]
    task = asyncio.create_task(press.shared("key", lambda: changes))
    await settle()
    return task


async def test_all_who_wait_are_told_why_it_is_given_up() -> None:
    press = Press(endless, SystemClock())
    tasks = [await waiting(press) for _ in range(3)]
    await press.close(SourceRemoved("gone"))
    for task in tasks:
        with pytest.raises(SourceRemoved):
            await task


async def test_where_no_reason_is_known_the_subscription_may_begin_again() -> None:
    press = Press(endless, SystemClock())
    task = await waiting(press)
    await press.close()
    with pytest.raises(SubscriptionEnded):
        await task


async def test_who_leaves_at_the_same_moment_leaves() -> None:
    press = Press(endless, SystemClock())
    leaves, stays = await waiting(press), await waiting(press)
    (making,) = (task for task in asyncio.all_tasks() if task.get_name() == "encode changes")
    making.add_done_callback(lambda _: leaves.cancel())
    await press.close(SourceRemoved("gone"))
    await asyncio.wait((leaves, stays))
    assert leaves.cancelled()
    assert isinstance(stays.exception(), SourceRemoved)


async def test_who_leaves_takes_nothing_from_those_who_stay() -> None:
    press = Press(endless, SystemClock())
    leaves, stays = await waiting(press), await waiting(press)
    leaves.cancel()
    await asyncio.wait((leaves,))
    await settle()
    assert not stays.done()
    await press.close(SourceRemoved("gone"))
    await asyncio.wait((stays,))
    assert isinstance(stays.exception(), SourceRemoved)
