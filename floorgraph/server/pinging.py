"""Pings of graphql-transport-ws from the server to its clients.

Browsers cannot send websocket pings, and tell their pages nothing of those
they answer. A `ping` message of the protocol reaches the client's own code,
keeps proxies from closing a quiet connection, and lets a client notice a
dead line when none comes for a while.
"""

import asyncio
from typing import Final, Protocol

PING_SECONDS: Final = 25.0
"""Below the 60 s after which nginx and most other proxies close a quiet connection."""
TURNS: Final = 25
"""Groups into which sockets are dealt by when they came, so that they are not pinged all at once."""


class Pinged(Protocol):
    """A socket that is pinged now and then."""

    def ping(self) -> None:
        """Send a ping if that makes sense now; never waits."""


class Pinger:
    """Pings all sockets of an endpoint, each every `PING_SECONDS`: one timer for all, while there are any."""

    def __init__(self) -> None:
        self._groups: list[set[Pinged]] = [set() for _ in range(TURNS)]
        self._turn = 0
        self._members = 0
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return self._members

    @property
    def running(self) -> bool:
        """Whether anybody will be pinged."""
        return self._timer is not None

    def add(self, socket: Pinged) -> int:
        """Ping a socket from now on; the number is for `remove`."""
        # Its turn comes last from here.
        group = self._turn
        self._groups[group].add(socket)
        self._members += 1
        if self._timer is None:
            self._later()
        return group

    def remove(self, socket: Pinged, group: int) -> None:
        """Ping a socket no more."""
        self._groups[group].discard(socket)
        self._members -= 1
        if not self._members and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(PING_SECONDS / TURNS, self._ping)

    def _ping(self) -> None:
        self._later()
        self._turn = (self._turn + 1) % TURNS
        for socket in tuple(self._groups[self._turn]):
            socket.ping()
