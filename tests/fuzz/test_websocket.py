"""Thousands of random messages over websockets: documented codes, no leak, and nobody else disturbed."""

import asyncio
import os
import re
from pathlib import Path

from tests.fuzz.driver import LEAK, fuzz
from tests.fuzz.messages import Maker
from tests.fuzz.process import ROOT, shop

SEED = 20_260_302
COUNT = 10_000 if os.environ.get("CI") else 2_000
"""Enough to meet every kind of message many times over; the long run is for the CI."""
DOCUMENTED = set(re.findall(r"`([A-Z_]{4,})`", (ROOT / "docs" / "errors.md").read_text("utf-8")))


def test_no_message_makes_the_server_stumble(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with shop(log) as base_url:
        # Not in the test's own loop, whose debugging would take most of the time.
        report = asyncio.run(fuzz(base_url, SEED, COUNT))
    print(report)  # noqa: T201 - shown when something fails
    assert report.messages == COUNT
    assert report.leaks == []
    assert report.odd == []
    assert set(report.closes) <= {1006, 1009, 4400, 4409, 4429}
    assert set(report.codes) <= DOCUMENTED - {"INTERNAL"}, "a fault of our own"
    assert report.closes[4400] > COUNT / 20
    assert report.answers["next"] > COUNT / 20
    assert report.codes["BAD_REQUEST"] > COUNT / 20
    words = log.read_text("utf-8")
    for sign in ("Traceback", '"level": "error"', "never retrieved"):
        assert sign not in words, words[:4000]


def test_the_same_seed_makes_the_same_messages() -> None:
    first, second, other = Maker(1), Maker(1), Maker(2)
    made = [first() for _ in range(200)]
    assert made == [second() for _ in range(200)]
    assert made != [other() for _ in range(200)]
    assert {type(message) for message in made} == {str, bytes}


def test_a_leak_would_be_seen() -> None:
    for text in (
        "'list' object has no attribute 'get'",
        'File "handlers.py", line 3',
        "maximum recursion depth exceeded",
        "<class 'NoneType'>",
    ):
        assert LEAK.search(text), text
    assert not LEAK.search("Syntax Error: Expected Name, found '}'.")
