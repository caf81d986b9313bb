"""The program as a user runs it: a process of its own, its words on the terminal, its end by a signal."""

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

READY = re.compile(r"API\s+(http://\S+)/graphql")
DEADLINE = 60.0


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


@contextmanager
def running(
    arguments: Sequence[str], folder: Path | None = None, environment: dict[str, str] | None = None
) -> Iterator[str]:
    """The base URL of a server that the command starts; it is interrupted at the end and must end well."""
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
                yield found[1]
                break
        else:
            raise AssertionError("The server did not start:\n" + "".join(words))
    finally:
        process.send_signal(signal.SIGINT)
        code = process.wait(DEADLINE)
        if drain is not None:
            drain.join(DEADLINE)
        process.stderr.close()
    assert code == 0, f"ended with {code}:\n" + "".join(words)
