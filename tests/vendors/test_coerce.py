"""Reading payloads: what each kind of field accepts, what it notes, and what makes a record unreadable."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorgraph.model.source import DriftNote
from floorgraph.vendors.coerce import BadRecord, Fields, Shape, read_records
from floorgraph.vendors.diagnostics import Diagnostics
from tests.support.fakeclock import FakeClock

STATION = Shape(
    "station",
    expected=("Handle", "Name", "DNCGroup", "OEECategory|TPM"),
    optional=("Comment",),
    identity="Handle",
)


@pytest.fixture
def diagnostics() -> Diagnostics:
    return Diagnostics(clock=FakeClock())


def fields(payload: Any, diagnostics: Diagnostics, shape: Shape | str = "station") -> Fields:
    return Fields(payload, shape, diagnostics=diagnostics)


def notes(diagnostics: Diagnostics) -> set[tuple[str, str]]:
    return {(note.field, note.change) for note in diagnostics.drift_notes()}


@pytest.mark.parametrize(
    ("value", "expected"),
    [("x", "x"), (" x ", " x "), ("", None), (" \t", None), (5, "5"), (0.5, "0.5"), (None, None)],
)
def test_text(diagnostics: Diagnostics, value: object, expected: str | None) -> None:
    assert fields({"F": value}, diagnostics).text("F") == expected
    assert notes(diagnostics) == set()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (50, 50),
        ("50", 50),
        (" 50 ", 50),
        ("-3", -3),
        (50.0, 50),
        ("50.0", 50),
        ("50,0", 50),
        ("", None),
        ("9" * 30, int("9" * 30)),
    ],
)
def test_integers(diagnostics: Diagnostics, value: object, expected: int | None) -> None:
    found = fields({"F": value}, diagnostics).integer("F")
    assert found == expected
    assert type(found) is not float
    assert notes(diagnostics) == set()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1.0),
        (0.7, 0.7),
        ("0.70", 0.7),
        ("0,70", 0.7),
        ("1,234", 1.234),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("  ", None),
    ],
)
def test_numbers(diagnostics: Diagnostics, value: object, expected: float | None) -> None:
    assert fields({"F": value}, diagnostics).number("F") == expected
    assert notes(diagnostics) == set()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (False, False),
        (1, True),
        (0, False),
        ("1", True),
        ("0", False),
        ("True", True),
        (" FALSE ", False),
        ("", None),
    ],
)
def test_booleans(diagnostics: Diagnostics, value: object, expected: bool | None) -> None:
    assert fields({"F": value}, diagnostics).boolean("F") is expected
    assert notes(diagnostics) == set()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2018-08-28T08:06:20.000Z", (2018, 8, 28, 8, 6, 20, 0)),
        ("2015-10-29T16:58:00.000+01:00", (2015, 10, 29, 15, 58, 0, 0)),
        ("2023-06-30T17:19:00+08:00", (2023, 6, 30, 9, 19, 0, 0)),
        ("2023-06-30T17:19:00.5Z", (2023, 6, 30, 17, 19, 0, 500_000)),
        ("2023-06-30T17:19:00.123456789Z", (2023, 6, 30, 17, 19, 0, 123_456)),
        ("2023-06-30 17:19:00Z", (2023, 6, 30, 17, 19, 0, 0)),
        (" 2023-06-30T17:19:00Z ", (2023, 6, 30, 17, 19, 0, 0)),
        ("2023-06-30T17:19:00", (2023, 6, 30, 17, 19, 0, 0)),
    ],
)
def test_instants(diagnostics: Diagnostics, value: str, expected: tuple[int, ...]) -> None:
    found = fields({"F": value}, diagnostics).instant("F")
    assert found == datetime(*expected, tzinfo=UTC)  # type: ignore[misc,arg-type]
    assert found is not None
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        "2018-08-28T:09:20.000Z",
        "2015-06-38T17:19:00.000Z",
        "2015-06-30T17:19:00.000Z:00",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "1899-12-30T00:00:00Z",
        "9999-12-31T23:59:59-12:00",
        "2100-01-01T00:00:00Z",
        "yesterday",
        "2023",
    ],
)
def test_impossible_dates_are_none_and_noted(diagnostics: Diagnostics, value: str) -> None:
    assert fields({"F": value}, diagnostics).instant("F") is None
    assert notes(diagnostics) == {("F", "unreadable")}


def test_a_date_without_offset_is_in_the_payloads_zone(diagnostics: Diagnostics) -> None:
    shanghai = Fields(
        {"F": "2023-06-30T08:00:00"}, "x", diagnostics=diagnostics, zone=ZoneInfo("Asia/Shanghai")
    )
    assert shanghai.instant("F") == datetime(2023, 6, 30, 0, 0, tzinfo=UTC)


def test_the_hour_that_comes_twice_is_the_first_one(diagnostics: Diagnostics) -> None:
    berlin = Fields(
        {"F": "2025-10-26T02:30:00"}, "x", diagnostics=diagnostics, zone=ZoneInfo("Europe/Berlin")
    )
    assert berlin.instant("F") == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


@given(st.floats(0, 3_400_000_000), st.integers(-14 * 60, 14 * 60))
def test_every_instant_survives(seconds: float, offset: int) -> None:
    start = datetime(1990, 1, 2, tzinfo=timezone(timedelta(minutes=offset)))
    aware = start + timedelta(seconds=seconds)
    diagnostics = Diagnostics(clock=FakeClock())
    assert fields({"F": aware.isoformat()}, diagnostics).instant("F") == aware


UNREADABLE: list[tuple[str, object, str]] = [
    ("text", [], "retyped"),
    ("text", True, "retyped"),
    ("text", "x" * 10_000_000, "unreadable"),
    ("integer", "abc", "unreadable"),
    ("integer", "50.5", "unreadable"),
    ("integer", 50.5, "retyped"),
    ("integer", True, "retyped"),
    ("integer", "9" * 5000, "unreadable"),
    ("number", "NaN", "unreadable"),
    ("number", float("nan"), "retyped"),
    ("number", float("inf"), "retyped"),
    ("number", "1e999", "unreadable"),
    ("number", 10**400, "retyped"),
    ("number", "1.234,5", "unreadable"),
    ("number", "1_0", "unreadable"),
    ("number", {}, "retyped"),
    ("number", False, "retyped"),
    ("seconds", -1, "retyped"),
    ("boolean", "yes", "unreadable"),
    ("boolean", 2, "retyped"),
    ("boolean", [], "retyped"),
    ("instant", 1_700_000_000, "retyped"),
]


@pytest.mark.parametrize(("reader", "value", "change"), UNREADABLE)
def test_what_cannot_be_read_is_none_and_noted(
    diagnostics: Diagnostics, reader: str, value: object, change: str
) -> None:
    subject = fields({"F": value}, diagnostics)
    assert getattr(subject, reader)("F") is None
    assert notes(diagnostics) == {("F", change)}
    with pytest.raises(BadRecord, match="cannot be read"):
        getattr(subject, reader)("F", required=True)


def test_seconds(diagnostics: Diagnostics) -> None:
    assert fields({"F": "5894"}, diagnostics).seconds("F") == 5894.0


@pytest.mark.parametrize(
    ("payload", "reason"), [({}, "is missing"), ({"F": None}, "is empty"), ({"F": ""}, "is empty")]
)
def test_a_required_field_must_be_there(
    diagnostics: Diagnostics, payload: dict[str, Any], reason: str
) -> None:
    with pytest.raises(BadRecord) as raised:
        fields(payload, diagnostics).text("F", required=True)
    assert (raised.value.payload, raised.value.field, raised.value.reason) == ("station", "F", reason)


def test_names_in_any_case_and_under_aliases(diagnostics: Diagnostics) -> None:
    subject = fields({"DNCgroup": "g", "TPM": 4, "name": "exact", "NAME": "folded"}, diagnostics)
    assert subject.text("DNCGroup") == "g"
    assert subject.integer("OEECategory", "TPM") == 4
    assert subject.text("name") == "exact"
    assert subject.has("dncGROUP")
    assert not subject.has("Handle")
    assert subject.raw("tpm") == 4
    assert subject.raw("Handle") is None


def test_an_exact_name_goes_before_an_alias(diagnostics: Diagnostics) -> None:
    assert fields({"B": 2, "A": 1}, diagnostics).integer("A", "B") == 1


def test_lists_of_objects(diagnostics: Diagnostics) -> None:
    subject = fields({"A": [{"x": 1}, 5, {"x": 2}], "B": None, "C": "", "D": {"x": 3}}, diagnostics)
    assert subject.items("A") == [{"x": 1}, {"x": 2}]
    assert subject.items("B") == subject.items("C") == subject.items("E") == []
    assert subject.items("D") == [{"x": 3}]
    assert notes(diagnostics) == {("A", "retyped"), ("D", "retyped")}


def test_lists_of_texts(diagnostics: Diagnostics) -> None:
    subject = fields({"A": ["x", "", 5, {}], "B": "lone"}, diagnostics)
    assert subject.texts("A") == ["x", "5"]
    assert subject.texts("B") == ["lone"]
    assert subject.texts("C") == []
    assert notes(diagnostics) == {("A", "retyped"), ("B", "retyped")}


def test_children(diagnostics: Diagnostics) -> None:
    subject = fields({"State": {"Handle": "2"}, "Empty": {}, "Null": None, "Odd": "text"}, diagnostics)
    child = subject.child("state")
    assert child is not None
    assert child.integer("Handle") == 2
    assert [subject.child(name) for name in ("Empty", "Null", "Odd", "Gone")] == [None] * 4
    child.integer("Handle", required=True)
    with pytest.raises(BadRecord, match=r"station\.state: Name: is missing"):
        child.text("Name", required=True)


@pytest.mark.parametrize("payload", [None, [], "x", 5, True])
def test_a_payload_must_be_an_object(diagnostics: Diagnostics, payload: object) -> None:
    with pytest.raises(BadRecord, match="expected an object"):
        fields(payload, diagnostics)


def test_new_and_gone_fields_are_counted(diagnostics: Diagnostics) -> None:
    exact = {"Handle": 1, "Name": "a", "DNCGroup": "", "OEECategory": 4}
    fields(exact, diagnostics, STATION)
    fields(exact | {"Comment": "c"}, diagnostics, STATION)
    fields({"handle": 1, "NAME": "a", "DNCgroup": "", "TPM": 4}, diagnostics, STATION)
    assert notes(diagnostics) == set()
    for _ in range(3):
        fields({"Handle": 1, "Name": "a", "DNCGroup": "", "Colour": "red"}, diagnostics, STATION)
    assert diagnostics.drift_notes() == [
        DriftNote(payload="station", field="OEECategory", change="gone", count=3),
        DriftNote(payload="station", field="Colour", change="new", count=3),
    ]


def name_of(subject: Fields) -> str:
    if subject.text("Name") == "bug":
        return str(1 // 0)
    return subject.text("Name", required=True)


def test_one_bad_record_of_a_hundred_is_left_out(diagnostics: Diagnostics) -> None:
    payloads: list[Any] = [{"Handle": number, "Name": f"s{number}"} for number in range(100)]
    del payloads[40]["Name"]
    names = read_records(payloads, STATION, name_of, diagnostics=diagnostics)
    assert len(names) == 99
    (bad,) = diagnostics.quarantined()
    assert (bad.payload, bad.remote_id, bad.reason) == ("station", "40", "Name: is missing")


def test_every_way_of_being_bad_is_contained(diagnostics: Diagnostics) -> None:
    payloads: list[Any] = [
        None,
        [],
        {"Handle": 1, "Name": "bug"},
        {"Handle": {}, "Name": []},
        {"Name": "good"},
    ]
    names = read_records(payloads, STATION, name_of, diagnostics=diagnostics, lost=('{"Handle": 7, "N',))
    assert names == ["good"]
    reasons = [(record.remote_id, record.reason) for record in diagnostics.quarantined()]
    assert reasons == [
        (None, 'not JSON: {"Handle": 7, "N'),
        (None, "expected an object, found null"),
        (None, "expected an object, found a list"),
        ("1", "ZeroDivisionError: integer division or modulo by zero"),
        (None, "Name: cannot be read from a list"),
    ]


def test_the_quarantine_clears_when_the_data_heal(diagnostics: Diagnostics) -> None:
    read_records([{}], STATION, name_of, diagnostics=diagnostics)
    assert diagnostics.has_quarantined
    read_records([{"Handle": 1, "Name": "a"}], STATION, name_of, diagnostics=diagnostics)
    assert not diagnostics.has_quarantined


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_no_value_makes_a_reader_raise(value: Any) -> None:
    subject = fields({"F": value}, Diagnostics(clock=FakeClock()))
    for reader in ("text", "integer", "number", "seconds", "boolean", "instant", "items", "texts", "child"):
        getattr(subject, reader)("F")
