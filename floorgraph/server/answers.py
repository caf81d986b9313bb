"""GraphQL over HTTP: which requests are well-formed, and how answers and refusals look.

Follows the GraphQL over HTTP specification (Working Draft, sections "Request"
and "Response"). A request that cannot be run has no `data` in its answer;
its status is 400 for clients that accept `application/graphql-response+json`
and 200 for the older `application/json`. A request that is not even
well-formed is refused with a 4xx status whatever the client accepts.
"""

from collections.abc import Mapping
from types import NoneType
from typing import Any, Final

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException, StarletteRequestAdapter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import MissingQueryError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData, process_result
from strawberry.http.base import BaseRequestProtocol
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType
from strawberry.types.unset import UNSET

from floorgraph.execution.writing import written
from floorgraph.server.accepting import GRAPHQL_RESPONSE, media_type
from floorgraph.server.leaving import ClientLeft, unless_left
from floorgraph.server.payloads import payload_bytes
from resolvers.environment import Caller

MAX_BODY_BYTES: Final = 256 * 1024
"""Longest body of a request, as long as a message over a websocket may be."""
TOO_LONG: Final = f"The body of a request may have at most {MAX_BODY_BYTES // 1024} KiB."

HEADERS: Final = {
    "cache-control": "no-store",
    "vary": "accept",
    "x-content-type-options": "nosniff",
}
CLIENT_LEFT: Final = 499
"""As nginx counts it; nobody reads it."""
_SHAPES: Final = (
    ("query", (str, NoneType), "a string"),
    ("operationName", (str, NoneType), "a string"),
    ("variables", (dict, NoneType), "an object"),
    ("extensions", (dict, NoneType), "an object"),
)


class BoundedRequest(StarletteRequestAdapter):
    """A request whose body is read only as far as it may be long."""

    async def get_body(self) -> bytes:
        """The body. Raises `HTTPException` when it is too long, or never comes to its end."""
        announced = self.headers.get("content-length", "")
        if announced.isascii() and announced.isdigit() and int(announced[:20]) > MAX_BODY_BYTES:
            raise HTTPException(413, TOO_LONG)
        body = bytearray()
        try:
            async for piece in self._request.stream():
                body += piece
                if len(body) > MAX_BODY_BYTES:
                    raise HTTPException(413, TOO_LONG)
        except ClientDisconnect as left:
            raise HTTPException(CLIENT_LEFT, "The client left before its request was there.") from left
        return bytes(body)


class HttpAnswers(GraphQL[Caller, None]):
    """What the endpoint does for plain requests; subclasses add the transports for streams."""

    request_adapter_class = BoundedRequest

    async def run(self, request: Request | WebSocket, context: Any = UNSET, root_value: Any = UNSET) -> Any:
        """Serve one request or one websocket; a refused request is answered as JSON."""
        if isinstance(request, WebSocket):
            return await super().run(request, context, root_value)
        try:
            return await super().run(request, context, root_value)
        except HTTPException as refused:
            return self.refusal(request, refused)

    def should_render_graphql_ide(self, request: BaseRequestProtocol) -> bool:
        """Never: GraphiQL has an address of its own."""
        del request
        return False

    def decode_json(self, data: str | bytes) -> object:
        """JSON by the standard: no NaN, no nesting without end, no text that is not Unicode."""
        return orjson.loads(data)

    def encode_json(self, data: object) -> str:
        """JSON as text: bytes would travel in binary frames, which clients of the protocol refuse."""
        return written(data).decode()

    @staticmethod
    def encode_body(data: Mapping[str, Any]) -> bytes:
        """JSON for the body of an answer."""
        return payload_bytes(data)

    def document_in(self, fields: Mapping[str, Any]) -> str | None:
        """The document that a well-formed request asks to run; subclasses know other ways to name one."""
        document: str | None = fields.get("query")
        return document

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        """The operation in a request. Raises `HTTPException` for one that is not well-formed."""
        if request.method == "GET":
            fields: Any = self.parse_query_params(request.query_params)
        else:
            _check_content_type(request.content_type)
            fields = self.parse_json(await request.get_body())
        wrong = fault_of_request(fields)
        if wrong is not None:
            raise HTTPException(400, wrong)
        transport = self._get_stream_transport_from_headers(request.headers)
        return GraphQLRequestData(
            query=self.document_in(fields),
            variables=fields.get("variables"),
            operation_name=fields.get("operationName") or None,
            extensions=fields.get("extensions"),
            protocol=transport.protocol if transport else "http",
        )

    async def execute_operation(
        self,
        request: Request,
        request_adapter: AsyncHTTPRequestAdapter,
        request_data: Any,
        context: Caller,
        root_value: None,
        sub_response: Response,
    ) -> ExecutionResult:
        """Run a query or a mutation. Raises `HTTPException` where it cannot be run by such a request."""
        del sub_response
        allowed = OperationType.from_http(request_adapter.method) - {OperationType.SUBSCRIPTION}
        running = self.schema.execute(
            request_data.query,
            root_value=root_value,
            variable_values=request_data.variables,
            context_value=context,
            operation_name=request_data.operation_name,
            allowed_operation_types=allowed,
            operation_extensions=request_data.extensions,
        )
        try:
            # A command is carried out whether or not somebody waits; the word alone is enough for care.
            if "mutation" in (request_data.query or ""):
                return await running
            return await unless_left(request.receive, running)
        except ClientLeft as left:
            raise HTTPException(CLIENT_LEFT, "The client left before the answer was there.") from left
        except MissingQueryError as missing:
            raise HTTPException(400, "The request has no 'query'.") from missing
        except CannotGetOperationTypeError as unknown:
            raise HTTPException(400, unknown.as_http_error_reason()) from unknown
        except InvalidOperationTypeError as refused:
            raise HTTPException(*_not_here(refused.operation_type)) from refused

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """Carries the media type that the client prefers from the request to the answer."""
        sub_response = await super().get_sub_response(request)
        sub_response.media_type = media_type(request.headers.get("accept", ""))
        return sub_response

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """A result as JSON-ready values; without `data` where nothing was run."""
        del request
        found = process_result(result)
        if never_ran(result):
            found.pop("data", None)
        return found

    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        """The answer with its status and headers."""
        chosen = sub_response.media_type or media_type("")
        ran = "data" in response_data
        return _response(
            self.encode_body(response_data),
            sub_response.status_code or (200 if ran or chosen != GRAPHQL_RESPONSE else 400),
            chosen,
            sub_response,
        )

    def refusal(self, request: Request, refused: HTTPException) -> Response:
        """The answer to a request that is refused."""
        status = refused.status_code
        chosen = media_type(request.headers.get("accept", ""))
        if isinstance(refused.__cause__, CannotGetOperationTypeError) and chosen != GRAPHQL_RESPONSE:
            # Well-formed, but not to be run: like every other fault of a document.
            status = 200
        error = {"message": refused.reason, "extensions": {"code": "BAD_REQUEST", "retryable": False}}
        response = _response(self.encode_body({"errors": [error]}), status, chosen)
        if status == 405:
            response.headers["allow"] = "POST" if request.method == "GET" else "GET, POST"
        return response


def fault_of_request(fields: object) -> str | None:
    """What is wrong with the parameters of a request; None when they are well-formed. Pure."""
    if isinstance(fields, list):
        return "Batching is off: send one operation per request."
    if not isinstance(fields, dict):
        return "The body must be a JSON object with 'query'."
    for name, kind, described in _SHAPES:
        if not isinstance(fields.get(name), kind):
            return f"'{name}' must be {described}."
    return None


def never_ran(result: ExecutionResult) -> bool:
    """Whether a result tells of a request that could not be run; errors of fields have a path."""
    return result.data is None and all(error.path is None for error in result.errors or ())


def _not_here(operation: OperationType) -> tuple[int, str]:
    if operation is OperationType.MUTATION:
        return 405, "Mutations are not run by GET: send them by POST."
    return 400, "Subscriptions need a websocket or server-sent events, see the documentation of the API."


def _check_content_type(given: str | None) -> None:
    """Raises `HTTPException` for everything but JSON in UTF-8.

    Pages of other sites can send forms and plain text with their visitors' cookies, but no JSON.
    """
    kind, *parameters = (part.strip().lower() for part in (given or "").split(";"))
    if kind == "multipart/form-data":
        raise HTTPException(415, "Uploads (multipart/form-data) are off: send application/json.")
    if kind != "application/json":
        raise HTTPException(415, "The Content-Type must be application/json.")
    charsets = [
        part.removeprefix("charset=").strip("\"' ") for part in parameters if part.startswith("charset=")
    ]
    if not set(charsets) <= {"utf-8", "utf8"}:
        raise HTTPException(415, "The charset must be UTF-8.")


def _response(content: bytes, status: int, kind: str, sub_response: Response | None = None) -> Response:
    response = Response(content, status, dict(HEADERS), f"{kind}; charset=utf-8")
    if sub_response is not None:
        response.headers.raw.extend(sub_response.headers.raw)
        response.background = sub_response.background
    return response
