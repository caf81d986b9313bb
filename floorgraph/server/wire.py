"""One websocket of graphql-transport-ws as its handler sees it, straight over the server (ASGI)."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import orjson
from starlette.types import Message, Receive, Send
from strawberry.http.exceptions import (
    NonJsonMessageReceived,
    NonTextMessageReceived,
    WebSocketDisconnected,
)

from floorgraph.execution.writing import written
from floorgraph.server.access.session import Session
from floorgraph.server.protocols import Frames

NO_CODE: Final = 1006
"""How a websocket ends whose peer vanished."""


class Wire:
    """Messages in and out. There are thousands of these, each as long as its socket: they keep little."""

    __slots__ = ("_send", "authorization", "code", "frames", "over", "receive", "session")

    def __init__(self, receive: Receive, send: Send, session: Session) -> None:
        self.receive = receive
        """What the peer sent next, for `read`. Called as it is: each coroutine between costs memory."""
        self.session = session
        self.frames: Frames | None = None
        """The way past all layers to the socket, where the server offers it."""
        self.authorization: str | None = None
        """The header of that name in the handshake."""
        self.code: int | None = None
        """With what the socket was closed, by whichever side was first."""
        self.over = False
        """Whether this side has closed it, or the peer is gone."""
        self._send = send

    def read(self, event: Message) -> object:
        """The JSON in what the peer sent.

        Raises `NonTextMessageReceived`, `NonJsonMessageReceived`, and
        `WebSocketDisconnected` once the peer is gone.
        """
        if event["type"] == "websocket.disconnect":
            self._ended(event.get("code") or NO_CODE)
            raise WebSocketDisconnected
        text = event.get("text")
        if text is None:
            raise NonTextMessageReceived
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as wrong:
            raise NonJsonMessageReceived from wrong

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send a message.

        Raises `WebSocketDisconnected` once the socket is closed, by whomever, and what `written` raises.
        """
        await self.send_text(written(message).decode())

    async def send_text(self, text: str) -> None:
        """Send a message that is text already. Raises `WebSocketDisconnected` once the socket is closed."""
        # Bytes would travel in binary frames, which clients of the protocol refuse.
        await self.tell({"type": "websocket.send", "text": text})

    async def close(self, code: int, reason: str) -> None:
        """Close the socket unless it is closed already."""
        with suppress(WebSocketDisconnected):
            await self.tell({"type": "websocket.close", "code": code, "reason": reason})

    async def tell(self, message: Any) -> None:
        """Pass a message to the server. Raises `WebSocketDisconnected` once the socket is closed."""
        if self.over:
            raise WebSocketDisconnected
        if message["type"] == "websocket.close":
            self._ended(message.get("code", 1000))
        try:
            await self._send(message)
        except (RuntimeError, OSError) as closed:
            # That the peer is gone already is an ordinary thing, and none for the log.
            self._ended(NO_CODE)
            raise WebSocketDisconnected from closed

    def _ended(self, code: int) -> None:
        self.over = True
        if self.code is None:
            self.code = code
