"""The program as a user runs it: a process of its own, its words on the terminal, its end by a signal."""

import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.deadline import DEADLINE

READY = re.compile(r'(?:API\s+|"url": ")(http://[^\s"]+?)(?:/graphql|", "event": "listening")')


def run(*arguments: str, folder: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """One command that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "floorgraph", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )


@dataclass
class Program:
    """A server that runs in a process of its own."""

    process: "subprocess.Popen[str]"
    base_url: str
    lines: list[str]
    """What it said so far on standard error."""

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """The events in its log, or those of one name; only with `log_format = "json"`."""
        found = [json.loads(line) for line in tuple(self.lines) if line.startswith("{")]
        return [event for event in found if name in (None, event["event"])]

    def awaited(self, name: str, count: int = 1) -> list[dict[str, Any]]:
        """The events of a name, once there are so many."""
        deadline = time.monotonic() + DEADLINE
        while len(found := self.events(name)) < count:
            assert time.monotonic() < deadline, f"no '{name}' in:\n" + "".join(self.lines)
            time.sleep(0.02)
        return found


@contextmanager
def program(
    arguments: Sequence[str], folder: Path | None = None, environment: dict[str, str] | None = None
) -> Iterator[Program]:
    """A server that the command starts; it must end well, by a SIGINT at the latest."""
    process = subprocess.Popen(
        [sys.executable, "-m", "floorgraph", *arguments],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stderr is not None
    words: list[str] = []
    drain: threading.Thread | None = None
    try:
        for line in process.stderr:
            words.append(line)
            found = READY.search(line)
            if found:
                # Whatever the program says later must not fill the pipe and stop it.
                drain = threading.Thread(target=words.extend, args=(process.stderr,))
                drain.start()
                yield Program(process, found[1], words)
                break
        else:
            raise AssertionError("The server did not start:\n" + "".join(words))
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        code = process.wait(DEADLINE)
        if drain is not None:
            drain.join(DEADLINE)
        process.stderr.close()
    assert code == 0, f"ended with {code}:\n" + "".join(words)


@contextmanager
def running(
    arguments: Sequence[str], folder: Path | None = None, environment: dict[str, str] | None = None
) -> Iterator[str]:
    """The base URL of a server that the command starts; it is interrupted at the end and must end well."""
    with program(arguments, folder, environment) as started:
        yield started.base_url
