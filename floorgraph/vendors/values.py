"""Reading one value of a vendor's payload. Pure; the rules are those of `floorgraph.vendors.coerce`.

Every function returns None for an empty value and raises `Unreadable`
or another `ValueError` for one that cannot be read as what it should be.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

LONGEST_TEXT = 65_536
"""Characters; a longer string is no name, comment or code, and is refused."""
LONGEST_INTEGER = 40
"""Digits; a longer one is no count and no identifier."""
YEARS = range(1990, 2100)
"""Years outside are placeholders of vendors for "never", not times."""


class Unreadable(ValueError):
    """A value that is not what it should be."""


_WHOLE = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_BOOLEANS: Final[Mapping[str, bool]] = {"true": True, "false": False, "1": True, "0": False}


def text(value: Any) -> str | None:
    """A string as it came, or the digits of a number; a blank one is None."""
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise Unreadable("too long")
        return value if value and not value.isspace() else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable("not a text")
    return str(value)


def integer(value: Any) -> int | None:
    """A whole number, also as a string; `50.0` is one, `50.5` is not."""
    if type(value) is int:
        return value
    if isinstance(value, str):
        stripped = value.strip()
        if _WHOLE.fullmatch(stripped) and len(stripped) <= LONGEST_INTEGER:
            return int(stripped)
    found = number(value)
    if found is None:
        return None
    if not found.is_integer():
        raise Unreadable("not a whole number")
    return int(found)


def number(value: Any) -> float | None:
    """A finite number, also as a string with a decimal point or one decimal comma."""
    if isinstance(value, str):
        stripped = value.strip()
        if not stripped:
            return None
        if _DECIMAL_COMMA.fullmatch(stripped):
            stripped = stripped.replace(",", ".")
        if not _DECIMAL.fullmatch(stripped):
            raise Unreadable("not a number")
        value = stripped
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable("not a number")
    try:
        found = float(value)
    except OverflowError as error:
        raise Unreadable("out of range") from error
    if not math.isfinite(found):
        raise Unreadable("out of range")
    return found


def seconds(value: Any) -> float | None:
    """A duration in seconds, which is never negative."""
    found = number(value)
    if found is not None and found < 0:
        raise Unreadable("negative")
    return found


def boolean(value: Any) -> bool | None:
    """True or false, also as 1 or 0 and as strings in any case."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, str | int):
        raise Unreadable("not a boolean")
    word = str(value).strip().lower() if isinstance(value, str) or value in (0, 1) else "?"
    if not word:
        return None
    if word not in _BOOLEANS:
        raise Unreadable("not a boolean")
    return _BOOLEANS[word]


def instant(value: Any, zone: tzinfo) -> datetime | None:
    """A moment in UTC from ISO 8601; without an offset it is read in `zone`."""
    if not isinstance(value, str):
        raise Unreadable("not a date")
    stripped = value.strip()
    if not stripped:
        return None
    moment = datetime.fromisoformat(stripped)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    try:
        moment = moment.astimezone(UTC)
    except OverflowError as error:
        raise Unreadable("out of range") from error
    if moment.year not in YEARS:
        raise Unreadable("out of range")
    return moment


def kind(value: Any) -> str:
    """What a JSON value is, in words."""
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return kinds.get(type(value), "a number")
