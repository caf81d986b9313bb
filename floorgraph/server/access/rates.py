"""How many operations per second: a token bucket per caller and per address, in bounded memory."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from floorgraph.model.time import Clock

MOST_BUCKETS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many per second over a longer time, and so many at once."""

    per_second: float
    burst: float


class Buckets:
    """One bucket per name. The ones that were not used longest give way: by then they are full again,
    or there are so many callers that each of them has little."""

    def __init__(self, rate: Rate, clock: Clock, most: int = MOST_BUCKETS) -> None:
        self._rate = rate
        self._clock = clock
        self._most = most
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._levels)

    def take(self, name: str) -> float | None:
        """Take one; the seconds to wait when there is none, and None when there was."""
        level, now = self._level(name)
        wait = (1 - level) / self._rate.per_second if level < 1 else None
        self._levels[name] = (level if wait is not None else level - 1, now)
        self._levels.move_to_end(name)
        while len(self._levels) > self._most:
            self._levels.popitem(last=False)
        return wait

    def empty(self, name: str) -> float | None:
        """As `take`, without taking."""
        level, _ = self._level(name)
        return (1 - level) / self._rate.per_second if level < 1 else None

    def _level(self, name: str) -> tuple[float, float]:
        now, most = self._clock.monotonic(), max(1.0, self._rate.burst)
        level, at = self._levels.get(name, (most, now))
        return min(most, level + (now - at) * self._rate.per_second), now
