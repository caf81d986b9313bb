"""Time as it is passed around: a clock that tests can hold still."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Where logic gets the time from."""

    def now(self) -> datetime:
        """The wall clock, in UTC: for what people read."""
        ...

    def monotonic(self) -> float:
        """Seconds that only move forward: for ages, intervals and deadlines."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The wall clock, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only move forward."""
        return time.monotonic()
