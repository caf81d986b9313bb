"""Programs of the examples: started as their README says, waited for, and ended."""

import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from tests.support.deadline import DEADLINE

T = TypeVar("T")

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
COLORS = re.compile(r"\x1b\[[0-9;]*m")


@contextmanager
def started(
    command: Sequence[str], folder: Path, log: Path, environment: dict[str, str]
) -> Iterator[Callable[[str], "re.Match[str]"]]:
    """A program that goes on until it is ended; gives a function that waits for words in its output."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )

    def words(pattern: str) -> "re.Match[str]":
        def look() -> "re.Match[str] | None":
            said = COLORS.sub("", log.read_text("utf-8", errors="replace"))
            assert process.poll() is None, f"{command[0]} ended:\n{said}"
            return re.search(pattern, said)

        return until(look, lambda: f"'{pattern}' in:\n{log.read_text('utf-8', errors='replace')}")

    try:
        yield words
    finally:
        process.terminate()
        try:
            process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


def free_port() -> int:
    """A port that nothing listened on a moment ago, for programs that take no port 0."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def until(look: Callable[[], T | None], wanted: Callable[[], str]) -> T:
    """What `look` finds, once it finds something; asked again and again up to a deadline."""
    deadline = time.monotonic() + DEADLINE
    while (found := look()) is None:
        assert time.monotonic() < deadline, f"waited in vain for {wanted()}"
        time.sleep(0.05)
    return found
