"""The locks hold what pyproject.toml asks for, exactly, with hashes, and nothing of where they were made."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from floorgraph.packaging_guard import NEIGHBOURS

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("runtime", "build", "dev")
ENTRY = re.compile(r"^(?P<name>[\w.-]+)(?:\[[^]]*])?==(?P<version>[^\s;\\]+)", re.MULTILINE)


@cache
def lock(name: str) -> str:
    return (ROOT / "locks" / f"{name}.txt").read_text("utf-8")


@cache
def locked(name: str) -> dict[str, set[Version]]:
    """Distribution -> its versions; several where platforms or Pythons differ."""
    found: dict[str, set[Version]] = {}
    for entry in ENTRY.finditer(lock(name)):
        found.setdefault(canonicalize_name(entry["name"]), set()).add(Version(entry["version"]))
    return found


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def group(name: str) -> list[Requirement]:
    """A dependency group with the groups it includes."""
    found = []
    for member in pyproject()["dependency-groups"][name]:
        found += group(member["include-group"]) if isinstance(member, dict) else [Requirement(member)]
    return found


def wanted() -> list[tuple[str, Requirement]]:
    runtime = [Requirement(text) for text in pyproject()["project"]["dependencies"]]
    return [
        *(("runtime", requirement) for requirement in runtime),
        *(("build", requirement) for requirement in group("build")),
        *(("dev", requirement) for requirement in runtime + group("dev")),
    ]


@pytest.mark.parametrize(("name", "requirement"), wanted(), ids=str)
def test_what_is_asked_for_is_locked(name: str, requirement: Requirement) -> None:
    versions = locked(name).get(canonicalize_name(requirement.name), set())
    assert versions, f"{requirement} is not in locks/{name}.txt; run `make lock`"
    assert all(requirement.specifier.contains(version) for version in versions), "run `make lock`"


@pytest.mark.parametrize("part", ["runtime", "build"])
def test_the_development_lock_contains_the_others(part: str) -> None:
    assert {name: locked("dev").get(name) for name in locked(part)} == locked(part)


@pytest.mark.parametrize("name", LOCKS)
def test_every_entry_has_a_hash(name: str) -> None:
    entries = [block for block in re.split(r"\n(?=[\w])", lock(name)) if "==" in block.partition("\n")[0]]
    assert len(entries) == sum(len(versions) for versions in locked(name).values())
    assert [block for block in entries if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_says_nothing_of_where_it_was_made(name: str) -> None:
    told = re.findall(
        r"^.*(?:://|--(?:extra-)?index-url|--find-links|--trusted-host|@ file|(?<= )/\w).*$",
        lock(name),
        re.MULTILINE,
    )
    assert told == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_locked_distribution_claims_our_names(name: str) -> None:
    assert locked(name).keys() & {"floorgraph", *NEIGHBOURS} == set()


def test_the_build_backend_is_locked_as_it_is_required() -> None:
    assert set(pyproject()["build-system"]["requires"]) <= set(pyproject()["dependency-groups"]["build"])
