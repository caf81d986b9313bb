"""Relay connections over ordered records, with cursors that survive changes of the list. Pure.

A cursor names a place in the order (the ranks of a record and the place that
no two records share), not a position: a record that is added or removed
between two pages neither repeats nor hides an unchanged one.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Generic, TypeVar

import msgspec

from floorgraph.model.errors import BadArgument, BadCursor
from floorgraph.model.limits import DEFAULT_PAGE, LARGEST_PAGE
from floorgraph.model.record import Record
from resolvers.ordering import Ordering, Rank, comes_before, ordered, place, ranks

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Relay's paging arguments."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    def size(self) -> int:
        """How many records the page may have; limits on operations allow fewer.

        Raises `BadArgument` for contradictory or out-of-range arguments.
        """
        if self.first is not None and self.last is not None:
            raise BadArgument("Give either 'first' or 'last', not both.")
        if self.last is None and self.before is not None:
            raise BadArgument("'before' goes with 'last'.")
        if self.last is not None and self.after is not None:
            raise BadArgument("'after' goes with 'first'.")
        name, value = ("last", self.last) if self.last is not None else ("first", self.first)
        if value is None:
            return DEFAULT_PAGE
        if not 0 <= value <= LARGEST_PAGE:
            raise BadArgument(f"'{name}' must be between 0 and {LARGEST_PAGE}, not {value}.")
        return value


@dataclass(frozen=True, slots=True)
class Edge(Generic[R]):
    """A record in a list, with its cursor."""

    node: R
    ordering: Ordering

    @property
    def cursor(self) -> str:
        """The record's place in the list."""
        return _write_cursor(self.node, self.ordering)


@dataclass(frozen=True, slots=True)
class PageInfo:
    """Where a page lies in its list."""

    has_next_page: bool
    has_previous_page: bool
    first: Edge[Any] | None
    last: Edge[Any] | None

    @property
    def start_cursor(self) -> str | None:
        """Cursor of the first record."""
        return None if self.first is None else self.first.cursor

    @property
    def end_cursor(self) -> str | None:
        """Cursor of the last record."""
        return None if self.last is None else self.last.cursor


@dataclass(slots=True)
class Page(Generic[R]):
    """One page of a list. Cursors are made when they are asked for: most callers ask for none."""

    nodes: list[R]
    """The records of the page."""
    ordering: Ordering
    start: int
    """How many records come before the page."""
    total_count: int
    unavailable_sources: list[str] = field(default_factory=list)

    @property
    def edges(self) -> list[Edge[R]]:
        """The records of the page with their cursors."""
        return [Edge(record, self.ordering) for record in self.nodes]

    @property
    def page_info(self) -> PageInfo:
        """Where the page lies."""
        nodes, ordering = self.nodes, self.ordering
        return PageInfo(
            has_next_page=self.start + len(nodes) < self.total_count,
            has_previous_page=self.start > 0,
            first=Edge(nodes[0], ordering) if nodes else None,
            last=Edge(nodes[-1], ordering) if nodes else None,
        )


@dataclass(frozen=True, slots=True)
class _Place:
    ranks: list[Rank]
    place: tuple[Any, ...]


def page_of(records: Sequence[R], ordering: Ordering, request: PageRequest) -> Page[R]:
    """The page asked for; of records with the same id the last counts.

    Raises `BadArgument` for wrong paging arguments and `BadCursor` for a
    cursor that was not made for this order.
    """
    request.size()
    return cut_out(ordered(records, ordering), ordering, request)


def cut_out(everything: list[R], ordering: Ordering, request: PageRequest) -> Page[R]:
    """As `page_of`, of records that are in order already, none of them twice."""
    size = request.size()
    start, end = 0, len(everything)
    if request.after is not None:
        start = _place_of(everything, ordering, request.after, including=True)
    if request.before is not None:
        end = _place_of(everything, ordering, request.before, including=False)
    low, high = (start, min(end, start + size)) if request.last is None else (max(start, end - size), end)
    return Page(everything[low:high], ordering, low, len(everything))


def _place_of(everything: Sequence[Record], ordering: Ordering, cursor: str, *, including: bool) -> int:
    mark = _read_cursor(cursor, ordering)
    try:
        return _count_up_to(everything, ordering, mark, including=including)
    except TypeError as error:
        # Ranks that cannot be compared with those of records: nothing that was made here has such.
        raise _no_cursor(cursor) from error


def _no_cursor(text: str) -> BadCursor:
    return BadCursor(f"'{text[:40]}' is not a cursor of this list.")


def _count_up_to(records: Sequence[Record], ordering: Ordering, mark: _Place, *, including: bool) -> int:
    """How many records come before the mark; the one at the mark counts too when `including`."""
    low, high = 0, len(records)
    while low < high:
        middle = (low + high) // 2
        record = records[middle]
        side = comes_before(ranks(record, ordering), mark.ranks, ordering)
        if side == 0:
            here = place(record)
            side = 0 if here == mark.place else (-1 if here < mark.place else 1)
        if side < 0 or (including and side == 0):
            low = middle + 1
        else:
            high = middle
    return low


@lru_cache(maxsize=256)
def _signature(ordering: Ordering) -> str:
    text = ",".join(f"{key.path}{'-' if key.descending else '+'}" for key in ordering)
    return hashlib.blake2s(text.encode(), digest_size=4).hexdigest()


def _write_cursor(record: Record, ordering: Ordering) -> str:
    content = (_signature(ordering), ranks(record, ordering), place(record))
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(content)).decode().rstrip("=")


def _read_cursor(text: str, ordering: Ordering) -> _Place:
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        signature, rank_rows, where = msgspec.msgpack.decode(packed, type=tuple[str, list[Any], list[Any]])
        found = _Place([(bool(a), _tuples(b)) for a, b in rank_rows], _tuples(where))
        valid = signature == _signature(ordering) and len(found.place) == len(("source", "remote", "id"))
    except (binascii.Error, msgspec.DecodeError, UnicodeError, ValueError, TypeError) as error:
        raise _no_cursor(text) from error
    if not valid:
        raise BadCursor("The cursor belongs to a list in another order; start again without it.")
    if len(found.ranks) != len(ordering):
        raise _no_cursor(text)
    return found


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
