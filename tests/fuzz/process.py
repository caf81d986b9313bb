"""The fuzzed server as a process, and its log."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.deadline import DEADLINE

ROOT = Path(__file__).parents[2]


@contextmanager
def shop(log: Path) -> Iterator[str]:
    """The base URL of the server; `log` gets what it says. It must end well when it is told to."""
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.shop"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=sink,
            text=True,
        )
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            assert address, log.read_text("utf-8")
            yield address
        finally:
            process.send_signal(signal.SIGINT)
            try:
                code = process.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise
            finally:
                process.stdout.close()
    assert code == 0, f"ended with {code}:\n{log.read_text('utf-8')[-4000:]}"
