"""The journal: what is known of every collection, and the changes that led there. Pure.

One sequence counts the changes of all kinds. A bounded ring per kind keeps
the latest ones for subscribers that come back.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice, takewhile

from msgspec import Struct

from floorgraph.model.ids import Kind
from floorgraph.model.record import Record
from subscriptions.comparison import Compared
from subscriptions.difference import Difference

_NOTHING: Mapping[str, Record] = {}


View = Mapping[tuple[str, Kind], Mapping[str, Record]]
"""What was known at one moment, by source and kind."""


class Entry(Struct, frozen=True):
    """A difference, its place in the sequence, and when it became known (UTC)."""

    sequence: int
    at: datetime
    difference: Difference


@dataclass(frozen=True, slots=True)
class TooOld:
    """That the changes since a position are no longer kept."""

    kept: int
    """How many changes are kept at most."""


def record_in(view: View, kind: Kind, record_id: str) -> Record | None:
    """One record by its global id; None when it was not known."""
    return view.get((record_id.partition(":")[0], kind), _NOTHING).get(record_id)


@dataclass(slots=True)
class _Ring:
    entries: deque[Entry]
    forgotten: int = 0
    """Sequence of the latest change that was dropped."""


@dataclass(slots=True)
class Journal:
    """What is known, and how it came about, for one engine instance."""

    capacity: int
    """Changes kept per kind of record."""
    sequence: int = 0
    """The number of the latest change; 0 before the first."""
    _rings: dict[Kind, _Ring] = field(default_factory=dict)
    _known: dict[tuple[str, Kind], Mapping[str, Record]] = field(default_factory=dict)

    def known(self, source: str, kind: Kind) -> Mapping[str, Record]:
        """The records of a collection by id; never changed after it is handed out."""
        return self._known.get((source, kind), _NOTHING)

    def records(self, kind: Kind) -> Iterator[Record]:
        """The records of a kind, of all sources."""
        return (
            record for (_, other), found in self._known.items() if other is kind for record in found.values()
        )

    def view(self) -> View:
        """What is known now, as it stays when more becomes known."""
        return dict(self._known)

    def record(
        self, source: str, kind: Kind, compared: Compared, differences: Iterable[Difference], at: datetime
    ) -> list[Entry]:
        """Take up what a poll found; the differences are those of `compared`, with their causes named.

        The collection and the sequence move in one step, so that whoever
        reads both without waiting in between has no gap and no overlap.
        """
        self._known[source, kind] = compared.records
        ring = self._ring(kind)
        next_one = self.sequence + 1
        entries = [Entry(number, at, difference) for number, difference in enumerate(differences, next_one)]
        self.sequence += len(entries)
        dropped = len(ring.entries) + len(entries) - self.capacity
        if dropped > 0:
            ring.forgotten = next(islice(chain(ring.entries, entries), dropped - 1, None)).sequence
        ring.entries.extend(entries)
        return entries

    def depth(self, kind: Kind) -> int:
        """How many changes of a kind are kept."""
        ring = self._rings.get(kind)
        return 0 if ring is None else len(ring.entries)

    def forget(self, source: str, kind: Kind) -> None:
        """A source is gone: nothing is known of its collection any more."""
        self._known.pop((source, kind), None)

    def kinds_of(self, source: str) -> list[Kind]:
        """The kinds of which anything is known of a source."""
        return [kind for key, kind in self._known if key == source]

    def since(self, kind: Kind, sequence: int) -> list[Entry] | TooOld:
        """The changes of a kind after a position in the sequence, oldest first."""
        ring = self._ring(kind)
        if sequence < ring.forgotten:
            return TooOld(self.capacity)
        # Most come back for the latest few.
        missed = list(takewhile(lambda entry: entry.sequence > sequence, reversed(ring.entries)))
        missed.reverse()
        return missed

    def _ring(self, kind: Kind) -> _Ring:
        ring = self._rings.get(kind)
        if ring is None:
            ring = self._rings[kind] = _Ring(deque(maxlen=self.capacity))
        return ring
