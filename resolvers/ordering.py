"""A stable order over records of all sources. Pure.

Records are ordered by the fields asked for, missing values last, and then by
source and remote id, so that two records never tie and a cursor always names
one place in the list.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache, lru_cache
from heapq import merge
from itertools import accumulate, islice
from operator import attrgetter, lt
from typing import Any, TypeVar

from floorgraph.model.record import Record
from floorgraph.vendors.turns import Steps, at_once, parts

R = TypeVar("R", bound=Record)

TOGETHER = 500
"""Records of which a step takes care."""
UNKNOWN = 5
"""Records that are read, or sorted for the first time, in one unit of work."""
KNOWN = 50
"""Records that are gone over in one unit of work."""
LONG = 8_000
"""Records that are put together in one step; more are slower, and in steps."""

_SOURCE, _REMOTE_ID, _ID = attrgetter("source"), attrgetter("remote_id"), attrgetter("id")

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


def ordered(records: Sequence[R], ordering: Ordering) -> list[R]:
    """The records in order, without repetitions of an id, of which the last counts."""
    return at_once(in_order(records, ordering))


def in_order(records: Sequence[R], ordering: Ordering) -> Steps[list[R]]:
    """As `ordered`, as work in steps: tens of thousands of records take a while."""
    result = yield from _by_place(list(records))
    for key in reversed(ordering):
        result = yield from _by_key(result, key)
    return result


def in_place(lists: Sequence[Sequence[Record]]) -> bool:
    """Whether each of the lists is ordered by place as it is, with no record twice.

    Told at a glance or not at all: False where remote ids are long, or there are several sources.
    """
    records = [record for one in lists for record in one]
    if len(records) < 2:
        return True
    names = list(map(_REMOTE_ID, records))
    if max(map(len, names)) > _LONGEST_KNOWN or len(set(map(_SOURCE, records))) > 1:
        return False
    keys: list[Any] = _numbers(names) or list(map(_known, names))
    growing = list(map(lt, keys, islice(keys, 1, None)))
    for end in accumulate(map(len, lists)):
        # From the last record of a list to the first of the next one.
        if 0 < end <= len(growing):
            growing[end - 1] = True
    return all(growing)


def _by_place(records: list[R]) -> Steps[list[R]]:
    if len(records) < 2:
        return records
    keys = yield from _keys(list(map(_REMOTE_ID, records)))
    # Sources answer in a stable order, which mostly is this one already. Growing keys of one source have no
    # id twice.
    if all(map(lt, keys, islice(keys, 1, None))) and len(set(map(_SOURCE, records))) == 1:
        return records
    yield len(records) // KNOWN
    # As `place`, without a call for each record.
    places = list(zip(map(_SOURCE, records), keys, map(_ID, records), strict=True))
    if all(map(lt, places, islice(places, 1, None))):
        return records
    yield len(records) // KNOWN
    last = {found[2]: index for index, found in enumerate(places)}
    found = yield from _sorted(list(last.values()), places.__getitem__)
    return [records[index] for index in found]


def _keys(names: list[str]) -> Steps[list[Any]]:
    """What names are ordered by: their natural keys, or numbers where all are numbers, which come alike."""
    numbers = _numbers(names)
    if numbers is not None:
        return numbers
    longest = max(map(len, names))
    made: list[Any] = []
    for part in parts(names, TOGETHER):
        made += map(_known if longest <= _LONGEST_KNOWN else natural, part)
        yield len(part) // UNKNOWN
    return made


def _numbers(names: list[str]) -> list[int] | None:
    """The names as numbers, if all are."""
    digits = "".join(names) if max(map(len, names)) <= _LONGEST_NUMBER else ""
    return list(map(int, names)) if digits.isdigit() and digits.isascii() and all(names) else None


def _by_key(records: list[R], key: OrderKey) -> Steps[list[R]]:
    values: list[Any] = []
    for part in parts(records, TOGETHER):
        found = [value_at(record, key.path) for record in part]
        values += [None if value is None else rank(value)[1] for value in found]
        yield len(part) // UNKNOWN
    known = [index for index, value in enumerate(values) if value is not None]
    known = yield from _sorted(known, values.__getitem__, descending=key.descending)
    missing = [record for record, value in zip(records, values, strict=True) if value is None]
    return [records[index] for index in known] + missing


def _sorted(indexes: list[int], key: Callable[[int], Any], *, descending: bool = False) -> Steps[list[int]]:
    """Sorted by their keys, those with equal ones in the order in which they come.

    Parts are sorted by themselves, and then put together in pairs. Of shorter ones Python finds that two
    sorted parts come one behind the other, and goes over them once.
    """
    runs: list[list[int]] = []
    for part in parts(indexes, TOGETHER):
        runs.append(sorted(part, key=key, reverse=descending))
        yield len(part) // UNKNOWN
    while len(runs) > 1:
        longer: list[list[int]] = []
        for pair in parts(runs, 2):
            both = (yield from _merged(pair, key, descending=descending)) if len(pair) == 2 else pair[0]
            longer.append(both)
        runs = longer
    return runs[0] if runs else []


def _merged(pair: Sequence[list[int]], key: Callable[[int], Any], *, descending: bool) -> Steps[list[int]]:
    if sum(map(len, pair)) <= LONG:
        both = [index for run in pair for index in run]
        both.sort(key=key, reverse=descending)
        yield len(both) // KNOWN
        return both
    both, merging = [], merge(*pair, key=key, reverse=descending)
    while part := list(islice(merging, TOGETHER)):
        both += part
        yield len(part) // UNKNOWN
    return both


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
