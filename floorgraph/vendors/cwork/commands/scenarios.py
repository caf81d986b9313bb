"""Scenarios: which states a station does not have, as far as its server said so. Pure; time is passed in.

No call of the vendor lists a station's scenario: `GET /states` lists every state that the user of the API key
may see. A refusal (error 2021, "not included in the station scenario") is how one learns of it.
"""

from dataclasses import dataclass, field
from typing import Final

LASTS: Final = 600.0
"""Seconds for which a refusal counts: people change scenarios, and nothing tells when they did."""


@dataclass(slots=True)
class Scenarios:
    """What the server refused lately: station id -> state number -> until when that counts (monotonic)."""

    _refused: dict[str, dict[str, float]] = field(default_factory=dict)

    def refused(self, station_id: str, state: str, now: float) -> None:
        """The server says that a state is not in the scenario of a station."""
        self._refused.setdefault(station_id, {})[state] = now + LASTS

    def outside(self, station_id: str, now: float) -> frozenset[str]:
        """The numbers of states that are not in the scenario of a station."""
        return frozenset(state for state, until in self._refused.get(station_id, {}).items() if until > now)
