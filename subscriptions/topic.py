"""What one subscriber wants to hear about, and how a change looks through its filter."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from hashlib import blake2b

from msgspec.structs import replace

from floorgraph.model.ids import GlobalId, Kind
from floorgraph.model.record import Record
from subscriptions.change import ChangeKind
from subscriptions.difference import Difference

NO_LONGER_MATCHES = "no longer matches the filter"


@dataclass(frozen=True, slots=True)
class Way:
    """How other records decide which ones a topic is about."""

    kind: Kind
    """The kind of record that decides; another one than the topic's."""
    leads: Callable[[Record], Collection[str]]
    """Global ids of the topic's records that such a record leads to, each once. Looks at the record alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What one subscriber wants to hear about."""

    kind: Kind
    """The kind of record."""
    sources: frozenset[str] | None = None
    """Keys of the sources to hear about; all when None. Unknown keys contribute nothing."""
    ids: frozenset[str] | None = None
    """Global ids of the records to hear about; all when None. Other sources are not polled for it."""
    matches: Callable[[Record], bool] | None = None
    """Whether a record is of interest; all are when None. Looks at the record alone: it is called with
    the record before and after each change, and must answer the same for the same record."""
    ways: tuple[Way, ...] = ()
    """Only records that each of these leads to; what they lead over is polled as well. `Crossing` follows
    them, everything in this class looks away."""
    on: frozenset[str] | None = None
    """GraphQL names of the fields whose change is of interest; every field when None. Records that
    appear or disappear are told in any case."""
    after: str | None = None
    """Cursor to go on from. It counts only for the topic it came from: same kind, sources, ids, scope."""
    snapshot: bool = True
    """Whether the present records are sent first."""
    max_age: float | None = None
    """Seconds that data may be old; the feed's own interval when None. Also the least time between
    two deliveries where others make the feed be polled more often."""
    scope: str = ""
    """Names what `matches`, `on` and the caller's rights stand for. A cursor of another scope makes
    RESYNC, because what it counts on having been sent was not."""

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of record that must be known: its own, and those that its ways lead over."""
        return frozenset((self.kind, *(way.kind for way in self.ways)))

    def concerned(self) -> frozenset[str] | None:
        """Keys of the sources that can contribute; None for all. Raises `BadId` for a malformed id."""
        if self.ids is None:
            return self.sources
        named = frozenset(GlobalId.parse(text).source for text in self.ids)
        return named if self.sources is None else named & self.sources

    def fingerprint(self) -> bytes:
        """What its cursors are bound to beside the kind, in 6 bytes."""
        parts = [self.scope, *_listed(self.sources), *_listed(self.ids)]
        return blake2b("\0".join(parts).encode(), digest_size=6).digest()

    def admits(self, record: Record) -> bool:
        """Whether a record is within the topic."""
        if self.sources is not None and record.source not in self.sources:
            return False
        if self.ids is not None and record.id not in self.ids:
            return False
        return self.matches is None or self.matches(record)

    def view(self, difference: Difference) -> Difference | None:
        """The difference as this subscriber sees it; None when it is none of its concern.

        `on` is not looked at here, because a difference that is of no
        interest by itself still updates one that waits to be delivered.
        """
        before = difference.previous is not None and self.admits(difference.previous)
        after = difference.record is not None and self.admits(difference.record)
        if before and after:
            return difference
        if after and difference.kind is ChangeKind.ADDED:
            return difference
        if after:
            return replace(difference, kind=ChangeKind.ADDED, previous=None, changed_fields=())
        if not before:
            return None
        if difference.kind is ChangeKind.REMOVED:
            return difference
        return replace(
            difference, kind=ChangeKind.REMOVED, record=None, changed_fields=(), reason=NO_LONGER_MATCHES
        )

    def interested(self, difference: Difference) -> bool:
        """Whether a difference that was seen through the filter is worth telling by itself."""
        if self.on is None or difference.kind is not ChangeKind.UPDATED:
            return True
        return not self.on.isdisjoint(difference.changed_fields)


def _listed(values: frozenset[str] | None) -> list[str]:
    return ["*"] if values is None else ["=", *sorted(values)]
