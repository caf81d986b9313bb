"""Machines and what happens to them. Times: seconds since 1970."""

from collections import deque
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

from floorgraph.simulators.cloudnest.nesting import Layout, Part
from floorgraph.simulators.dice import Dice

DeviceState = Literal["OFFLINE", "WORKING", "ALARMING", "IDLE", "UNKNOWN", "CLOSE", "PAUSE", "STOP"]
STATES: tuple[str, ...] = get_args(DeviceState)

PERIOD_WORDS = {
    "OFFLINE": "OFFLINE",
    "CLOSE": "OFFLINE",
    "WORKING": "WORK",
    "ALARMING": "ALARM",
    "IDLE": "IDLE",
    "STOP": "IDLE",
    "PAUSE": "PAUSE",
}
"""The other words `time_periods` has for the same states; it has none for STOP and CLOSE."""

MODELS = (
    ("Fiber 3015", "3000*1500", 3000),
    ("Fiber 4020", "4000*2000", 6000),
    ("Fiber 6020", "6000*2000", 12_000),
    ("Fiber 3015 Pro", "3000*1500", 8000),
)
FIRST_GMID = 12
FIRST_CARD = 210_000_000_001
LICENCE_END = "2031-12-31 23:59:59"


class Period(NamedTuple):
    """A state a machine was in."""

    state: str
    start: int
    end: int


class Result(NamedTuple):
    """A finished production task, kept as it was cut: layout and parts may be gone since."""

    when: int
    started: int
    layout: Layout
    parts: list[tuple[Part, int]]
    amount: int
    job: str


class WorkLog(NamedTuple):
    """A sheet or seam that was worked on."""

    file: str
    start: int
    end: int


@dataclass(slots=True)
class Alarm:
    """An alarm of the control; `end` is None while it stands."""

    code: str
    text: str
    start: int
    end: int | None = None
    held: bool = False
    """Raised from outside: stands until it is cleared from outside."""


@dataclass(slots=True, kw_only=True)
class Machine:
    """A laser: CloudNest knows it by `gmid`, the machines' part by `card_id`."""

    gmid: int
    card_id: str
    nickname: str
    welder: bool = False
    app_name: str = "CypCut"
    app_ver: str = "6.4.2401.3"
    serial: str = ""
    model: str = ""
    power: int = 3000
    """Laser power in W."""
    range: str = "3000*1500"
    dice: Dice

    state: str = "IDLE"
    since: int = 0
    held: bool = False
    """Put into its state from outside: stays until it is let go."""
    due: int | None = None
    """When something happens next."""
    periods: list[Period] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)

    task: str | None = None
    """The task at hand."""
    cutting: bool = False
    """Whether a sheet is on the table, begun and not finished."""
    sheet_start: int = 0
    sheet_done: float = 0.0
    """Seconds of the sheet done before the current state."""
    queue: deque[str] = field(default_factory=deque)
    results: list[Result] = field(default_factory=list)
    logs: list[WorkLog] = field(default_factory=list)

    def standing_alarms(self) -> list[Alarm]:
        """Alarms that have not ended."""
        return [alarm for alarm in self.alarms if alarm.end is None]

    def worked(self, now: float) -> float:
        """Seconds done of the sheet on the table."""
        return self.sheet_done + (now - self.since if self.state == "WORKING" and self.cutting else 0.0)


def machine(index: int, seed: int, name: str | None = None, *, welder: bool = False) -> Machine:
    """A plausible machine."""
    model, size, power = MODELS[index % len(MODELS)]
    gmid = FIRST_GMID + index
    kind = "Welder" if welder else "Laser"
    return Machine(
        gmid=gmid,
        card_id=str(FIRST_CARD + index),
        nickname=name or f"{kind} {index + 1}",
        welder=welder,
        app_name="HypWeld" if welder else "CypCut" if power < 10_000 else "HypCut",
        app_ver="1.2.8" if welder else "6.4.2401.3" if power < 10_000 else "7.1.2403.11",
        serial=f"SN{gmid:06d}",
        model="Handheld 1500" if welder else model,
        power=1500 if welder else power,
        range="" if welder else size,
        dice=Dice("machine", seed, gmid),
    )
