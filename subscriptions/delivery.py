"""One subscription from its first snapshot to its end: the stream that a subscriber reads."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from floorgraph.vendors.turns import TURNS, at_once
from subscriptions.audience import Seat
from subscriptions.change import Change
from subscriptions.newsroom import Newsroom
from subscriptions.opening import first_polls, resumed, seat_at
from subscriptions.present import Picture
from subscriptions.teller import Teller
from subscriptions.topic import Topic


class Delivery:
    """Delivers one topic to one subscriber."""

    def __init__(self, room: Newsroom, topic: Topic) -> None:
        self._room = room
        self._topic = topic
        self._concerned = topic.concerned()
        self._teller = Teller(topic, room.signet, room.clock, room.tally)
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
            room.audience.check()
            entries = resumed(room, topic)
            if isinstance(entries, list):
                # No waiting in between: journal and mailbox meet without gap or overlap.
                self._sit_down()
            ticket = room.polling.want(topic)
            if isinstance(entries, list):
                for change in await TURNS.through(self._teller.missed(entries)):
                    yield change
                parts = [self._live()]
            else:
                parts = [self._from_scratch(entries), self._live()]
            for part in parts:
                async with aclosing(part):
                    async for change in part:
                        yield change
        finally:
            self._stand_up()
            if ticket is not None:
                room.polling.release(topic, ticket)

    async def _from_scratch(self, reason: str | None) -> AsyncGenerator[Change, None]:
        room = self._room
        if reason is not None:
            yield self._teller.resync(reason)
        await first_polls(room, self._topic)
        # No waiting in between: snapshot and mailbox meet without gap or overlap.
        self._sit_down()
        picture = Picture(self._topic, room.journal, room.polling)
        wanted = self._topic.snapshot or reason is not None
        for change in await TURNS.through(self._teller.snapshot(picture, wanted=wanted)):
            yield change

    async def _live(self) -> AsyncGenerator[Change, None]:
        while True:
            await self._seated().listen()
            seat = self._seated()
            if seat.mailbox.overflowed:
                reason = f"more than {self._room.policy.waiting_records} records changed unread"
                async with aclosing(self._from_scratch(reason)) as again:
                    async for change in again:
                        yield change
                continue
            if not seat.mailbox:
                await self._quiet(seat)
                continue
            for change in at_once(self._teller.waiting(seat.opened(), 1)):
                yield change

    async def _quiet(self, seat: Seat) -> None:
        """Wait until something is to be delivered, and no sooner than the subscriber wants it."""
        period = self._room.polling.shortest_period(self._concerned, self._topic.kind)
        self._delivered_at = await seat.quiet(
            self._room.clock, self._topic.max_age, period, self._delivered_at
        )

    def _sit_down(self) -> int:
        """Hear every change from now on; returns the position in the sequence."""
        self._stand_up()
        room = self._room
        position = room.journal.sequence
        self._seat = seat_at(room, self._topic, position)
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
