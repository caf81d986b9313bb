"""Cutting: progress and measured values of a working machine (`cut_system_state`, `current_work`)."""

from dataclasses import dataclass
from typing import Any

from floorgraph.model.progress import Progress, ProgressUnit
from floorgraph.model.station import LaserReadings
from floorgraph.vendors.cloudnest.mapping.frame import Frame
from floorgraph.vendors.coerce import BadRecord, Shape

CUT_STATE = Shape(
    "cut system state",
    expected=("taskName", "cutPercent", "workSpeed", "laserPower", "gasType", "gasPressure"),
    optional=(
        "axisX",
        "axisY",
        "axisZ",
        "pwmFreq",
        "pwmRatio",
        "targetHeight",
        "diodeCurrent",
        "workTime",
        "workTimeStr",
    ),
)
WORK = Shape("current work", expected=("filename", "portionId", "startTime"))


@dataclass(frozen=True, slots=True)
class Cutting:
    """What a machine cuts and how."""

    file: str | None = None
    progress: Progress | None = None
    laser: LaserReadings | None = None


NOTHING = Cutting()


def cutting(payload: Any, frame: Frame) -> Cutting:
    """What `cut_system_state` says; nothing when the machine has nothing to say."""
    if payload is None:
        return NOTHING
    try:
        fields = frame.fields(payload, CUT_STATE)
    except BadRecord as bad:
        frame.diagnostics.drift(bad.payload, "*", "unreadable")
        return NOTHING
    percent = fields.number("cutPercent")
    laser = LaserReadings(
        power_watts=fields.number("laserPower"),
        speed_metres_per_second=fields.number("workSpeed"),
        gas=fields.text("gasType"),
        gas_pressure_megapascals=fields.number("gasPressure"),
        pulse_frequency_hertz=fields.number("pwmFreq"),
        pulse_ratio_percent=fields.number("pwmRatio"),
        head_x_mm=fields.number("axisX"),
        head_y_mm=fields.number("axisY"),
        head_z_mm=fields.number("axisZ"),
    )
    progress = None
    if percent is not None:
        # Steps of a whole percent: finer ones would make an event of every poll.
        progress = Progress.of(float(int(percent)), 100.0, ProgressUnit.PERCENT)
    return Cutting(fields.text("taskName"), progress, laser)


def work(payload: Any, frame: Frame) -> Cutting:
    """What `current_work` says: only the file."""
    if payload is None:
        return NOTHING
    try:
        return Cutting(frame.fields(payload, WORK).text("filename"))
    except BadRecord as bad:
        frame.diagnostics.drift(bad.payload, "*", "unreadable")
        return NOTHING
