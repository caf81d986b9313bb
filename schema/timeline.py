"""What happened at a station over a span of time, in GraphQL."""

from floorgraph.model import capacity, downtime, station, timeline
from schema import enums, progress
from schema.declare import part_type

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


@part_type
class StationState(station.StationState):
    """What a station is doing."""


@part_type
class StationClimate(station.StationClimate):
    """Temperature and humidity around a station."""


@part_type
class LaserReadings(station.LaserReadings):
    """What a laser machine measures."""


@part_type
class Downtime(downtime.Downtime):
    """When a station is planned not to work."""


@part_type
class DayCapacity(capacity.DayCapacity):
    """How much of a day a station could work and did."""


@part_type
class StateInterval(timeline.StateInterval):
    """A span of time that a station spent in one state."""


@part_type
class ProgramRun(timeline.ProgramRun):
    """A span of time in which a program ran or was selected."""


@part_type
class StationKpis(timeline.StationKpis):
    """Key performance indicators of a station."""
