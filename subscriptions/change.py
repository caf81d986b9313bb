"""Changes as subscribers see them."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from floorgraph.model.record import Record


class ChangeKind(Enum):
    """What a change tells.

    Clients must be ready for values that are added later.
    """

    SNAPSHOT = "SNAPSHOT"
    """One record as it is known when the subscription begins, or begins anew after RESYNC."""
    CAUGHT_UP = "CAUGHT_UP"
    """Everything that was known has been sent; what follows happens from now on. Carries no record."""
    ADDED = "ADDED"
    """A record appeared, or began to match the filter."""
    UPDATED = "UPDATED"
    """A record changed in the fields that `changedFields` names."""
    REMOVED = "REMOVED"
    """A record is gone, or no longer matches the filter (`reason` says so)."""
    LAGGED = "LAGGED"
    """The subscriber was slower than the changes: `missed` of them were folded into the ones that
    follow, which give the latest state of every record. Carries no record."""
    RESYNC = "RESYNC"
    """The changes since `after` cannot be told; `reason` says why. A snapshot follows, and records
    that are not in it are gone. Carries no record."""


class ChangeCause(Enum):
    """How a change became known.

    Clients must be ready for values that are added later.
    """

    POLL = "POLL"
    """Found by comparing what the vendor answered with what was known."""
    COMMAND = "COMMAND"
    """Found right after a command on this record that came through this API; see `commandId`."""
    BACKFILL = "BACKFILL"
    """Read afterwards from a history that the vendor keeps; happened before what was told already."""


@dataclass(slots=True, kw_only=True)
class Change:
    """Something that happened to one record, or a word about the stream itself."""

    kind: ChangeKind
    """What the change tells."""
    id: str | None = None
    """Id of the record; null where the change is about the stream itself."""
    record: Record | None = None
    """The record after the change; null after REMOVED and where the change is about the stream."""
    previous: Record | None = None
    """The record before the change; null where there was none or it is not known."""
    changed_fields: tuple[str, ...] = ()
    """Names of the fields that differ between `previous` and the record, as GraphQL names them;
    empty unless the kind is UPDATED."""
    at: datetime
    """When this server learned of the change (UTC)."""
    cursor: str
    """Where the stream stands after this change; give it as `after` to go on from here."""
    cause: ChangeCause = ChangeCause.POLL
    """How the change became known."""
    command_id: str | None = None
    """Id of the command that the change confirms; null unless the cause is COMMAND."""
    missed: int | None = None
    """Number of changes that were folded; null unless the kind is LAGGED."""
    reason: str | None = None
    """Why, in words for people, where the kind alone does not say it: after RESYNC and REMOVED."""


STANDALONE = frozenset({"id", "remote_id"})


def graphql_name(field: str) -> str:
    """The GraphQL name of a record's field: `parts_total` is `partsTotal`.

    Keys of relations go by the relation: `station_id` is `station`, `job_ids` is `jobs`.
    """
    if field not in STANDALONE:
        if field.endswith("_ids"):
            field = f"{field.removesuffix('_ids')}s"
        field = field.removesuffix("_id")
    head, *rest = field.split("_")
    return head + "".join(word[:1].upper() + word[1:] for word in rest)
