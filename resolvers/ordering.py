"""A stable order over records of all sources. Pure.

Records are ordered by the fields asked for, missing values last, and then by
source and remote id, so that two records never tie and a cursor always names
one place in the list.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache, lru_cache, partial
from itertools import islice
from operator import attrgetter, le, lt
from typing import Any, TypeVar

from floorgraph.model.record import Record

R = TypeVar("R", bound=Record)

_SOURCE, _REMOTE_ID = attrgetter("source"), attrgetter("remote_id")

Rank = tuple[bool, Any]
"""(is missing, comparable value): what a field's value is ordered by."""

_LONGEST_NUMBER = 18
"""Digits that count as one number; more are several."""
_NUMBER = re.compile(rf"([0-9]{{1,{_LONGEST_NUMBER}}})")


class OrderDirection(Enum):
    """Which way a list is ordered."""

    ASC = "ASC"
    """Smallest, earliest or alphabetically first comes first."""
    DESC = "DESC"
    """Largest, latest or alphabetically last comes first."""


@dataclass(frozen=True, slots=True)
class OrderKey:
    """A field to order by: a dotted path of attributes."""

    path: str
    descending: bool = False


Ordering = tuple[OrderKey, ...]


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key by which 'Mill 9' comes before 'Mill 10', ignoring case."""
    return _known(text) if len(text) <= _LONGEST_KNOWN else _natural(text)


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    parts = _NUMBER.split(text.casefold())
    return tuple(
        (0, int(part), "") if index % 2 else (1, 0, part) for index, part in enumerate(parts) if part
    )


_LONGEST_KNOWN = 120
_known = lru_cache(maxsize=1 << 16)(_natural)
"""Lists are ordered by the same names and ids again and again."""


def place(record: Record) -> tuple[Any, ...]:
    """The part of the order that no two records share."""
    return (record.source, natural(record.remote_id), record.id)


def rank(value: object) -> Rank:
    """What a value is ordered by; missing values come last, enum values in their order of declaration."""
    if value is None:
        return (True, 0)
    if isinstance(value, Enum):
        return (False, _position(value))
    if isinstance(value, str):
        return (False, natural(value))
    if isinstance(value, datetime):
        return (False, value.timestamp())
    return (False, value)


@cache
def _position(value: Enum) -> int:
    return list(type(value)).index(value)


def value_at(record: Record, path: str) -> object:
    """The value at a dotted path of attributes; None where a part of it is missing."""
    value: object = record
    for name in path.split("."):
        if value is None:
            return None
        value = getattr(value, name)
    return value


def ranks(record: Record, ordering: Ordering) -> list[Rank]:
    """What a record is ordered by, without its place."""
    return [rank(value_at(record, key.path)) for key in ordering]


def ordered(records: Iterable[R], ordering: Ordering) -> list[R]:
    """The records in order, without repetitions of an id, of which the last counts."""
    result = _by_place(list(records))
    for key in reversed(ordering):
        known = [record for record in result if value_at(record, key.path) is not None]
        missing = [record for record in result if value_at(record, key.path) is None]
        known.sort(key=partial(_known_rank, key.path), reverse=key.descending)
        result = known + missing
    return result


def _by_place(records: list[R]) -> list[R]:
    if len(records) < 2 or _in_order(records):
        return records
    records = list({record.id: record for record in records}.values())
    # As `place`, without a call for each record.
    places = [
        (one.source, _known(name) if len(name := one.remote_id) <= _LONGEST_KNOWN else _natural(name), one.id)
        for one in records
    ]
    # Sources answer in a stable order, which mostly is this one already.
    if all(map(le, places, islice(places, 1, None))):
        return records
    return [records[index] for index in sorted(range(len(records)), key=places.__getitem__)]


def _in_order(records: list[R]) -> bool:
    """Whether records of one source have growing remote ids, and so no id twice.

    False where that takes a closer look.
    """
    if len(set(map(_SOURCE, records))) > 1:
        return False
    names = list(map(_REMOTE_ID, records))
    longest = max(map(len, names))
    if longest > _LONGEST_KNOWN:
        return False
    keys: list[Any]
    digits = "".join(names) if longest <= _LONGEST_NUMBER else ""
    if digits.isdigit() and digits.isascii() and all(names):
        # Plain numbers, as most vendors have them, are in the same order as their natural keys.
        keys = list(map(int, names))
    else:
        keys = list(map(_known, names))
    return all(map(lt, keys, islice(keys, 1, None)))


def _known_rank(path: str, record: Record) -> Any:
    return rank(value_at(record, path))[1]


def comes_before(left: Sequence[Rank], right: Sequence[Rank], ordering: Ordering) -> int:
    """-1, 0 or 1: how two rows of ranks stand to each other, without their places."""
    for key, a, b in zip(ordering, left, right, strict=True):
        if a == b:
            continue
        if a[0] != b[0]:
            return 1 if a[0] else -1
        smaller = a[1] < b[1]
        return -1 if smaller is not key.descending else 1
    return 0
