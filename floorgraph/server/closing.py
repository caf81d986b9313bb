"""Websockets that close while something is still to be sent: an ordinary thing, and none for the log."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler


class ClosingSocket(ASGIWebSocketAdapter):
    """Takes a socket that this side has closed for what it is, as one that the peer has closed.

    Servers and Starlette report it as a `RuntimeError`.
    """

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send a message. Raises `WebSocketDisconnected` once the socket is closed, by whomever."""
        try:
            await super().send_json(message)
        except (RuntimeError, OSError) as closed:
            raise WebSocketDisconnected from closed

    async def close(self, code: int, reason: str) -> None:
        """Close the socket unless it is closed already."""
        with suppress(RuntimeError, OSError):
            await super().close(code, reason)


class ClosingHandler(BaseGraphQLTransportWSHandler[Any, Any]):
    """A websocket whose operations may come to their end after it."""

    async def handle_task_exception(self, error: Exception) -> None:
        """Log what ended an operation, unless it is only that nobody is there any more."""
        if not isinstance(error, WebSocketDisconnected):
            await super().handle_task_exception(error)
