"""One socket or event stream: who is on it, and when it ends."""

import asyncio

from floorgraph.model.time import Clock
from floorgraph.server.access.identity import Identity
from floorgraph.server.waiting import Latch


class Session:
    """From the first byte of a socket to its last; without an identity nobody is on it until `begin`."""

    def __init__(self, address: str, clock: Clock, identity: Identity | None = None) -> None:
        self.address = address
        self.identity = identity
        self._clock = clock
        self._news = Latch()
        self._revoked = False

    def begin(self, identity: Identity) -> None:
        """Somebody was recognised."""
        self.identity = identity
        self._news.set()

    def revoke(self) -> None:
        """Who is on it may no longer do what they could when it began."""
        self._revoked = True
        self._news.set()

    def is_over(self) -> bool:
        """Whether the session has ended."""
        left = self._left()
        return self._revoked or (left is not None and left <= 0)

    async def ended(self) -> None:
        """Return once the session is over: when its key or token ends, or is revoked."""
        while not self.is_over():
            self._news.clear()
            try:
                async with asyncio.timeout(self._left()):
                    await self._news.wait()
            except TimeoutError:
                # Looked at again: the wall clock decides, and it may have been set meanwhile.
                continue

    def _left(self) -> float | None:
        expires = self.identity.expires if self.identity is not None else None
        return None if expires is None else (expires - self._clock.now()).total_seconds()
