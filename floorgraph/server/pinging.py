"""Pings of graphql-transport-ws from the server to its clients.

Browsers cannot send websocket pings, and tell their pages nothing of those
they answer. A `ping` message of the protocol reaches the client's own code,
keeps proxies from closing a quiet connection, and lets a client notice a
dead line when none comes for a while.
"""

import asyncio
from typing import Final, Protocol

from floorgraph.server.dealing import Dealt

PING_SECONDS: Final = 25.0
"""Below the 60 s after which nginx and most other proxies close a quiet connection."""
TURNS: Final = 25
"""Groups into which sockets are dealt by when they came, so that they are not pinged all at once."""


class Pinged(Protocol):
    """A socket that is pinged now and then."""

    def ping(self) -> None:
        """Send a ping if that makes sense now; never waits."""


class Pinger(Dealt[Pinged]):
    """Pings all sockets of an endpoint, each every `PING_SECONDS`: one timer for all, while there are any."""

    def __init__(self) -> None:
        super().__init__(TURNS)

    def add(self, socket: Pinged) -> int:
        """Ping a socket from now on; the number is for `remove`."""
        # Its turn comes last from here.
        return self._put(socket, self._turn)

    def _begin(self) -> None:
        self._next = asyncio.get_running_loop().call_later(PING_SECONDS / TURNS, self._ping)

    def _ping(self) -> None:
        self._begin()
        for socket in self._next_group():
            socket.ping()
