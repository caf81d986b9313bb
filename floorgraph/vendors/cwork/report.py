"""A report: what stations say about themselves at one time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from floorgraph.model.alarm import Alarm
from floorgraph.model.station import LiveStatus
from floorgraph.vendors.failures import SourceFailure


@dataclass(frozen=True, slots=True)
class Report:
    """What stations report, by station id.

    `failure` is set when nothing of it could be had afresh. `unknown` are ids
    of stations that were reported and are not among the definitions.
    `complete` is False when a report could not be read and it is not known whose it was.
    """

    found: Mapping[str, LiveStatus | SourceFailure]
    observed_at: datetime | None = None
    failure: SourceFailure | None = None
    unknown: frozenset[str] = frozenset()
    complete: bool = True

    @property
    def statuses(self) -> list[LiveStatus]:
        """Those that could be had."""
        return [live for live in self.found.values() if isinstance(live, LiveStatus)]

    @property
    def alarms(self) -> list[Alarm]:
        """The active alarms of all stations."""
        return [alarm for live in self.statuses for alarm in live.alarms or ()]
