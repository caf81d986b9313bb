"""`/graphql` over HTTP and over websockets (graphql-transport-ws only)."""

from datetime import timedelta
from typing import Any

import orjson
import strawberry
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    Message,
)

from floorgraph.server.messages import fault
from floorgraph.settings import Role
from resolvers.environment import Caller, Environment

TRACE_HEADER = "x-floorgraph-trace"
INIT_WAIT = timedelta(seconds=10)
OPERATIONS_PER_SOCKET = 30


class TransportHandler(BaseGraphQLTransportWSHandler[Any, Any]):
    """One websocket: well-formed messages only, and no operation can end another."""

    async def handle_message(self, message: Message) -> None:
        """Refuse what is not a message of the protocol with 4400, then act on it."""
        wrong = fault(message)
        if wrong is not None:
            await self.handle_invalid_message(wrong)
            return
        await super().handle_message(message)

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """`payload: null` means the same as no payload."""
        if message.get("payload", {}) is None:
            message = {"type": "connection_init"}
        await super().handle_connection_init(message)

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:
        """A document that cannot be run is an error of its own operation, never the end of the socket."""
        del error
        return None


class GraphQLEndpoint(GraphQL[Caller, None]):
    """The schema behind HTTP and websockets."""

    graphql_transport_ws_handler_class = TransportHandler

    def __init__(
        self,
        schema: strawberry.Schema,
        environment: Environment,
        *,
        anonymous_role: Role,
        allowed_origins: tuple[str, ...] = (),
    ) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=INIT_WAIT,
            max_subscriptions_per_connection=OPERATIONS_PER_SOCKET,
            allowed_origins=allowed_origins,
        )
        self._environment = environment
        self._anonymous_role = anonymous_role

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Caller:
        """Who calls."""
        del response
        wants_trace = request.headers.get(TRACE_HEADER) == "1"
        return Caller(self._environment, self._anonymous_role.rights(), wants_trace)

    def encode_json(self, data: object) -> str:
        """JSON as text: bytes would travel in binary frames, which clients of the protocol refuse."""
        return orjson.dumps(data).decode()
