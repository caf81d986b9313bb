"""What was asked of a simulated server, and how much at once."""

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager

LOG_LENGTH = 2000
"""How many of the latest calls are remembered one by one."""


class Counters:
    """Calls per endpoint label, per method and path, and the high-water mark of calls in flight."""

    def __init__(self) -> None:
        self._in_flight: Counter[str] = Counter()
        self.reset()

    def reset(self) -> None:
        """Start counting from zero; calls in flight stay in flight."""
        self._labels: Counter[str] = Counter()
        self._paths: Counter[str] = Counter()
        self._high: dict[str, int] = {}
        self._log: deque[dict[str, object]] = deque(maxlen=LOG_LENGTH)
        self._total_high = 0

    @contextmanager
    def counting(self, label: str, method: str, path: str, query: str) -> Iterator[dict[str, object]]:
        """Count one call while it runs; what is put into the yielded entry shows in the log."""
        entry: dict[str, object] = {"label": label, "method": method, "path": path, "query": query}
        self._labels[label] += 1
        self._paths[f"{method} {path}"] += 1
        self._log.append(entry)
        self._in_flight[label] += 1
        self._high[label] = max(self._high.get(label, 0), self._in_flight[label])
        self._total_high = max(self._total_high, self._in_flight.total())
        try:
            yield entry
        finally:
            self._in_flight[label] -= 1

    def report(self) -> dict[str, object]:
        """Everything counted since the last reset."""
        return {
            "total": self._labels.total(),
            "labels": dict(self._labels),
            "paths": dict(self._paths),
            "in_flight": self._in_flight.total(),
            "max_in_flight": self._total_high,
            "max_in_flight_by_label": dict(self._high),
            "log": list(self._log),
        }
