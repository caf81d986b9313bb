"""The packages of a package.json, installed once beside it, and scripts that are run with them."""

import asyncio
import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.support.deadline import DEADLINE
from tests.support.needs import needs_node, needs_npm

FOLDER = Path(__file__).parent
INSTALLED = FOLDER / "node_modules"
INSTALL_SECONDS = 300


def installed(folder: Path = FOLDER, at_least: tuple[int, int] = (0, 0)) -> str:
    """The path of Node.js, once the folder's packages are there; skips the test where they cannot be had."""
    node, npm = needs_node(at_least), needs_npm()
    # Several processes run tests; one of them installs.
    with FileLock(folder / ".installing", timeout=INSTALL_SECONDS):
        return _with_packages(node, npm, folder)


def _with_packages(node: str, npm: str, folder: Path) -> str:
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".floorgraph-lock"
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return node
    done = subprocess.run(
        # No package may run code of its own while it is installed.
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        words = f"npm ci ended with {done.returncode}:\n{done.stderr[-2000:]}"
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(words, pytrace=False)
        pytest.skip(words)
    stamp.write_text(wanted, "utf-8")
    return node


async def told_by(node: str, script: str, *arguments: str) -> list[dict[str, Any]]:
    """What a script says, one JSON object a line. It must end by itself and well."""
    process = await asyncio.create_subprocess_exec(
        node,
        str(FOLDER / script),
        *arguments,
        cwd=FOLDER,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(DEADLINE):
            said, complaints = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    assert process.returncode == 0, complaints.decode()[-4000:] + said.decode()[-2000:]
    return [json.loads(line) for line in said.decode().splitlines()]
