"""The query grammar of lists: `filter[..]`, `search[..]`, `sort`, `page[..]`, `fields`.

Told from the vendor's published framework: what is an argument at all, how its parts are split, and the code
of each mistake. Whether a property exists and its values fit is looked at afterwards, in `listing`.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from floorgraph.simulators.authentise.errors import Problem, VendorError

Operation = Literal["=", ">", ">=", "<", "<="]

_BARE = re.compile(r"\[(\w+)\]([<>])([ ,\w-]+)")
_BARE_ANY = re.compile(r"\[(\w+)\]([<>])(.+)")
_AT_LEAST: dict[str, Operation] = {">": ">=", "<": "<="}


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on one property: any of the values for `=`, a bound otherwise."""

    name: str
    operation: Operation
    values: tuple[str, ...]


@dataclass(slots=True)
class Listing:
    """What a request asks of a list; for an item only `fields` matters."""

    limit: int
    offset: int = 0
    filters: list[Filter] = field(default_factory=list)
    searches: list[Filter] = field(default_factory=list)
    sorts: list[tuple[str, bool]] = field(default_factory=list)
    """Property and whether it descends."""
    fields: list[str] | None = None

    def filtered(self, name: str) -> Filter | None:
        """The filter on a property for equality."""
        return next((one for one in self.filters if one.name == name and one.operation == "="), None)


def read_listing(items: Iterable[tuple[str, str]], *, limit: int, strict: bool) -> Listing:
    """What the arguments ask for.

    Raises:
        VendorError: 400 with the code of each mistake.
    """
    items = list(items)
    listing, problems = Listing(limit=limit), list[Problem]()
    counts = Counter(key for key, _ in items)
    for key, value in dict(items[::-1]).items():
        try:
            _read(listing, key, value, repeated=counts[key] > 1, strict=strict)
        except _Wrong as wrong:
            problems.append(wrong.problem)
    if problems:
        raise VendorError.of(problems)
    listing.filters.reverse()
    return listing


class _Wrong(Exception):
    def __init__(self, code: str, title: str) -> None:
        super().__init__(code)
        self.problem = Problem(code, title)


def _read(listing: Listing, key: str, value: str, *, repeated: bool, strict: bool) -> None:
    if key.startswith("filter"):
        listing.filters.append(_filter(key, value, repeated=repeated, strict=strict))
    elif key.startswith("fields"):
        listing.fields = _fields(value, repeated=repeated)
    elif key.startswith("page[offset]"):
        listing.offset = _number("offset", value, repeated=repeated)
    elif key.startswith("page[limit]"):
        listing.limit = _number("limit", value, repeated=repeated)
    elif key.startswith("sort"):
        listing.sorts = _sorts(key, value, repeated=repeated)
    elif key.startswith("search"):
        listing.searches.append(_search(key, value, repeated=repeated))
    else:
        raise _Wrong("unrecognized-query-argument", f"This endpoint does not know the argument {key}")


def _filter(key: str, value: str, *, repeated: bool, strict: bool) -> Filter:
    if repeated:
        raise _Wrong("filter-property-specified-more-than-once", f"'{key}' is given more than once")
    name = key.removeprefix("filter")
    if not name:
        raise _Wrong("empty-filter-name", "A filter is written filter[property]=value")
    operation: Operation
    if name.endswith("]"):
        operation, inner = "=", name[:-1]
    elif name[-2:] in ("]>", "]<"):
        operation, inner = _AT_LEAST[name[-1]], name[:-2]
    else:
        return _bare(name, value, strict=strict)
    if not inner.startswith("["):
        raise _Wrong("invalid-filter-request", f"'{key}' is not of the form filter[property]")
    if inner == "[":
        raise _Wrong("empty-filter-name", f"'{key}' names no property")
    return Filter(inner[1:], operation, tuple(value.split(",")))


def _bare(name: str, value: str, *, strict: bool) -> Filter:
    """`filter[x]>v` without a sign of equality: everything is in the key."""
    if not strict and value:
        raise _Wrong("invalid-filter-request", f"'filter{name}={value}' has an unexpected sign of equality")
    found = (_BARE if strict else _BARE_ANY).fullmatch(name)
    if found is None or value:
        raise _Wrong("invalid-filter-request", f"'filter{name}' is not of the form filter[property]")
    operation: Operation = ">" if found[2] == ">" else "<"
    return Filter(found[1], operation, tuple(found[3].split(",")))


def _search(key: str, value: str, *, repeated: bool) -> Filter:
    if repeated:
        raise _Wrong("filter-property-specified-more-than-once", f"'{key}' is given more than once")
    name = key.removeprefix("search")
    if not name:
        raise _Wrong("empty-filter-name", "A search is written search[property]=text")
    if not (name.startswith("[") and name.endswith("]")):
        raise _Wrong("invalid-search-request", f"'{key}' is not of the form search[property]")
    return Filter(name[1:-1], "=", tuple(value.split(",")))


def _fields(value: str, *, repeated: bool) -> list[str]:
    if repeated:
        raise _Wrong("fields-property-specified-more-than-once", "fields is given more than once")
    if not (value.startswith("[") and value.endswith("]")):
        raise _Wrong("invalid-fields-query", "fields is a list with commas between '[' and ']'")
    return [name.strip() for name in value[1:-1].split(",")]


def _number(name: str, value: str, *, repeated: bool) -> int:
    if repeated:
        raise _Wrong(f"{name}-specified-more-than-once", f"page[{name}] is given more than once")
    if not value:
        raise _Wrong(f"empty-{name}", f"page[{name}] has no value")
    try:
        return int(value)
    except ValueError:
        raise _Wrong(f"non-integer-{name}", f"page[{name}] must be an integer, not {value}") from None


def _sorts(key: str, value: str, *, repeated: bool) -> list[tuple[str, bool]]:
    if key != "sort":
        raise _Wrong("invalid-sort-request", f"'{key}' is not sort")
    if repeated:
        raise _Wrong("sort-property-specified-more-than-once", "sort is given more than once")
    names = [name.strip() for name in value.split(",")]
    if not all(names):
        raise _Wrong("empty-sort-value", "sort names no property")
    sorts = [(name.removeprefix("-"), name.startswith("-")) for name in names]
    if len({name for name, _ in sorts}) != len(sorts):
        raise _Wrong("invalid-sort-request", "a property can be sorted by once only")
    return sorts
