"""One difference between two observations of a collection."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from floorgraph.model.record import Record, changed_fields, compared_fields
from subscriptions.change import STANDALONE, ChangeCause, ChangeKind, graphql_name


class Difference(Struct, frozen=True, kw_only=True):
    """That a record was added, updated or removed; `changed_fields` holds GraphQL names."""

    kind: ChangeKind
    id: str
    record: Record | None = None
    previous: Record | None = None
    changed_fields: tuple[str, ...] = ()
    cause: ChangeCause = ChangeCause.POLL
    command_id: str | None = None
    reason: str | None = None


def added(record: Record) -> Difference:
    """A record that was not known."""
    return Difference(kind=ChangeKind.ADDED, id=record.id, record=record)


def removed(record: Record, reason: str | None = None) -> Difference:
    """A record that is gone."""
    return Difference(kind=ChangeKind.REMOVED, id=record.id, previous=record, reason=reason)


def updated(before: Record, after: Record) -> Difference | None:
    """What changed in a record; None when no field that counts did."""
    fields = [inner for name in changed_fields(before, after) for inner in _shown(name, before, after)]
    if not fields:
        return None
    return Difference(
        kind=ChangeKind.UPDATED,
        id=after.id,
        record=after,
        previous=before,
        changed_fields=tuple(dict.fromkeys(graphql_name(name) for name in fields)),
    )


def through(difference: Difference, between: Iterable[Record]) -> list[Difference]:
    """An update in the steps that led to it; those before the last one are backfilled."""
    if difference.previous is None or difference.record is None:
        return [difference]
    found: list[Difference] = []
    before = difference.previous
    for record in between:
        step = updated(before, record)
        if step is not None:
            found.append(replace(step, cause=ChangeCause.BACKFILL))
            before = record
    last = updated(before, difference.record)
    if last is not None:
        found.append(replace(difference, previous=before, changed_fields=last.changed_fields))
    elif found:
        # The last step is what the poll found: it is known from now on, and told by the poll.
        found[-1] = replace(found[-1], record=difference.record, cause=difference.cause)
    return found


def _shown(name: str, before: Record, after: Record) -> list[str]:
    """The fields that a changed field stands for.

    A record inside a record has no field of its own in GraphQL; where it
    appears or disappears, each of its fields that has a value does.
    """
    inner = next((v for r in (after, before) if isinstance(v := getattr(r, name, None), Record)), None)
    if inner is None:
        return [name]
    fields = compared_fields(type(inner))
    return [field for field in fields if field not in STANDALONE and getattr(inner, field) is not None]
