"""What went through a gate since it was made, counted: for metrics. Pure."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

BOUNDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
"""Upper bounds in seconds of the classes that durations are counted in; a last class has no bound."""
OK: Final = "OK"
"""The outcome of a call that was answered; other outcomes are codes of failures."""


@dataclass(slots=True)
class Durations:
    """How long calls took."""

    classes: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    """Calls per class of `BOUNDS`, each in one class only."""
    seconds: float = 0.0
    """All of them together."""

    def add(self, seconds: float) -> None:
        """Count one call."""
        self.classes[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds


@dataclass(slots=True)
class Tally:
    """The counts of one source. Keys are endpoint classes, so there are few of them."""

    reads: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(endpoint class, `called`, `shared`, `snapshot` or `failed`) -> questions asked of the gate."""
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(endpoint class, outcome) -> calls sent to the vendor, retries included."""
    durations: dict[str, Durations] = field(default_factory=dict)
    """Endpoint class -> how long the calls took that were sent."""

    def sent(self, endpoint: str, outcome: str, seconds: float) -> None:
        """Count a call that was sent and has ended."""
        self.calls[endpoint, outcome] += 1
        known = self.durations.get(endpoint)
        if known is None:
            known = self.durations[endpoint] = Durations()
        known.add(seconds)


@dataclass(frozen=True, slots=True)
class Traffic:
    """What went through a source's gate, and what the gate holds back now."""

    tally: Tally = field(default_factory=Tally)
    blocked: dict[str, bool] = field(default_factory=dict)
    """Endpoint class (`*` for the source as a whole) -> whether nothing is sent now after failures."""
