"""Time as it is passed around: a clock that tests can hold still."""

import time
from datetime import UTC, datetime
from functools import partial
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

    now = staticmethod(partial(datetime.now, UTC))
    """The wall clock, in UTC."""
    monotonic = staticmethod(time.monotonic)
    """Seconds that only move forward."""
