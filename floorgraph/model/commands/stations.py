"""Commands that act on stations."""

from dataclasses import dataclass
from typing import ClassVar

from floorgraph.model.command import Command
from floorgraph.model.ids import Kind


@dataclass(frozen=True, kw_only=True)
class ChangeStationState(Command):
    """Put a station into another state of its scenario, from now on.

    Nothing moves at the machine: the state is what the monitoring counts the time as. CWork from
    version 1.9 with the licence `monitor`. The state that is left stays in the history; a state
    that was begun cannot be taken back, only amended or followed by another.
    """

    kinds: ClassVar[dict[str, Kind]] = {"station_id": Kind.STATION}
    affects: ClassVar[frozenset[Kind]] = frozenset({Kind.STATION, Kind.JOB})
    returns: ClassVar[Kind | None] = Kind.STATION

    station_id: str
    """The station."""
    state: str
    """The vendor's own number or name of the new state, as `Station.availableStates` lists it."""
    comment: str | None = None
    """What people should read beside the state in the history."""
