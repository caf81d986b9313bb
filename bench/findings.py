"""What every report of a comparison tells beside its figures, and where in the documentation it goes."""

import json
import os
import platform
import subprocess
import time
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Final

DOCUMENT: Final = Path(__file__).parents[1] / "docs" / "performance.md"


def circumstances(packages: Iterable[str], node_packages: Iterable[Path]) -> str:
    """Date, machine, load, and the versions of Python packages and of what package.json files name."""
    found = ", ".join(f"{name} {version(name)}" for name in packages)
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S607
    named: dict[str, str] = {}
    for path in node_packages:
        named |= json.loads(path.read_text("utf-8"))["dependencies"]
    peers = ", ".join(f"{name} {text}" for name, text in named.items())
    return (
        f"{time.strftime('%Y-%m-%d')}, {platform.machine()}, {os.cpu_count()} cores, load "
        f"{os.getloadavg()[0]:.1f} at the end. Python {platform.python_version()}, {found}. "
        f"Node {node}, {peers}."
    )


def write(command: str, text: str) -> None:
    """Put a command's report into the document, in place of the one before."""
    begin, end = (f"<!-- written by {command}: {edge} -->" for edge in ("begin", "end"))
    before = DOCUMENT.read_text("utf-8")
    head, _, rest = before.partition(begin)
    tail = rest.partition(end)[2]
    DOCUMENT.write_text(f"{head}{begin}\n{text}\n{end}{tail}", "utf-8")
