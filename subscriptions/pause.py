"""A sleep that can be cut short."""

import asyncio
from collections.abc import Awaitable, Callable

Sleep = Callable[[float], Awaitable[None]]


class Pause:
    """Waits for time to pass or for a wake-up call, whichever comes first.

    A call that comes while nobody waits ends the next wait at once, so that
    none is lost between looking and waiting. One waiter at a time.
    """

    def __init__(self, sleep: Sleep) -> None:
        self._sleep = sleep
        self._called = asyncio.Event()

    def wake(self) -> None:
        """End the present wait, or the next one."""
        self._called.set()

    async def wait(self, seconds: float | None = None) -> None:
        """Wait for a call, and no longer than the given seconds."""
        if seconds is None:
            await self._called.wait()
        elif not self._called.is_set():
            await self._race(seconds)
        self._called.clear()

    async def _race(self, seconds: float) -> None:
        timer = asyncio.ensure_future(self._sleep(seconds))
        call = asyncio.ensure_future(self._called.wait())
        try:
            await asyncio.wait((timer, call), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for future in (timer, call):
                future.cancel()
            await asyncio.gather(timer, call, return_exceptions=True)


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
