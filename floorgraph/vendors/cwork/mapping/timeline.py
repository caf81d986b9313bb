"""What happened at a station: tops, KPIs and program runs (vendor document, "Top list", "Station KPIs")."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from floorgraph.model.timeline import ProgramRun, ProgramRunKind, StateInterval, StationKpis, Window
from floorgraph.vendors.coerce import Fields, Shape
from floorgraph.vendors.cwork.mapping.state import StateTable

TOP = Shape(
    "top",
    expected=(
        "topidentifier",
        "topcnchandlefield",
        "topstatehandlefield",
        "topstartdatefield",
        "topcommentfield",
        "topenddatefield",
        "topdurationfield",
    ),
)
KPI = Shape("kpi", expected=("Times", "Rates"))
RUN = Shape("program run", expected=("Name", "Context", "StartDate", "EndDate"))

RATES: Mapping[str, str] = {
    "oee": "OEE",
    "availability": "Availability",
    "performance": "Performance",
    "quality": "Quality",
    "teep": "TEEP",
    "gee": "GEE",
    "requisition": "Requisition",
    "load": "Load",
    "involvement": "Involvement",
    "hardware_availability": "HardwareAvailability",
}
BOUNDED = ("availability", "quality", "requisition", "load", "involvement", "hardware_availability")
"""Rates that cannot exceed the whole; performance can, with a wrong reference time."""
TIMES: Mapping[str, str] = {
    "total_time_seconds": "AT",
    "opening_time_seconds": "OT",
    "planned_production_time_seconds": "PPT",
    "run_time_seconds": "RT",
    "net_run_time_seconds": "NRT",
    "fully_productive_time_seconds": "FPT",
    "failure_time_seconds": "FT",
    "mean_time_between_failures_seconds": "MTBF",
    "mean_time_to_repair_seconds": "MTTR",
}


@dataclass(frozen=True, slots=True)
class Top:
    """A state in the time axis as CWork keeps it."""

    state: int
    started_at: datetime
    ended_at: datetime | None
    duration: float | None
    comment: str | None

    @property
    def looks_open(self) -> bool:
        """CWork writes the state that still lasts as one without length."""
        return self.ended_at is None or (self.ended_at <= self.started_at and not self.duration)


def top(fields: Fields) -> Top:
    """One top. Raises `BadRecord` without a state or a start."""
    return Top(
        state=fields.integer("topstatehandlefield", required=True),
        started_at=fields.instant("topstartdatefield", required=True),
        ended_at=fields.instant("topenddatefield"),
        duration=fields.seconds("topdurationfield"),
        comment=fields.text("topcommentfield"),
    )


def history(tops: Iterable[Top], states: StateTable) -> list[StateInterval]:
    """The intervals, oldest first; what several pages repeat appears once.

    Only the last one can still last: an earlier one without length is a
    state that ended within its first second.
    """
    ordered = sorted(dict.fromkeys(tops), key=lambda top: top.started_at)
    found: list[StateInterval] = []
    for position, item in enumerate(ordered):
        ongoing = item.looks_open and position == len(ordered) - 1
        ended_at = None if ongoing else item.ended_at or item.started_at
        length = None if ended_at is None else (ended_at - item.started_at).total_seconds()
        found.append(
            StateInterval(
                state=states.state(item.state, since=item.started_at, comment=item.comment),
                started_at=item.started_at,
                ended_at=ended_at,
                duration_seconds=length if item.duration is None or ongoing else item.duration,
                ongoing=ongoing,
                comment=item.comment,
                position=position,
            )
        )
    return found


def kpis(fields: Fields, window: Window) -> StationKpis:
    """The indicators; the vendor says percent and sends ratios, so both are understood."""
    rates, times = fields.child("Rates"), fields.child("Times")
    read = {own: rates.number(name) if rates else None for own, name in RATES.items()}
    if any((read[name] or 0.0) > 1.0 for name in BOUNDED):
        read = {own: None if value is None else value / 100.0 for own, value in read.items()}
    spans = {own: times.seconds(name) if times else None for own, name in TIMES.items()}
    return StationKpis(started_at=window.start, ended_at=window.end, **read, **spans)


def program_run(fields: Fields, kind: ProgramRunKind) -> ProgramRun:
    """One span in which a program ran or was selected. Raises `BadRecord` without a name."""
    return ProgramRun(
        kind=kind,
        name=fields.text("Name", required=True),
        context=fields.text("Context"),
        started_at=fields.instant("StartDate"),
        ended_at=fields.instant("EndDate"),
    )


def in_order(runs: Iterable[ProgramRun]) -> list[ProgramRun]:
    """Oldest first; runs whose start cannot be read come first, in the vendor's order."""
    return sorted(runs, key=lambda run: run.started_at.timestamp() if run.started_at else 0.0)
