"""Builds what the comparison needs, once, into `.bench` at the top of the repository, which git ignores."""

import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

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
    for program in ("cc", "node", "npm"):
        if shutil.which(program) is None:
            raise SystemExit(f"'{program}' is needed for the comparison.")
    FOLDER.mkdir(exist_ok=True)
    node = _node()
    return Built(_compiled("upstream"), _compiled("load"), node, _python(), _hive(), _tailcall(node, loader))


def _compiled(name: str) -> Path:
    source, made = HERE / f"{name}.c", FOLDER / name
    if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
        _run("cc", "-O2", "-o", str(made), str(source))
    return made


def _node() -> Path:
    shutil.copy(HERE / "schema.graphql", FOLDER)
    return _installed("node")


def _hive() -> Path:
    folder = _installed("hive")
    graph, sources = folder / "supergraph.graphql", [HERE / "hive" / name for name in HIVE_SOURCES]
    if not graph.exists() or graph.stat().st_mtime < max(one.stat().st_mtime for one in sources):
        composer = str(folder / "node_modules/.bin/mesh-compose")
        _run(composer, "-c", "compose.mjs", "-o", graph.name, folder=folder)
    return folder


def _installed(name: str) -> Path:
    """A folder of Node peers, with the packages that they need."""
    folder = FOLDER / name
    folder.mkdir(exist_ok=True)
    wanted, kept = HERE / name / "package.json", folder / "package.json"
    for path in (HERE / name).iterdir():
        if path != wanted:
            shutil.copy(path, folder)
    if (
        not kept.exists()
        or kept.read_bytes() != wanted.read_bytes()
        or not (folder / "node_modules").exists()
    ):
        shutil.copy(wanted, kept)
        _run("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", folder=folder)
    return folder


def _python() -> Path:
    folder, wanted = FOLDER / "python", HERE / "python" / "requirements.txt"
    kept, interpreter = folder / "requirements.txt", folder / "bin" / "python"
    if not kept.exists() or kept.read_bytes() != wanted.read_bytes():
        _run(sys.executable, "-m", "venv", str(folder))
        _run(str(interpreter), "-m", "pip", "install", "--quiet", "--requirement", str(wanted))
        shutil.copy(wanted, kept)
    return interpreter


def _tailcall(node: Path, loader: Path | None) -> tuple[str, ...]:
    binary = node / "node_modules/@tailcallhq/core-linux-x64-gnu/bin/tailcall"
    command: tuple[str, ...] = (str(binary),)
    if loader is not None:
        paths = ":".join((str(loader.parent), f"/usr/lib/{platform.machine()}-linux-gnu"))
        command = (str(loader), "--library-path", paths, str(binary))
    try:
        found = subprocess.run([*command, "--version"], capture_output=True, check=False)  # noqa: S603
    except OSError:
        return ()
    return command if found.returncode == 0 else ()


def _run(*command: str, folder: Path | None = None) -> None:
    print("building:", " ".join(command[:4]), file=sys.stderr, flush=True)
    subprocess.run(command, check=True, cwd=folder, stdout=sys.stderr)  # noqa: S603
