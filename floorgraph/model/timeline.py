"""What happened at a station over a span of time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from floorgraph.model.errors import BadArgument
from floorgraph.model.record import Part
from floorgraph.model.station import StationState

MAX_WINDOW = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time, `start` included, `end` excluded, both with a time zone."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, start: datetime, end: datetime | None, now: datetime) -> "Window":
        """A checked window; without an end it lasts until now.

        Raises `BadArgument` for a missing zone, a reversed window, or one of more than 366 days.
        """
        last = end if end is not None else now
        if start.tzinfo is None or last.tzinfo is None:
            raise BadArgument("'from' and 'to' need a time zone, for example 2026-01-31T08:00:00Z.")
        if last <= start:
            raise BadArgument("'to' must be later than 'from'.")
        if last - start > MAX_WINDOW:
            raise BadArgument("The span from 'from' to 'to' must not be longer than 366 days.")
        return cls(start, last)


class StateInterval(Part, kw_only=True):
    """A span of time that a station spent in one state."""

    state: StationState
    """The state, with the vendor's own words."""
    started_at: datetime
    """When the state began (UTC)."""
    ended_at: datetime | None
    """When the state ended (UTC); null while it lasts."""
    duration_seconds: float | None
    """How long the state lasted, in seconds; null while it lasts."""
    ongoing: bool
    """True while the state lasts."""
    comment: str | None = None
    """What an operator or the vendor noted."""
    position: int = 0
    """Place of the interval in the vendor's answer, counted from 0; it tells apart what starts
    in the same second."""


class ProgramRunKind(Enum):
    """Whether a program ran or was only selected."""

    RUNNING = "RUNNING"
    """The program was being executed."""
    SELECTED = "SELECTED"
    """The program was selected on the control."""


class ProgramRun(Part, kw_only=True):
    """A span of time in which a program ran or was selected on a station."""

    kind: ProgramRunKind
    """Whether the program ran or was selected."""
    name: str
    """The program's name on the machine."""
    context: str | None = None
    """The vendor's context of the run, such as the part's name."""
    started_at: datetime | None = None
    """When it began (UTC); null when the vendor's date cannot be read."""
    ended_at: datetime | None = None
    """When it ended (UTC); null while it lasts or when the vendor's date cannot be read."""


class StationKpis(Part, kw_only=True):
    """Key performance indicators of a station over a span of time (ISO 22400-2 names).

    Rates are ratios from 0 to 1, times are seconds. Null means that the vendor gave no readable value.
    """

    started_at: datetime
    """Start of the span that was measured (UTC)."""
    ended_at: datetime
    """End of the span that was measured (UTC)."""
    oee: float | None = None
    """Overall equipment effectiveness: availability x performance x quality, 0 to 1."""
    availability: float | None = None
    """Run time over planned production time, 0 to 1."""
    performance: float | None = None
    """Net run time over run time (ISO 22400: effectiveness), 0 to 1."""
    quality: float | None = None
    """Fully productive time over net run time (ISO 22400: quality ratio), 0 to 1."""
    teep: float | None = None
    """Total effective equipment performance: fully productive time over all time, 0 to 1."""
    gee: float | None = None
    """Global equipment effectiveness: fully productive time over opening time, 0 to 1."""
    requisition: float | None = None
    """The vendor's requisition rate, 0 to 1."""
    load: float | None = None
    """The vendor's load rate, 0 to 1."""
    involvement: float | None = None
    """The vendor's strategic involvement rate, 0 to 1."""
    hardware_availability: float | None = None
    """Availability as far as the machine itself is concerned, 0 to 1."""
    total_time_seconds: float | None = None
    """All time in the span, around the clock, in seconds."""
    opening_time_seconds: float | None = None
    """Opening time by the station's calendar, in seconds."""
    planned_production_time_seconds: float | None = None
    """Planned production time (ISO 22400: planned busy time), in seconds."""
    run_time_seconds: float | None = None
    """Run time (ISO 22400: actual unit busy time), in seconds."""
    net_run_time_seconds: float | None = None
    """Net run time, in seconds."""
    fully_productive_time_seconds: float | None = None
    """Time spent making good parts, in seconds."""
    failure_time_seconds: float | None = None
    """Time spent in failure, in seconds."""
    mean_time_between_failures_seconds: float | None = None
    """Mean time between failures (MTBF), in seconds."""
    mean_time_to_repair_seconds: float | None = None
    """Mean time to repair (MTTR), in seconds."""
