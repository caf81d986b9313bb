"""When a feed is polled next, and why then. Pure; time and chance are passed in.

The rungs: burst after a command, active while somebody wants the feed,
lingering after the last one left, backoff after failures, paused when the
vendor or its credentials forbid to ask, idle when nobody wants it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from floorgraph.model.source import Feed, FeedState
from floorgraph.vendors.failures import AuthRequired, BreakerOpen, BudgetExhausted, RateLimited, SourceFailure
from subscriptions.demand import Wanted
from subscriptions.policy import LadderPolicy


class Rung(StrEnum):
    """Why a feed is polled at the pace it is."""

    IDLE = "idle"
    ACTIVE = "active"
    LINGERING = "lingering"
    BURST = "burst"
    BACKOFF = "backoff"
    PAUSED = "paused"


@dataclass(slots=True)
class Ladder:
    """The pace of one feed. All times are monotonic seconds unless said otherwise."""

    policy: LadderPolicy
    chance: Callable[[], float]
    """Uniform over 0..1."""
    phase: float
    """This feed's place among those that start together, 0..1."""
    asked_at: float | None = None
    """Since when the feed is wanted without a pause; None while nobody wants it."""
    began_at: float | None = None
    """When the poll in flight was sent, or the last one."""
    ended_at: float | None = None
    """When the last poll ended."""
    polled_at: datetime | None = None
    """When the last poll ended (UTC, wall clock)."""
    failures: int = 0
    """Polls that failed since the last one that succeeded."""
    failing_since: float | None = None
    """When the first of these ended."""
    overruns: int = 0
    """Polls that took longer than the period."""
    polls: int = 0
    """Polls that have ended, whatever came of them."""
    failed_polls: int = 0
    """Those of them that failed."""
    blocked_until: float | None = None
    """Nothing is sent before this, after a failure."""
    paused: bool = False
    """Whether the block is a pause that was asked for rather than our own backoff."""
    burst_left: int = 0
    """Polls left of the burst after a command."""
    _burst_since: float = 0.0
    _stretch: float = 0.0

    def next_start(self, feed: Feed, wanted: Wanted | None, now: float) -> float | None:
        """When the next poll is due; in the past when it is overdue, None when the feed is idle."""
        if wanted is None:
            self.asked_at, self.burst_left = None, 0
            return None
        if self.asked_at is None:
            self.asked_at = now
        if self.blocked_until is not None:
            return self.blocked_until
        if self.ended_at is None:
            offset = 0.0 if self.burst_left else self.phase * min(self.policy.start_spread, wanted.period)
            return self.asked_at + offset
        if self.burst_left:
            return self.ended_at + self._quickest(feed)
        return self.ended_at + self._gap(feed, wanted.period)

    def began(self, now: float) -> None:
        """A poll is sent."""
        self.began_at = now

    def succeeded(self, wanted: Wanted | None, now: float, wall: datetime) -> None:
        """The poll in flight was answered afresh."""
        self._ended(wanted, now, wall)
        self.failures, self.failing_since, self.blocked_until, self.paused = 0, None, None, False

    def failed(self, feed: Feed, wanted: Wanted | None, error: Exception, now: float, wall: datetime) -> None:
        """The poll in flight was not answered; whatever was wrong, the next one waits."""
        self._ended(wanted, now, wall)
        self.failures += 1
        self.failed_polls += 1
        if self.failing_since is None:
            self.failing_since = now
        self.paused = isinstance(error, AuthRequired | RateLimited | BudgetExhausted)
        wait = self._wait(feed, error, now - self.failing_since)
        self.blocked_until = now + max(self._minimum(feed), wait)

    def burst(self, now: float) -> None:
        """Poll in quick succession for a while, because something is expected to change."""
        self.burst_left = self.policy.burst_polls
        self._burst_since = now

    def calm(self) -> None:
        """End a burst early: what was expected has happened."""
        self.burst_left = 0

    def hurry(self, now: float) -> None:
        """Make the next poll due now, whatever was planned; a pause that was asked for stays."""
        self.ended_at = None
        self.asked_at = now
        if not self.paused:
            self.blocked_until = None

    def retry(self, now: float) -> None:
        """Cut a backoff short, because the source was heard from; a pause that was asked for stays."""
        if self.blocked_until is not None and not self.paused:
            self.blocked_until = min(self.blocked_until, now)

    def rung(self, wanted: Wanted | None) -> Rung:
        """Where the feed stands."""
        if wanted is None:
            return Rung.IDLE
        if self.blocked_until is not None:
            return Rung.PAUSED if self.paused else Rung.BACKOFF
        if self.burst_left:
            return Rung.BURST
        return Rung.ACTIVE if wanted.subscribers else Rung.LINGERING

    def state(self, feed: Feed, wanted: Wanted | None) -> FeedState:
        """The feed as the API shows it; what other parts of the engine know of it is filled in by them."""
        return FeedState(
            name=feed.name,
            kinds=tuple(sorted(feed.kinds)),
            interval_seconds=self._interval(feed, wanted),
            reason=self.rung(wanted).value,
            subscribers=wanted.subscribers if wanted else 0,
            last_polled_at=self.polled_at,
            consecutive_failures=self.failures,
            overruns=self.overruns,
            polls=self.polls,
            failed_polls=self.failed_polls,
        )

    def due_in(self, feed: Feed, wanted: Wanted | None, now: float) -> float | None:
        """Seconds until the next poll, negative when it is overdue; None while nobody wants it."""
        # Looking must not count as wanting: `next_start` notes since when a feed is asked for.
        if wanted is None or self.asked_at is None:
            return None
        start = self.next_start(feed, wanted, now)
        return None if start is None else start - now

    def _interval(self, feed: Feed, wanted: Wanted | None) -> float | None:
        if wanted is None:
            return None
        if self.blocked_until is not None and self.ended_at is not None:
            return round(self.blocked_until - self.ended_at, 3)
        return self._quickest(feed) if self.burst_left else wanted.period

    def _ended(self, wanted: Wanted | None, now: float, wall: datetime) -> None:
        began = now if self.began_at is None else self.began_at
        if wanted is not None and now - began > wanted.period:
            self.overruns += 1
        if self.burst_left and began >= self._burst_since:
            self.burst_left -= 1
        self.ended_at, self.polled_at = now, wall
        self.polls += 1
        self._stretch = self.policy.jitter * (2 * self.chance() - 1)

    def _minimum(self, feed: Feed) -> float:
        return max(self.policy.shortest, feed.minimum)

    def _quickest(self, feed: Feed) -> float:
        """Seconds between the polls of a burst."""
        least = feed.minimum if feed.burst is None else min(feed.burst, feed.minimum)
        return max(self.policy.shortest, least)

    def _gap(self, feed: Feed, period: float) -> float:
        if self.polls == 1:
            # Feeds that started together drift apart over one whole period, once.
            return max(self._minimum(feed), period / 2) + self.phase * period
        return max(self._minimum(feed), period * (1 + self._stretch))

    def _wait(self, feed: Feed, error: Exception, failing: float) -> float:
        """Seconds until the next attempt at what has been failing for so many."""
        asked = error.retry_after if isinstance(error, SourceFailure) else None
        if isinstance(error, AuthRequired):
            return self.policy.auth_pause
        if asked is not None and isinstance(error, RateLimited | BudgetExhausted | BreakerOpen):
            low, high = self.policy.pause_bounds
            return min(high, max(low, asked))
        base = max(self.policy.backoff_base, self._minimum(feed))
        # The exponent is bounded because 2.0**1024 is not a number. After a short trouble nobody waits longer
        # than that took: polls that were not sent for it count among the failures too.
        longest = min(self.policy.backoff_cap, base * 2.0 ** min(self.failures - 1, 60), max(base, failing))
        return self.chance() * longest
