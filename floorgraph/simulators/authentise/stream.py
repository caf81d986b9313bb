"""What stands in front of the server: the stream of changes, and the query as it was sent.

`GET /` is what the vendor serves on a host of its own: one JSON object per line and no end. Nothing is told
of what happened while nobody listened.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import orjson
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from floorgraph.simulators.authentise.catalogue import RESOURCES
from floorgraph.simulators.authentise.errors import VendorError
from floorgraph.simulators.authentise.limits import RAW_QUERY
from floorgraph.simulators.authentise.rendering import Renderer
from floorgraph.simulators.authentise.resource import Row

if TYPE_CHECKING:
    from floorgraph.simulators.authentise.app import AuthentiseServer

BEAT = 0.2
"""Seconds between looks at the clock while somebody listens: time passes only when it is looked at."""
MOST_WAITING = 10_000


class Front:
    """The ASGI app: the stream itself, everything else as the machinery serves it."""

    def __init__(self, app: ASGIApp, server: "AuthentiseServer") -> None:
        self._app = app
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == "/" and scope["method"] == "GET":
            await self._stream(scope, receive, send)
        else:
            query = (RAW_QUERY.encode(), scope.get("query_string", b""))
            await self._app({**scope, "headers": [*scope["headers"], query]}, receive, send)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        server, headers = self._server, Headers(scope=scope)
        try:
            server.desk.access.identify(headers, server.clock.now())
        except VendorError as error:
            reply = error.reply()
            start = {"type": "http.response.start", "status": reply.status, "headers": [JSON]}
            await send(start)
            await send({"type": "http.response.body", "body": orjson.dumps(reply.data)})
            return
        await send({"type": "http.response.start", "status": 200, "headers": [JSON]})
        left = asyncio.ensure_future(_left(receive))
        lines: list[bytes] = []
        listener = self._listener(headers, lines)
        listeners = server.desk.shop.store.listeners
        listeners.append(listener)
        try:
            while not left.done():
                server.advance()
                body = b"".join(lines)
                lines.clear()
                await send({"type": "http.response.body", "body": body, "more_body": True})
                await asyncio.wait({left}, timeout=BEAT)
        finally:
            listeners.remove(listener)
            left.cancel()
            await asyncio.gather(left, return_exceptions=True)

    def _listener(self, headers: Headers, lines: list[bytes]) -> Callable[[str, Row], None]:
        shop = self._server.desk.shop
        renderer = Renderer(shop, f"http://{headers.get('host', 'localhost')}", former=False)

        def tell(resource: str, row: Row) -> None:
            if len(lines) < MOST_WAITING:
                lines.append(orjson.dumps({"payload": renderer.item(RESOURCES[resource], row)}) + b"\n")

        return tell


JSON = (b"content-type", b"application/json")


async def _left(receive: Receive) -> None:
    """Return when the client has closed its side."""
    while (await receive())["type"] != "http.disconnect":
        pass
