"""`/graphql` over HTTP, as server-sent events, and over websockets (graphql-transport-ws only)."""

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Final, cast

import strawberry
from cross_web import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.graphql import OperationType

from floorgraph.execution.express import Express
from floorgraph.server.access.calling import caller_of
from floorgraph.server.access.documents import TrustedDocuments
from floorgraph.server.access.door import Door
from floorgraph.server.answers import HttpAnswers
from floorgraph.server.delivery import QueuedOutlet
from floorgraph.server.events import EventStream, asked_for, event, failure
from floorgraph.server.express import ExpressLane
from floorgraph.server.forms import Forms
from floorgraph.server.pinging import Pinger
from floorgraph.server.planning import NotPossible, Request, is_followed, plan
from floorgraph.server.rendering import encoded, ended_by
from floorgraph.server.transport import TransportHandler
from floorgraph.server.turnstile import Turnstile
from floorgraph.server.wire import Wire
from floorgraph.settings import DocumentSettings, LimitSettings
from resolvers.environment import Caller, Environment
from subscriptions.outlet import Outlet
from subscriptions.sources import SourceTopic

NOT_ACCEPTABLE: Final = 4406


class GraphQLEndpoint(HttpAnswers):
    """The schema behind HTTP and websockets."""

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
            max_subscriptions_per_connection=limits.operations_per_socket if door.bounds.enforced else None,
            allowed_origins=allowed_origins,
        )
        self._environment = environment
        self._forms = Forms(schema)
        self.door = door
        self.documents = documents or TrustedDocuments(DocumentSettings())
        self.pinger = Pinger()
        self.turnstile = Turnstile()
        self.lane = ExpressLane(Express(schema), environment, self.documents)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        further = await self.lane.serve(scope, receive, send)
        if further is None:
            return
        request = HttpRequest(scope, further)
        if request.method in ("GET", "POST") and asked_for(request.headers.get("accept", "")):
            await self._serve_events(request, further, send)
            return
        await super().__call__(scope, further, send)

    async def opened(self, socket: WebSocket, wire: Wire) -> TransportHandler | None:
        """Accept a websocket; returns who serves it, None for one that was refused.

        Pages of other origins than those allowed get 403, other protocols 4406.
        Raises `WebSocketDisconnected` when the peer has left already.
        """
        if not self._check_websocket_origin(socket):
            await self.reject_websocket(socket)
            return None
        protocol = await self.pick_websocket_subprotocol(socket)
        await self.create_websocket_response(socket, protocol)
        if protocol != GRAPHQL_TRANSPORT_WS_PROTOCOL:
            await wire.close(NOT_ACCEPTABLE, "Subprotocol not acceptable")
            return None
        return TransportHandler(
            view=self,
            websocket=cast("Any", wire),
            context=await self.get_context(socket, socket),
            root_value=None,
            schema=self.schema,
            connection_init_wait_timeout=self.connection_init_wait_timeout,
            max_subscriptions_per_connection=self.max_subscriptions_per_connection,
        )

    async def follow(
        self, request: Request, caller: Caller, outlet: Outlet, after: str | None = None
    ) -> None:
        """Send the events of a subscription to an outlet, until cancelled. As `following`."""
        await (await self.following(request, caller, outlet, after))

    async def following(
        self, request: Request, caller: Caller, outlet: Outlet, after: str | None = None
    ) -> Coroutine[Any, Any, None]:
        """Begin to follow a subscription; the rest, to be awaited at once, sends its events to the outlet.

        `after` takes the place of the argument of that name. Raises `NotPossible` when it
        cannot begin; the rest raises what ends it, such as `SubscriptionEnded`.
        """
        schema: Any = self.schema
        # After a restart all come back at once.
        await self.turnstile.passed()
        # In a task of its own: nothing that it leaves in the context is kept as long as the subscription.
        found = await asyncio.create_task(plan(schema, request, caller), name="plan a subscription")
        engine, render = self._environment.engine, self._forms.renderer(found, caller)
        if isinstance(found.topic, SourceTopic):
            # The present is always told first: there is nothing to go on from.
            return engine.follow_sources(found.key, found.topic, render, outlet)
        topic = found.topic if after is None else replace(found.topic, after=after)
        return engine.follow(found.key, topic, render, outlet)

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
