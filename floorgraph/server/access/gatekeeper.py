"""Stands in front of `/graphql`: no request gets past it uncounted. None is read before it is let in.

Websockets have a way of their own (`floorgraph.server.live`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from floorgraph.server.accepting import header
from floorgraph.server.access.door import Door
from floorgraph.server.access.refusals import Refusal, Unauthenticated
from floorgraph.server.access.session import Session
from floorgraph.server.events import COMPLETE, asked_for, failure

SESSION: Final = "floorgraph.session"
"""Where the rest of the application finds the session of a request or websocket."""
FORBIDDEN: Final = 4403
TRY_AGAIN_LATER: Final = 1013
ENDED: Final = "The key or token has ended."


class Gatekeeper:
    """Lets through who may come in, with the session in the ASGI scope."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        accept, credentials = header(scope, b"accept") or "", header(scope, b"authorization")
        guarded = _Guarded(send)
        try:
            if asked_for(accept):
                await self._stream(scope, receive, guarded, credentials, accept)
                return
            door, address = self._door, address_of(scope)
            identity = (None if credentials else door.unnamed) or await door.identify(credentials, address)
            door.admit(identity, address)
            await self._app({**scope, SESSION: Session(address, door.clock, identity)}, receive, guarded)
        except Refusal as refused:
            if guarded.begun:
                raise
            await refused.response(accept)(scope, receive, send)

    async def _stream(
        self, scope: Scope, receive: Receive, send: "_Guarded", credentials: str | None, accept: str
    ) -> None:
        """An event stream: it has a place, and ends with its token."""
        door, address = self._door, address_of(scope)
        door.places.enter(address)
        session = door.session(address)
        try:
            door.admit(await door.open(session, credentials), address)
            serving = self._app({**scope, SESSION: session}, receive, send)
            await _until_ended(
                session, serving, lambda: send.end(Unauthenticated(ENDED), scope, receive, accept)
            )
        finally:
            door.end(session)
            door.places.leave(address)


class _Guarded:
    """What the application sends; nothing more once the gatekeeper has ended it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False
        self.over = False

    def __call__(self, message: Message) -> Awaitable[None]:
        if self.over:
            return _left_out()
        self.begun = True
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self.over = True
        return self._send(message)

    async def end(self, refused: Refusal, scope: Scope, receive: Receive, accept: str) -> None:
        """Say why it ends, as the last event or, where no answer has begun, as the answer."""
        if self.over:
            return
        begun, self.begun, self.over = self.begun, True, True
        if begun:
            told = failure([refused.error()])
            await self._send({"type": "http.response.body", "body": told + COMPLETE, "more_body": False})
        else:
            await refused.response(accept)(scope, receive, self._send)


async def _left_out() -> None:
    """What becomes of the rest of an answer that was ended."""


async def _until_ended(
    session: Session, serving: Awaitable[None], end: Callable[[], Awaitable[None]]
) -> None:
    """Serve until it is over by itself, or until the session is; then `end` it and wait until it is over."""
    watching = asyncio.create_task(_watch(session, end), name="watch the session of a caller")
    try:
        await serving
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _watch(session: Session, end: Callable[[], Awaitable[None]]) -> None:
    await session.ended()
    await end()


def address_of(scope: Scope) -> str:
    """From where a request or websocket comes."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"
