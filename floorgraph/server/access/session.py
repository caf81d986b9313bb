"""One socket or event stream: who is on it, and when it ends."""

import asyncio
from collections.abc import Callable

from floorgraph.model.time import Clock
from floorgraph.server.access.identity import Identity
from floorgraph.server.waiting import Latch


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

    async def ended(self) -> None:
        """Return once the session is over: when its key or token ends, or is revoked."""
        news = self._news = self._news or Latch()
        while not self.is_over():
            news.clear()
            try:
                async with asyncio.timeout(self.left()):
                    await news.wait()
            except TimeoutError:
                # Looked at again: the wall clock decides, and it may have been set meanwhile.
                continue

    def _tell(self) -> None:
        if self._news is not None:
            self._news.set()
        if self.on_news is not None:
            self.on_news()
