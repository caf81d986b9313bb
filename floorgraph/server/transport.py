"""Operations over one websocket of graphql-transport-ws."""

import asyncio
from contextlib import suppress
from typing import Any, Final, cast

from graphql import GraphQLError
from strawberry.http.exceptions import (
    NonJsonMessageReceived,
    NonTextMessageReceived,
    WebSocketDisconnected,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import Operation
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    Message,
    PingMessage,
)

from floorgraph.server.access.handler import GuardedHandler
from floorgraph.server.closing import ClosingHandler
from floorgraph.server.delivery import FrameOutlet, QueuedOutlet, framed, texts
from floorgraph.server.messages import fault
from floorgraph.server.payloads import unwritten
from floorgraph.server.planning import NotPossible, Request, is_followed
from floorgraph.server.rendering import ended_by
from floorgraph.server.wire import Wire

PING: Final[PingMessage] = {"type": "ping"}
PING_FRAME: Final = framed(b'{"type":"ping"}')
TOGETHER: Final = 100
"""Messages of one websocket after which all others get their turn: thousands may have come at once."""


class TransportHandler(GuardedHandler, ClosingHandler):
    """One websocket: well-formed messages only, and no operation can end another.

    There are thousands of these: between the server and the wait for the next
    message there is this one coroutine, and between an operation's task and
    the wait for its end its cohort's.
    """

    _pinging: asyncio.Task[None] | None = None

    async def handle(self) -> None:
        """Serve the websocket until it ends; its pings and operations end with it."""
        wire, pinger = self._wire, cast("Any", self.view).pinger
        self.on_request_accepted()
        group, handled = pinger.add(self), 0
        try:
            while not wire.over:
                # Nothing keeps the message while the next one is waited for.
                await self.handle_message(cast("Message", wire.read(await wire.receive())))
                handled = (handled + 1) % TOGETHER
                if not handled:
                    await asyncio.sleep(0)
        except NonTextMessageReceived:
            await self.handle_invalid_message("WebSocket message type must be text")
        except NonJsonMessageReceived:
            await self.handle_invalid_message("WebSocket message must be valid JSON")
        except WebSocketDisconnected:
            pass
        finally:
            pinger.remove(self, group)
            await self.shutdown()

    def ping(self) -> None:
        """Ping the client once it is acknowledged; not while it has yet to read something else."""
        frames = self._wire.frames
        if not self.connection_acknowledged or self._wire.over:
            return
        if frames is None:
            if self._pinging is None or self._pinging.done():
                self._pinging = asyncio.create_task(self._send_ping(), name="ping a websocket's client")
        elif frames.opened:
            frames.write(PING_FRAME)

    async def shutdown(self) -> None:
        """End everything that runs for the socket; where many leave at once, when it is its turn."""
        # Whoever is cancelled meanwhile still ends all of it.
        with suppress(asyncio.CancelledError):
            await cast("Any", self.view).turnstile.passed()
        if self._pinging is not None:
            self._pinging.cancel()
            with suppress(asyncio.CancelledError):
                await self._pinging
        await super().shutdown()

    async def handle_message(self, message: Message) -> None:
        """Refuse what is not a message of the protocol with 4400, then act on it."""
        told, named = await self.with_document(message)
        if told:
            return
        wrong = fault(named)
        if wrong is not None:
            await self.handle_invalid_message(wrong)
            return
        await super().handle_message(named)

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """`payload: null` means the same as no payload."""
        if message.get("payload", {}) is None:
            message = {"type": "connection_init"}
        await super().handle_connection_init(message)
        if self.connection_init_received:
            # Cancelled by now. Kept, it would hold on to its traceback as long as the socket lives.
            self.connection_init_timeout_task = None

    async def send_message(self, message: Message) -> None:
        """Send a message; in place of an answer that there is no JSON for, why there is none."""
        try:
            await super().send_message(message)
        except (TypeError, ValueError, RecursionError) as wrong:
            instead: Any = {**message, "payload": unwritten(wrong)}
            await super().send_message(instead)

    async def run_operation(self, operation: Operation[Any, Any]) -> None:
        """Follow a subscription together with all that want the same; run everything else on its own."""
        request = Request(operation.query, operation.variables, operation.operation_name)
        if not is_followed(request):
            await super().run_operation(operation)
            return
        frames, view = self._wire.frames, cast("Any", self.view)
        try:
            if frames is None:
                await self._follow_queued(operation, request)
                return
            following = await view.following(request, self.context, FrameOutlet(frames, operation.id))
            # From here on it only waits. What it began with would be kept as long, by thousands.
            operation.query, operation.variables = "", None
            del request
            await following
        except NotPossible as refused:
            await _tell(operation, [error.formatted for error in refused.errors])
        except Exception as error:  # noqa: BLE001  the end of this operation, not of its siblings
            await _tell(operation, [ended_by(error)])

    async def _follow_queued(self, operation: Operation[Any, Any], request: Request) -> None:
        outlet = QueuedOutlet(("texts", operation.id), lambda events: texts(events, operation.id))
        ended: Exception | None = None
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(_send(outlet, self._wire))
            try:
                await cast("Any", self.view).follow(request, self.context, outlet)
            except Exception as error:  # noqa: BLE001  raised outside, where it is not one of a group
                ended = error
            finally:
                sending.cancel()
        if ended is not None:
            raise ended

    async def _send_ping(self) -> None:
        with suppress(WebSocketDisconnected):
            await self.send_message(PING)

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:
        """A document that cannot be run is an error of its own operation, never the end of the socket."""
        del error
        return None


async def _tell(operation: Operation[Any, Any], errors: list[Any]) -> None:
    """Tell why an operation ends, if the socket still takes it."""
    with suppress(WebSocketDisconnected, RuntimeError, OSError):
        await operation.send_operation_message({"id": operation.id, "type": "error", "payload": errors})


async def _send(outlet: QueuedOutlet, wire: Wire) -> None:
    while (part := await outlet.take()) is not None:
        await wire.send_text(part.decode())
