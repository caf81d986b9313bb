"""Steps in which comparisons build what they need: C programs, Node packages, Python environments."""

import platform
import shutil
import subprocess
import sys
from pathlib import Path


def need_programs(purpose: str) -> None:
    """Raises `SystemExit` naming a program that is missing: a C compiler, Node.js with npm."""
    for program in ("cc", "node", "npm"):
        if shutil.which(program) is None:
            raise SystemExit(f"'{program}' is needed to compare {purpose}.")


def run(*command: str, folder: Path | None = None) -> None:
    """Run one step, told on standard error."""
    print("building:", " ".join(command[:4]), file=sys.stderr, flush=True)
    subprocess.run(command, check=True, cwd=folder, stdout=sys.stderr)  # noqa: S603


def compiled(source: Path, folder: Path) -> Path:
    """A program of one file in C, made anew when the file is newer."""
    made = folder / source.stem
    if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
        run("cc", "-O2", "-o", str(made), str(source))
    return made


def npm_packages(wanted: Path, folder: Path) -> None:
    """What a package.json names, installed in a folder, anew when the file is another one."""
    kept = folder / "package.json"
    same = kept.exists() and kept.read_bytes() == wanted.read_bytes()
    if not same or not (folder / "node_modules").exists():
        shutil.copy(wanted, kept)
        run("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", folder=folder)


def python_packages(wanted: Path, folder: Path) -> Path:
    """The interpreter of an environment with what a requirements.txt names; anew when that is another."""
    kept, interpreter = folder / "requirements.txt", folder / "bin" / "python"
    if not kept.exists() or kept.read_bytes() != wanted.read_bytes():
        run(sys.executable, "-m", "venv", str(folder))
        run(str(interpreter), "-m", "pip", "install", "--quiet", "--requirement", str(wanted))
        shutil.copy(wanted, kept)
    return interpreter


def loaded(loader: Path | None) -> tuple[str, ...]:
    """What starts a binary with the libraries of a newer glibc; nothing where there is no need."""
    if loader is None:
        return ()
    paths = ":".join((str(loader.parent), f"/usr/lib/{platform.machine()}-linux-gnu"))
    return (str(loader), "--library-path", paths)
