"""Who wants what, and how often a feed must therefore be polled. Pure; time is passed in.

Demand names kinds of record, not feeds: which feeds keep a kind up to date
may change while people watch, when a source finds out what it can do.
"""

from collections import Counter
from dataclasses import dataclass, field

from floorgraph.model.ids import Kind
from floorgraph.model.source import Feed


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a feed is to be polled."""

    period: float
    """Seconds between the end of one poll and the start of the next."""
    subscribers: int
    """Live demands; 0 while lingering."""
    until: float | None = None
    """When lingering ends (monotonic); None while somebody is there."""


@dataclass(frozen=True, slots=True)
class _Ask:
    sources: frozenset[str] | None
    kinds: frozenset[Kind]
    age: float | None

    def concerns(self, source: str, feed: Feed) -> bool:
        return not self.kinds.isdisjoint(feed.kinds) and (self.sources is None or source in self.sources)


@dataclass(slots=True)
class Demand:
    """The live demands of one engine."""

    linger: float
    """Seconds that a feed is polled on after the last demand for it went."""
    _asks: dict[int, _Ask] = field(default_factory=dict)
    _live: Counter[_Ask] = field(default_factory=Counter)
    _left: list[tuple[float, _Ask]] = field(default_factory=list)
    _issued: int = 0

    def add(
        self, kinds: frozenset[Kind], sources: frozenset[str] | None = None, age: float | None = None
    ) -> int:
        """Want kinds of record from some sources, or from all when None; returns the ticket to give back.

        `age` in seconds; None leaves the pace to the feed.
        """
        self._issued += 1
        ask = self._asks[self._issued] = _Ask(sources, kinds, age)
        self._live[ask] += 1
        return self._issued

    def is_alone(self, ticket: int) -> bool:
        """Whether nobody else wants just the same: then it makes a difference to how feeds are polled."""
        return self._live[self._asks[ticket]] == 1

    def release(self, ticket: int, now: float) -> None:
        """Give a ticket back; a second time does nothing."""
        ask = self._asks.pop(ticket, None)
        if ask is None:
            return
        self._live[ask] -= 1
        if not self._live[ask]:
            del self._live[ask]
        self._leave(ask, now)

    def touch(self, kind: Kind, source: str, now: float) -> None:
        """Want a kind of record for no longer than the lingering."""
        self._leave(_Ask(frozenset((source,)), frozenset((kind,)), None), now)

    def wanted(self, source: str, feed: Feed, now: float) -> Wanted | None:
        """How a feed is to be polled now; None when nobody wants it.

        A source that must go easy with its budget says so through the feed's `minimum`.
        """
        asks = [ask for ask in self._live if ask.concerns(source, feed)]
        if asks:
            age = min(feed.interval if ask.age is None else ask.age for ask in asks)
            return Wanted(max(feed.minimum, age), sum(self._live[ask] for ask in asks))
        ends = [end for end, ask in self._left if end > now and ask.concerns(source, feed)]
        return Wanted(max(feed.minimum, feed.interval), 0, max(ends)) if ends else None

    def __len__(self) -> int:
        return len(self._asks)

    def _leave(self, ask: _Ask, now: float) -> None:
        # One entry for each sort of ask, however often people come and go.
        sort = _Ask(ask.sources, ask.kinds, None)
        self._left = [(end, other) for end, other in self._left if end > now and other != sort]
        self._left.append((now + self.linger, sort))
