"""Nobody else owns our plain package names, and if somebody does, it is said clearly."""

import os
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from floorgraph import packaging_guard
from floorgraph.packaging_guard import NEIGHBOURS, ForeignPackage, check_neighbours
from tests.support.deadline import DEADLINE

ROOT = Path(__file__).resolve().parents[1]
ASK = "from floorgraph.packaging_guard import check_neighbours; check_neighbours()"


def python(code: str, folder: Path, *, path: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run code as an installed program would: from some folder, which is itself not searched."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    if path is not None:
        environment["PYTHONPATH"] = path
    return subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )


def test_our_packages_are_ours() -> None:
    check_neighbours()


def test_our_packages_are_found_from_any_folder(tmp_path: Path) -> None:
    run = python(f"import {', '.join(NEIGHBOURS)}; {ASK}", tmp_path)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_an_intruder_is_named(tmp_path: Path, name: str) -> None:
    intruder = tmp_path / "elsewhere" / name
    intruder.mkdir(parents=True)
    (intruder / "__init__.py").write_text("raise SystemExit('the intruder was imported')")
    run = python(ASK, tmp_path, path=str(intruder.parent))
    assert run.returncode != 0
    assert f"ForeignPackage: Python finds another package under the name '{name}': {intruder}" in run.stderr


def test_a_single_file_is_an_intruder_too(tmp_path: Path) -> None:
    (tmp_path / "loaders.py").write_text("")
    run = python(ASK, tmp_path, path=str(tmp_path))
    assert str(tmp_path / "loaders.py") in run.stderr


def test_a_package_imported_already_is_looked_at_too(tmp_path: Path) -> None:
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "__init__.py").write_text("")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import schema; sys.path.pop(0); {ASK}"
    assert str(tmp_path / "schema") in python(code, tmp_path).stderr


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaging_guard, "find_spec", lambda _: None)
    with pytest.raises(ForeignPackage, match="'schema' of Floorgraph is missing") as caught:
        check_neighbours()
    assert caught.value.found is None
    assert caught.value.expected == ROOT


@pytest.mark.parametrize("name", ["floorgraph", *NEIGHBOURS])
def test_no_other_distribution_in_this_environment_has_our_names(name: str) -> None:
    # An editable installation lists no packages; then nobody may have the name.
    assert set(packages_distributions().get(name, [])) <= {"floorgraph"}
