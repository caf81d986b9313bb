"""What happened at a station over a span of time, in GraphQL."""

from floorgraph.model import capacity, downtime, station, timeline
from schema import enums, progress
from schema.declare import record_type

__all__ = [
    "DayCapacity",
    "Downtime",
    "LaserReadings",
    "ProgramRun",
    "StateInterval",
    "StationClimate",
    "StationKpis",
    "StationState",
    "enums",
    "progress",
]


@record_type(station.StationState)
class StationState:
    """What a station is doing."""


@record_type(station.StationClimate)
class StationClimate:
    """Temperature and humidity around a station."""


@record_type(station.LaserReadings)
class LaserReadings:
    """What a laser machine measures."""


@record_type(downtime.Downtime)
class Downtime:
    """When a station is planned not to work."""


@record_type(capacity.DayCapacity)
class DayCapacity:
    """How much of a day a station could work and did."""


@record_type(timeline.StateInterval)
class StateInterval:
    """A span of time that a station spent in one state."""


@record_type(timeline.ProgramRun)
class ProgramRun:
    """A span of time in which a program ran or was selected."""


@record_type(timeline.StationKpis)
class StationKpis:
    """Key performance indicators of a station."""
