"""All pollers of an engine: started when a feed is wanted, and what can be asked about them."""

import asyncio
import math
from collections.abc import Iterable

from floorgraph.model.ids import Kind
from floorgraph.model.source import Feed, FeedState
from floorgraph.vendors.contract import Source
from floorgraph.vendors.floor import Floor
from subscriptions.poller import Poller, PollingTools, feeds_of
from subscriptions.topic import Topic

GOLDEN = 0.6180339887498949


def phase(index: int) -> float:
    """A place in 0..1 for each number, so that any run of numbers is spread evenly."""
    return index * GOLDEN % 1.0


class Polling:
    """The pollers by source and feed; their tasks belong to the engine's task group."""

    def __init__(self, floor: Floor, tools: PollingTools) -> None:
        self._floor = floor
        self._tools = tools
        self._pollers: dict[tuple[str, str], Poller] = {}
        self._settled: dict[tuple[str, Kind], float] = {}
        """Who came until then need wait no longer; known for one round of the event loop, unless anything
        happens in it."""
        self._group: asyncio.TaskGroup | None = None

    def open(self, group: asyncio.TaskGroup) -> None:
        """Run pollers in this group from now on."""
        self._group = group

    def close(self) -> None:
        """Start no more pollers."""
        self._group = None

    async def remove(self, key: str) -> None:
        """End the pollers of a source that is no longer on the floor, and wait until they have ended."""
        gone = [self._pollers.pop(found) for found in list(self._pollers) if found[0] == key]
        tasks = [poller.task for poller in gone if poller.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def tasks(self) -> int:
        """How many pollers run."""
        return sum(poller.running for poller in self._pollers.values())

    def want(self, topic: Topic) -> int:
        """Poll what keeps a topic up to date from now on; returns the ticket to give back."""
        sources, demand = topic.concerned(), self._tools.demand
        ticket = demand.add(topic.kinds, sources, topic.max_age)
        # Of the thousands who want the same only the first one changes anything, and the last one.
        if demand.is_alone(ticket):
            self.refresh(sources)
        return ticket

    def release(self, topic: Topic, ticket: int) -> None:
        """Give a ticket back."""
        demand = self._tools.demand
        last = demand.is_alone(ticket)
        demand.release(ticket, self._tools.clock.monotonic())
        if last:
            self.refresh(topic.concerned())

    def refresh(self, keys: Iterable[str] | None = None) -> None:
        """Look again at what is wanted of some sources, or of all: start what is missing, nudge the rest."""
        self.look_again()
        for source in self.sources(keys):
            for feed in feeds_of(source):
                self._refresh(source, feed)
            for poller in self._of(source.key):
                poller.nudge()

    def sources(self, keys: Iterable[str] | None) -> list[Source]:
        """The sources with these keys in configured order; unknown keys are left out, None means all."""
        if keys is None:
            return list(self._floor)
        wanted = frozenset(keys)
        return [source for source in self._floor if source.key in wanted]

    def settled(self, source: Source, kind: Kind, since: float) -> bool:
        """Whether what is known of a collection is as good as a poll can make it now.

        That is so when each feed of the kind was polled after `since`, whatever came of it,
        or recently enough for its pace; or when the source has no such feed.
        """
        key = source.key, kind
        if key not in self._settled:
            if not self._settled:
                # All who wait look in the same round of the loop, whenever anything was polled.
                asyncio.get_running_loop().call_soon(self._settled.clear)
            now = self._tools.clock.monotonic()
            moments = (self._settled_since(source, feed, now) for feed in _feeds_for(source, kind))
            self._settled[key] = min(moments, default=math.inf)
        return since <= self._settled[key]

    def look_again(self) -> None:
        """A poll ended, or others are wanted: who waited for one may need to wait no longer."""
        self._settled.clear()

    def current(self, source: Source, kind: Kind) -> bool:
        """Whether the last poll of some feed of the kind succeeded."""
        pollers = (self._pollers.get((source.key, feed.name)) for feed in _feeds_for(source, kind))
        return any(p is not None and p.ladder.ended_at is not None and not p.ladder.failures for p in pollers)

    def shortest_period(self, keys: Iterable[str] | None, kind: Kind) -> float:
        """The shortest present period of the feeds of a kind; 0 when there are none."""
        now = self._tools.clock.monotonic()
        periods = [
            wanted.period
            for source in self.sources(keys)
            for feed in _feeds_for(source, kind)
            if (wanted := self._tools.demand.wanted(source.key, feed, now)) is not None
        ]
        return min(periods, default=0.0)

    def active(self, key: str, within: float) -> bool:
        """Whether a source is being polled, and was within so many seconds: pollers may wait for an hour."""
        since = self._tools.clock.monotonic() - within
        return any(poller.at_work(since) for poller in self._of(key))

    def states(self, source: Source) -> list[FeedState]:
        """The feeds of a source as the API shows them."""
        return [self._poller(source, feed).state(feed) for feed in feeds_of(source)]

    def burst(self, source: Source, kinds: frozenset[Kind]) -> None:
        """Poll what keeps these kinds up to date in quick succession for a while, wanted or not."""
        now = self._tools.clock.monotonic()
        for feed in feeds_of(source):
            for kind in feed.kinds & kinds:
                self._tools.demand.touch(kind, source.key, now)
                self._poller(source, feed).ladder.burst(now)
        self.refresh((source.key,))

    def calm(self, key: str) -> None:
        """End the bursts of a source."""
        for poller in self._of(key):
            poller.ladder.calm()

    def retry(self, key: str) -> None:
        """Try failing feeds of a source again now, because the source was heard from."""
        self.look_again()
        now = self._tools.clock.monotonic()
        for poller in self._of(key):
            poller.ladder.retry(now)
            poller.nudge()

    def hurry(self) -> None:
        """Make all polls due now, such as after the machine was suspended."""
        self.look_again()
        now = self._tools.clock.monotonic()
        for poller in self._pollers.values():
            poller.ladder.hurry(now)
            poller.nudge()

    def _refresh(self, source: Source, feed: Feed) -> None:
        wanted = self._tools.demand.wanted(source.key, feed, self._tools.clock.monotonic())
        if wanted is None or self._group is None:
            return
        poller = self._poller(source, feed)
        if not poller.running:
            poller.running = True
            poller.task = self._group.create_task(poller.run(), name=f"poll {source.key} {feed.name}")

    def _poller(self, source: Source, feed: Feed) -> Poller:
        poller = self._pollers.get((source.key, feed.name))
        if poller is None:
            place = phase(len(self._pollers))
            poller = Poller(source, feed.name, phase=place, tools=self._tools)
            self._pollers[source.key, feed.name] = poller
        return poller

    def _of(self, key: str) -> list[Poller]:
        return [poller for (source, _), poller in self._pollers.items() if source == key]

    def _settled_since(self, source: Source, feed: Feed, now: float) -> float:
        """Who came when, or earlier, need not wait for another poll (monotonic)."""
        poller = self._pollers.get((source.key, feed.name))
        ended = None if poller is None else poller.ladder.ended_at
        if poller is None or ended is None:
            return -math.inf
        if (poller.ladder.blocked_until or 0.0) > now:
            return math.inf
        wanted = self._tools.demand.wanted(source.key, feed, now)
        # Twice the period: a poll that is under way or slow does not keep a newcomer waiting.
        recent = wanted is not None and now - ended <= 2 * wanted.period
        return math.inf if recent else ended


def _feeds_for(source: Source, kind: Kind) -> list[Feed]:
    return [feed for feed in feeds_of(source) if kind in feed.kinds]
