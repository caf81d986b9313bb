"""Stations: machines and workplaces, and what they report right now."""

from datetime import datetime
from enum import Enum
from typing import ClassVar

from floorgraph.model.alarm import Alarm
from floorgraph.model.ids import Kind
from floorgraph.model.progress import Progress
from floorgraph.model.record import Part, Record


class StationStatus(Enum):
    """What a station is doing, in words that mean the same for every vendor.

    Clients must be ready for values that are added later.
    """

    RUNNING = "RUNNING"
    """Producing."""
    SETUP = "SETUP"
    """Being prepared for a job: tools, fixtures, first piece."""
    IDLE = "IDLE"
    """Ready, without work; waiting for an operator, material or unloading."""
    PAUSED = "PAUSED"
    """Work was interrupted on purpose and can go on."""
    STOPPED = "STOPPED"
    """Not producing, for a reason that the vendor does not tell apart."""
    FAULT = "FAULT"
    """Broken down; needs somebody."""
    MAINTENANCE = "MAINTENANCE"
    """Planned maintenance."""
    CLOSED = "CLOSED"
    """Not scheduled: outside opening hours or taken out of the calendar."""
    OFFLINE = "OFFLINE"
    """The vendor cannot reach the station."""
    DISABLED = "DISABLED"
    """Switched off in the vendor's configuration or retired."""
    UNKNOWN = "UNKNOWN"
    """Not monitored, or a word that is not known; see `quality` and `name` of the state."""


class Activity(Enum):
    """The four top states of OPC UA for Machinery (OPC 40001-1, MachineryItemState)."""

    EXECUTING = "EXECUTING"
    """Carrying out an activity."""
    NOT_EXECUTING = "NOT_EXECUTING"
    """Available, and not carrying out an activity."""
    OUT_OF_SERVICE = "OUT_OF_SERVICE"
    """Not functional: fault, maintenance or switched off."""
    NOT_AVAILABLE = "NOT_AVAILABLE"
    """No information is to be had."""


class Quality(Enum):
    """How far a normalised word can be trusted (the words of MTConnect)."""

    VALID = "VALID"
    """The vendor's word is known and mapped."""
    UNVERIFIABLE = "UNVERIFIABLE"
    """The vendor's word is unknown; it is listed in `Source.unmapped`."""
    UNAVAILABLE = "UNAVAILABLE"
    """The vendor reports no state for this station, for example because it is not monitored."""


class StationKind(Enum):
    """What sort of station it is."""

    CNC_MACHINE = "CNC_MACHINE"
    """A numerically controlled machine tool."""
    LASER_CUTTER = "LASER_CUTTER"
    """A machine that cuts sheets or tubes by laser."""
    LASER_WELDER = "LASER_WELDER"
    """A machine that welds by laser."""
    ADDITIVE_PRINTER = "ADDITIVE_PRINTER"
    """An additive machine."""
    POST_PROCESSOR = "POST_PROCESSOR"
    """A workplace for what follows printing, such as washing, curing or inspection."""
    SHIPPING = "SHIPPING"
    """A place that pieces are sent from."""
    CLUSTER = "CLUSTER"
    """Several machines that the vendor steers as one."""
    OTHER = "OTHER"
    """None of the others."""


_ACTIVITY = {
    StationStatus.RUNNING: Activity.EXECUTING,
    StationStatus.SETUP: Activity.NOT_EXECUTING,
    StationStatus.IDLE: Activity.NOT_EXECUTING,
    StationStatus.PAUSED: Activity.NOT_EXECUTING,
    StationStatus.STOPPED: Activity.NOT_EXECUTING,
    StationStatus.FAULT: Activity.OUT_OF_SERVICE,
    StationStatus.MAINTENANCE: Activity.OUT_OF_SERVICE,
    StationStatus.CLOSED: Activity.OUT_OF_SERVICE,
    StationStatus.DISABLED: Activity.OUT_OF_SERVICE,
    StationStatus.OFFLINE: Activity.NOT_AVAILABLE,
    StationStatus.UNKNOWN: Activity.NOT_AVAILABLE,
}


# By their words: the hash of a member of an enum is worked out in Python each time.
_ACTIVITY_BY_WORD = {status.value: activity for status, activity in _ACTIVITY.items()}


def activity_of(status: StationStatus) -> Activity:
    """The OPC UA Machinery top state that a status belongs to."""
    return _ACTIVITY_BY_WORD[status._value_]


class StationState(Part, kw_only=True):
    """What a station is doing: the normalised status beside the vendor's own words."""

    status: StationStatus
    """The normalised status."""
    activity: Activity
    """The OPC UA Machinery top state that the status belongs to."""
    name: str | None = None
    """The vendor's own name of the state, as the customer configured it."""
    color: str | None = None
    """The vendor's colour of the state, `#RRGGBB`."""
    remote_id: str | None = None
    """The vendor's identifier of the state definition, not of the occurrence."""
    since: datetime | None = None
    """When the state began (UTC)."""
    since_approximate: bool = False
    """True when `since` was derived, not reported."""
    comment: str | None = None
    """What an operator or the vendor noted for this occurrence of the state."""
    quality: Quality = Quality.VALID
    """How far the status can be trusted."""
    reason: str | None = None
    """Why the status is what it is where the vendor's word does not say it, such as `NOT_MONITORED`."""


def state_of(status: StationStatus, **rest: object) -> StationState:
    """A state whose activity follows from its status; further fields by name."""
    return StationState(status=status, activity=activity_of(status), **rest)  # type: ignore[arg-type]


class StationClimate(Part, kw_only=True):
    """Temperature and humidity around a station."""

    temperature_celsius: float | None = None
    """Temperature in degrees Celsius."""
    humidity_percent: float | None = None
    """Relative humidity, 0 to 100."""
    measured_at: datetime | None = None
    """When it was measured (UTC)."""


class LaserReadings(Part, kw_only=True):
    """What a laser machine measures while it cuts."""

    power_watts: float | None = None
    """Laser power in watts."""
    speed_metres_per_second: float | None = None
    """Speed of the cutting head in metres per second."""
    gas: str | None = None
    """The cutting gas, as the vendor names it."""
    gas_pressure_megapascals: float | None = None
    """Pressure of the cutting gas in megapascals."""
    pulse_frequency_hertz: float | None = None
    """Pulse frequency in hertz."""
    pulse_ratio_percent: float | None = None
    """Share of the pulse period in which the laser is on, 0 to 100."""
    head_x_mm: float | None = None
    """Position of the head along x, in millimetres."""
    head_y_mm: float | None = None
    """Position of the head along y, in millimetres."""
    head_z_mm: float | None = None
    """Position of the head along z, in millimetres."""


class LiveStatus(Record, kw_only=True):
    """What a station reports right now; its `remote_id` is that of the station."""

    kind_word: ClassVar[Kind] = Kind.STATION

    state: StationState | None = None
    """What the station is doing, since when and why; null when no state could be had."""
    alarms: tuple[Alarm, ...] | None = None
    """The alarms that are active now; null when this server's version does not report alarms."""
    order_name: str | None = None
    """Name of the order being worked on, in the vendor's words."""
    job_name: str | None = None
    """Name of the job being worked on, in the vendor's words."""
    part_reference: str | None = None
    """Reference of the part being made."""
    job_cycle_time_seconds: float | None = None
    """Reference cycle time of the job being worked on, in seconds."""
    job_parts_to_make: int | None = None
    """Number of parts the job being worked on asks for."""
    running_program: str | None = None
    """Name of the NC program that is running on the station."""
    selected_program: str | None = None
    """Name of the NC program that is selected on the station's control."""
    parts_total: int | None = None
    """Parts made on the station since it was installed."""
    parts_since_reset: int | None = None
    """Parts made since the station's counter was last reset."""
    progress: Progress | None = None
    """How far the present work is; null when the vendor does not say."""
    climate: StationClimate | None = None
    """Temperature and humidity around the station; null where nothing measures them."""
    laser: LaserReadings | None = None
    """What a laser machine measures now; null for other stations and while it does not cut."""


class Station(Record, kw_only=True):
    """A machine or workplace that does jobs."""

    kind_word: ClassVar[Kind] = Kind.STATION

    name: str
    """The station's name at the vendor."""
    description: str | None = None
    """Free text from the vendor."""
    kind: StationKind = StationKind.OTHER
    """What sort of station it is."""
    workshop: str | None = None
    """The hall, building or area that the station stands in (ISA-95: area)."""
    groups: tuple[str, ...] = ()
    """Names of the vendor's groups that the station belongs to."""
    manufacturer: str | None = None
    """Who made the machine."""
    model: str | None = None
    """The machine's model or type, in the vendor's words."""
    process: str | None = None
    """The manufacturing process, in the vendor's words."""
    location: str | None = None
    """Where it stands, more exactly than the workshop."""
    max_concurrent_jobs: int | None = None
    """How many jobs it can do at the same time; null when the vendor does not say."""
    available_at: datetime | None = None
    """When it can take further work (UTC), as the vendor reckons."""
    enabled: bool = True
    """False when the station is switched off in the vendor's configuration."""
    monitored: bool = False
    """True when the vendor collects machine data (MDC), so that there is a live status."""
    program_transfer: bool = False
    """True when the vendor transfers NC programs to and from the station (DNC)."""
    live: LiveStatus | None = None
    """What the station reported when this record was made; null where only the definition was read."""
