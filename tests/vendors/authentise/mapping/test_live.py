"""The status of a station: which circumstance decides."""

from datetime import UTC, datetime
from typing import Any

import pytest

from floorgraph.model.station import Quality, StationStatus
from floorgraph.model.time import SystemClock
from floorgraph.vendors.authentise.links import Ref
from floorgraph.vendors.authentise.mapping.frame import Frame
from floorgraph.vendors.authentise.mapping.live import Circumstances, current_run, live_status
from floorgraph.vendors.authentise.mapping.words import MODELER
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.diagnostics import Diagnostics

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
UUID = "0b0f3c5e-7a52-4d0e-9a86-0c2f6d1e8b47"


def row(resource: str, number: int = 0, **payload: Any) -> Row:
    return Row(Ref(resource, f"{UUID[:-1]}{number}"), payload, NOW)


def frame(**statuses: dict[str, str]) -> Frame:
    return Frame("am", Diagnostics(clock=SystemClock()), statuses)


def state(about: Circumstances, chosen: Frame | None = None) -> Any:
    return live_status(about, chosen or frame(), NOW).state


PRINTER = row("printer", name="P1", modeler="/modeler/x/")
PRINTING = row("modeler", status="printing", connected=True)


@pytest.mark.parametrize("word", sorted(MODELER))
def test_the_modelers_word_decides(word: str) -> None:
    for written in (word, word.replace("-", "_")):
        found = state(Circumstances(PRINTER, row("modeler", status=written, connected=True), now=NOW))
        assert (found.status, found.name, found.quality) == (MODELER[word], written, Quality.VALID)


def test_an_unknown_word_is_unverifiable_and_listed() -> None:
    chosen = frame()
    found = state(Circumstances(PRINTER, row("modeler", status="levitating"), now=NOW), chosen)
    assert (found.status, found.quality) == (StationStatus.UNKNOWN, Quality.UNVERIFIABLE)
    assert [one.word for one in chosen.diagnostics.unmapped_words()] == ["levitating"]


def test_a_word_can_be_given_another_meaning() -> None:
    chosen = frame(station={"print_finished": "PAUSED"})
    found = state(Circumstances(PRINTER, row("modeler", status="print_finished"), now=NOW), chosen)
    assert (found.status, found.quality) == (StationStatus.PAUSED, Quality.VALID)


def test_archived_comes_before_all_else() -> None:
    printer = row("printer", archived="2026-01-01T00:00:00+00:00")
    downtime = row("downtime", status="in_progress")
    found = state(Circumstances(printer, PRINTING, downtimes=[downtime], now=NOW))
    assert (found.status, found.reason) == (StationStatus.DISABLED, "ARCHIVED")


@pytest.mark.parametrize(
    ("given", "down"),
    [
        ({"status": "in_progress"}, True),
        ({"status": "in-progress", "start": "2027-01-01T00:00:00Z"}, True),
        ({"status": "scheduled", "start": "2026-03-02T11:00:00Z", "finish": "2026-03-02T13:00:00Z"}, True),
        ({"status": "scheduled", "start": "2026-03-02T11:00:00Z"}, True),
        ({"status": "scheduled", "start": "2026-03-02T12:30:00Z", "finish": "2026-03-02T13:00:00Z"}, False),
        ({"status": "scheduled", "start": "2026-03-02T10:00:00Z", "finish": "2026-03-02T12:00:00Z"}, False),
        ({"status": "complete", "start": "2026-03-02T11:00:00Z", "finish": "2026-03-02T13:00:00Z"}, False),
        ({"status": "scheduled"}, False),
    ],
)
def test_a_downtime_now_comes_before_the_modeler(given: dict[str, Any], down: bool) -> None:
    found = state(Circumstances(PRINTER, PRINTING, downtimes=[row("downtime", **given)], now=NOW))
    assert found.status is (StationStatus.MAINTENANCE if down else StationStatus.RUNNING)


def test_a_modeler_that_is_not_connected_is_offline_whatever_it_says() -> None:
    found = state(Circumstances(PRINTER, row("modeler", status="error", connected=False, error="door")))
    assert (found.status, found.comment) == (StationStatus.OFFLINE, "door")


def test_a_fault_tells_the_modelers_error() -> None:
    found = state(Circumstances(PRINTER, row("modeler", status="error", error="recoater jammed")))
    assert (found.status, found.comment) == (StationStatus.FAULT, "recoater jammed")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ([], StationStatus.IDLE),
        (["paused"], StationStatus.PAUSED),
        (["paused", "in-progress"], StationStatus.RUNNING),
        (["queued"], StationStatus.IDLE),
    ],
)
def test_without_a_modeler_the_runs_decide(words: list[str], status: StationStatus) -> None:
    runs = [row("run", index, status=word) for index, word in enumerate(words)]
    found = state(Circumstances(row("post-processor"), runs=runs, now=NOW))
    assert (found.status, found.reason) == (status, "DERIVED_FROM_RUNS")


def test_a_cluster_has_a_status_of_its_own() -> None:
    assert state(Circumstances(row("jeni-cluster", status="printing"))).status is StationStatus.RUNNING
    found = state(Circumstances(row("jeni-cluster")))
    assert (found.status, found.quality) == (StationStatus.UNKNOWN, Quality.UNAVAILABLE)


def test_the_current_run_is_in_progress_before_paused_and_changed_last() -> None:
    paused = row("run", 1, status="paused", updated="2026-03-02T11:00:00Z")
    early = row("run", 2, status="in-progress", updated="2026-03-02T09:00:00Z")
    late = row("run", 3, status="in-progress", updated="2026-03-02T10:00:00Z")
    queued = row("run", 4, status="queued")
    assert current_run([paused, late, early, queued]) is late
    assert current_run([queued, paused]) is paused
    assert current_run([queued]) is None


@pytest.mark.parametrize(
    ("build", "percent"),
    [
        ({"current_layer": 50, "layers": 200}, 25.0),
        ({"current_layer": 300, "layers": 200}, 100.0),
        ({"current_layer": -1, "layers": 200}, 0.0),
        ({"current_layer": "5", "layers": "10"}, 50.0),
        ({"current_layer": 5, "layers": 0}, None),
        ({"layers": 10}, None),
        ({"current_layer": "?", "layers": 10}, None),
    ],
)
def test_progress_is_layers_of_layers(build: dict[str, Any], percent: float | None) -> None:
    live = live_status(Circumstances(PRINTER, PRINTING, build=row("build", **build)), frame(), NOW)
    assert (live.progress.percent if live.progress else None) == percent


def test_climate_comes_from_the_latest_reading() -> None:
    sensed = row("sensor-data", temperature=21.5, humidity=40, timestamp="2026-03-02T11:45:00+00:00")
    climate = live_status(Circumstances(PRINTER, sensed=sensed), frame(), NOW).climate
    assert climate is not None
    assert (climate.temperature_celsius, climate.humidity_percent) == (21.5, 40.0)
    assert climate.measured_at == datetime(2026, 3, 2, 11, 45, tzinfo=UTC)
