"""What clients may send over graphql-transport-ws. Pure.

Checked before anything acts on a message, so that no shape of JSON reaches
code that expects another.
"""

from typing import Any

MAX_ID_LENGTH = 256


def fault(message: object) -> str | None:
    """What is wrong with a client's message, in words fit for a close reason; None when it is well-formed."""
    if not isinstance(message, dict):
        return "A message must be a JSON object"
    kind = message.get("type")
    if kind == "subscribe":
        return _fault_of_id(message) or _fault_of_payload(message.get("payload"))
    if kind == "complete":
        return _fault_of_id(message)
    if kind in ("connection_init", "ping", "pong"):
        if not isinstance(message.get("payload", {}), dict | None):
            return f"The payload of '{kind}' must be an object"
        return None
    return "Unknown message type"


def _fault_of_id(message: dict[str, Any]) -> str | None:
    value = message.get("id")
    if not isinstance(value, str) or not value or len(value) > MAX_ID_LENGTH:
        return f"'id' must be a string of 1 to {MAX_ID_LENGTH} characters"
    return None


def _fault_of_payload(payload: object) -> str | None:
    if not isinstance(payload, dict):
        return "The payload of 'subscribe' must be an object"
    if not isinstance(payload.get("query"), str):
        return "'payload.query' must be a string"
    if not isinstance(payload.get("variables"), dict | None):
        return "'payload.variables' must be an object"
    if not isinstance(payload.get("operationName"), str | None):
        return "'payload.operationName' must be a string"
    if not isinstance(payload.get("extensions"), dict | None):
        return "'payload.extensions' must be an object"
    return None
