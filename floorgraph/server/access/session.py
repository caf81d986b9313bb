"""One socket or event stream: who is on it, and when it ends."""

import asyncio
import random
from collections.abc import Callable
from typing import Final

from floorgraph.model.time import Clock
from floorgraph.server.access.identity import Identity
from floorgraph.server.waiting import Latch

LOOK_SECONDS: Final = 60.0
"""Longest time after which it is looked again whether a session is over. Timers go by the monotonic clock,
which stands still while a machine is suspended, and does not go along when the wall clock is set."""


class Session:
    """From the first byte of a socket to its last; without an identity nobody is on it until `begin`."""

    __slots__ = ("_clock", "_news", "_revoked", "address", "identity", "on_news")

    def __init__(self, address: str, clock: Clock, identity: Identity | None = None) -> None:
        self.address = address
        self.identity = identity
        self.on_news: Callable[[], None] | None = None
        """Called when somebody was recognised, and when that no longer counts."""
        self._clock = clock
        self._news: Latch | None = None
        self._revoked = False

    def begin(self, identity: Identity) -> None:
        """Somebody was recognised."""
        self.identity = identity
        self._tell()

    def revoke(self) -> None:
        """Who is on it may no longer do what they could when it began."""
        self._revoked = True
        self._tell()

    def is_over(self) -> bool:
        """Whether the session has ended."""
        left = self.left()
        return self._revoked or (left is not None and left <= 0)

    def left(self) -> float | None:
        """Seconds until its key or token ends; None where that never happens."""
        expires = self.identity.expires if self.identity is not None else None
        return None if expires is None else (expires - self._clock.now()).total_seconds()

    def wait(self) -> float | None:
        """Seconds after which to look again whether it is over; None where only news can end it."""
        left = self.left()
        if left is None or left <= LOOK_SECONDS / 2:
            return left
        # Thousands that began together are not to be looked at together ever after.
        return min(left, LOOK_SECONDS * random.uniform(0.5, 1))  # noqa: S311  no secret

    async def ended(self) -> None:
        """Return once the session is over: when its key or token ends, or is revoked."""
        news = self._news = self._news or Latch()
        while not self.is_over():
            news.clear()
            try:
                async with asyncio.timeout(self.wait()):
                    await news.wait()
            except TimeoutError:
                # The wall clock decides, and it may have been set meanwhile.
                continue

    def _tell(self) -> None:
        if self._news is not None:
            self._news.set()
        if self.on_news is not None:
            self.on_news()
