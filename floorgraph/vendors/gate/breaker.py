"""The circuit breaker: stops calling what keeps failing. Pure; time and chance are passed in.

It opens after a run of failures or when most of the last calls failed (a
slow poller never makes a long run quickly), stays open for a time that
doubles with each opening, then lets one call through to see. It also keeps
the pauses that the vendor itself asks for.
"""

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """When a breaker opens and for how long, in seconds.

    `limited_cap_seconds` bounds the pauses after the vendor asked to wait
    without saying how long.
    """

    consecutive: int = 5
    window: int = 20
    window_failures: int = 12
    base_seconds: float = 5.0
    cap_seconds: float = 300.0
    limited_cap_seconds: float = 600.0


@dataclass(slots=True, eq=False)
class Breaker:
    """The state of one endpoint class of one source."""

    policy: BreakerPolicy = field(default_factory=BreakerPolicy)
    chance: Callable[[], float] = random.random
    run: int = 0
    openings: int = 0
    open_until: float | None = None
    probing: bool = False
    recent: deque[bool] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.recent = deque(self.recent, self.policy.window)

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

    def starting(self) -> bool:
        """A call is being sent. Returns whether it is the trial after an opening."""
        if self.open_until is None:
            return False
        self.probing = True
        return True

    def succeeded(self, now: float) -> None:
        """A call succeeded: closed and forgiven, unless a pause began while it was under way."""
        self.run = 0
        self.recent.append(False)
        if self.open_until is None:
            self.openings = 0
        elif now >= self.open_until:
            self.openings = 0
            self.open_until = None
            self.probing = False

    def failed(self, now: float, *, trial: bool = False) -> None:
        """A call failed in a way that speaks against the endpoint."""
        self.run += 1
        self.recent.append(True)
        if not trial and self.open_until is not None:
            return  # a call from before the opening: it adds nothing that was not known
        too_many = sum(self.recent) >= self.policy.window_failures
        if trial or self.run >= self.policy.consecutive or too_many:
            self._open(now, self.policy.cap_seconds)

    def withdrawn(self, *, trial: bool) -> None:
        """A call ended without saying anything about the endpoint, such as a cancelled one."""
        if trial:
            self.probing = False

    def hold(self, until: float) -> None:
        """Send nothing before `until`, because the vendor said so."""
        self.open_until = max(until, self.open_until or until)
        self.probing = False

    def limited(self, now: float, *, trial: bool = False) -> None:
        """The vendor asks to wait and does not say how long: each time twice as long as before."""
        if trial or self.open_until is None:
            self._open(now, self.policy.limited_cap_seconds)

    def _open(self, now: float, cap: float) -> None:
        ceiling = min(cap, self.policy.base_seconds * 2.0 ** min(self.openings, 32))
        self.openings += 1
        self.open_until = now + ceiling * (0.5 + 0.5 * self.chance())
        self.probing = False
        self.recent.clear()
