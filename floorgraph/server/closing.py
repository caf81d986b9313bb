"""Websockets that close while something is still to be sent: an ordinary thing, and none for the log."""

from typing import Any

from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler


class ClosingHandler(BaseGraphQLTransportWSHandler[Any, Any]):
    """A websocket whose operations may come to their end after it."""

    async def handle_task_exception(self, error: Exception) -> None:
        """Log what ended an operation, unless it is only that nobody is there any more."""
        if not isinstance(error, WebSocketDisconnected):
            await super().handle_task_exception(error)
