"""Repair of what CWork sends: whole texts where that can be, else record by record. Pure, linear.

`repair` mends a text (`floorgraph.vendors.cwork.mending`); `salvage` keeps the
other records of a list in which one is beyond that.

All lists of CWork are arrays of objects that begin with the same field, at
the top of the body or under one of a few known names. The text is cut where
a record begins, each piece is read by itself, and what cannot be read is
given back as text.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

from floorgraph.vendors.cwork.mending import repair
from floorgraph.vendors.jsontext import NotJson, strict

__all__ = ["repair", "salvage", "salvage_list"]

WRAPPERS: Final = ("Documents", "Tops", "Groups")
"""Names under which an object holds its list."""
LONGEST_FRAGMENT: Final = 200

_TOP = re.compile(r"\s*\[")
_WRAPPED = re.compile(rf'"({"|".join(WRAPPERS)})"\s*:\s*\[')
_HAS_MORE = re.compile(r'"Has_more"\s*:\s*"?(true|false|1|0)', re.IGNORECASE)
_FIRST_FIELD = re.compile(r'[\[,]\s*\{\s*"([^"\\\r\n]{1,100})"\s*:')


def salvage_list(text: str) -> tuple[list[Any], list[str]]:
    """The records of a list that can be read, and the beginnings of those that cannot.

    Both are empty when the text holds no list of objects.
    """
    found = _TOP.match(text) or _WRAPPED.search(text)
    return ([], []) if found is None else _read_list(text[found.end() - 1 :])


def salvage(text: str) -> tuple[Any, tuple[str, ...]] | None:
    """The value of a body with a list, without the records that cannot be read, and their beginnings.

    None when no record can be read. Of what stands around a wrapped list only `Has_more` is kept.
    """
    wrapped = None if _TOP.match(text) else _WRAPPED.search(text)
    records, lost = salvage_list(text)
    if not records:
        return None
    if wrapped is None:
        return records, tuple(lost)
    value: dict[str, Any] = {wrapped.group(1): records}
    more = _HAS_MORE.search(text)
    if more is not None:
        value["Has_more"] = more.group(1).lower() in ("true", "1")
    return value, tuple(lost)


def _read_list(array: str) -> tuple[list[Any], list[str]]:
    records: list[Any] = []
    lost: list[str] = []
    for start, end in pairwise([*_record_starts(array), len(array)]):
        for piece in _separate(array[start:end]):
            record = _read_record(piece)
            if record is None:
                lost.append(piece[:LONGEST_FRAGMENT])
            else:
                records.append(record)
    return records, lost


def _record_starts(array: str) -> list[int]:
    """Where the records begin: every object that follows a bracket or comma and has the usual first field."""
    opening = _FIRST_FIELD.match(array)
    if opening is not None:
        field = opening.group(1)
    else:
        usual = Counter(match.group(1) for match in _FIRST_FIELD.finditer(array)).most_common(1)
        if not usual:
            return []
        field = usual[0][0]
    begins = re.compile(rf'[\[,]\s*(?=\{{\s*"{re.escape(field)}"\s*:)')
    starts = [match.end() for match in begins.finditer(array)]
    # What stands before the first recognised record is a record as well, one that begins in another way.
    before = array.find("{")
    return starts if before == starts[0] else [before, *starts]


def _separate(piece: str) -> Iterator[str]:
    """The records in a piece: one as a rule, more when some begin with another field than the rest."""
    at = 0
    while True:
        end = _closing_brace(piece, at)
        after = None if end is None else _BETWEEN.match(piece, end)
        if end is None or after is None:
            yield piece[at:]
            return
        yield piece[at:end]
        at = after.end()
        if not piece.startswith("{", at):
            return


def _read_record(piece: str) -> dict[str, Any] | None:
    mended, _ = repair(piece.rstrip(" \t\r\n,"))
    try:
        record = strict(mended)
    except NotJson:
        return None
    return record if isinstance(record, dict) else None


_BETWEEN = re.compile(r"[ \t\r\n,]*(?=\{|\]|$)")
"""What may follow a record: the next one, the end of the list, or the end of the piece."""
_TOKEN = re.compile(r'"(?:[^"\\\r\n]|\\.)*"|[{}]')


def _closing_brace(piece: str, at: int) -> int | None:
    """Where the object at a place in a piece ends, by counting the brackets outside of strings."""
    depth = 0
    for token in _TOKEN.finditer(piece, at):
        if token.group() == "{":
            depth += 1
        elif token.group() == "}":
            depth -= 1
            if depth == 0:
                return token.end()
    return None
