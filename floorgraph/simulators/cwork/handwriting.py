"""The vendor's JSON, written by hand from strings: well-formed, or with the slips its document shows.

Slips that are still JSON (numbers as strings, other spellings) are made in the payload; those that are not
are made by placing marks which lose their quotes in the text.
"""

from collections.abc import Callable
from typing import Any

import orjson

from floorgraph.simulators.cwork.options import Oddity

_EMPTY = "\x01empty"
_COMMA = "\x01comma"
_BACKSLASH = "\x01backslash"
_STRAY = "\x01stray"

_UNQUOTED = {
    b'"\\u0001empty"': b"",
    b'"\\u0001comma":0': b"",
    b'"\\u0001comma"': b"",
    b"\\u0001backslash": b"\\",
    b',"\\u0001stray":0': b" sss",
}

TRAILING_COMMA_LABELS = {
    "GET /stations/{id}/runningprograms",
    "GET /stations/{id}/selectedprograms",
    "GET /stations/{id}/alarms",
    "GET /operations",
    "GET /operations/{id}",
}
"""Where the document's examples have commas before a closing bracket."""


def written(data: Any, label: str, oddities: frozenset[Oddity]) -> bytes:
    """The JSON text of a payload, with the slips that are on."""
    if isinstance(data, (dict, list)):
        data = _marked(data, label, oddities)
    text = orjson.dumps(data, option=orjson.OPT_NON_STR_KEYS)
    if b"\\u0001" in text:
        for mark, plain in _UNQUOTED.items():
            text = text.replace(mark, plain)
    return text


def _marked(data: Any, label: str, oddities: frozenset[Oddity]) -> Any:
    if "empty-values" in oddities and label.startswith("GET /users"):
        data = _each(data, _empty_phone)
    if "trailing-commas" in oddities and label in TRAILING_COMMA_LABELS and isinstance(data, list) and data:
        # In the document the operations have it after the last object, the others after its last value.
        operations = label.startswith("GET /operations")
        data = [*data, _COMMA] if operations else [*data[:-1], {**data[-1], _COMMA: 0}]
    if "lone-backslash" in oddities and label in ("GET /documents", "GET /documents/{id}"):
        data = _each(data, _lone_backslash)
    if "stray-text" in oddities and label == "GET /station_statuses/{id}" and "State" in data:
        data = {**data, "State": {**data["State"], _STRAY: 0}}
    return data


def _empty_phone(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "Phone": _EMPTY} if item.get("Phone") == "" else item


def _lone_backslash(item: dict[str, Any]) -> dict[str, Any]:
    folder = item.get("Folder")
    if isinstance(folder, str) and folder.endswith("\\"):
        return {**item, "Folder": folder[:-1] + _BACKSLASH}
    return item


def _each(data: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """Change the objects of a list, of the lists in an envelope, or the object itself."""
    if isinstance(data, list):
        return [change(item) if isinstance(item, dict) else item for item in data]
    if isinstance(data, dict) and any(isinstance(value, list) for value in data.values()):
        return {
            key: _each(value, change) if isinstance(value, list) else value for key, value in data.items()
        }
    return change(data) if isinstance(data, dict) else data
