"""Which records a topic is about where that follows from other records. Pure.

A station is of interest because a job of an order is given to it: nothing
about the station says so, and when the job moves on, no comparison of
stations notices. A crossing follows the jobs beside the stations, and tells
a station that is led to as ADDED and one that no longer is as REMOVED. What
it tells is about the topic's own kind only, in the order of the sequence.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

from msgspec.structs import replace

from floorgraph.model.ids import Kind
from floorgraph.model.record import Record
from subscriptions.difference import Difference, added, removed
from subscriptions.journal import Entry, Journal, View, record_in
from subscriptions.topic import NO_LONGER_MATCHES, Topic, Way


class Crossing:
    """The records that a topic's ways lead to, at one place in the sequence."""

    def __init__(self, topic: Topic, journal: Journal) -> None:
        self._kind = topic.kind
        self._journal = journal
        self._counts: list[tuple[Way, Counter[str]]] = []
        for way in topic.ways:
            led_to = (found for record in journal.records(way.kind) for found in way.leads(record))
            self._counts.append((way, Counter(led_to)))

    def admits(self, record_id: str) -> bool:
        """Whether every way leads to a record."""
        return all(count[record_id] > 0 for _, count in self._counts)

    def follow(self, kind: Kind, entries: Iterable[Entry], view: View) -> list[Entry]:
        """What entries of one kind mean for the topic's own kind, all entries before them being followed.

        `view` is what was known when they were taken up in the journal.
        """
        if kind is self._kind:
            return [entry for entry in entries if self.admits(entry.difference.id)]
        known = partial(record_in, view, self._kind)
        return [told for entry in entries for told in self._led(kind, entry, known)]

    def since(self, entries: Iterable[tuple[Kind, Entry]]) -> list[Entry]:
        """What was missed, from all entries since a place in the sequence, of all kinds and in order.

        The crossing stands where the journal stands, before and after.
        """
        missed, view = list(entries), self._journal.view()
        then: dict[str, Record | None] = {}
        for kind, entry in reversed(missed):
            if kind is self._kind:
                then[entry.difference.id] = entry.difference.previous
            else:
                self._lead(kind, _undone(entry.difference))

        def known(record_id: str) -> Record | None:
            return then[record_id] if record_id in then else record_in(view, self._kind, record_id)

        found: list[Entry] = []
        for kind, entry in missed:
            if kind is self._kind:
                then[entry.difference.id] = entry.difference.record
                found.extend((entry,) if self.admits(entry.difference.id) else ())
            else:
                found.extend(self._led(kind, entry, known))
        return found

    def _led(self, kind: Kind, entry: Entry, known: Callable[[str], Record | None]) -> Iterable[Entry]:
        """Which records come and go because one on the way changed."""
        concerned = self._concerned(kind, entry.difference)
        before = {record_id: self.admits(record_id) for record_id in concerned}
        self._lead(kind, entry.difference)
        for record_id, was in before.items():
            record, now = known(record_id), self.admits(record_id)
            if record is not None and now is not was:
                told = added(record) if now else removed(record, NO_LONGER_MATCHES)
                yield replace(entry, difference=told)

    def _concerned(self, kind: Kind, difference: Difference) -> list[str]:
        found: dict[str, None] = {}
        for way, _ in self._counts:
            for record in (difference.previous, difference.record):
                if way.kind is kind and record is not None:
                    found.update(dict.fromkeys(way.leads(record)))
        return list(found)

    def _lead(self, kind: Kind, difference: Difference) -> None:
        for way, count in self._counts:
            if way.kind is not kind:
                continue
            if difference.previous is not None:
                count.subtract(way.leads(difference.previous))
            if difference.record is not None:
                count.update(way.leads(difference.record))


def _undone(difference: Difference) -> Difference:
    return replace(difference, previous=difference.record, record=difference.previous)
