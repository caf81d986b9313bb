"""What happened at a station over a span of time, in GraphQL."""

from floorgraph.model import station, timeline
from schema import enums
from schema.declare import part_type

__all__ = ["ProgramRun", "StateInterval", "StationKpis", "StationState", "enums"]


@part_type
class StationState(station.StationState):
    """What a station is doing."""


@part_type
class StateInterval(timeline.StateInterval):
    """A span of time that a station spent in one state."""


@part_type
class ProgramRun(timeline.ProgramRun):
    """A span of time in which a program ran or was selected."""


@part_type
class StationKpis(timeline.StationKpis):
    """Key performance indicators of a station."""
