"""Everybody who listens: each subscriber has a seat, and a change goes to all seats of its kind."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog

from floorgraph.model.ids import Kind
from floorgraph.model.time import Clock
from floorgraph.vendors.turns import TURNS, Steps
from subscriptions.crossing import Crossing
from subscriptions.ended import SubscriptionEnded
from subscriptions.journal import Entry, View
from subscriptions.mailbox import Mailbox
from subscriptions.pause import Pause

log = structlog.get_logger("floorgraph.subscriptions")


FEW = 64
"""Changes that a seat takes in before it is looked whether others should have their turn."""
UNITS = 6
"""The units of work that so many take, about."""


@dataclass(slots=True)
class _News:
    """Changes of one kind that a seat has not taken in to their end."""

    kind: Kind
    entries: Sequence[Entry]
    view: View
    crossing: Crossing | None
    """What they lead to; None where that was found out before."""
    heard: int = 0


class Seat:
    """Where one subscriber waits.

    Changes are told to it at once and taken in when there is time, at the
    latest when somebody looks into its mailbox: nobody ever sees one that
    does not hold all that was told. Who can wait listens before.
    """

    def __init__(self, mailbox: Mailbox, pause: Pause, crossing: Crossing | None = None) -> None:
        self.topic = mailbox.topic
        self.pause = pause
        self._mailbox = mailbox
        self._news: deque[_News] = deque()
        self._crossing = crossing
        self.holding = False
        """Whether the subscriber waits because it wants changes no more often; folding is no lag then."""
        self.urgent = False
        """Whether a change confirms a command: it is told without waiting for the subscriber's own pace."""
        self.error: Exception | None = None
        """Why the subscription ends; raised by its stream."""

    @property
    def mailbox(self) -> Mailbox:
        """What waits, all that was told taken in."""
        while self.hear():
            pass
        return self._mailbox

    def opened(self) -> Mailbox:
        """The mailbox, for somebody who takes out what waits: from now on only what comes later is urgent."""
        mailbox = self.mailbox
        self.urgent = False
        return mailbox

    def tell(self, kind: Kind, entries: Sequence[Entry], view: View) -> bool:
        """Changes of one kind, and what was known when they became known; whether they are still to be heard.

        A filter that raises ends this subscription and no other.
        """
        if self.error is not None or not entries:
            return False
        self._news.append(_News(kind, entries, view, self._crossing))
        return len(entries) > FEW or self.hear()

    def hear(self) -> bool:
        """Take in the next few changes; whether more are left."""
        if not self._news:
            return False
        news = self._news[0]
        part, crossing = news.entries[news.heard : news.heard + FEW], news.crossing
        news.heard += len(part)
        self._hear(lambda: part if crossing is None else crossing.follow(news.kind, part, news.view))
        if self.error is not None:
            self._news.clear()
        elif news.heard == len(news.entries):
            self._mailbox.pass_by(part[-1].sequence)
            self._news.popleft()
        if not self._news:
            self.pause.wake()
        return bool(self._news)

    async def listen(self) -> None:
        """Take in all that was told, in turns with everybody else."""
        while self._news:
            await TURNS.through(self._hearing())

    def catch_up(self, missed: Sequence[Entry]) -> None:
        """Be told what was missed, as `since` tells it; to be called before anything else is told."""
        if missed:
            self._news.append(_News(self.topic.kind, missed, {}, None))
        self.pause.wake()

    def _hearing(self) -> Steps[None]:
        while self.hear():
            yield UNITS

    def _hear(self, entries: Callable[[], Iterable[Entry]]) -> None:
        try:
            for entry in entries():
                told = self._mailbox.offer(entry, counted=not self.holding)
                self.urgent = self.urgent or (told and entry.difference.command_id is not None)
        except Exception as error:
            log.exception("subscription filter failed", kind=str(self.topic.kind))
            self.end(error)

    async def quiet(self, clock: Clock, age: float | None, period: float, delivered_at: float) -> float:
        """Wait until something is to be delivered, and no sooner than the subscriber wants it.

        `age` is the least time between two deliveries where it is longer than
        the period of the polls. Returns the time (monotonic).
        """
        if age is not None and age > period:
            self.holding = True
            while (
                self.error is None
                and not self.urgent
                and (left := delivered_at + age - clock.monotonic()) > 0
            ):
                await self.pause.wait(left)
            self.holding = False
        await self.listen()
        while self.error is None and not self.mailbox and not self.mailbox.overflowed:
            await self.pause.wait()
            await self.listen()
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
        self._behind: dict[Seat, None] = {}
        """Those that have not heard all that was told."""

    def __len__(self) -> int:
        return len(set().union(*self._seats.values()))

    def join(self, seat: Seat) -> None:
        """Hear every change from now on. Raises `SubscriptionEnded` when there will be none."""
        self.check()
        for kind in seat.topic.kinds:
            self._seats.setdefault(kind, set()).add(seat)

    def leave(self, seat: Seat) -> None:
        """Hear no more."""
        for kind in seat.topic.kinds:
            self._seats.get(kind, set()).discard(seat)
        self._behind.pop(seat, None)

    def tell(self, kind: Kind, entries: list[Entry], view: View) -> None:
        """Pass on changes; never waits for anybody. Many of them are heard later: see `hearing`.

        `view` is what is known, these changes included.
        """
        if entries:
            for seat in self._seats.get(kind, ()):
                if seat.tell(kind, entries, view):
                    self._behind[seat] = None

    def hearing(self) -> Steps[None]:
        """Let everybody hear what was told, in steps."""
        while (seat := next(iter(self._behind), None)) is not None:
            if not seat.hear():
                self._behind.pop(seat, None)
            yield UNITS

    def end_those_of(self, source: str, error: Exception) -> None:
        """End the subscriptions that can hear of no other source."""
        for seats in self._seats.values():
            for seat in seats:
                if seat.topic.concerned() == frozenset((source,)):
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
