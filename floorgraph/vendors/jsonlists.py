"""Large bodies of JSON, read list by list in turns, so that the event loop goes on.

Reading a body at once holds the interpreter, in a thread as well. Nearly all
of a large body is one list of objects, perhaps inside an envelope. It is cut
where one object seems to end and the next to begin, and each part is read as
a list of its own. A cut in the wrong place, such as inside a text or a list
within an object, leaves a part that is no JSON: JSON is read from left to
right without looking back, so a part that begins where an element begins and
reads as whole elements ends where an element ends. What cannot be read like
that is read as a whole.
"""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from floorgraph.vendors.jsontext import DEEPEST, Decoded, NotJson, Repair, Salvage, decode, strict
from floorgraph.vendors.turns import TURNS, UNIT, Steps

LARGE: Final = 64 * 1024
"""Bytes from which a body is read in turns."""
PART: Final = 32 * 1024
"""Bytes read in one step, about."""
PER_UNIT: Final = int(UNIT * 60e6)
"""Bytes that are read in the time of one unit of work, about."""

_FIRST_NAME = re.compile(rb'\s*(\{\s*"[^"\\]{0,60}"\s*:)')
_ELEMENT_ENDS = re.compile(rb"\}\s*,")


async def decode_in_turns(
    body: bytes, content_type: str | None = None, repair: Repair | None = None, salvage: Salvage | None = None
) -> Decoded:
    """As `decode`; others have their turn while a large body is read. Raises `NotJson`."""
    if len(body) <= LARGE:
        return decode(body, content_type, repair, salvage)
    whole = await TURNS.through(in_parts(body))
    if whole is not None:
        return Decoded(whole)
    # Something to be mended, or no list of objects: in a thread the loop goes on, if haltingly.
    return await asyncio.to_thread(decode, body, content_type, repair, salvage)


def in_parts(body: bytes) -> Steps[Any]:
    """The value of a body, read part by part; None when it must be read as a whole."""
    opened = _opened(body)
    if opened is None:
        return None
    value, found, start, end, outside = opened
    for part in _parts(body, start, end):
        try:
            read = strict(b"[" + body[part.start : part.end] + b"]", DEEPEST - outside)
        except NotJson:
            part.fits = False
            yield _units(part)
            continue
        if not read:
            return None
        found.extend(read)
        part.fits = True
        yield _units(part)
        if part.end == end:
            return value
    return value if not body[start:end].strip() else None


def _opened(body: bytes) -> tuple[Any, list[Any], int, int, int] | None:
    """The value without the elements of its only outer list, that list, where these are, and their depth."""
    start, end = body.find(b"[", 0, LARGE) + 1, body.rfind(b"]", max(0, len(body) - LARGE))
    if start == 0 or end < start:
        return None
    shell = body[:start] + body[end:]
    # With a single bracket either way, the list that is found in the shell is made of these two.
    if shell.count(b"[") != 1 or shell.count(b"]") != 1:
        return None
    try:
        value = strict(shell)
    except NotJson:
        return None
    found = _list_in(value)
    return None if found is None else (value, found, start, end, shell.count(b"{"))


def _list_in(value: Any) -> list[Any] | None:
    if isinstance(value, list):
        return value
    inner = value.values() if isinstance(value, dict) else ()
    return next((found for one in inner if (found := _list_in(one)) is not None), None)


@dataclass(slots=True)
class _Part:
    start: int
    end: int
    fits: bool = True
    """Told by whoever reads it: whether it ends where an element ends."""


def _parts(body: bytes, start: int, end: int) -> Iterator[_Part]:
    """Parts that each begin behind the one before it; one that does not fit is offered again, longer."""
    named = _FIRST_NAME.match(body, start, end)
    # Elements of one list begin alike nearly always, and unlike what is nested in them.
    following = re.compile(rb"\}\s*,(?=\s*" + re.escape(named.group(1)) + rb")") if named else _ELEMENT_ENDS
    size = PART
    while start < end:
        cut = following.search(body, min(start + size, end), end) or _ELEMENT_ENDS.search(
            body, min(start + size, end), end
        )
        part = _Part(start, end if cut is None else cut.start() + 1)
        yield part
        if part.fits:
            start, size = (end if cut is None else cut.end()), PART
        elif cut is None:
            return
        else:
            size *= 2


def _units(part: _Part) -> int:
    return max(1, (part.end - part.start) // PER_UNIT)
