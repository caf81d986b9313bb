"""Tops, KPIs and program runs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from floorgraph.model import ProgramRunKind, StateInterval, StationStatus, Window
from floorgraph.model.time import SystemClock
from floorgraph.vendors.coerce import BadRecord, Fields
from floorgraph.vendors.cwork.mapping.state import StateTable
from floorgraph.vendors.cwork.mapping.timeline import KPI, RUN, TOP, Top, history, kpis, program_run, top
from floorgraph.vendors.diagnostics import Diagnostics

DIAGNOSTICS = Diagnostics(clock=SystemClock())
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(hours=1))


def made(state: int, begin: int, seconds: int, **fields: Any) -> Top:
    started = START + timedelta(seconds=begin)
    payload = {
        "topidentifier": 0,
        "topcnchandlefield": 7,
        "topstatehandlefield": state,
        "topstartdatefield": started.isoformat(),
        "topcommentfield": "TOP",
        "topenddatefield": (started + timedelta(seconds=seconds)).isoformat(),
        "topdurationfield": seconds,
        **fields,
    }
    return top(Fields(payload, TOP, diagnostics=DIAGNOSTICS))


def story(*tops: Top) -> list[StateInterval]:
    return history(tops, StateTable({}, {}, DIAGNOSTICS))


def test_the_last_top_without_length_still_lasts() -> None:
    first, last = story(made(0, 0, 60), made(3, 60, 0))
    assert (first.ongoing, first.duration_seconds) == (False, 60.0)
    assert first.ended_at == START + timedelta(seconds=60)
    assert (last.ongoing, last.ended_at, last.duration_seconds) == (True, None, None)
    assert last.state.status is StationStatus.IDLE
    assert last.state.since == last.started_at


def test_an_earlier_top_without_length_was_only_short() -> None:
    short = story(made(1, 0, 0), made(0, 0, 30), made(3, 30, 10))[0]
    assert (short.ongoing, short.ended_at, short.duration_seconds) == (False, START, 0.0)


def test_what_two_pages_repeat_appears_once_and_in_order() -> None:
    found = story(made(3, 60, 5), made(0, 0, 60), made(3, 60, 5))
    assert [one.state.status for one in found] == [StationStatus.RUNNING, StationStatus.IDLE]
    assert [one.position for one in found] == [0, 1]


def test_a_top_without_a_readable_start_is_no_interval() -> None:
    with pytest.raises(BadRecord, match="topstartdatefield"):
        made(0, 0, 60, topstartdatefield="2015-06-38T17:19:00.000Z")


def rates(**fields: Any) -> dict[str, Any]:
    return {"Times": {"AT": "3164502", "FT": 12}, "Rates": {"OEE": 0.68, "Availability": 0.8, **fields}}


def test_rates_are_ratios_whether_numbers_or_strings() -> None:
    found = kpis(Fields(rates(Quality="0.70", TEEP="0,45"), KPI, diagnostics=DIAGNOSTICS), WINDOW)
    assert (found.oee, found.availability, found.quality, found.teep) == (0.68, 0.8, 0.7, 0.45)
    assert (found.total_time_seconds, found.failure_time_seconds) == (3164502.0, 12.0)
    assert (found.load, found.mean_time_to_repair_seconds) == (None, None)
    assert (found.started_at, found.ended_at) == (WINDOW.start, WINDOW.end)


def test_rates_in_percent_become_ratios() -> None:
    found = kpis(Fields(rates(OEE=68, Availability=80), KPI, diagnostics=DIAGNOSTICS), WINDOW)
    assert (found.oee, found.availability) == (0.68, 0.8)


def test_a_performance_over_one_does_not_mean_percent() -> None:
    found = kpis(Fields(rates(Performance=1.3), KPI, diagnostics=DIAGNOSTICS), WINDOW)
    assert (found.performance, found.oee) == (1.3, 0.68)


def test_an_answer_without_rates_and_times_is_empty() -> None:
    found = kpis(Fields({}, "kpi", diagnostics=DIAGNOSTICS), WINDOW)
    assert (found.oee, found.total_time_seconds) == (None, None)


def test_a_program_run_with_a_bad_date_keeps_the_rest() -> None:
    payload = {"Name": "PGM0001", "Context": "", "StartDate": "2018-08-28T:09:20.000Z", "EndDate": None}
    found = program_run(Fields(payload, RUN, diagnostics=DIAGNOSTICS), ProgramRunKind.SELECTED)
    assert (found.kind, found.name, found.context) == (ProgramRunKind.SELECTED, "PGM0001", None)
    assert (found.started_at, found.ended_at) == (None, None)
