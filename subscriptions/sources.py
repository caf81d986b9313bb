"""Changes of the sources themselves: how they are doing and what they can do."""

from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from floorgraph.model.source import SourceStatus
from floorgraph.model.time import Clock
from floorgraph.vendors.contract import Source
from floorgraph.vendors.floor import Floor
from subscriptions.audience import Audience
from subscriptions.change import ChangeKind, graphql_name
from subscriptions.cursor import Position, Signet
from subscriptions.pause import Pause, Sleep
from subscriptions.polling import Polling

log = structlog.get_logger("floorgraph.subscriptions")

STREAM = "source"
"""What cursors of this stream belong to in place of a kind of record."""
SAME_MOMENT = timedelta(seconds=1)
"""Times that are worked out anew at each look differ by less than this without having changed."""


@dataclass(slots=True, kw_only=True)
class SourceChanged:
    """That a source is doing otherwise than before, or a word about the stream itself."""

    kind: ChangeKind
    """SNAPSHOT for each source first, then CAUGHT_UP once, then UPDATED; REMOVED when a source is no
    longer configured."""
    key: str | None = None
    """Key of the source; null after CAUGHT_UP."""
    changed_fields: tuple[str, ...] = ()
    """Names of the fields of the source that changed, as GraphQL names them; empty unless UPDATED."""
    at: datetime
    """When this server noticed (UTC)."""
    cursor: str
    """Where the stream stands after this change. The present state is always sent first, so that
    there is nothing to go on from."""


@dataclass(frozen=True, slots=True)
class SourceTopic:
    """Which sources a subscriber wants to hear about."""

    keys: frozenset[str] | None = None
    """Their keys; all when None. Unknown keys contribute nothing."""


News = tuple[tuple[str, tuple[str, ...]], ...]
"""Keys of sources, and the fields of each that changed."""


class SourceSeat:
    """What waits for one subscriber: the fields that changed, by source."""

    def __init__(self, topic: SourceTopic, pause: Pause) -> None:
        self.pause = pause
        self._keys = topic.keys
        self._waiting: dict[str, dict[str, None]] = {}

    def tell(self, key: str, fields: Iterable[str]) -> None:
        """A source changed in some fields."""
        if self._keys is None or key in self._keys:
            self._waiting.setdefault(key, {}).update(dict.fromkeys(fields))
            self.pause.wake()

    def take(self) -> News:
        """What waits, taken out."""
        waiting, self._waiting = self._waiting, {}
        return tuple((key, tuple(fields)) for key, fields in waiting.items())


class SourceWatch:
    """Looks at sources whenever they say that something may have changed, and tells what did."""

    def __init__(
        self,
        floor: Floor,
        polling: Polling,
        audience: Audience,
        signet: Signet,
        *,
        clock: Clock,
        sleep: Sleep,
    ) -> None:
        self._floor = floor
        self._polling = polling
        self._audience = audience
        self._signet = signet
        self._clock = clock
        self._sleep = sleep
        self._pause = Pause(sleep)
        self._noted: dict[str, None] = {}
        self._undo: dict[str, Callable[[], None]] = {}
        self._seen: dict[str, dict[str, Any]] = {}
        self._seats: set[SourceSeat] = set()
        self.sequence = 0
        """The number of the latest change."""

    def install(self) -> Callable[[], None]:
        """Listen to the sources; the result gives them back to whoever listened before."""
        for source in self._floor:
            self._listen(source)

        def give_back() -> None:
            for key in list(self._undo):
                self._undo.pop(key)()

        return give_back

    def add(self, source: Source) -> None:
        """Watch one more source; whoever listens is told of it."""
        self._listen(source)
        for seat in self._seats:
            seat.tell(source.key, ("status",))

    def remove(self, source: Source) -> None:
        """Watch one source less; whoever listens is told that it is gone."""
        self._undo.pop(source.key, lambda: None)()
        self._seen.pop(source.key, None)
        self._noted.pop(source.key, None)
        self.sequence += 1
        for seat in self._seats:
            seat.tell(source.key, ())

    def _listen(self, source: Source) -> None:
        ours, before = _chained(source.on_change, self.note, source.key), source.on_change
        source.on_change = ours
        self._seen[source.key] = {}
        self._compare(source)

        def undo() -> None:
            # Whoever listens on top of us keeps us in the chain, where we do no harm.
            if source.on_change is ours:
                source.on_change = before

        self._undo[source.key] = undo

    def note(self, key: str) -> None:
        """Something about a source may have changed; it is looked at soon, once."""
        self._noted[key] = None
        self._pause.wake()

    def end(self) -> None:
        """Let the streams see that the audience was sent home."""
        for seat in self._seats:
            seat.pause.wake()

    async def run(self) -> None:
        """Look at what was noted, for ever."""
        while True:
            await self._pause.wait()
            noted, self._noted = self._noted, {}
            for source in self._polling.sources(noted):
                self._compare(source)

    async def stream(self, topic: SourceTopic) -> AsyncGenerator[SourceChanged, None]:
        """The present sources, then their changes. Raises `SubscriptionEnded` when the engine stops."""
        with self.seated(topic) as seat:
            for change in self.present(topic):
                yield change
            while True:
                for change in self.told(await self.news(seat)):
                    yield change

    @contextmanager
    def seated(self, topic: SourceTopic) -> Iterator[SourceSeat]:
        """A seat that hears every change. Raises `SubscriptionEnded` when there will be none."""
        self._audience.check()
        seat = SourceSeat(topic, Pause(self._sleep))
        self._seats.add(seat)
        try:
            yield seat
        finally:
            self._seats.discard(seat)

    def present(self, topic: SourceTopic) -> list[SourceChanged]:
        """The sources as they are now, and that this was all of them."""
        told = [self._told(ChangeKind.SNAPSHOT, source.key) for source in self._polling.sources(topic.keys)]
        return [*told, self._told(ChangeKind.CAUGHT_UP)]

    async def news(self, seat: SourceSeat) -> News:
        """What a seat has to tell, once there is something. Raises `SubscriptionEnded`."""
        while not (found := seat.take()):
            self._audience.check()
            await seat.pause.wait()
        return found

    def told(self, news: News) -> list[SourceChanged]:
        """News as changes, with the sources as they are now."""
        return [
            self._told(ChangeKind.UPDATED if self._floor.get(key) else ChangeKind.REMOVED, key, fields)
            for key, fields in news
        ]

    def _compare(self, source: Source) -> None:
        before = self._seen.get(source.key)
        if before is None:
            # Noted by what ends with a source that is being replaced; the other one is not watched yet.
            return
        try:
            now = self._look(source)
        except Exception:
            log.exception("source state unknown", source=source.key)
            return
        fields = tuple(name for name, value in now.items() if _differs(before.get(name), value))
        if not fields:
            return
        self._seen[source.key] = now
        if "status" in fields and before:
            _log_transition(source.key, before["status"], now)
        self.sequence += 1
        if "budget" in fields:
            _log_budgets(source.key, before.get("budget", ()), now["budget"])
        if "feeds" in fields or "capabilities" in fields:
            self._polling.refresh((source.key,))
        if "status" in fields and now["status"] is SourceStatus.UP:
            self._polling.retry(source.key)
        for seat in self._seats:
            seat.tell(source.key, fields)

    def _look(self, source: Source) -> dict[str, Any]:
        condition = source.condition()
        fields: dict[str, Any] = {
            name: getattr(condition, name)
            for name in ("status", "failing_since", "next_attempt_at", "failure_code", "failure")
        }
        fields["version"] = source.version
        fields["capabilities"] = tuple(source.capabilities())
        # The pace of backoff is drawn anew each time; that it backs off is what matters.
        fields["feeds"] = tuple(
            (state.name, state.reason, None if state.reason == "backoff" else state.interval_seconds)
            for state in self._polling.states(source)
        )
        # Counts change with every call; that only the reserve is left is what matters.
        fields["budget"] = tuple(budget.endpoint for budget in source.budgets() if budget.low)
        return {graphql_name(name): value for name, value in fields.items()}

    def _told(self, kind: ChangeKind, key: str | None = None, fields: tuple[str, ...] = ()) -> SourceChanged:
        cursor = self._signet.seal(STREAM, Position(self.sequence, bytes(6)))
        return SourceChanged(kind=kind, key=key, changed_fields=fields, at=self._clock.now(), cursor=cursor)


def _log_transition(key: str, before: SourceStatus, now: dict[str, Any]) -> None:
    """One line for each change of a source's status."""
    status: SourceStatus = now["status"]
    told = {"source": key, "status": status.value, "before": before.value}
    if status is SourceStatus.UP:
        log.info("source status", **told)
    else:
        log.warning("source status", **told, code=now["failureCode"], failure=now["failure"])


def _log_budgets(key: str, before: Iterable[str], now: Iterable[str]) -> None:
    """One line for each endpoint class whose day's calls are nearly used up, and one when that is over."""
    for endpoint in now:
        if endpoint not in before:
            log.warning("budget low", source=key, endpoint=endpoint)
    for endpoint in before:
        if endpoint not in now:
            log.info("budget restored", source=key, endpoint=endpoint)


def _chained(before: Callable[[], None], note: Callable[[str], None], key: str) -> Callable[[], None]:
    def changed() -> None:
        note(key)
        before()

    return changed


def _differs(old: Any, new: Any) -> bool:
    if isinstance(old, datetime) and isinstance(new, datetime):
        return abs(new - old) > SAME_MOMENT
    return bool(old != new)
