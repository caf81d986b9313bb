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
    that was begun cannot be taken back, only amended or followed by another. No call of CWork lists a
    station's scenario: a state outside it is refused by CWork, and for ten minutes after that by this server.
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


@dataclass(frozen=True, kw_only=True)
class AmendStationState(Command):
    """Correct what the present state of a station is counted as, since it began.

    Nothing moves at the machine: the state that was wrong is replaced in the history and cannot be had
    back. When the state before is the same as the new one, both become one. CWork from version 1.14 with
    the licence `monitor`.
    """

    kinds: ClassVar[dict[str, Kind]] = {"station_id": Kind.STATION}
    affects: ClassVar[frozenset[Kind]] = frozenset({Kind.STATION})
    returns: ClassVar[Kind | None] = Kind.STATION

    station_id: str
    """The station."""
    state: str
    """The vendor's own number or name of the right state, as `Station.availableStates` lists it; the
    present one to change the comment alone."""
    comment: str | None = None
    """What people should read beside the state; when absent the comment stays, and those of states that
    become one are joined."""


@dataclass(frozen=True, kw_only=True)
class ResumeAutomaticState(Command):
    """Let a station have the state again that its machine reports, after somebody set one by hand.

    Nothing moves at the machine. The state that was set stays in the history. CWork from version 1.14 with
    the licence `monitor`.
    """

    kinds: ClassVar[dict[str, Kind]] = {"station_id": Kind.STATION}
    affects: ClassVar[frozenset[Kind]] = frozenset({Kind.STATION, Kind.JOB})
    returns: ClassVar[Kind | None] = Kind.STATION

    station_id: str
    """The station."""


@dataclass(frozen=True, kw_only=True)
class ResetPartCount(Command):
    """Let a station's count of parts since the last reset begin again at a number.

    Nothing moves at the machine; its count of all parts goes on. The number that was there before is lost
    but for the log. CWork from version 1.13 with the licence `monitor`.
    """

    kinds: ClassVar[dict[str, Kind]] = {"station_id": Kind.STATION}
    affects: ClassVar[frozenset[Kind]] = frozenset({Kind.STATION})
    returns: ClassVar[Kind | None] = Kind.STATION

    station_id: str
    """The station."""
    value: int = 0
    """The number to begin at, 0 or more."""
