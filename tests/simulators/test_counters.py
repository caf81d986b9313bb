"""Counting calls."""

from contextlib import ExitStack
from typing import Any

from floorgraph.simulators.counters import LOG_LENGTH, Counters


def report(counters: Counters) -> dict[str, Any]:
    return dict(counters.report())


def test_calls_are_counted_by_label_and_by_path() -> None:
    counters = Counters()
    for number in (1, 1, 2):
        with counters.counting("GET /things/{id}", "GET", f"/things/{number}", "a=b") as entry:
            entry["status"] = 200
    found = report(counters)
    assert found["total"] == 3
    assert found["labels"] == {"GET /things/{id}": 3}
    assert found["paths"] == {"GET /things/1": 2, "GET /things/2": 1}
    expected = {
        "label": "GET /things/{id}",
        "method": "GET",
        "path": "/things/2",
        "query": "a=b",
        "status": 200,
    }
    assert found["log"][-1] == expected


def test_the_high_water_mark_of_calls_in_flight() -> None:
    counters = Counters()
    with ExitStack() as stack:
        for label in ("a", "a", "b"):
            stack.enter_context(counters.counting(label, "GET", "/", ""))
        assert report(counters)["in_flight"] == 3
    found = report(counters)
    assert (found["in_flight"], found["max_in_flight"]) == (0, 3)
    assert found["max_in_flight_by_label"] == {"a": 2, "b": 1}


def test_a_reset_keeps_what_is_in_flight() -> None:
    counters = Counters()
    with counters.counting("a", "GET", "/", ""):
        counters.reset()
        assert report(counters)["total"] == 0
        assert report(counters)["in_flight"] == 1
    assert report(counters)["in_flight"] == 0


def test_the_log_has_an_end() -> None:
    counters = Counters()
    for _ in range(LOG_LENGTH + 5):
        with counters.counting("a", "GET", "/", ""):
            pass
    assert len(report(counters)["log"]) == LOG_LENGTH
    assert report(counters)["total"] == LOG_LENGTH + 5
