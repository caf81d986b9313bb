"""Which calls a fault hits."""

from typing import Any

import pytest
from pydantic import ValidationError

from floorgraph.simulators.faults import FAULT, Fault, Faults
from floorgraph.simulators.injection import edited, mangled, takes_effect

LABEL, PATH = "GET /things/{id}", "/api/things/1"


def fault(kind: str, **settings: Any) -> Fault:
    return FAULT.validate_python({"kind": kind, **settings})


def certain() -> float:
    return 0.0


def test_it_is_gone_after_its_count() -> None:
    faults = Faults(certain)
    faults.add(fault("cut", count=2))
    assert [len(faults.take(LABEL, PATH)) for _ in range(4)] == [1, 1, 0, 0]
    assert faults.listed() == []


def test_it_stays_without_a_count() -> None:
    faults = Faults(certain)
    number = faults.add(fault("cut"))
    assert [len(faults.take(LABEL, PATH)) for _ in range(4)] == [1, 1, 1, 1]
    assert [(one["id"], one["hits"]) for one in faults.listed()] == [(number, 4)]


@pytest.mark.parametrize(
    ("settings", "hit"),
    [
        ({}, True),
        ({"endpoint": "GET /things/{id}"}, True),
        ({"endpoint": "GET *"}, True),
        ({"endpoint": "POST *"}, False),
        ({"endpoint": "GET /things"}, False),
        ({"path": "/api/things/1"}, True),
        ({"path": "/api/things/2"}, False),
    ],
)
def test_it_hits_what_it_is_for(settings: dict[str, Any], hit: bool) -> None:
    faults = Faults(certain)
    faults.add(fault("cut", count=1, **settings))
    assert bool(faults.take(LABEL, PATH)) == hit
    assert bool(faults.listed()) != hit


def test_it_hits_as_likely_as_it_should() -> None:
    chances = iter([0.2, 0.3, 0.29, 0.9])
    faults = Faults(lambda: next(chances))
    faults.add(fault("cut", probability=0.3))
    assert [len(faults.take(LABEL, PATH)) for _ in range(4)] == [1, 0, 1, 0]


def test_one_or_all_can_be_taken_away() -> None:
    faults = Faults(certain)
    first, second = faults.add(fault("cut")), faults.add(fault("html"))
    assert faults.remove(first)
    assert not faults.remove(first)
    assert [one["id"] for one in faults.listed()] == [second]
    faults.clear()
    assert faults.listed() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "earthquake"},
        {"kind": "latency"},
        {"kind": "latency", "ms": -1},
        {"kind": "status", "status": 99},
        {"kind": "cut", "probability": 2},
        {"kind": "cut", "count": 0},
        {"kind": "cut", "colour": "red"},
        {"kind": "redirect"},
    ],
)
def test_nonsense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FAULT.validate_python(wrong)


@pytest.mark.parametrize(
    ("kind", "settings", "data", "expected"),
    [
        ("truncate", {}, [1, 2, 3, 4], [1, 2]),
        ("truncate", {"keep": 1}, {"more": True, "list": [1, 2]}, {"more": True, "list": [1]}),
        ("empty", {}, [1, 2], []),
        ("empty", {}, {"more": True, "list": [1, 2]}, {"more": True, "list": []}),
        ("empty", {}, "text", "text"),
        ("drift", {"field": "a"}, [{"a": 1, "b": {"a": 2}}], [{"b": {}}]),
        ("drift", {"field": "a", "action": "rename", "to": "c"}, {"a": 1, "b": 2}, {"c": 1, "b": 2}),
        ("drift", {"field": "a", "action": "retype"}, {"a": 1}, {"a": "1 units"}),
        ("drift", {"field": "a", "action": "retype"}, {"a": "x"}, {"a": {"value": "x"}}),
        ("drift", {"field": "a", "action": "retype"}, {"a": True}, {"a": "yes"}),
        ("drift", {"field": "a", "action": "retype"}, {"a": None}, {"a": "None"}),
    ],
)
def test_payloads_are_edited(kind: str, settings: dict[str, Any], data: Any, expected: Any) -> None:
    assert edited(data, [fault(kind, **settings)]) == expected


def test_bodies_are_mangled() -> None:
    body = b'{"a":[1,2,3]}'
    assert mangled(body, [fault("malformed")]) == b'{"a":[1,'
    assert mangled(body, [fault("malformed", how="trailing_text")]) == body + b"]}<br>"
    assert mangled(body, [fault("malformed", how="bare_word")]) == b'{"a": bare word [1,2,3]}'
    assert mangled(body, [fault("huge", bytes=20)]) == body.ljust(20)
    assert mangled(body, [fault("cut")]) == body


def test_what_is_answered_in_the_vendors_place_has_no_effect_unless_it_says_so() -> None:
    assert takes_effect([fault("cut"), fault("latency", ms=1)])
    assert not takes_effect([fault("status")])
    assert takes_effect([fault("status", applied=True)])
    assert not takes_effect([fault("status", applied=True), fault("html")])
