"""The simulated clock: real time times a factor, or held still and stepped."""

import time
from collections.abc import Callable


class SimulatedClock:
    """Seconds since 1970 as the simulated server sees them."""

    def __init__(
        self,
        *,
        start: float | None = None,
        speed: float = 1.0,
        frozen: bool = False,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._start = wall() if start is None else start
        self._speed = speed
        self._frozen = frozen
        self._monotonic = monotonic
        self._began = monotonic()
        self._stepped = 0.0

    @property
    def frozen(self) -> bool:
        """Whether time moves only by stepping."""
        return self._frozen

    def now(self) -> float:
        """Simulated time in seconds since 1970, UTC."""
        run = 0.0 if self._frozen else (self._monotonic() - self._began) * self._speed
        return self._start + self._stepped + run

    def step(self, seconds: float) -> float:
        """Move ahead and return the new now.

        Raises:
            ValueError: time does not go back.
        """
        if seconds < 0:
            raise ValueError("time does not go back")
        self._stepped += seconds
        return self.now()
