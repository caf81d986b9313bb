"""`docs/errors.md` lists every code that callers can meet, with what the code knows of it, and no other."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import floorgraph
import loaders
import resolvers
import schema
import subscriptions
from floorgraph.model.command import CommandOutcome, UserErrorCode
from floorgraph.model.errors import FloorgraphError
from floorgraph.model.limits import OperationLimits
from scripts.docs.blocks import DOCS

PAGE = (DOCS / "errors.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([A-Z_]+)` \| (yes|no) \|(?: ([^|]*?) ?\|)?", re.MULTILINE)
HIDDEN = {
    "FOREIGN_PACKAGE": "ends the program before it serves anybody",
    "GIVEN_UP": "is for those who have given up themselves",
}
ROOTS = (floorgraph, schema, resolvers, loaders, subscriptions)
OURS = tuple(f"{root.__name__}." for root in ROOTS)


@cache
def classes() -> tuple[type[FloorgraphError], ...]:
    """Every class of error that there is."""
    for root in ROOTS:
        for module in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)

    def below(cls: type[FloorgraphError]) -> Iterator[type[FloorgraphError]]:
        yield cls
        for inner in cls.__subclasses__():
            yield from below(inner)

    return tuple(cls for cls in below(FloorgraphError) if cls.__module__.startswith(OURS))


def literals() -> set[str]:
    """Codes that are written down where an error is made without a class of its own."""
    found = set()
    for root in ROOTS:
        for path in Path(root.__path__[0]).rglob("*.py"):
            if "simulators" in path.parts or "vendors" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Dict):
                    found |= {
                        value.value
                        for key, value in zip(node.keys, node.values, strict=True)
                        if isinstance(key, ast.Constant)
                        and key.value == "code"
                        and isinstance(value, ast.Constant)
                    }
    return {code for code in found if isinstance(code, str)}


def documented() -> dict[str, tuple[bool, str]]:
    """Code -> whether trying again can help, and the column behind that."""
    return {code: (again == "yes", status) for code, again, status in ROW.findall(PAGE)}


def test_every_code_is_documented_and_no_other() -> None:
    limits = {f"LIMIT_{name.upper()}" for name in OperationLimits.__dataclass_fields__}
    codes = {cls.code for cls in classes()} | literals() | limits
    assert sorted(documented()) == sorted(codes - HIDDEN.keys())
    assert len(ROW.findall(PAGE)) == len(documented())


@pytest.mark.parametrize("cls", [cls for cls in classes() if cls.code not in HIDDEN])
def test_the_page_says_what_the_class_says(cls: type[FloorgraphError]) -> None:
    again, status = documented()[cls.code]
    assert again == cls.retryable
    if "status" in vars(cls):
        assert status == str(vars(cls)["status"])


def test_every_code_of_user_errors_and_every_outcome_is_documented() -> None:
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    head = "| `userErrors.code` | when |\n"
    table = text.partition(head)[2].partition("\n\n")[0]
    codes = [code for row in table.splitlines() for code in re.findall(r"`([A-Z_]+)`", row.split("|")[1])]
    assert sorted(codes) == sorted(code.value for code in UserErrorCode)
    outcomes = re.findall(r"^\| `([A-Z_]+)` \| .* \| .* \|$", text, re.MULTILINE)
    assert sorted(outcomes) == sorted(outcome.value for outcome in CommandOutcome)
