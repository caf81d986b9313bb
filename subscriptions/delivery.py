"""One subscription from its first snapshot to its end: the stream that a subscriber reads."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from floorgraph.model.record import Record
from floorgraph.vendors.contract import Source
from subscriptions.audience import Seat
from subscriptions.change import Change, ChangeKind
from subscriptions.cursor import OtherInstance, Position
from subscriptions.journal import Entry, TooOld
from subscriptions.mailbox import Mailbox
from subscriptions.newsroom import Newsroom
from subscriptions.pause import Pause
from subscriptions.present import present
from subscriptions.topic import Topic


class Delivery:
    """Delivers one topic to one subscriber."""

    def __init__(self, room: Newsroom, topic: Topic) -> None:
        self._room = room
        self._topic = topic
        self._concerned = topic.concerned()
        self._fingerprint = topic.fingerprint()
        self._seat: Seat | None = None
        self._delivered_at = 0.0

    async def stream(self) -> AsyncGenerator[Change, None]:
        """The changes; the demand lasts from the first one asked for until the stream is closed.

        Raises `BadCursor` before anything else, and `SubscriptionEnded` as
        the last thing when the engine stops.
        """
        room, topic = self._room, self._topic
        ticket: int | None = None
        try:
            resumed = self._resume()
            ticket = room.demand.add(topic.kind, self._concerned, topic.max_age)
            room.polling.refresh(self._concerned)
            beginning = self._missed(resumed) if isinstance(resumed, list) else self._from_scratch(resumed)
            for part in (beginning, self._live()):
                async with aclosing(part):
                    async for change in part:
                        yield change
        finally:
            self._stand_up()
            if ticket is not None:
                room.demand.release(ticket, room.clock.monotonic())
                room.polling.refresh(self._concerned)

    def _resume(self) -> list[Entry] | str | None:
        """What was missed since `after`, why that cannot be told, or None without `after`."""
        room, topic = self._room, self._topic
        room.audience.check()
        if topic.after is None:
            return None
        try:
            position = room.signet.open(topic.kind, topic.after)
        except OtherInstance:
            return "the server was restarted, or the cursor comes from another server"
        if position.topic != self._fingerprint:
            return "the cursor belongs to another filter or another caller"
        if position.partial:
            return "the snapshot had not been sent to its end"
        entries = room.journal.since(topic.kind, position.sequence)
        if isinstance(entries, TooOld):
            return f"the cursor is older than the latest {entries.kept} changes"
        # No waiting in between: journal and mailbox meet without gap or overlap.
        self._sit_down()
        return entries

    async def _missed(self, entries: list[Entry]) -> AsyncGenerator[Change, None]:
        for entry in entries:
            seen = self._topic.view(entry.difference)
            if seen is not None and self._topic.interested(seen):
                yield self._change(replace(entry, difference=seen), entry.sequence)

    async def _from_scratch(self, reason: str | None) -> AsyncGenerator[Change, None]:
        if reason is not None:
            yield self._word(ChangeKind.RESYNC, partial=True, reason=reason)
        await self._first_polls()
        # No waiting in between: snapshot and mailbox meet without gap or overlap.
        position = self._sit_down()
        wanted = self._topic.snapshot or reason is not None
        records = present(self._topic, self._room.journal, self._room.polling) if wanted else []
        for record in records:
            yield self._word(ChangeKind.SNAPSHOT, position, partial=True, record=record)
        yield self._word(ChangeKind.CAUGHT_UP, position)

    async def _live(self) -> AsyncGenerator[Change, None]:
        while True:
            seat = self._seated()
            if seat.mailbox.overflowed:
                reason = f"more than {self._room.policy.waiting_records} records changed unread"
                async with aclosing(self._from_scratch(reason)) as again:
                    async for change in again:
                        yield change
                continue
            parcel = seat.mailbox.take()
            if parcel is None:
                await self._quiet(seat)
                continue
            if parcel.missed:
                yield self._word(ChangeKind.LAGGED, parcel.before, missed=parcel.missed)
            yield self._change(parcel.entry, parcel.position)

    async def _quiet(self, seat: Seat) -> None:
        """Wait until something is to be delivered, and no sooner than the subscriber wants it."""
        clock, age = self._room.clock, self._topic.max_age
        period = self._room.polling.shortest_period(self._concerned, self._topic.kind)
        if age is not None and age > period:
            seat.holding = True
            while seat.error is None and (left := self._delivered_at + age - clock.monotonic()) > 0:
                await seat.pause.wait(left)
            seat.holding = False
        while seat.error is None and not seat.mailbox and not seat.mailbox.overflowed:
            await seat.pause.wait()
        self._delivered_at = clock.monotonic()

    async def _first_polls(self) -> None:
        """Wait for first polls, within bounds: a source that does not answer keeps nobody waiting."""
        room = self._room
        since = room.clock.monotonic()
        pause = Pause(room.sleep)
        room.bell.add(pause)
        try:
            while (left := since + room.policy.first_wait - room.clock.monotonic()) > 0:
                room.audience.check()
                if all(self._settled(source, since) for source in room.polling.sources(self._concerned)):
                    break
                await pause.wait(left)
        finally:
            room.bell.remove(pause)

    def _settled(self, source: Source, since: float) -> bool:
        heard = self._room.heartbeats.heard(source.key)
        return heard and self._room.polling.settled(source, self._topic.kind, since)

    def _sit_down(self) -> int:
        """Hear every change from now on; returns the position in the sequence."""
        self._stand_up()
        room = self._room
        position = room.journal.sequence
        mailbox = Mailbox(self._topic, position=position, capacity=room.policy.waiting_records)
        seat = Seat(mailbox, Pause(room.sleep))
        room.audience.join(seat)
        self._seat = seat
        self._delivered_at = room.clock.monotonic()
        return position

    def _stand_up(self) -> None:
        if self._seat is not None:
            self._room.audience.leave(self._seat)
            self._seat = None

    def _seated(self) -> Seat:
        seat = self._seat
        if seat is None:
            raise RuntimeError("A live stream without a seat.")
        if seat.error is not None:
            raise seat.error
        return seat

    def _change(self, entry: Entry, position: int) -> Change:
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

    def _word(
        self,
        kind: ChangeKind,
        position: int = 0,
        *,
        partial: bool = False,
        record: Record | None = None,
        missed: int | None = None,
        reason: str | None = None,
    ) -> Change:
        return Change(
            kind=kind,
            id=None if record is None else record.id,
            record=record,
            at=self._room.clock.now(),
            cursor=self._cursor(position, partial=partial),
            missed=missed,
            reason=reason,
        )

    def _cursor(self, sequence: int, *, partial: bool = False) -> str:
        return self._room.signet.seal(self._topic.kind, Position(sequence, self._fingerprint, partial))
