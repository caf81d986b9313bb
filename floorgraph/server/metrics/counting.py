"""Stands in front of `/graphql`: counts requests, and ends event streams when the server stops."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from floorgraph.server.accepting import header
from floorgraph.server.events import asked_for
from floorgraph.server.lifecycle import Lifecycle
from floorgraph.server.metrics.meter import Meter


class Counted:
    """An app whose requests are counted."""

    def __init__(self, app: ASGIApp, meter: Meter, lifecycle: Lifecycle) -> None:
        self._app = app
        self._meter = meter
        self._lifecycle = lifecycle

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one request."""
        if asked_for(header(scope, b"accept") or ""):
            return self._streamed(scope, receive, send)
        return self._app(scope, receive, _Answer(send, self._meter))

    async def _streamed(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._meter.streams.track_inprogress():
            await self._stream(scope, receive, send)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An answer that would never end by itself: the app hears that its client left when the server stops.

        The answer is then ended properly, so that the client connects again at once.
        """
        answer, stopping = _Answer(send, self._meter), self._lifecycle.stopping
        hearing: asyncio.Task[Message] | None = None

        async def heard() -> Message:
            nonlocal hearing
            # Kept over calls that are given up: what the server has to say must not get lost.
            hearing = hearing or asyncio.create_task(_message(receive), name="hear a client")
            ending = asyncio.create_task(stopping(), name="wait for the end of the server")
            try:
                await asyncio.wait((hearing, ending), return_when=asyncio.FIRST_COMPLETED)
            finally:
                ending.cancel()
            if not hearing.done():
                return {"type": "http.disconnect"}
            message, hearing = hearing.result(), None
            return message

        try:
            await self._app(scope, heard, answer)
        finally:
            if hearing is not None:
                hearing.cancel()
                with suppress(asyncio.CancelledError):
                    await hearing
        await answer.finish()


async def _message(receive: Receive) -> Message:
    return await receive()


class _Answer:
    """An answer on its way."""

    def __init__(self, send: Send, meter: Meter) -> None:
        self._send = send
        self._meter = meter
        self._open = False

    def __call__(self, message: Message) -> Awaitable[None]:
        """Pass a part on."""
        if message["type"] == "http.response.start":
            self._meter.response(message["status"])
            self._open = True
        elif message["type"] == "http.response.body":
            self._open = message.get("more_body", False)
        return self._send(message)

    async def finish(self) -> None:
        """End an answer that was left in the middle."""
        if self._open:
            await self({"type": "http.response.body", "body": b"", "more_body": False})
