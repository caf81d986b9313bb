"""A short soak: every client's log against the simulators' truth; and that it would tell (row G5)."""

import argparse
import subprocess
import sys

import pytest

from bench.soak import SOURCES, Soak, Truth
from bench.subscribers import Log

LONGEST = 240.0
SHORT = ("--minutes", "0.6", "--pause", "0.5", "--subscribers", "20")


def test_every_client_is_told_every_change_in_order_while_vendors_fail() -> None:  # G5
    found = subprocess.run(
        [sys.executable, "-m", "bench.soak", *SHORT],
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert found.stdout.endswith("Nothing is wrong.\n")
    figures = dict(line.split(":", 1) for line in found.stdout.splitlines() if ":" in line)
    assert int(figures["different changes told"]) > 20
    assert int(figures["logs checked change by change"]) >= 16
    assert figures["faults"].strip() != "{}"


NUMBERS = {"north:station:1": (1, 3), "north:station:2": (2, 4)}


def change(kind: str, key: str, number: int) -> dict[str, object]:
    return {"kind": kind, "id": key, "station": {"state": {"comment": str(number)}}}


def log(*told: tuple[str, int]) -> Log:
    """A client that was told these numbers after a snapshot."""
    found = Log("steady", frozenset(SOURCES))
    for key in NUMBERS:
        found.hear(change("SNAPSHOT", key, 0))
    for key, number in told:
        found.hear(change("UPDATED", key, number))
    return found


def soak(*logs: Log) -> Soak:
    """A soak that has ended, in which every change stood for long with its server well."""
    options = argparse.Namespace(seed=1, minutes=1.0)
    found = Soak(options, {})
    found.logs, found.truth, found.end = list(logs), Truth(), 1e9
    for number in range(1, 5):
        key = next(key for key, numbers in NUMBERS.items() if number in numbers)
        found.truth.changes.append((1000.0 * number, key, number))
        found.truth.held[key] = number
    return found


WHOLE = [(key, number) for number in range(1, 5) for key, numbers in NUMBERS.items() if number in numbers]


def test_a_log_that_holds_everything_is_right() -> None:
    assert soak(log(*WHOLE), log(*WHOLE)).report() == []


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (WHOLE[1:], "was not told [('north:station:1', 1)]"),
        (WHOLE[:3], "holds {'north:station:2': 4} wrongly"),
        ([WHOLE[2], WHOLE[0], *WHOLE[1:]], "went back from 3 to 1"),
        ([*WHOLE, WHOLE[3]], "told 4 twice"),
    ],
    ids=["lost", "the last one lost", "out of order", "doubled"],
)
def test_a_log_in_which_something_is_wrong_is_named(told: list[tuple[str, int]], words: str) -> None:
    assert any(words in problem for problem in soak(log(*WHOLE), log(*told)).report())


def test_what_nobody_was_told_is_named() -> None:
    assert any("nobody was told" in problem for problem in soak(log(*WHOLE[1:])).report())
