"""Why a request or an operation is turned away before it is run.

Tree (HTTP status; code):
    Refusal
    +-- Unauthenticated     401 UNAUTHENTICATED         no credentials where some are needed, or wrong ones
    +-- NotAllowed          403 FORBIDDEN               recognised, but without any role here
    +-- KeysUnavailable     503 IDENTITY_UNAVAILABLE    the identity provider's keys cannot be had
    +-- TooManyRequests     429 TOO_MANY_REQUESTS       more operations than the limit allows
    +-- TooManySockets      429 TOO_MANY_SOCKETS        more websockets or event streams than allowed
    +-- TooManyOperations   429 TOO_MANY_OPERATIONS     more operations on one websocket than allowed
    +-- UnknownDocument     404 PERSISTED_QUERY_NOT_FOUND      no manifest has the id
    +-- TamperedDocument    400 PERSISTED_QUERY_MISMATCH       id and text do not belong together
    +-- UntrustedDocument   403 PERSISTED_QUERY_ONLY           only documents of the manifests are answered
"""

from math import ceil
from typing import ClassVar
from uuid import uuid4

import orjson
from starlette.responses import Response

from floorgraph.model.errors import FloorgraphError

RESPONSE_TYPE = "application/graphql-response+json"


class Refusal(FloorgraphError):
    """Root of the reasons; the text may be shown to the caller."""

    status: ClassVar[int]

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after

    def extensions(self) -> dict[str, object]:
        """The code and, where known, the seconds to wait."""
        shown = super().extensions()
        if self.retry_after is not None:
            shown["retryAfterSeconds"] = round(self.retry_after, 3)
        return shown

    def error(self, correlation_id: str | None = None) -> dict[str, object]:
        """As one of the `errors` of a response."""
        known = self.extensions() | {"correlationId": correlation_id or uuid4().hex[:12]}
        return {"message": str(self), "extensions": known}

    def response(self, accept: str) -> Response:
        """As a GraphQL response over HTTP, in the media type that the caller accepts."""
        wanted = RESPONSE_TYPE in accept
        headers = {"cache-control": "no-store"}
        if self.retry_after is not None:
            headers["retry-after"] = str(ceil(self.retry_after))
        if self.status == Unauthenticated.status:
            headers["www-authenticate"] = 'Bearer realm="floorgraph", ApiKey realm="floorgraph"'
        return Response(
            orjson.dumps({"errors": [self.error()]}),
            status_code=self.status,
            media_type=RESPONSE_TYPE if wanted else "application/json",
            headers=headers,
        )


class Unauthenticated(Refusal):
    """No credentials where some are needed, or wrong or ended ones; the text never says what was wrong."""

    status = 401
    code = "UNAUTHENTICATED"


class NotAllowed(Refusal):
    """Recognised, but without any role on this server."""

    status = 403
    code = "FORBIDDEN"


class KeysUnavailable(Refusal):
    """The keys of the identity provider cannot be had now."""

    status = 503
    code = "IDENTITY_UNAVAILABLE"
    retryable = True


class TooManyRequests(Refusal):
    """More operations than the limit allows; `retry_after` says when the next one is welcome."""

    status = 429
    code = "TOO_MANY_REQUESTS"
    retryable = True


class TooManySockets(Refusal):
    """More websockets or event streams at the same time than the limit allows."""

    status = 429
    code = "TOO_MANY_SOCKETS"
    retryable = True


class TooManyOperations(Refusal):
    """More operations on one websocket at the same time than the limit allows."""

    status = 429
    code = "TOO_MANY_OPERATIONS"
    retryable = True


class UnknownDocument(Refusal):
    """No manifest of this server has the document's id."""

    status = 404
    code = "PERSISTED_QUERY_NOT_FOUND"


class TamperedDocument(Refusal):
    """The text that came with an id is not the text of that id."""

    status = 400
    code = "PERSISTED_QUERY_MISMATCH"


class UntrustedDocument(Refusal):
    """Only documents of the manifests are answered."""

    status = 403
    code = "PERSISTED_QUERY_ONLY"
