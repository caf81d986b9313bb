"""Builds what fan-out is measured with, once, into `.bench/crowd` at the top of the repository."""

import resource
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.making import compiled, loaded, need_programs, npm_packages, python_packages

HERE: Final = Path(__file__).parent
FOLDER: Final = HERE.parents[1] / ".bench" / "crowd"


@dataclass(frozen=True)
class Built:
    """Where things are."""

    listen: Path
    """The client."""
    commands: dict[str, list[str]]
    """What starts a server; its first line of output is its port and that for changes."""


def build(loader: Path | None) -> Built:
    """Build what is missing; `loader` is a newer glibc's dynamic loader, for binaries that ask for one.

    Raises `SystemExit` naming a program that is needed: a C compiler, Node.js with npm.
    """
    need_programs("fan-out")
    FOLDER.mkdir(parents=True, exist_ok=True)
    _node()
    node = [shutil.which("node") or "node"]
    commands = {
        "Floorgraph": [sys.executable, "-m", "bench.crowd.floor"],
        "graphql-ws, uWebSockets.js": [*loaded(loader), *node, str(FOLDER / "uws.mjs")],
        "graphql-ws, ws": [*node, str(FOLDER / "ws.mjs")],
        "Strawberry, stock": [
            str(python_packages(HERE / "requirements.txt", FOLDER / "python")),
            str(HERE / "stock.py"),
        ],
        "plain C": [str(compiled(HERE / "broadcast.c", FOLDER))],
    }
    return Built(compiled(HERE / "listen.c", FOLDER), commands)


def raise_open_files() -> None:
    """As many sockets as the system allows, for this process and those that it starts."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _node() -> None:
    for path in HERE.glob("*.mjs"):
        shutil.copy(path, FOLDER)
    npm_packages(HERE / "package.json", FOLDER)
