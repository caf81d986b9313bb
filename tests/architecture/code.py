"""The repository as data: its files, modules, syntax trees and import graph."""

import ast
import subprocess
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import grimp

ROOT: Final = Path(__file__).resolve().parents[2]
ROOT_PACKAGES: Final = ("floorgraph", "schema", "resolvers", "loaders", "subscriptions")
NEIGHBOURS: Final = ROOT_PACKAGES[1:]
"""The packages whose plain names another distribution might claim."""

VENDORS: Final = ROOT / "floorgraph" / "vendors"


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file of the product; `where` is its path from the repository's root."""

    path: Path
    tree: ast.Module

    @property
    def where(self) -> str:
        """The path to print, with a line number where there is one."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def name(self) -> str:
        """The dotted name it is imported by."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def at(self, node: ast.stmt | ast.expr) -> str:
        """Where a piece of its code is, for a message."""
        return f"{self.where}:{node.lineno}"

    def calls(self) -> list[ast.Call]:
        """Every call in it."""
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]


@cache
def modules() -> tuple[Module, ...]:
    """Every Python file of the product, tests excepted."""
    paths = sorted(path for package in ROOT_PACKAGES for path in (ROOT / package).rglob("*.py"))
    return tuple(Module(path, ast.parse(path.read_text("utf-8"))) for path in paths)


@cache
def imports() -> grimp.ImportGraph:
    """Who imports whom among the product's modules."""
    return grimp.build_graph(*ROOT_PACKAGES, cache_dir=None)


@cache
def vendor_names() -> tuple[str, ...]:
    """The vendors: sub-packages of `floorgraph.vendors` that have a manifest.

    The folder of a vendor is also the name of its entry point, so a folder
    counts from the moment it is registered.
    """
    registered = pyproject()["project"]["entry-points"]["floorgraph.vendors"]
    with_manifest = {path.parent.name for path in VENDORS.glob("*/manifest.py")}
    return tuple(sorted(with_manifest | set(registered)))


@cache
def pyproject() -> dict[str, Any]:
    """The project's own description."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@cache
def kept_files() -> tuple[Path, ...]:
    """Every file that git keeps, or would keep if it were added now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = listed.stdout.decode("utf-8").split("\0")
    return tuple(ROOT / name for name in names if name and (ROOT / name).is_file())


def dotted(node: ast.expr) -> str:
    """`a.b.c` for such an expression; the part that is not a name becomes `?`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return "?"


def docstrings(tree: ast.Module) -> set[int]:
    """Ids of the constants that only explain: strings that stand alone as a statement."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
