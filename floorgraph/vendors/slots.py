"""Slots: so many things at a time, first come, first served.

As `asyncio.Semaphore`, without a coroutine for whoever finds one free, and
with slots that go from hand to hand, so that nobody gets in between.
"""

import asyncio
from collections import deque
from contextlib import suppress


class Slots:
    """So many slots, all within one event loop. Whoever took one calls `give_back`, once."""

    __slots__ = ("_free", "_waiting")

    def __init__(self, most: int) -> None:
        self._free = most
        self._waiting: deque[asyncio.Future[None]] = deque()

    def take(self) -> bool:
        """Take a free slot; whether there was one. There is none while anybody waits."""
        if self._free <= 0:
            return False
        self._free -= 1
        return True

    async def wait(self) -> None:
        """Take a slot, as soon as one is free for whoever comes last."""
        if self.take():
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.cancelled():
                with suppress(ValueError):
                    self._waiting.remove(waiter)
            else:
                # It was given one in this very moment.
                self.give_back()
            raise

    def give_back(self) -> None:
        """Give a slot back, to whoever waits longest."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1
