"""Puts into words what a subscriber of one topic is told, with the cursor that belongs to each word."""

from collections.abc import Iterable
from itertools import pairwise

from msgspec.structs import replace

from floorgraph.model.time import Clock
from floorgraph.vendors.turns import Steps, mapped
from subscriptions.change import Change, ChangeKind
from subscriptions.cursor import Position, Signet
from subscriptions.journal import Entry
from subscriptions.mailbox import Mailbox, Parcel
from subscriptions.present import Picture
from subscriptions.tally import Tally
from subscriptions.topic import Topic


class Teller:
    """Makes the changes of one topic."""

    def __init__(self, topic: Topic, signet: Signet, clock: Clock, tally: Tally) -> None:
        self._topic = topic
        self._signet = signet
        self._clock = clock
        self._tally = tally
        self._fingerprint = topic.fingerprint()

    def missed(self, entries: Iterable[Entry]) -> Steps[list[Change]]:
        """What somebody missed, one by one, in steps."""
        told: list[Change] = []
        for entry, following in pairwise((*entries, None)):
            yield 1
            seen = None if entry is None else self._topic.view(entry.difference)
            if entry is not None and seen is not None and self._topic.interested(seen):
                # One change of a job can move several stations: only the last of them is told in full.
                whole = following is None or following.sequence > entry.sequence
                position = entry.sequence if whole else entry.sequence - 1
                told.append(self.change(replace(entry, difference=seen), position))
        return told

    def snapshot(self, picture: Picture, *, wanted: bool) -> Steps[list[Change]]:
        """The records as they were, and that this was all of them; without them where they are not wanted."""
        records = (yield from picture.records()) if wanted else []
        # All of them are words about one moment: whoever has only some of them begins anew.
        at, cursor = self._clock.now(), self._cursor(picture.position, partial=True)
        told = yield from mapped(
            records, lambda one: Change(kind=ChangeKind.SNAPSHOT, id=one.id, record=one, at=at, cursor=cursor)
        )
        return [*told, self.word(ChangeKind.CAUGHT_UP, picture.position)]

    def resync(self, reason: str) -> Change:
        """That a stream begins anew, and why."""
        self._tally.resyncs[self._topic.kind] += 1
        return self.word(ChangeKind.RESYNC, partial=True, reason=reason)

    def waiting(self, mailbox: Mailbox, most: int) -> Steps[list[Change]]:
        """What waits in a mailbox, taken out now and told in steps; no more than `most` records."""
        if mailbox:
            self._tally.conflated[self._topic.kind] += mailbox.missed
        return self._told(mailbox.take_out(most))

    def _told(self, parcels: Iterable[Parcel]) -> Steps[list[Change]]:
        told: list[Change] = []
        for parcel in parcels:
            if parcel.missed:
                told.append(self.word(ChangeKind.LAGGED, parcel.before, missed=parcel.missed))
            told.append(self.change(parcel.entry, parcel.position))
            yield 1
        return told

    def change(self, entry: Entry, position: int) -> Change:
        """What happened to a record."""
        found = entry.difference
        return Change(
            kind=found.kind,
            id=found.id,
            record=found.record,
            previous=found.previous,
            changed_fields=found.changed_fields,
            at=entry.at,
            cursor=self._cursor(position),
            cause=found.cause,
            command_id=found.command_id,
            reason=found.reason,
        )

    def word(
        self,
        kind: ChangeKind,
        position: int = 0,
        *,
        partial: bool = False,
        missed: int | None = None,
        reason: str | None = None,
    ) -> Change:
        """A word about the stream itself."""
        return Change(
            kind=kind,
            at=self._clock.now(),
            cursor=self._cursor(position, partial=partial),
            missed=missed,
            reason=reason,
        )

    def _cursor(self, sequence: int, *, partial: bool = False) -> str:
        return self._signet.seal(self._topic.kind, Position(sequence, self._fingerprint, partial))
