"""What requests say of themselves: headers, and which media type they prefer for GraphQL's answers. Pure."""

from typing import Final

from starlette.types import Scope

JSON: Final = "application/json"
GRAPHQL_RESPONSE: Final = "application/graphql-response+json"


def header(scope: Scope, name: bytes) -> str | None:
    """A header of a request by its name in small letters; the first one, None where there is none."""
    for known, value in scope["headers"]:
        if known == name:
            text: str = value.decode("latin-1")
            return text
    return None


def media_type(accept: str) -> str:
    """The media type of an answer, from the header `Accept` (RFC 9110, section 12.5.1).

    The newer one must be named or matched better than the older one; for
    `*/*`, for no header and for a header that excludes both it is the older
    one, which every client understands.
    """
    weights = _weights(accept)
    newer = weights.get(GRAPHQL_RESPONSE, 0.0)
    older = weights.get(JSON, 0.0)
    return GRAPHQL_RESPONSE if newer > 0 and newer >= older else JSON


def _weights(accept: str) -> dict[str, float]:
    """Named media types and their weights, 0 to 1; a weight that cannot be read counts as 1."""
    found: dict[str, float] = {}
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        found[name] = max(found.get(name, 0.0), _weight(parameters))
    return found


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                return 1.0
            return weight if 0 <= weight <= 1 else 1.0
    return 1.0
