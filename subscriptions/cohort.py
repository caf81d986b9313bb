"""A cohort: everybody who wants the same thing in the same form; each change is put into bytes once."""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from floorgraph.vendors.turns import Steps
from subscriptions.audience import Seat
from subscriptions.change import Change
from subscriptions.ended import SubscriptionEnded
from subscriptions.newsroom import Newsroom
from subscriptions.opening import seat_at
from subscriptions.outlet import Batch, Outlet, Render
from subscriptions.pause import Bell
from subscriptions.present import Picture
from subscriptions.press import Press
from subscriptions.roster import Roster
from subscriptions.teller import Teller
from subscriptions.topic import Topic

MOST = 1000
"""Records that are put into bytes together for one who is behind; the riders get all that waits."""
TOGETHER = 300
"""Riders that are sent to before others get their turn."""
LARGE = 256 * 1024
"""Bytes of a batch above which each rider gets it in parts, at its own pace."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Changes that were taken out of a mailbox, and up to where they tell everything."""

    key: Hashable | None
    """The same for the same changes; None where that is not known."""
    changes: Steps[Sequence[Change]]
    """To be worked out once at most, by whoever puts them into bytes."""
    upto: int


class Cohort:
    """What the members of one cohort share: topic, form, engine seat and bytes."""

    def __init__(self, room: Newsroom, key: Hashable, topic: Topic, render: Render) -> None:
        self.room = room
        self.key = key
        self.topic = topic
        self.teller = Teller(topic, room.signet, room.clock, room.tally)
        self.end: Callable[[], object] = _nothing
        """Called when the last member has left."""
        self.members = 0
        """Those who ride, and those on their way or behind."""
        self.bell = Bell()
        """Rung when somebody who waits to ride should look again."""
        self.error: Exception | None = None
        """Why the cohort ended by itself."""
        self.press = Press(render, room.clock)
        """Puts each change into bytes once."""
        self._roster: Roster[Rider] = Roster()
        self._seat: Seat | None = None

    @property
    def riders(self) -> int:
        """How many get each batch as it is made."""
        return len(self._roster)

    @property
    def admits(self) -> bool:
        """Whether somebody who knows everything up to now can ride along: nothing waits to be sent."""
        return self._seat is not None and not self._seat.mailbox and not self._seat.mailbox.overflowed

    async def run(self) -> None:
        """Send what changes to the riders, until cancelled; whatever goes wrong is told to them."""
        room = self.room
        concerned = self.topic.concerned()
        delivered_at = room.clock.monotonic()
        try:
            self._seat = seat_at(room, self.topic, room.journal.sequence)
            self._roster.told = room.journal.sequence
            self.bell.ring()
            while True:
                period = room.polling.shortest_period(concerned, self.topic.kind)
                delivered_at = await self._seat.quiet(room.clock, self.topic.max_age, period, delivered_at)
                await self._go_on(self._seat)
        except Exception as error:  # noqa: BLE001  all members end with it, and nobody else
            self._end(error)
        finally:
            # Cancelled with members left: the engine stops.
            self._end(SubscriptionEnded("The server stops delivering changes."))
            if self._seat is not None:
                room.audience.leave(self._seat)
                self._seat = None
            await self.press.close(self.error)
            # The task that this ends refers to the cohort: neither is to keep the other.
            self.end = _nothing

    async def snapshot(self, *, wanted: bool) -> Batch:
        """The present records as bytes; shared for a moment."""
        picture = Picture(self.topic, self.room.journal, self.room.polling)
        key = ("snapshot", picture.position, wanted)
        return await self.press.shared(key, lambda: self.teller.snapshot(picture, wanted=wanted))

    async def listen(self) -> None:
        """Take in all that was told, so that it can be looked at what waits."""
        if self._seat is not None:
            await self._seat.listen()

    def take(self, seat: Seat, most: int = MOST) -> "Taken":
        """What waits in a seat's mailbox, taken out: at most so many records."""
        mailbox = seat.opened()
        contents = mailbox.contents
        key = None if contents is None else ("waiting", contents, min(most, len(mailbox)))
        told = self.teller.waiting(mailbox, most)
        return Taken(key, told, mailbox.settled)

    def ride(self, rider: "Rider") -> None:
        """Send everything from now on to somebody who knows everything up to now."""
        self._roster.admit(rider, self.room.journal.sequence)

    def leave(self, rider: "Rider") -> None:
        """Send nothing more."""
        self._roster.leave(rider)

    async def _go_on(self, seat: Seat) -> None:
        """One round: take what waits, put it into bytes, send it. Raises why the seat was ended."""
        if seat.error is not None:
            raise seat.error
        if seat.mailbox.overflowed:
            for rider, position in self._roster.behind(self._roster.everybody(), lambda _: False).items():
                rider.fall_behind(position)
            self.room.audience.leave(seat)
            self._seat = seat_at(self.room, self.topic, self.room.journal.sequence)
            self._roster.told = self.room.journal.sequence
            self.bell.ring()
            return
        if seat.mailbox:
            taken = self.take(seat, len(seat.mailbox))
            self.bell.ring()
            await self._send(await self.press.shared(taken.key, lambda: taken.changes), taken.upto)

    async def _send(self, batch: Batch, upto: int) -> None:
        """Send to all who ride, but to nobody who does not keep up; that is seen right before."""
        due = self._roster.due(upto)
        large = batch.size > LARGE
        for start in range(0, len(due), TOGETHER):
            if start:
                await asyncio.sleep(0)
            slow = due[start : start + TOGETHER]
            if not large:
                slow = self._sent(batch, slow)
            for rider, position in self._roster.behind(slow, _nobody).items():
                rider.fall_behind(position)
        self._roster.sent(upto)

    def _sent(self, batch: Batch, riders: list["Rider"]) -> list["Rider"]:
        """Send a batch; the result are those who do not keep up, and got nothing of it."""
        riding, slow = self._roster.riding, []
        for rider in riders:
            outlet = rider.outlet
            if not outlet.clear:
                slow.append(rider)
            elif rider in riding:
                outlet.write(batch)
        return slow

    def _end(self, error: Exception) -> None:
        """Tell all members why it ends; the first reason counts."""
        self.error = self.error or error
        for rider in self._roster.everybody():
            rider.fail(self.error)
        self.bell.ring()


def _nothing() -> None:
    pass


def _nobody(rider: "Rider") -> bool:
    del rider
    return False


class Rider:
    """One subscriber's place in the cohort while it keeps up."""

    __slots__ = ("ended", "outlet")

    def __init__(self, outlet: Outlet) -> None:
        self.outlet = outlet
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        """Up to where everything was sent, once the rider fell behind, or why the subscription ends."""

    def fall_behind(self, position: int) -> None:
        """The rider no longer gets what is sent; it has everything up to the position."""
        if not self.ended.done():
            self.ended.set_result(position)

    def fail(self, error: Exception) -> None:
        """The subscription ends with this error."""
        if not self.ended.done():
            self.ended.set_exception(error)

    def dismount(self) -> None:
        """Nobody asks any more how it ended; asyncio would log an error that nobody saw."""
        if self.ended.done() and not self.ended.cancelled():
            self.ended.exception()
