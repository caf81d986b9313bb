"""`/graphql` over HTTP, as server-sent events, and over websockets (graphql-transport-ws only)."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import strawberry
from cross_web import HTTPException
from graphql import GraphQLError
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    Operation,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    Message,
)
from strawberry.types.graphql import OperationType

from floorgraph.execution.express import Express
from floorgraph.server.access.calling import caller_of
from floorgraph.server.access.documents import TrustedDocuments
from floorgraph.server.access.door import Door
from floorgraph.server.access.handler import GuardedHandler
from floorgraph.server.answers import HttpAnswers
from floorgraph.server.closing import ClosingHandler, ClosingSocket
from floorgraph.server.delivery import FrameOutlet, QueuedOutlet, frames_of, texts
from floorgraph.server.events import EventStream, asked_for, event, failure
from floorgraph.server.express import ExpressLane
from floorgraph.server.forms import Forms
from floorgraph.server.messages import fault
from floorgraph.server.pinging import PingingHandler
from floorgraph.server.planning import NotPossible, Request, is_followed, plan
from floorgraph.server.rendering import encoded, ended_by
from floorgraph.settings import DocumentSettings, LimitSettings
from resolvers.environment import Caller, Environment
from subscriptions.outlet import Outlet
from subscriptions.sources import SourceTopic


class TransportHandler(PingingHandler, GuardedHandler, ClosingHandler):
    """One websocket: well-formed messages only, and no operation can end another."""

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

    async def run_operation(self, operation: Operation[Any, Any]) -> None:
        """Follow a subscription together with all that want the same; run everything else on its own."""
        request = Request(operation.query, operation.variables, operation.operation_name)
        if not is_followed(request):
            await super().run_operation(operation)
            return
        try:
            await self._follow(operation, request)
        except NotPossible as refused:
            await _tell(operation, [error.formatted for error in refused.errors])
        except Exception as error:  # noqa: BLE001  the end of this operation, not of its siblings
            await _tell(operation, [ended_by(error)])

    async def _follow(self, operation: Operation[Any, Any], request: Request) -> None:
        socket: Any = self.websocket
        view: Any = self.view
        frames = frames_of(socket.ws.scope)
        if frames is not None:
            await view.follow(request, self.context, FrameOutlet(frames, operation.id))
            return
        outlet = QueuedOutlet(("texts", operation.id), lambda events: texts(events, operation.id))
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(_send(outlet, socket.ws))
            try:
                await view.follow(request, self.context, outlet)
            finally:
                sending.cancel()

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:
        """A document that cannot be run is an error of its own operation, never the end of the socket."""
        del error
        return None


async def _tell(operation: Operation[Any, Any], errors: list[Any]) -> None:
    """Tell why an operation ends, if the socket still takes it."""
    with suppress(WebSocketDisconnected, RuntimeError, OSError):
        await operation.send_operation_message({"id": operation.id, "type": "error", "payload": errors})


async def _send(outlet: QueuedOutlet, socket: WebSocket) -> None:
    while (part := await outlet.take()) is not None:
        await socket.send_text(part.decode())


class GraphQLEndpoint(HttpAnswers):
    """The schema behind HTTP and websockets."""

    graphql_transport_ws_handler_class = TransportHandler
    websocket_adapter_class = ClosingSocket  # type: ignore[assignment]  # as in Strawberry itself

    def __init__(
        self,
        schema: strawberry.Schema,
        environment: Environment,
        *,
        door: Door,
        limits: LimitSettings,
        documents: TrustedDocuments | None = None,
        allowed_origins: tuple[str, ...] = (),
    ) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=timedelta(seconds=limits.init_seconds),
            max_subscriptions_per_connection=limits.operations_per_socket,
            allowed_origins=allowed_origins,
        )
        self._environment = environment
        self._forms = Forms(schema)
        self.door = door
        self.documents = documents or TrustedDocuments(DocumentSettings())
        self.lane = ExpressLane(Express(schema), environment, self.documents)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or one websocket."""
        if scope["type"] == "http":
            further = await self.lane.serve(scope, receive, send)
            if further is None:
                return
            receive = further
            request = HttpRequest(scope, receive)
            if request.method in ("GET", "POST") and asked_for(request.headers.get("accept", "")):
                await self._serve_events(request, receive, send)
                return
        await super().__call__(scope, receive, send)

    async def follow(
        self, request: Request, caller: Caller, outlet: Outlet, after: str | None = None
    ) -> None:
        """Send the events of a subscription to an outlet, until cancelled.

        `after` takes the place of the argument of that name. Raises `NotPossible` when it
        cannot begin, and what ends it, such as `SubscriptionEnded`.
        """
        schema: Any = self.schema
        found = await plan(schema, request, caller)
        engine, render = self._environment.engine, self._forms.renderer(found, caller)
        if isinstance(found.topic, SourceTopic):
            # The present is always told first: there is nothing to go on from.
            await engine.follow_sources(found.key, found.topic, render, outlet)
            return
        topic = found.topic if after is None else replace(found.topic, after=after)
        await engine.follow(found.key, topic, render, outlet)

    async def _serve_events(self, request: HttpRequest, receive: Receive, send: Send) -> None:
        adapter = self.request_adapter_class(request)
        try:
            # Lists of operations are refused in there.
            data: Any = await self.parse_http_body(adapter)
        except HTTPException as refused:
            await self.refusal(request, refused)(request.scope, receive, send)
            return
        caller = await self.get_context(request, Response())
        asked = Request(data.query or "", data.variables, data.operation_name)
        allowed = OperationType.from_http(adapter.method)
        last = request.headers.get("last-event-id") or None
        feed = partial(self._feed, asked, caller, allowed, last)
        await EventStream(feed)(request.scope, receive, send)

    async def _feed(
        self,
        request: Request,
        caller: Caller,
        allowed: set[OperationType],
        last: str | None,
        outlet: QueuedOutlet,
    ) -> None:
        try:
            if is_followed(request):
                await self.follow(request, caller, outlet, last)
            else:
                await self._run(request, caller, allowed, outlet)
        except NotPossible as refused:
            outlet.add(failure([error.formatted for error in refused.errors]))
        except Exception as error:  # noqa: BLE001  told as the last event
            outlet.add(failure([ended_by(error)]))

    async def _run(
        self, request: Request, caller: Caller, allowed: set[OperationType], outlet: QueuedOutlet
    ) -> None:
        """Every other operation: its results as they come."""
        stream: Any = await self.schema.stream(
            request.query,
            variable_values=None if request.variables is None else dict(request.variables),
            context_value=caller,
            operation_name=request.operation_name,
            allowed_operation_types=allowed,
        )
        async with aclosing(stream):
            async for result in stream:
                await outlet.drained()
                outlet.add(event(encoded(result)))

    def document_in(self, fields: Mapping[str, Any]) -> str | None:
        """The document, by its id or as it came. Raises the `Refusal` of one that is not trusted."""
        if self.documents.concerns(fields):
            return self.documents.query(fields)
        return super().document_in(fields)

    async def get_context(self, request: HttpRequest | WebSocket, response: Response | WebSocket) -> Caller:
        """Who calls."""
        del response
        return caller_of(request, self._environment)
