"""Stations and what happens to them."""

from collections import deque
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from floorgraph.simulators.cwork.states import WAITING
from floorgraph.simulators.dice import Dice

Protocol = Literal["FOCAS", "Heidenhain LSV2", "SMB", "FTP", "RS232"]

KINDS: tuple[tuple[str, str, Protocol], ...] = (
    ("Lathe", "Turning", "FOCAS"),
    ("Mill", "Milling", "Heidenhain LSV2"),
    ("5-axis centre", "Milling", "Heidenhain LSV2"),
    ("Turn-mill", "Turning", "FOCAS"),
    ("Grinder", "Grinding", "RS232"),
    ("Drill", "Milling", "SMB"),
    ("Wire eroder", "Erosion", "FTP"),
)
WORKSHOPS = ("Hall A", "Hall B", "Tool room")
EXTENSIONS = ("MPF", "H", "NC", "CNC")


class Top(NamedTuple):
    """A state a station was in: times in seconds since 1970."""

    state: int
    start: int
    end: int
    comment: str
    program: str
    """Program selected meanwhile; empty when none."""
    context: str
    """Part reference that belongs to the program."""


@dataclass(slots=True)
class Alarm:
    """An alarm of the control; `end` is None while it stands."""

    code: str
    message: str
    start: int
    end: int | None = None
    held: bool = False
    """Raised from outside: stands until it is cleared from outside."""


@dataclass(slots=True, kw_only=True)
class Station:
    """A CNC. Times are seconds since 1970."""

    handle: int
    name: str
    description: str = ""
    workshop: str = WORKSHOPS[0]
    dnc_group: str = ""
    mdc_groups: list[str] = field(default_factory=list)
    protocol: Protocol = "FOCAS"
    extensions: tuple[str, ...] = EXTENSIONS
    disabled: bool = False
    dnc_mode: bool = True
    mdc_mode: bool = True
    dice: Dice

    born: int = 0
    """When the state began in which the server found it."""
    state: int = WAITING
    since: int = 0
    comment: str = ""
    auto_state: int = WAITING
    """The state the machine itself reports; differs while somebody has set another by hand."""
    change_at: int = 0
    """When the next state begins."""
    due: int | None = None
    """When something happens next; None when nothing does."""
    tops: list[Top] = field(default_factory=list)
    """Finished states since the server started."""
    past: list[Top] | None = None
    """Finished states from before, made when first asked for."""
    alarms: list[Alarm] = field(default_factory=list)

    operation: int | None = None
    """The operation at hand."""
    queue: deque[int] = field(default_factory=deque)
    """Operations to come."""
    anchor: float = 0.0
    """When the current cycle began, while in production."""
    carried: float = 0.0
    """Seconds of the current cycle done before production was interrupted."""
    total_parts: int = 0
    parts_since_reset: int = 0
    files: set[str] = field(default_factory=set)
    """Programs in the control's memory, as `folder/name.extension`."""

    @property
    def alive(self) -> bool:
        """Whether its state is known at all."""
        return self.mdc_mode and not self.disabled

    def standing_alarms(self) -> list[Alarm]:
        """Alarms that have not ended."""
        return [alarm for alarm in self.alarms if alarm.end is None]


def station(handle: int, seed: int) -> Station:
    """A plausible station with this handle."""
    kind, group, protocol = KINDS[(handle - 1) % len(KINDS)]
    number = (handle - 1) // len(KINDS) + 1
    workshop = WORKSHOPS[(handle - 1) // 5 % len(WORKSHOPS)]
    return Station(
        handle=handle,
        name=f"{kind} {number}",
        description=f"{group} in {workshop}" if handle % 3 == 0 else "",
        workshop=workshop,
        dnc_group=f"{kind}s",
        mdc_groups=[group, f"Line {(handle - 1) // 4 % 6 + 1}"] if handle % 2 else [group],
        protocol=protocol,
        dice=Dice("station", seed, handle),
    )
