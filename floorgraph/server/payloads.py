"""Payloads of GraphQL as bytes, whatever is in them."""

from collections.abc import Mapping
from typing import Any

from floorgraph.execution.writing import written
from schema.operation import dressed


def payload_bytes(payload: Mapping[str, Any]) -> bytes:
    """The JSON of an answer, of an event, or of what stands in their place; never raises."""
    try:
        return written(payload)
    except Exception as fault:  # noqa: BLE001  of an adapter, and of this answer alone
        return written(unwritten(fault))


def unwritten(fault: Exception) -> dict[str, Any]:
    """What is told in place of an answer that there is no JSON for; its fault is masked and logged."""
    return {"data": None, "errors": [dressed(fault).formatted]}
