"""One feed of one source, polled while it is wanted: the shell around its ladder."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from floorgraph.model.ids import Kind
from floorgraph.model.source import Feed, FeedState
from floorgraph.model.time import Clock
from floorgraph.vendors.answers import Listing
from floorgraph.vendors.contract import Source
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate.call import Freshness
from subscriptions.demand import Demand, Wanted
from subscriptions.ladder import Ladder
from subscriptions.pause import Pause, Sleep
from subscriptions.policy import EnginePolicy

log = structlog.get_logger("floorgraph.subscriptions")

Publish = Callable[[Source, Mapping[Kind, Listing], float], Awaitable[None]]
"""Takes the source, what was found, and when the poll was sent (monotonic)."""


@dataclass(frozen=True, slots=True)
class PollingTools:
    """What pollers are lent by their engine."""

    demand: Demand
    clock: Clock
    sleep: Sleep
    chance: Callable[[], float]
    policy: EnginePolicy
    publish: Publish
    ended: Callable[[str], None]
    """Called with the source key after every poll, whatever came of it, and when polling ends."""


class Poller:
    """Polls one feed; `run` returns when nobody wants it any more and can be called again later.

    Nothing that a poll raises leaves `run`: it is the ladder's business.
    """

    def __init__(self, source: Source, feed: str, *, phase: float, tools: PollingTools) -> None:
        self.source = source
        self.feed = feed
        self.ladder = Ladder(tools.policy.ladder, tools.chance, phase)
        self.running = False
        """Whether a task runs it; set by whoever starts `run`."""
        self.task: asyncio.Task[None] | None = None
        """The task that runs it, or the last one that did."""
        self._tools = tools
        self._under_way = False
        self._last: float | None = None
        """When the last poll ended, or the first one was wanted (monotonic)."""
        self._pause = Pause(tools.sleep)
        self._trouble: str | None = None

    async def run(self) -> None:
        """Poll until nobody wants the feed, or the source no longer has it."""
        if self._last is None:
            self._last = self._tools.clock.monotonic()
        try:
            while (wait := self._wait()) is not None:
                if wait > 0:
                    await self._pause.wait(wait)
                else:
                    await self._poll()
        finally:
            self.running = False
            self._tools.ended(self.source.key)

    def at_work(self, since: float) -> bool:
        """Whether a poll is under way, ended after that moment (monotonic), or was first wanted after it."""
        return self.running and (self._under_way or (self._last is not None and self._last >= since))

    def nudge(self) -> None:
        """Look again at what is wanted."""
        self._pause.wake()

    def state(self, feed: Feed) -> FeedState:
        """The feed as the API shows it."""
        clock, wanted = self._tools.clock, self._wanted(feed)
        state = self.ladder.state(feed, wanted)
        left = self.ladder.due_in(feed, wanted, clock.monotonic())
        if left is not None:
            state.next_poll_at = clock.now() + timedelta(seconds=round(left, 3))
        return state

    def _wait(self) -> float | None:
        now = self._tools.clock.monotonic()
        feed = feed_named(self.source, self.feed)
        if feed is None:
            return None
        wanted = self._wanted(feed)
        start = self.ladder.next_start(feed, wanted, now)
        if start is None or wanted is None:
            return None
        until = start if wanted.until is None else min(start, wanted.until)
        return max(0.0, until - now)

    def _wanted(self, feed: Feed) -> Wanted | None:
        return self._tools.demand.wanted(self.source.key, feed, self._tools.clock.monotonic())

    async def _poll(self) -> None:
        feed = feed_named(self.source, self.feed)
        if feed is None:
            return
        clock, wanted = self._tools.clock, self._wanted(feed)
        began = clock.monotonic()
        self.ladder.began(began)
        self._under_way = True
        try:
            async with asyncio.timeout(self._tools.policy.poll_deadline):
                listings = await self.source.poll(feed, self._freshness(wanted))
            await self._tools.publish(self.source, listings, began)
        except Exception as error:  # noqa: BLE001  one feed's trouble, even a defect in a mapper, stays its own
            self.ladder.failed(feed, wanted, error, clock.monotonic(), clock.now())
            self._note_failure(error)
        else:
            self.ladder.succeeded(wanted, clock.monotonic(), clock.now())
            self._note_success()
        finally:
            self._under_way, self._last = False, clock.monotonic()
        self._tools.ended(self.source.key)

    def _freshness(self, wanted: Wanted | None) -> Freshness:
        if wanted is None or self.ladder.burst_left:
            return Freshness(max_age=0.0)
        return Freshness(max_age=self._tools.policy.sharing * wanted.period)

    def _note_failure(self, error: Exception) -> None:
        code = error.code if isinstance(error, SourceFailure) else type(error).__name__
        if code == self._trouble:
            return
        self._trouble = code
        told = {"source": self.source.key, "feed": self.feed, "code": code}
        if isinstance(error, SourceFailure | TimeoutError):
            log.warning("feed failing", **told, failure=str(error))
        else:
            log.error("feed failing", **told, exc_info=error)

    def _note_success(self) -> None:
        if self._trouble is not None:
            log.info("feed recovered", source=self.source.key, feed=self.feed, after=self._trouble)
            self._trouble = None


def feeds_of(source: Source, name: str | None = None) -> Sequence[Feed]:
    """The feeds of a source as things stand now, or the one of a name; none when it cannot even say that."""
    try:
        return [_affordable(source, feed) for feed in source.feeds() if name in (None, feed.name)]
    except Exception:
        log.exception("feeds unknown", source=source.key)
        return ()


def _affordable(source: Source, feed: Feed) -> Feed:
    """The feed with the least time between polls that the source's budget allows now."""
    least = source.affordable_interval(feed)
    return feed if least <= feed.minimum else replace(feed, minimum=least)


def feed_named(source: Source, name: str) -> Feed | None:
    """A source's feed, if it has it now."""
    return next(iter(feeds_of(source, name)), None)
