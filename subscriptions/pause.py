"""A sleep that can be cut short."""

import asyncio
from collections.abc import Awaitable, Callable

Sleep = Callable[[float], Awaitable[None]]


class Pause:
    """Waits for time to pass or for a wake-up call, whichever comes first.

    A call that comes while nobody waits ends the next wait at once, so that
    none is lost between looking and waiting. One waiter at a time. Every
    subscription has one of these: it is small.
    """

    __slots__ = ("_called", "_sleep", "_waiter")

    def __init__(self, sleep: Sleep) -> None:
        self._sleep = sleep
        self._called = False
        self._waiter: asyncio.Future[None] | None = None

    def wake(self) -> None:
        """End the present wait, or the next one."""
        self._called = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def wait(self, seconds: float | None = None) -> None:
        """Wait for a call, and no longer than the given seconds."""
        if not self._called:
            waiter = self._waiter = asyncio.get_running_loop().create_future()
            try:
                await (waiter if seconds is None else self._race(waiter, seconds))
            finally:
                self._waiter = None
        self._called = False

    async def _race(self, call: asyncio.Future[None], seconds: float) -> None:
        timer = asyncio.ensure_future(self._sleep(seconds))
        try:
            await asyncio.wait((timer, call), return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            await asyncio.gather(timer, return_exceptions=True)


class Bell:
    """Wakes everybody who waits for news of any kind."""

    def __init__(self) -> None:
        self._listeners: set[Pause] = set()

    def add(self, pause: Pause) -> None:
        """Wake this one too from now on."""
        self._listeners.add(pause)

    def remove(self, pause: Pause) -> None:
        """No longer wake this one."""
        self._listeners.discard(pause)

    def ring(self) -> None:
        """There is news."""
        for pause in self._listeners:
            pause.wake()
