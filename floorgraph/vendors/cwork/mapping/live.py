"""Live status: `/station_statuses` (vendor document, "Station status").

A status speaks of order and job by their names, not by identifiers. Until
API 1.5 there are no alarms in it, until 1.11 no programs, until 1.12 no counters.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from floorgraph.model.alarm import Alarm
from floorgraph.model.ids import Kind
from floorgraph.model.station import LiveStatus, Quality, Station, StationState, StationStatus, state_of
from floorgraph.vendors.coerce import BadRecord, Fields, Shape
from floorgraph.vendors.cwork.mapping.alarm import ACTIVE_ALARM, alarm, distinct
from floorgraph.vendors.cwork.mapping.frame import Frame
from floorgraph.vendors.cwork.mapping.state import BUILT_IN, STATE, Definition, StateTable, definition

STATUS = Shape(
    "station status",
    expected=("Reference", "Order", "Job", "JobCycleTime", "PartCount", "State", "LastTop"),
    optional=(
        "Handle",
        "Comment",
        "Alarms",
        "RunningProgram",
        "SelectedProgram",
        "ActiveProgram",
        "TotalParts",
        "PartsSinceReset",
    ),
    identity="Handle",
)

NOT_MONITORED = "NOT_MONITORED"
NOT_REPORTED = "NOT_REPORTED"
NO_LICENCE = "NO_LICENCE"


def referenced_states(payloads: Iterable[Any]) -> set[int]:
    """The states that the definitions must have for these statuses to be understood in full.

    A status carries its own state with everything but the state's ancestors.
    """
    found: set[int] = set()
    for payload in payloads:
        state = payload.get("State") if isinstance(payload, dict) else None
        if isinstance(state, dict):
            wanted = [state.get("ParentHandle")]
            wanted += [] if "OEECategory" in state or "TPM" in state else [state.get("Handle")]
            found.update(one for one in wanted if isinstance(one, int) and one > max(BUILT_IN))
    return found


def reported_definition(fields: Fields) -> Definition | None:
    """The state definition that a status carries; None when it is missing or cannot be read."""
    inner = fields.child("State", shape=STATE)
    try:
        return definition(inner) if inner else None
    except BadRecord:
        return None


def live_status(fields: Fields, frame: Frame, station: Station, states: StateTable) -> LiveStatus:
    """What one station reports now."""
    handle = int(station.remote_id)
    reported = reported_definition(fields)
    since = fields.instant("LastTop")
    comment = fields.text("Comment")
    return LiveStatus(
        **frame.common(Kind.STATION, handle, fields.payload),
        state=_state(station, states, reported, since, comment),
        alarms=_alarms(fields, frame, handle),
        order_name=fields.text("Order"),
        job_name=fields.text("Job"),
        part_reference=fields.text("Reference"),
        job_cycle_time_seconds=fields.seconds("JobCycleTime"),
        job_parts_to_make=fields.integer("PartCount"),
        running_program=_program(fields, "RunningProgram", "ActiveProgram"),
        selected_program=_program(fields, "SelectedProgram"),
        parts_total=fields.integer("TotalParts"),
        parts_since_reset=fields.integer("PartsSinceReset"),
    )


def without_report(frame: Frame, station: Station, reason: str) -> LiveStatus:
    """The live status of a station that CWork reports nothing about, and why."""
    state = (
        state_of(StationStatus.UNKNOWN, quality=Quality.UNAVAILABLE, reason=reason)
        if station.enabled
        else state_of(StationStatus.DISABLED)
    )
    return LiveStatus(**frame.common(Kind.STATION, station.remote_id, None), state=state)


def _state(
    station: Station,
    states: StateTable,
    reported: Definition | None,
    since: datetime | None,
    comment: str | None,
) -> StationState:
    if not station.enabled:
        return state_of(StationStatus.DISABLED, since=None, comment=comment)
    if not station.monitored:
        return state_of(StationStatus.UNKNOWN, quality=Quality.UNAVAILABLE, reason=NOT_MONITORED)
    handle = reported.handle if reported else None
    return states.state(handle, reported=reported, since=since, comment=comment)


def _alarms(fields: Fields, frame: Frame, handle: int) -> tuple[Alarm, ...] | None:
    if not any(name.lower() == "alarms" for name in fields.payload):
        return None  # Not reported, which is not the same as none.
    found: list[Alarm] = []
    for payload in fields.items("Alarms"):
        try:
            inner = Fields(payload, ACTIVE_ALARM, diagnostics=frame.diagnostics)
            found.append(alarm(inner, frame, handle))
        except BadRecord as bad:
            frame.diagnostics.drift(bad.payload, bad.field, "unreadable")
    return distinct(found)


def _program(fields: Fields, *names: str) -> str | None:
    """A program's name; the field is an object with `Name`, empty while there is none."""
    for name in names:
        inner = fields.child(name)
        if inner is not None and inner.text("Name"):
            return inner.text("Name")
    return None


@dataclass(frozen=True, slots=True)
class Work:
    """The names by which a station says what it works on."""

    order: str | None
    job: str | None

    @classmethod
    def of(cls, live: LiveStatus) -> "Work | None":
        """What the station works on; None when it names neither job nor order."""
        return cls(live.order_name, live.job_name) if live.job_name or live.order_name else None
