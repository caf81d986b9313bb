"""Plain requests for queries that passed every check a moment ago, answered without the detour of a view.

Everything about a request that is not plain (another method or media type,
further fields, headers that ask for more than data) takes the usual way,
`HttpAnswers`, with the body that was read already. Both ways give the same
bytes.
"""

from collections.abc import Hashable
from contextlib import nullcontext
from functools import lru_cache
from typing import Any, Final

import orjson
from starlette.types import Message, Receive, Scope, Send
from strawberry.http import process_result

from floorgraph.execution.express import Express, Query, Ready
from floorgraph.execution.writing import written
from floorgraph.server.accepting import media_type
from floorgraph.server.access.calling import recognise
from floorgraph.server.access.documents import TrustedDocuments
from floorgraph.server.access.gatekeeper import SESSION
from floorgraph.server.access.refusals import Refusal
from floorgraph.server.access.session import Session
from floorgraph.server.answers import CLIENT_LEFT, HEADERS, fault_of_request, never_ran
from floorgraph.server.events import asked_for
from floorgraph.server.leaving import ClientLeft, unless_left
from floorgraph.server.shared import SharedAnswers
from floorgraph.vendors.gate.witness import witnessing
from resolvers.environment import Caller, Environment

LONGEST_BODY: Final = 64 * 1024
"""Bytes; longer requests take the usual way."""
_FIELDS: Final = frozenset({"query", "variables", "operationName", "documentId"})
_SPECIAL: Final = frozenset({b"x-floorgraph-trace", b"x-floorgraph-dry-run", b"content-encoding"})
"""Headers that only the usual way understands."""
_READ: Final = _SPECIAL | {b"accept", b"content-type", b"content-length"}
Key = tuple[bytes, Hashable, Hashable]
_HEADERS: Final = tuple((name.encode(), value.encode()) for name, value in HEADERS.items())


class Replayed:
    """The messages of a request whose body was read already."""

    def __init__(self, messages: list[Message], receive: Receive) -> None:
        self._messages = messages
        self._receive = receive

    async def __call__(self) -> Message:
        """The messages that were read, then the ones that come."""
        return self._messages.pop(0) if self._messages else await self._receive()


class ExpressLane:
    """The short way of requests over HTTP."""

    def __init__(self, express: Express, environment: Environment, documents: TrustedDocuments) -> None:
        self._express = express
        self._environment = environment
        self._documents = documents
        self.shared = SharedAnswers(environment.floor)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> Receive | None:
        """Answer a request; where that takes the usual way, what to read the request from, body included."""
        accept, session = _plain(scope), scope.get(SESSION)
        if accept is None or not isinstance(session, Session) or session.identity is None:
            return receive
        message = await receive()
        if message["type"] != "http.request" or message.get("more_body", False):
            return Replayed([message], receive)
        caller = Caller(self._environment)
        recognise(caller, session.identity)
        try:
            answer = await self._answer(message.get("body", b""), caller, receive)
        except ClientLeft:
            await _respond(send, b"", accept, CLIENT_LEFT)
            return None
        if answer is None:
            return Replayed([message], receive)
        await _respond(send, answer, accept)
        return None

    async def _answer(self, body: bytes, caller: Caller, receive: Receive) -> bytes | None:
        key = (body, caller.permissions, caller.admitted)
        known = self.shared.answer(key)
        if known is not None:
            self._express.shared(caller)
            return known
        ready = self._ready(body, caller)
        return None if ready is None else await unless_left(receive, self._run(ready, caller, key))

    def _ready(self, body: bytes, caller: Caller) -> Ready | None:
        query = _query(body, self._documents)
        try:
            return None if query is None else self._express.ready(query, caller)
        except Exception:  # noqa: BLE001  a fault of this program: the usual way meets, masks and logs it
            return None

    async def _run(self, ready: Ready, caller: Caller, key: Key) -> bytes | None:
        with witnessing() if ready.may_be_shared else nullcontext() as witness:
            try:
                result: Any = await self._express.run(ready, caller)
                if result.errors:
                    return None if never_ran(result) else written(process_result(result))
                encoded = written({"data": result.data})
            except Exception:  # noqa: BLE001  a fault of this program: the usual way meets, masks and logs it
                return None
        if witness is not None:
            self.shared.keep(key, encoded, witness, ready.max_age)
        return encoded


def _plain(scope: Scope) -> str | None:
    """The header `Accept` of a plain request; None for any other."""
    if scope["method"] != "POST" or scope["query_string"]:
        return None
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _READ:
            if name in found or name in _SPECIAL:
                return None
            found[name] = value
    length = found.get(b"content-length", b"")
    if found.get(b"content-type") != b"application/json" or not length.isdigit() or len(length) > 6:
        return None
    accept = found.get(b"accept", b"").decode("latin-1")
    return None if int(length) > LONGEST_BODY or _asks_for_events(accept) else accept


_asks_for_events = lru_cache(maxsize=64)(asked_for)


def _query(body: bytes, documents: TrustedDocuments) -> Query | None:
    """The query in a plain request; None for all that needs a closer look."""
    try:
        fields: Any = orjson.loads(body)
        if not isinstance(fields, dict) or not fields.keys() <= _FIELDS:
            return None
        text = documents.query(fields) if documents.concerns(fields) else fields.get("query")
    except (orjson.JSONDecodeError, Refusal):
        return None
    name, variables = fields.get("operationName"), fields.get("variables")
    if not text or not isinstance(text, str) or fault_of_request(fields) is not None:
        return None
    return Query(text, name or None, variables)


async def _respond(send: Send, body: bytes, accept: str, status: int = 200) -> None:
    kind = _content_type(accept)
    headers = [*_HEADERS, (b"content-length", b"%d" % len(body)), (b"content-type", kind)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@lru_cache(maxsize=64)
def _content_type(accept: str) -> bytes:
    return f"{media_type(accept)}; charset=utf-8".encode()
