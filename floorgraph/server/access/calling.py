"""From sessions to callers: what the rest of the application knows of who sends an operation."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import HTTPConnection

from floorgraph.server.access.gatekeeper import SESSION
from floorgraph.server.access.identity import Identity
from floorgraph.server.access.refusals import Unauthenticated
from floorgraph.server.access.session import Session
from resolvers.environment import Caller, Environment

TRACE_HEADER = "x-floorgraph-trace"
DRY_RUN_HEADER = "x-floorgraph-dry-run"


def session_of(connection: HTTPConnection) -> Session:
    """The session of a request or websocket, as the gatekeeper left it there."""
    session: Session = connection.scope[SESSION]
    return session


def caller_of(connection: HTTPConnection, environment: Environment) -> Caller:
    """The caller of a request; of a websocket, a nobody who sees nothing until `recognise`."""
    caller = Caller(
        environment,
        trace=connection.headers.get(TRACE_HEADER) == "1",
        dry_run=connection.scope["type"] == "http" and connection.headers.get(DRY_RUN_HEADER) == "1",
        sources=frozenset(),
    )
    identity = session_of(connection).identity
    if identity is not None:
        recognise(caller, identity)
    return caller


def recognise(caller: Caller, identity: Identity) -> None:
    """Give a caller what its identity brings."""
    caller.rights = identity.role.rights()
    caller.sources = identity.sources
    caller.identified = identity.identified
    caller.introspects = identity.introspects
    caller.name = identity.name
    caller.role = identity.role.value


def credentials_in(payload: Mapping[str, Any], header: str | None) -> str | None:
    """The credentials in the payload of `connection_init`, or else in the header of the handshake.

    `Authorization` has the form of the header of that name; `apiKey` and
    `token` have the key or token alone. Raises `Unauthenticated` for anything but text.
    """
    forms = {"authorization": "{}", "apikey": "ApiKey {}", "token": "Bearer {}"}
    for name, value in payload.items():
        form = forms.get(name.lower())
        if form is not None and value is not None:
            if not isinstance(value, str):
                raise Unauthenticated("The credentials must be text.")
            return form.format(value)
    return header
