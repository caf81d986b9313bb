"""Timelines: periods of states and figures of days (`time_periods`, `statistics`)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from floorgraph.model.timeline import StateInterval, StationKpis, Window
from floorgraph.vendors.cloudnest.mapping.frame import Frame
from floorgraph.vendors.cloudnest.mapping.state import period_state
from floorgraph.vendors.coerce import BadRecord, Fields, Shape

PERIOD = Shape("time period", expected=("timeStart", "timeEnd", "time", "status"))
FIGURES = Shape(
    "statistics",
    expected=("laserOn", "cutTime", "idleTime", "gasOn", "cutLength", "moveLength", "pierceCount"),
)
DAILY = Shape("daily alarm time", expected=("statDate", "alarmTime"))
LASTING = timedelta(seconds=5)
"""A period that ends this shortly before the question lasts: the vendor cuts it off at that moment."""


def periods(payloads: Iterable[Any], frame: Frame, asked_at: datetime) -> list[StateInterval]:
    """The states of one machine, oldest first; the first one may be cut off at the window's beginning."""
    found: list[StateInterval] = []
    for position, payload in enumerate(payloads):
        try:
            found.append(_period(frame.fields(payload, PERIOD), frame, asked_at, position))
        except BadRecord as bad:
            frame.diagnostics.drift(bad.payload, bad.field or "*", "unreadable")
    return sorted(found, key=lambda one: (one.started_at, one.position))


def _period(fields: Fields, frame: Frame, asked_at: datetime, position: int) -> StateInterval:
    started = fields.instant("timeStart", required=True)
    ended = fields.instant("timeEnd")
    lasts = ended is None or ended >= asked_at - LASTING
    seconds = fields.seconds("time")
    if seconds is None and ended is not None:
        seconds = (ended - started).total_seconds()
    return StateInterval(
        state=period_state(fields.text("status") or "UNKNOWN", started, frame.diagnostics),
        started_at=started,
        ended_at=None if lasts else ended,
        duration_seconds=None if lasts else seconds,
        ongoing=lasts,
        position=position,
    )


def whole_days(window: Window, now: datetime, frame: Frame) -> tuple[int, int, Window]:
    """The days that a window touches, as the vendor numbers them, and the span they cover until now."""
    first = window.start.astimezone(frame.zone).date()
    last = (min(window.end, now) - timedelta(microseconds=1)).astimezone(frame.zone).date()
    last = max(first, last)
    begin = datetime(first.year, first.month, first.day, tzinfo=frame.zone)
    after = last + timedelta(days=1)
    end = min(datetime(after.year, after.month, after.day, tzinfo=frame.zone), now)
    return int(f"{first:%Y%m%d}"), int(f"{last:%Y%m%d}"), Window(begin, max(end, begin))


def kpis(payload: Any, alarm_days: Iterable[Any], span: Window, frame: Frame) -> StationKpis | None:
    """The figures that are KPIs in the words of ISO 22400.

    Cutting time is the time in which the machine worked. There is no planned time, no
    ideal cycle and no count of bad parts, so no rate follows from the vendor's figures.
    """
    try:
        fields = frame.fields(payload, FIGURES)
    except BadRecord:
        return None
    return StationKpis(
        started_at=span.start.astimezone(UTC),
        ended_at=span.end.astimezone(UTC),
        total_time_seconds=(span.end - span.start).total_seconds(),
        run_time_seconds=fields.seconds("cutTime"),
        failure_time_seconds=_alarm_seconds(alarm_days, frame),
    )


def _alarm_seconds(payloads: Iterable[Any], frame: Frame) -> float | None:
    days: list[float] = []
    for payload in payloads:
        try:
            seconds = frame.fields(payload, DAILY).seconds("alarmTime")
        except BadRecord:
            continue
        if seconds is not None:
            days.append(seconds)
    return sum(days) if days else None
