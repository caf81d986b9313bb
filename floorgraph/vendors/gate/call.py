"""What goes through the gate: a call, how fresh its answer must be, and the answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from floorgraph.vendors.failures import SourceFailure

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old an answer may be.

    `max_age` in seconds; 0 forces a call, None accepts the call's own time to live.
    `since` is the monotonic start of the operation that asks: what was observed
    after it is fresh enough whatever `max_age` says, so that one operation never
    makes the same call twice.
    """

    max_age: float | None = None
    since: float | None = None

    def accepts(self, observed: float, now: float, ttl: float) -> bool:
        """Whether an answer observed at a monotonic time will do for a call with that time to live."""
        if self.since is not None and observed >= self.since:
            return True
        return self.allowed(ttl) > 0 and now - observed <= self.allowed(ttl)

    def spares(self, failed: float, now: float, ttl: float, pause: float) -> bool:
        """Whether a call that failed at a monotonic time is not made again yet.

        For the same operation never; otherwise for `pause` seconds, or the accepted age if that is less.
        """
        if self.since is not None and failed >= self.since:
            return True
        return now - failed < min(self.allowed(ttl), pause)

    def allowed(self, ttl: float) -> float:
        """The age in seconds up to which an answer of a call with that time to live will do."""
        return ttl if self.max_age is None else self.max_age


@dataclass(slots=True)
class Call(Generic[T]):
    """A read that a source knows how to make.

    Two calls with the same `key` are the same question. `endpoint` is the
    class that budget and breaker count by, `ttl` the age in seconds up to
    which the answer serves everybody who did not ask for a fresher one.
    Not to be changed once it is made, as answers are not: Python takes three
    times as long to make what it freezes.
    """

    key: str
    endpoint: str
    ttl: float
    fetch: Callable[[], Awaitable[T]]


@dataclass(slots=True)
class Observed(Generic[T]):
    """An answer, when it was had, and the failure that kept it from being fresher."""

    value: T
    at: datetime
    monotonic: float
    failure: SourceFailure | None = None

    @property
    def stale(self) -> bool:
        """True when a later attempt to get a fresher answer failed."""
        return self.failure is not None
