"""Commands as JSON."""

import hashlib

import pytest

from floorgraph.commands.writing import LONGEST_TEXT, bounded, digest, restored, told
from tests.commands.toy import Coat, Colour, Paint, painted

LONG = "x" * (LONGEST_TEXT + 1)
RICH = painted(
    coats=(Coat(colour=Colour.BLUE, layers=2), Coat(batch_id="north:batch:4")), remark="hm", password="sesame"
)


def test_names_are_those_of_the_api_and_secrets_are_kept() -> None:
    assert told(RICH) == {
        "stationIds": ["north:station:1"],
        "coats": [
            {"batchId": None, "colour": "BLUE", "layers": 2},
            {"batchId": "north:batch:4", "colour": "RED", "layers": 1},
        ],
        "remark": "hm",
        "password": "***",
    }


def test_long_texts_are_told_by_size_and_hash() -> None:
    shown = told(painted(remark=LONG))["remark"]
    assert shown == {"sizeBytes": len(LONG), "sha256": hashlib.sha256(LONG.encode()).hexdigest()}


def test_a_command_comes_back_as_it_was() -> None:
    back = restored(Paint, told(RICH))
    assert back == Paint(station_ids=RICH.station_ids, coats=RICH.coats, remark="hm", password="***")
    assert restored(Paint, told(painted(remark=LONG))).remark == ""


def test_what_is_no_such_command_any_more() -> None:
    with pytest.raises(ValueError, match="paint"):
        restored(Paint, {"stationIds": 7})


def test_the_id_does_not_count_and_everything_else_does() -> None:
    assert digest(painted("a")) == digest(painted("b"))
    assert digest(painted(remark=LONG)) != digest(painted(remark=LONG + "x"))
    assert digest(painted(password="a")) != digest(painted(password="b"))


def test_long_answers_are_cut() -> None:
    assert bounded({"a": 1}) == {"a": 1}
    cut = bounded(["y" * 50_000])
    assert cut["sizeBytes"] > 50_000
    assert len(cut["beginning"]) < 9_000
