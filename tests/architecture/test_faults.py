"""docs/faults.md names tests that exist, at least one for every row."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.code import ROOT

ROWS = {
    found[1]: found[2]
    for found in re.finditer(
        r"^\| ([A-Z]\d+) \|(.*)$", (ROOT / "docs" / "faults.md").read_text("utf-8"), re.M
    )
}
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


@cache
def written_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, kinds))


@pytest.mark.parametrize("row", ROWS)
def test_every_row_names_tests_that_exist(row: str) -> None:
    named = NAMED.findall(ROWS[row])
    assert named, "no test is named"
    missing = [
        f"{file}::{test}"
        for file, test in named
        if not (ROOT / "tests" / file).is_file() or test not in written_in(ROOT / "tests" / file)
    ]
    assert missing == []


def test_no_row_of_the_catalogue_is_left_out() -> None:
    areas = {
        "A": range(1, 18),
        "B": range(1, 14),
        "C": range(9, 23),
        "D": range(1, 16),
        "E": range(1, 25),
        "F": range(10, 13),
        "G": range(5, 6),
    }
    wanted = [f"{area}{n}" for area, numbers in areas.items() for n in numbers]
    assert sorted(ROWS) == sorted(wanted)
