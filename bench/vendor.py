"""A vendor for measurements: stations that change at a fixed rate, each change numbered and timed."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.model.record import Record
from floorgraph.model.source import CapabilityState, Feed, SourceCondition, SourceStatus
from floorgraph.model.station import Station
from floorgraph.vendors.answers import Answer, Listing
from floorgraph.vendors.contract import Source, SourceTools
from floorgraph.vendors.gate.call import Freshness
from floorgraph.vendors.questions import Where
from floorgraph.vendors.source_settings import SourceSettings

KEY = "bench"


class Changing(Source):
    """Change number n is due n / rate seconds after `go` and changes station n modulo their number.

    `description` holds the number, `name` the moment it was due (monotonic
    nanoseconds, the same clock for all processes of a machine).
    """

    vendor = "bench"

    def __init__(self, stations: int, rate: float, total: int, period: float) -> None:
        super().__init__(SourceSettings(key=KEY, vendor="bench"), SourceTools())
        self.began: float | None = None
        self.polls = 0
        self._rate = rate
        self._total = total
        self._done = 0
        self._feed = Feed("all", frozenset({Kind.STATION}), interval=period, minimum=period)
        self._stations = [self._station(number, 0, 0) for number in range(stations)]

    def go(self) -> None:
        """Begin to change."""
        self.began = time.monotonic()

    @property
    def version(self) -> str | None:
        return "1"

    def condition(self) -> SourceCondition:
        return SourceCondition(status=SourceStatus.UP)

    def capabilities(self) -> Sequence[CapabilityState]:
        return ()

    async def probe(self) -> None:
        return None

    async def close(self) -> None:
        return None

    async def select(self, kind: Kind, where: Where, freshness: Freshness) -> Answer[Any]:  # noqa: ARG002
        return Answer(items=self._stations if kind is Kind.STATION else (), observed_at=None)

    def feeds(self) -> Sequence[Feed]:
        return (self._feed,)

    async def poll(self, feed: Feed, freshness: Freshness) -> Mapping[Kind, Listing]:  # noqa: ARG002
        self.polls += 1
        self._catch_up()
        # In the order of their changes, so that the last event of a poll is the youngest.
        changed = sorted(self._stations, key=lambda station: int(station.description or 0))
        records: list[Record] = list(changed)
        return {Kind.STATION: Listing(records, True, datetime.now(UTC))}

    def _catch_up(self) -> None:
        if self.began is None:
            return
        due = min(self._total, int((time.monotonic() - self.began) * self._rate))
        for number in range(self._done + 1, due + 1):
            place = number % len(self._stations)
            at = int((self.began + number / self._rate) * 1e9)
            self._stations[place] = self._station(place, number, at)
        self._done = due

    def _station(self, place: int, number: int, at: int) -> Station:
        now = datetime.now(UTC)
        return Station(
            id=f"{KEY}:station:{place}",
            source=KEY,
            remote_id=str(place),
            observed_at=now,
            updated_at=now,
            name=str(at),
            description=str(number),
        )
