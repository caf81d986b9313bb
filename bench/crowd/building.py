"""Builds what fan-out is measured with, once, into `.bench/crowd` at the top of the repository."""

import platform
import resource
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

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
    for program in ("cc", "node", "npm"):
        if shutil.which(program) is None:
            raise SystemExit(f"'{program}' is needed to compare fan-out.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    _node()
    node = [shutil.which("node") or "node"]
    commands = {
        "Floorgraph": [sys.executable, "-m", "bench.crowd.floor"],
        "graphql-ws, uWebSockets.js": [*_loaded(loader), *node, str(FOLDER / "uws.mjs")],
        "graphql-ws, ws": [*node, str(FOLDER / "ws.mjs")],
        "Strawberry, stock": [str(_python()), str(HERE / "stock.py")],
        "plain C": [str(_compiled("broadcast"))],
    }
    return Built(_compiled("listen"), commands)


def raise_open_files() -> None:
    """As many sockets as the system allows, for this process and those that it starts."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _compiled(name: str) -> Path:
    source, made = HERE / f"{name}.c", FOLDER / name
    if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
        _run("cc", "-O2", "-o", str(made), str(source))
    return made


def _node() -> None:
    for path in HERE.glob("*.mjs"):
        shutil.copy(path, FOLDER)
    wanted, kept = HERE / "package.json", FOLDER / "package.json"
    if not (FOLDER / "node_modules").exists() or kept.read_bytes() != wanted.read_bytes():
        shutil.copy(wanted, kept)
        _run("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", folder=FOLDER)


def _python() -> Path:
    folder, wanted = FOLDER / "python", HERE / "requirements.txt"
    kept, interpreter = FOLDER / "requirements.txt", folder / "bin" / "python"
    if not kept.exists() or kept.read_bytes() != wanted.read_bytes():
        _run(sys.executable, "-m", "venv", str(folder))
        _run(str(interpreter), "-m", "pip", "install", "--quiet", "--requirement", str(wanted))
        shutil.copy(wanted, kept)
    return interpreter


def _loaded(loader: Path | None) -> list[str]:
    if loader is None:
        return []
    paths = ":".join((str(loader.parent), f"/usr/lib/{platform.machine()}-linux-gnu"))
    return [str(loader), "--library-path", paths]


def _run(*command: str, folder: Path | None = None) -> None:
    print("building:", " ".join(command[:4]), file=sys.stderr, flush=True)
    subprocess.run(command, check=True, cwd=folder, stdout=sys.stderr)  # noqa: S603
