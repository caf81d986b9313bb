"""Everybody who listens: each subscriber has a seat, and a change goes to all seats of its kind."""

from collections.abc import Callable, Iterable, Sequence

import structlog

from floorgraph.model.ids import Kind
from floorgraph.model.time import Clock
from subscriptions.crossing import Crossing
from subscriptions.ended import SubscriptionEnded
from subscriptions.journal import Entry
from subscriptions.mailbox import Mailbox
from subscriptions.pause import Pause

log = structlog.get_logger("floorgraph.subscriptions")


class Seat:
    """Where one subscriber waits."""

    def __init__(self, mailbox: Mailbox, pause: Pause, crossing: Crossing | None = None) -> None:
        self.mailbox = mailbox
        self.pause = pause
        self._crossing = crossing
        self.holding = False
        """Whether the subscriber waits because it wants changes no more often; folding is no lag then."""
        self.urgent = False
        """Whether a change confirms a command: it is told without waiting for the subscriber's own pace."""
        self.error: Exception | None = None
        """Why the subscription ends; raised by its stream."""

    def tell(self, kind: Kind, entries: Sequence[Entry]) -> None:
        """Take in changes of one kind. A filter that raises ends this subscription and no other."""
        if self.error is None and entries:
            self._hear(lambda: entries if self._crossing is None else self._crossing.follow(kind, entries))
            self.mailbox.pass_by(entries[-1].sequence)

    def catch_up(self, missed: Sequence[Entry]) -> None:
        """Take in what was missed, as `since` tells it."""
        self._hear(lambda: missed)

    def _hear(self, entries: Callable[[], Iterable[Entry]]) -> None:
        try:
            for entry in entries():
                told = self.mailbox.offer(entry, counted=not self.holding)
                self.urgent = self.urgent or (told and entry.difference.command_id is not None)
        except Exception as error:
            log.exception("subscription filter failed", kind=str(self.mailbox.topic.kind))
            self.end(error)
        self.pause.wake()

    async def quiet(self, clock: Clock, age: float | None, period: float, delivered_at: float) -> float:
        """Wait until something is to be delivered, and no sooner than the subscriber wants it.

        `age` is the least time between two deliveries where it is longer than
        the period of the polls. Returns the time (monotonic).
        """
        self.urgent = False
        if age is not None and age > period:
            self.holding = True
            while (
                self.error is None
                and not self.urgent
                and (left := delivered_at + age - clock.monotonic()) > 0
            ):
                await self.pause.wait(left)
            self.holding = False
        while self.error is None and not self.mailbox and not self.mailbox.overflowed:
            await self.pause.wait()
        return clock.monotonic()

    def end(self, error: Exception) -> None:
        """End the subscription with this error."""
        self.error = error
        self.pause.wake()


class Audience:
    """The seats by kind of record."""

    def __init__(self) -> None:
        self.ended: SubscriptionEnded | None = None
        """Why nobody is admitted any more; None while the engine runs."""
        self._seats: dict[Kind, set[Seat]] = {}

    def __len__(self) -> int:
        return len(set().union(*self._seats.values()))

    def join(self, seat: Seat) -> None:
        """Hear every change from now on. Raises `SubscriptionEnded` when there will be none."""
        self.check()
        for kind in seat.mailbox.topic.kinds:
            self._seats.setdefault(kind, set()).add(seat)

    def leave(self, seat: Seat) -> None:
        """Hear no more."""
        for kind in seat.mailbox.topic.kinds:
            self._seats.get(kind, set()).discard(seat)

    def tell(self, kind: Kind, entries: list[Entry]) -> None:
        """Pass on changes; never waits for anybody."""
        if entries:
            for seat in self._seats.get(kind, ()):
                seat.tell(kind, entries)

    def end_those_of(self, source: str, error: Exception) -> None:
        """End the subscriptions that can hear of no other source."""
        for seats in self._seats.values():
            for seat in seats:
                if seat.mailbox.topic.concerned() == frozenset((source,)):
                    seat.end(error)

    def end(self, error: SubscriptionEnded) -> None:
        """End all subscriptions."""
        self.ended = error
        for seats in self._seats.values():
            for seat in seats:
                seat.end(error)

    def check(self) -> None:
        """Raise `SubscriptionEnded` when the audience was sent home."""
        if self.ended is not None:
            raise SubscriptionEnded(*self.ended.args)
