"""What all records share, and how two observations of one record are compared."""

import itertools
from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any, ClassVar, TypeVar

import msgspec
from msgspec.structs import replace

from floorgraph.model.ids import Kind


class Part(msgspec.Struct, gc=False):
    """Something that records are made of; it leads to no cycles, so that nobody looks for them."""


class Record(Part, kw_only=True):
    """Something on the shop floor that has an identity at its vendor.

    Records are never changed after they are built: a new observation is a
    new record. Fields whose name ends in `_id` or `_ids` are keys for
    relations and do not appear in GraphQL; the relation does.
    """

    kind_word: ClassVar[Kind]
    cosmetic: ClassVar[frozenset[str]] = frozenset()
    """Fields whose change alone makes no event, beside the common ones."""

    id: str
    """Identifier over all sources, `<source key>:<kind>:<remote id>`; opaque to clients and stable."""
    source: str
    """The configured vendor server that this record comes from."""
    remote_id: str
    """The vendor's own identifier of this record, unique within its source and kind."""
    observed_at: datetime
    """When this server received the vendor's answer that the record was made from (UTC)."""
    updated_at: datetime
    """When the content last changed (UTC): the vendor's own modification time where it has one,
    otherwise the moment this server first saw the present content."""
    stale: bool = False
    """True when a later attempt to refresh this record failed, so that it is the last known state."""
    raw: Any = None
    """The vendor's payload as JSON, untouched. Needs the right `raw`; null where the record was
    computed rather than received."""


COMMON = frozenset({"source", "observed_at", "updated_at", "stale", "raw"})

P = TypeVar("P", bound=Part)
Values = Callable[[Record], tuple[Any, ...]]
"""Takes the values of some fields of a record, at the speed of C."""

_compared: dict[type[Record], tuple[str, ...]] = {}
_values: dict[type[Record], Values] = {}


def compared_fields(owner: type[Record]) -> tuple[str, ...]:
    """The declared fields whose change counts as a change of the record."""
    names = _compared.get(owner)
    if names is None:
        skipped = COMMON | owner.cosmetic
        names = tuple(name for name in owner.__struct_fields__ if name not in skipped)
        _compared[owner] = names
    return names


def changed_fields(before: Record, after: Record) -> tuple[str, ...]:
    """Names of the compared fields that differ, in order of declaration.

    A record inside a record contributes the names of its own changed fields,
    so that a station's live status shows as `state` or `alarms`.
    """
    if before is after:
        return ()
    owner = type(after)
    names = compared_fields(owner)
    values = _values.get(owner)
    if values is None:
        values = _values[owner] = attrgetter(*names)
    was, now = values(before), values(after)
    found: list[str] = []
    for name, old, new in zip(names, was, now, strict=True):
        if old is new:
            continue
        if isinstance(old, Record) and isinstance(new, Record):
            found.extend(inner for inner in changed_fields(old, new) if inner not in ("id", "remote_id"))
        elif _differs(old, new):
            found.append(name)
    return tuple(found)


def again(part: P, **fields: Any) -> P:
    """The record, or a part of one, with other values in some fields."""
    return replace(part, **fields)


def _differs(old: object, new: object) -> bool:
    """Whether two values differ in content, looking through records that were merely seen again."""
    if old is new:
        return False
    if isinstance(old, Record) and isinstance(new, Record):
        return old.id != new.id or bool(changed_fields(old, new))
    if isinstance(old, tuple) and isinstance(new, tuple):
        return len(old) != len(new) or any(itertools.starmap(_differs, zip(old, new, strict=True)))
    return old != new
