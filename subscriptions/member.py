"""One subscriber of a cohort, from its first event to its end."""

from dataclasses import replace

from subscriptions.audience import Seat
from subscriptions.cohort import Cohort, Rider
from subscriptions.journal import Entry
from subscriptions.opening import first_polls, resumed, seat_at, since
from subscriptions.outlet import Batch, Outlet
from subscriptions.topic import Topic


class Member:
    """Begins on its own, rides along with the cohort while it keeps up, and catches up on its own."""

    __slots__ = ("_cohort", "_outlet", "_room", "_seat", "_topic")

    def __init__(self, cohort: Cohort, topic: Topic, outlet: Outlet) -> None:
        self._cohort = cohort
        self._room = cohort.room
        # What the cohort shares decides what is told; only where to begin is the subscriber's own.
        self._topic = replace(cohort.topic, after=topic.after, snapshot=topic.snapshot)
        self._outlet = outlet
        self._seat: Seat | None = None

    async def run(self) -> None:
        """Send events until cancelled, or until the subscription ends by itself.

        Raises `BadCursor` before anything is sent, and what ends the
        subscription, such as `SubscriptionEnded`, as its last act.
        """
        room, topic = self._room, self._topic
        room.audience.check()
        missed = resumed(room, topic)
        ticket = room.polling.want(topic)
        try:
            await self._open(missed)
            # This coroutine lasts as long as the subscription, and what it refers to.
            del missed
            while True:
                await self._get_ready()
                rider = self._mounted()
                try:
                    position = await rider.ended
                finally:
                    self._cohort.leave(rider)
                    rider.dismount()
                await self._outlet.drained()
                await self._catch_up(position)
        finally:
            self._stand_up()
            room.polling.release(topic, ticket)

    async def _open(self, missed: list[Entry] | str | None) -> None:
        """Send what was missed, or everything."""
        if not isinstance(missed, list):
            await self._begin(missed)
            return
        # No waiting in between: journal and mailbox meet without gap or overlap.
        position = self._sit_down()
        key = ("missed", missed[0].sequence, position) if missed else None
        await self._send(await self._cohort.press.shared(key, lambda: self._cohort.teller.missed(missed)))

    async def _begin(self, reason: str | None) -> None:
        """RESYNC where there is a reason, the snapshot and CAUGHT_UP."""
        self._stand_up()
        if reason is not None:
            resync = self._cohort.teller.resync(reason)
            await self._send(await self._cohort.press.shared(("resync", reason), lambda: [resync]))
        await first_polls(self._room, self._topic)
        # No waiting in between: snapshot and mailbox meet without gap or overlap.
        self._sit_down()
        await self._send(await self._cohort.snapshot(wanted=self._topic.snapshot or reason is not None))

    async def _get_ready(self) -> None:
        """Deliver what waits, until it is time to ride along."""
        while True:
            await self._cohort.listen()
            await self._seated().listen()
            seat = self._seated()
            if seat.mailbox.overflowed:
                await self._begin(f"more than {self._room.policy.waiting_records} records changed unread")
            elif seat.mailbox:
                await self._deliver(seat)
            elif self._cohort.admits:
                return
            elif self._cohort.error is not None:
                raise self._cohort.error
            else:
                await self._stand_by(seat)

    async def _deliver(self, seat: Seat) -> None:
        taken = self._cohort.take(seat)
        await self._send(await self._cohort.press.shared(taken.key, lambda: taken.changes))

    async def _stand_by(self, seat: Seat) -> None:
        """Wait for the cohort to send what it has, or for something to deliver."""
        self._cohort.bell.add(seat.pause)
        try:
            await seat.pause.wait()
        finally:
            self._cohort.bell.remove(seat.pause)

    def _mounted(self) -> Rider:
        """Ride along from now on. No waiting since `_get_ready`."""
        rider = Rider(self._outlet)
        self._cohort.ride(rider)
        self._stand_up()
        return rider

    async def _catch_up(self, position: int) -> None:
        """Take up what happened while the outlet was blocked: the latest state of each record."""
        missed = since(self._room, self._topic, position)
        if isinstance(missed, str):
            await self._begin(f"more than {self._room.policy.remembered_changes} changes happened unread")
            return
        self._sit_down(position)
        self._seated().catch_up(missed)

    async def _send(self, batch: Batch) -> None:
        for chunk in batch.chunks():
            await self._outlet.drained()
            self._outlet.write(chunk)

    def _sit_down(self, position: int | None = None) -> int:
        """Hear every change from now on; returns the position in the sequence."""
        self._stand_up()
        now = self._room.journal.sequence
        self._seat = seat_at(self._room, self._topic, now if position is None else position)
        return now

    def _stand_up(self) -> None:
        if self._seat is not None:
            self._room.audience.leave(self._seat)
            self._seat = None

    def _seated(self) -> Seat:
        seat = self._seat
        if seat is None:
            raise RuntimeError("A subscriber who neither rides nor has a seat.")
        if seat.error is not None:
            raise seat.error
        return seat
