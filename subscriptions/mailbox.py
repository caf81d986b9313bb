"""What waits for one subscriber: at most the latest state per record. Pure.

Differences of a record that are not yet delivered are folded into one, so
that a slow subscriber costs memory for the records, not for the changes.
A record keeps its place in the queue when it changes again, so that records
that change all the time cannot keep others from being delivered.
"""

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from msgspec.structs import replace

from subscriptions.change import ChangeCause, ChangeKind
from subscriptions.difference import Difference, updated
from subscriptions.journal import Entry
from subscriptions.topic import Topic

PARTS = 16
"""Times that a part may be taken out before it is no longer followed what is left: it would have no end where
something always waits."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is delivered next: an entry, the position after it, and how many changes it and others swallowed.

    `position` is the highest sequence up to which nothing is left to
    deliver, so that going on from there leaves no gap. After folding it may
    lie before changes that were delivered; those are then told again.
    """

    entry: Entry
    before: int
    position: int
    missed: int


@dataclass(slots=True)
class _Waiting:
    """The undelivered differences of one record: one, or REMOVED and then ADDED."""

    first: int
    entries: list[Entry]


class Mailbox:
    """The queue of one subscriber."""

    def __init__(self, topic: Topic, *, position: int, capacity: int) -> None:
        self.topic = topic
        self.overflowed = False
        """Whether more records than the capacity were waiting; then all were dropped, to start anew."""
        self._capacity = capacity
        self._position = position
        self._missed = 0
        self._waiting: OrderedDict[str, _Waiting] = OrderedDict()
        self._origin: tuple[Hashable, ...] | None = None
        """The entry that came first since nothing waited, and which parts were taken out since when."""
        self._latest = position

    @property
    def position(self) -> int:
        """The sequence number of the last entry that was offered."""
        return self._position

    @property
    def settled(self) -> int:
        """The position up to which nothing is left to take out."""
        head = next(iter(self._waiting.values()), None)
        return self._position if head is None else head.first - 1

    @property
    def contents(self) -> tuple[Hashable, int, int] | None:
        """What tells the content apart from that of other mailboxes of the same topic.

        Two mailboxes that filled from empty with the same entries hold the
        same, and so they do when as much was taken out of both at the same
        places; None where nothing waits, or too many parts were taken out.
        """
        if self._origin is None or not self._waiting:
            return None
        return self._origin, self._latest, self._missed

    @property
    def missed(self) -> int:
        """How many changes were swallowed since something was last taken out."""
        return self._missed

    def __len__(self) -> int:
        return len(self._waiting)

    def offer(self, entry: Entry, *, counted: bool = True) -> bool:
        """Take in an entry as the topic sees it; returns whether it changes what waits.

        `counted` says whether folding counts as missed; it does not while the
        subscriber itself asked for a slower pace. Raises what `matches` raises.
        """
        self._position = entry.sequence
        if self.overflowed:
            return False
        seen = self.topic.view(entry.difference)
        if seen is None:
            return False
        self._latest = entry.sequence
        waiting = self._waiting.get(seen.id)
        if seen is not entry.difference:
            entry = replace(entry, difference=seen)
        if waiting is None:
            return self._queue(entry)
        before = len(waiting.entries) + self.topic.interested(seen)
        waiting.entries = _folded(waiting.entries, entry)
        kept = [e for e in waiting.entries if self.topic.interested(e.difference)]
        if counted:
            self._missed += max(0, before - len(kept))
        waiting.entries = kept
        if not kept:
            del self._waiting[seen.id]
        return bool(kept)

    def pass_by(self, sequence: int) -> None:
        """Everything up to a place in the sequence was offered, or is no concern of the topic."""
        self._position = max(self._position, sequence)

    def take_out(self, most: int) -> Iterator[Parcel]:
        """What is delivered next: the entries of at most so many records.

        They are out at once, however many; each is put up when it is asked for.
        """
        if not self._waiting:
            return iter(())
        self._origin = self._cut(most)
        if most >= len(self._waiting):
            taken, self._waiting = list(self._waiting.values()), OrderedDict()
        else:
            taken = [self._waiting.popitem(last=False)[1] for _ in range(most)]
        missed, self._missed = self._missed, 0
        return _parcels(taken, self.settled, missed)

    def _cut(self, most: int) -> tuple[Hashable, ...] | None:
        """Where what is left comes from when at most so many records are taken out."""
        if self._origin is None or len(self._origin) > PARTS or most >= len(self._waiting):
            return None
        return *self._origin, (self._latest, self._missed, most)

    def _queue(self, entry: Entry) -> bool:
        if not self.topic.interested(entry.difference):
            return False
        if len(self._waiting) >= self._capacity:
            self.overflowed = True
            self._waiting.clear()
            return False
        if not self._waiting:
            # One entry on the way to others can bring several: the sequence alone does not name it.
            self._origin = ((entry.sequence, entry.difference.id),)
        self._waiting[entry.difference.id] = _Waiting(entry.sequence, [entry])
        return True


def _parcels(taken: list[_Waiting], settled: int, missed: int) -> Iterator[Parcel]:
    """What was taken out, up to a position."""
    for waiting, following in pairwise((*taken, None)):
        if waiting is None:
            return
        *rest, last = waiting.entries
        before = waiting.first - 1
        for entry in rest:
            yield Parcel(entry, before, before, missed)
            missed = 0
        yield Parcel(last, before, settled if following is None else following.first - 1, missed)
        missed = 0


def _folded(waiting: list[Entry], entry: Entry) -> list[Entry]:
    """The waiting entries of one record with one more folded in.

    What a history filled in is told step by step to whoever keeps up, and
    folded like everything else when further changes come.
    """
    *rest, last = waiting
    if last.difference.cause is ChangeCause.BACKFILL and last.at == entry.at:
        return [*waiting, entry]
    if rest and rest[-1].difference.cause is ChangeCause.BACKFILL:
        return _folded(_collapsed(waiting), entry)
    difference = _fold(last.difference, entry.difference)
    if difference is last.difference:
        return [*waiting, entry]
    if difference is None:
        return rest
    return [*rest, replace(entry, difference=difference)]


def _collapsed(waiting: list[Entry]) -> list[Entry]:
    """A chain of steps as what it comes to: one entry, or none."""
    head, *more = waiting
    folded: Difference | None = head.difference
    for entry in more:
        folded = entry.difference if folded is None else _fold(folded, entry.difference)
    # A chain that undoes itself still ends with what the last entry says.
    return [replace(more[-1], difference=folded or more[-1].difference)]


def _fold(old: Difference, new: Difference) -> Difference | None:
    """Two differences in a row as one; None when they undo each other, `old` when they must stay two."""
    match old.kind, new.kind:
        case ChangeKind.ADDED, ChangeKind.REMOVED:
            return None
        case ChangeKind.ADDED, _:
            return _credited(replace(new, kind=ChangeKind.ADDED, previous=None, changed_fields=()), old, new)
        case ChangeKind.UPDATED, ChangeKind.REMOVED:
            return _credited(replace(new, previous=old.previous), old, new)
        case ChangeKind.UPDATED, _:
            return _merged(old, new)
        case _:
            return old


def _merged(old: Difference, new: Difference) -> Difference | None:
    if old.previous is None or new.record is None:
        return new
    merged = updated(old.previous, new.record)
    return None if merged is None else _credited(merged, old, new)


def _credited(folded: Difference, old: Difference, new: Difference) -> Difference:
    """With the cause of the later difference, or of the earlier one when only that confirms a command."""
    teller = old if new.command_id is None and old.command_id is not None else new
    return replace(folded, cause=teller.cause, command_id=teller.command_id)
