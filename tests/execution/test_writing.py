"""What JSON has words for, and text that is not Unicode."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson
import pytest

from floorgraph.execution.code import row_of
from floorgraph.execution.writing import written


class Word(StrEnum):
    MILL = "mill"


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"n": 2**70}, b'{"n":1180591620717411303424}'),
        ([float("nan"), float("inf")], b"[null,null]"),
        ([Word.MILL, Text("a")], b'["mill","a"]'),
        ([datetime(2026, 1, 31, 8, tzinfo=UTC)], b'["2026-01-31T08:00:00Z"]'),
        (row_of(())(), b"{}"),
        (row_of(("b", "a"))([1], None), b'{"b":[1],"a":null}'),
    ],
)
def test_values_that_records_may_hold(value: object, text: bytes) -> None:
    assert written(value) == text


@pytest.mark.parametrize("number", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
def test_in_place_of_half_a_character_there_is_the_mark_for_it(number: int) -> None:
    half = chr(number)
    row = row_of(("name", "at", "raw"))
    noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
    rows = [
        row(f"Mill {half}7", noon, {half: (Text(half), 2**70)}),
        row("Ölpresse \U0001f600", None, float("nan")),
    ]
    assert orjson.loads(written({"data": rows})) == {
        "data": [
            {
                "name": "Mill \ufffd7",
                "at": "2026-01-31T12:00:00Z",
                "raw": {"\ufffd": ["\ufffd", float(2**70)]},
            },
            {"name": "Ölpresse \U0001f600", "at": None, "raw": None},
        ]
    }


def endless() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


@pytest.mark.parametrize("value", [object(), {("a",): 1}, endless(), [10**5000], [object(), "\ud800"]])
def test_what_json_has_no_words_for(value: object) -> None:
    with pytest.raises((TypeError, ValueError, RecursionError)):
        written(value)
