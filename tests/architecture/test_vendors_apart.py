"""A vendor is one folder. Nothing else knows it, so the next one needs no edit outside its own."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.code import ROOT, Module, docstrings, imports, modules, pyproject, vendor_names

VENDOR_PACKAGE = "floorgraph.vendors"
SIMULATOR_PACKAGE = "floorgraph.simulators"
MAY_START_SIMULATORS = ("floorgraph.cli", "floorgraph.demo")


def below(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def importers_of(package: str) -> Iterator[tuple[str, str]]:
    """Imports that cross into a package from outside, as (importer, imported)."""
    graph = imports()
    for imported in graph.modules:
        if below(imported, package):
            for importer in graph.find_modules_that_directly_import(imported):
                if not below(importer, package):
                    yield importer, imported


def names_in(module: Module) -> Iterator[tuple[str, int]]:
    """Every identifier, imported name and string of the code, with its line; explanations excepted."""
    explaining = docstrings(module.tree)
    for node in ast.walk(module.tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and id(node) not in explaining:
                yield node.value, line
            continue
        for field in ("id", "attr", "name", "asname", "arg", "module"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                yield value, line


def test_there_are_vendors_to_look_at() -> None:
    assert vendor_names()


@pytest.mark.parametrize("vendor", vendor_names())
def test_nothing_imports_a_vendors_folder(vendor: str) -> None:
    assert list(importers_of(f"{VENDOR_PACKAGE}.{vendor}")) == []


@pytest.mark.parametrize("vendor", vendor_names())
def test_nothing_imports_a_vendors_simulator(vendor: str) -> None:
    assert list(importers_of(f"{SIMULATOR_PACKAGE}.{vendor}")) == []


def test_only_the_command_line_starts_simulators() -> None:
    crossing = [
        (importer, imported)
        for importer, imported in importers_of(SIMULATOR_PACKAGE)
        if not any(below(importer, allowed) for allowed in MAY_START_SIMULATORS)
    ]
    assert crossing == []


@pytest.mark.parametrize("vendor", vendor_names())
def test_no_code_outside_names_a_vendor(vendor: str) -> None:
    """Explanations may name a vendor as their source; code that does cannot serve the next one."""
    homes = tuple(f"{package}.{vendor}" for package in (VENDOR_PACKAGE, SIMULATOR_PACKAGE))
    named = [
        f"{module.where}:{line}: {text[:80]!r}"
        for module in modules()
        if not any(below(module.name, home) for home in homes)
        for text, line in names_in(module)
        if vendor in text.lower()
    ]
    assert named == []


@pytest.mark.parametrize("vendor", vendor_names())
def test_a_vendor_is_registered_under_the_name_of_its_folder(vendor: str) -> None:
    entry_points = pyproject()["project"]["entry-points"]
    for package in (VENDOR_PACKAGE, SIMULATOR_PACKAGE):
        target = entry_points[package][vendor].partition(":")[0]
        assert target == f"{package}.{vendor}.manifest"
        assert (ROOT / (target.replace(".", "/") + ".py")).is_file()
