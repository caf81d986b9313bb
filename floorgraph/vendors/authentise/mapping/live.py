"""What stations report: the status by modeler, downtime and runs, progress by layers, climate.

The first that applies decides: archived, a downtime now, the modeler's own
word, and without a modeler the runs. `in_progress` of lists is never looked
at, as lists do not fill it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from floorgraph.model.ids import Kind
from floorgraph.model.progress import Progress, ProgressUnit
from floorgraph.model.station import (
    LiveStatus,
    Quality,
    StationClimate,
    StationState,
    StationStatus,
    state_of,
)
from floorgraph.vendors.authentise.mapping.frame import Frame, folded
from floorgraph.vendors.authentise.mapping.words import MODELER, RUNNING_FIRST
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.authentise.walk import moment_of


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The rows that say how a station is doing."""

    station: Row
    modeler: Row | None = None
    build: Row | None = None
    downtimes: Sequence[Row] = ()
    runs: Sequence[Row] = ()
    """Runs that are in progress or paused there."""
    sensed: Row | None = None
    """The latest reading of a sensor at the station's sub-location."""
    now: datetime | None = field(default=None, compare=False)
    """By the vendor's clock."""


def live_status(about: Circumstances, frame: Frame, at: datetime) -> LiveStatus:
    """What a station reports; `at` is when it was last asked about."""
    row = about.station
    run = current_run(about.runs)
    return LiveStatus(
        id=frame.id(Kind.STATION, row.ref),
        source=frame.source,
        remote_id=row.ref.remote,
        observed_at=at,
        updated_at=at,
        state=_state(about, frame),
        job_name=run.payload.get("name") if run and isinstance(run.get("name"), str) else None,
        progress=None if about.build is None else progress_of(about.build, frame),
        climate=None if about.sensed is None else climate_of(about.sensed, frame),
    )


def current_run(runs: Sequence[Row]) -> Row | None:
    """The run that a station works on: one in progress before a paused one, then the one changed last."""
    found: Row | None = None
    for run in runs:
        word = _word(run)
        if word in RUNNING_FIRST and (found is None or _preference(run) > _preference(found)):
            found = run
    return found


def _preference(run: Row) -> tuple[bool, str]:
    return _word(run) == RUNNING_FIRST[0], str(run.get("updated") or "")


def _word(row: Row) -> str:
    status = row.get("status")
    return folded(status) if isinstance(status, str) else ""


def progress_of(build: Row, frame: Frame) -> Progress | None:
    """Layers done of all; None where the machine does not count them."""
    fields = frame.fields(build)
    done, total = fields.integer("current_layer"), fields.integer("layers")
    if done is None or not total or total < 0:
        return None
    return Progress.of(max(0, done), total, ProgressUnit.LAYERS)


def _state(about: Circumstances, frame: Frame) -> StationState:
    row = about.station
    archived = moment_of(row.get("archived"))
    if row.get("archived"):
        return state_of(StationStatus.DISABLED, name="archived", since=archived, reason="ARCHIVED")
    downtime = _present(about.downtimes, about.now)
    if downtime is not None:
        return state_of(
            StationStatus.MAINTENANCE,
            name="downtime",
            since=moment_of(downtime.get("start")),
            comment=_text(downtime, "description"),
            reason="DOWNTIME",
        )
    if about.modeler is not None:
        return _by_modeler(about.modeler, frame)
    if row.ref.resource == "jeni-cluster":
        return _of_word(_text(row, "status"), None, frame)
    return _by_runs(about.runs)


def _present(downtimes: Sequence[Row], now: datetime | None) -> Row | None:
    for downtime in downtimes:
        word = _word(downtime)
        if word == "in-progress":
            return downtime
        start, finish = moment_of(downtime.get("start")), moment_of(downtime.get("finish"))
        begun = now is not None and start is not None and start <= now
        if word != "complete" and begun and (finish is None or (now is not None and now < finish)):
            return downtime
    return None


def _by_modeler(modeler: Row, frame: Frame) -> StationState:
    fields = frame.fields(modeler)
    error = fields.text("error")
    if fields.boolean("connected") is False:
        return state_of(
            StationStatus.OFFLINE, name=fields.text("status"), comment=error, reason="NOT_CONNECTED"
        )
    return _of_word(fields.text("status"), error, frame)


def _of_word(word: str | None, error: str | None, frame: Frame) -> StationState:
    if word is None:
        return state_of(StationStatus.UNKNOWN, comment=error, quality=Quality.UNAVAILABLE)
    status = frame.word("station", word, MODELER, StationStatus.UNKNOWN, "station")
    known = folded(word) in MODELER or word in frame.statuses.get("station", {})
    quality = Quality.VALID if known else Quality.UNVERIFIABLE
    return state_of(status, name=word, comment=error, quality=quality)


def _by_runs(runs: Sequence[Row]) -> StationState:
    words = {_word(run) for run in runs}
    if "in-progress" in words:
        return state_of(StationStatus.RUNNING, reason="DERIVED_FROM_RUNS")
    if "paused" in words:
        return state_of(StationStatus.PAUSED, reason="DERIVED_FROM_RUNS")
    return state_of(StationStatus.IDLE, reason="DERIVED_FROM_RUNS")


def climate_of(sensed: Row, frame: Frame) -> StationClimate:
    """One reading of a sensor."""
    fields = frame.fields(sensed)
    return StationClimate(
        temperature_celsius=fields.number("temperature"),
        humidity_percent=fields.number("humidity"),
        measured_at=fields.instant("timestamp"),
    )


def _text(row: Row, name: str) -> str | None:
    value = row.get(name)
    return value if isinstance(value, str) and value.strip() else None
