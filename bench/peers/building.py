"""Builds what the comparison needs, once, into `.bench` at the top of the repository, which git ignores."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.making import compiled, loaded, need_programs, npm_packages, python_packages, run

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / ".bench"
HIVE_SOURCES = ("openapi.json", "compose.mjs")
"""What its graph is made from."""


@dataclass(frozen=True)
class Built:
    """Where things are."""

    upstream: Path
    load: Path
    node: Path
    """Folder of the Node peers, with what they need."""
    python: Path
    """The interpreter of the Python peers."""
    hive: Path
    """Folder of Hive Gateway, with the graph that it serves."""
    tailcall: tuple[str, ...]
    """The command that starts Tailcall; empty where there is none that runs here."""


def build(loader: Path | None) -> Built:
    """Build what is missing; `loader` is a newer glibc's dynamic loader, for binaries that ask for one.

    Raises `SystemExit` naming a program that is needed: a C compiler, Node.js with npm.
    """
    need_programs("servers")
    FOLDER.mkdir(exist_ok=True)
    node = _node()
    python = python_packages(HERE / "python" / "requirements.txt", FOLDER / "python")
    return Built(
        compiled(HERE / "upstream.c", FOLDER),
        compiled(HERE / "load.c", FOLDER),
        node,
        python,
        _hive(),
        _tailcall(node, loader),
    )


def _node() -> Path:
    shutil.copy(HERE / "schema.graphql", FOLDER)
    return _installed("node")


def _hive() -> Path:
    folder = _installed("hive")
    graph, sources = folder / "supergraph.graphql", [HERE / "hive" / name for name in HIVE_SOURCES]
    if not graph.exists() or graph.stat().st_mtime < max(one.stat().st_mtime for one in sources):
        composer = str(folder / "node_modules/.bin/mesh-compose")
        run(composer, "-c", "compose.mjs", "-o", graph.name, folder=folder)
    return folder


def _installed(name: str) -> Path:
    """A folder of Node peers, with the packages that they need."""
    folder = FOLDER / name
    folder.mkdir(exist_ok=True)
    wanted = HERE / name / "package.json"
    for path in (HERE / name).iterdir():
        if path != wanted:
            shutil.copy(path, folder)
    npm_packages(wanted, folder)
    return folder


def _tailcall(node: Path, loader: Path | None) -> tuple[str, ...]:
    binary = node / "node_modules/@tailcallhq/core-linux-x64-gnu/bin/tailcall"
    command = (*loaded(loader), str(binary))
    try:
        found = subprocess.run([*command, "--version"], capture_output=True, check=False)  # noqa: S603
    except OSError:
        return ()
    return command if found.returncode == 0 else ()
