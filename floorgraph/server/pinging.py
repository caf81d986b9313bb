"""Pings of graphql-transport-ws from the server to its clients.

Browsers cannot send websocket pings, and tell their pages nothing of those
they answer. A `ping` message of the protocol reaches the client's own code,
keeps proxies from closing a quiet connection, and lets a client notice a
dead line when none comes for a while.
"""

import asyncio
from contextlib import suppress
from typing import Any, Final

from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler

PING_SECONDS: Final = 25.0
"""Below the 60 s after which nginx and most other proxies close a quiet connection."""


class PingingHandler(BaseGraphQLTransportWSHandler[Any, Any]):
    """A websocket whose client is sent a ping now and then, once it is acknowledged."""

    async def handle(self) -> None:
        """Serve the websocket until it ends; the pings end with it."""
        pings = asyncio.create_task(self._ping(), name="ping a websocket's client")
        try:
            await super().handle()
        finally:
            pings.cancel()
            with suppress(asyncio.CancelledError):
                await pings

    async def _ping(self) -> None:
        with suppress(WebSocketDisconnected):
            while True:
                await asyncio.sleep(PING_SECONDS)
                if self.connection_acknowledged:
                    await self.send_message({"type": "ping"})
