"""Websockets at `/graphql`: each is counted, has a place, and a session that may end before it does.

A websocket lives for hours and there are thousands, so this goes straight from
the server to the handler of the protocol. Each coroutine on the way, and
everything it refers to, would be kept as long as the socket.
"""

from typing import Any

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.http.exceptions import WebSocketDisconnected

from floorgraph.server.access.curfew import Curfew
from floorgraph.server.access.door import Door
from floorgraph.server.access.gatekeeper import ENDED, FORBIDDEN, SESSION, TRY_AGAIN_LATER, address_of
from floorgraph.server.access.refusals import TooManySockets
from floorgraph.server.delivery import frames_of
from floorgraph.server.graphql import GraphQLEndpoint
from floorgraph.server.metrics.meter import Meter
from floorgraph.server.transport import TransportHandler
from floorgraph.server.wire import NO_CODE, Wire


class Live:
    """An ASGI app for websockets alone."""

    def __init__(self, endpoint: GraphQLEndpoint, door: Door, meter: Meter) -> None:
        self._endpoint = endpoint
        self._door = door
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one websocket."""
        stay = _Stay(self._door, self._meter, address_of(scope), receive, send)
        try:
            handler = await self._opened(stay, scope)
            del scope, receive, send
            if handler is not None:
                await handler.handle()
        finally:
            await stay.end()

    async def _opened(self, stay: "_Stay", scope: Scope) -> TransportHandler | None:
        """Who serves a websocket; None for one that was turned away, or left."""
        wire = stay.wire
        try:
            stay.enter()
            wire.frames = frames_of(scope)
            socket = WebSocket({**scope, SESSION: wire.session}, wire.receive, wire.tell)
            wire.authorization = socket.headers.get("authorization")
            return await self._endpoint.opened(socket, wire)
        except TooManySockets as refused:
            await _turn_away(wire, scope, str(refused))
        except WebSocketDisconnected:
            pass
        return None


class _Stay:
    """From the first byte of a websocket to its last."""

    __slots__ = ("_address", "_curfew", "_door", "_meter", "_placed", "wire")

    def __init__(self, door: Door, meter: Meter, address: str, receive: Receive, send: Send) -> None:
        self._door = door
        self._meter = meter
        self._address = address
        self._placed = False
        self.wire = Wire(receive, send, door.session(address))
        self._curfew = Curfew(self.wire.session, self._close)
        meter.sockets.inc()

    def enter(self) -> None:
        """Take a place. Raises `TooManySockets`."""
        self._door.places.enter(self._address)
        self._placed = True

    async def end(self) -> None:
        """Give everything back."""
        try:
            await self._curfew.lift()
        finally:
            self._door.end(self.wire.session)
            if self._placed:
                self._door.places.leave(self._address)
            self._meter.sockets.dec()
            self._meter.close(self.wire.code or NO_CODE)

    async def _close(self) -> None:
        await self.wire.close(FORBIDDEN, ENDED)


async def _turn_away(wire: Wire, scope: Scope, reason: str) -> None:
    """Accept and close at once: browsers tell their pages nothing of a handshake that was refused."""
    if (await wire.receive())["type"] == "websocket.connect":
        offered: Any = scope.get("subprotocols") or [None]
        try:
            await wire.tell({"type": "websocket.accept", "subprotocol": offered[0]})
        except WebSocketDisconnected:
            return
        await wire.close(TRY_AGAIN_LATER, reason)
