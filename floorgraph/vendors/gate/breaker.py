"""The circuit breaker: stops calling what keeps failing. Pure; time and chance are passed in.

It opens after a run of failures or when most of the last calls failed (a
slow poller never makes a long run quickly), stays open for a time that
doubles with each opening, then lets one call through to see.
"""

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """When a breaker opens and for how long, in seconds."""

    consecutive: int = 5
    window: int = 20
    window_failures: int = 12
    base_seconds: float = 5.0
    cap_seconds: float = 300.0


@dataclass(slots=True)
class Breaker:
    """The state of one endpoint class of one source."""

    policy: BreakerPolicy = field(default_factory=BreakerPolicy)
    chance: Callable[[], float] = random.random
    run: int = 0
    openings: int = 0
    open_until: float | None = None
    probing: bool = False
    recent: deque[bool] = field(default_factory=deque)

    def blocked_until(self, now: float) -> float | None:
        """Monotonic time before which nothing may be sent, or None.

        While the one trial call after an opening is under way, others are
        blocked for a further second at a time.
        """
        if self.open_until is None:
            return None
        if now < self.open_until:
            return self.open_until
        return now + 1.0 if self.probing else None

    def starting(self) -> None:
        """A call is being sent; after an opening it is the trial."""
        if self.open_until is not None:
            self.probing = True

    def succeeded(self) -> None:
        """A call succeeded: closed, and forgiven."""
        self.run = self.openings = 0
        self.open_until = None
        self.probing = False
        self._remember(failed=False)

    def failed(self, now: float) -> None:
        """A call failed in a way that speaks against the endpoint."""
        self.run += 1
        self._remember(failed=True)
        too_many = sum(self.recent) >= self.policy.window_failures
        if self.probing or self.run >= self.policy.consecutive or too_many:
            self._open(now)
        self.probing = False

    def withdrawn(self) -> None:
        """A call ended without saying anything about the endpoint, such as a cancelled one."""
        self.probing = False

    def hold(self, until: float) -> None:
        """Send nothing before `until`, because the vendor said so."""
        self.open_until = max(until, self.open_until or until)
        self.probing = False

    def _open(self, now: float) -> None:
        ceiling = min(self.policy.cap_seconds, self.policy.base_seconds * 2.0**self.openings)
        self.openings += 1
        self.open_until = now + ceiling * (0.5 + 0.5 * self.chance())
        self.recent.clear()

    def _remember(self, *, failed: bool) -> None:
        self.recent.append(failed)
        while len(self.recent) > self.policy.window:
            self.recent.popleft()
