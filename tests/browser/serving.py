"""An ASGI application in a process of its own, on a real socket of this machine.

As a program: `python -m tests.browser.serving <module>:<factory> <descriptor of a listening socket>`.
"""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import uvicorn

from tests.support.deadline import DEADLINE

ROOT = Path(__file__).parents[2]


@contextmanager
def served(factory: str) -> Iterator[str]:
    """Serve what `module:factory` makes; gives the address, such as `http://127.0.0.1:4711`.

    The socket listens before the process starts, so that callers need not
    wait for it: their connections do.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        number = listener.fileno()
        command = [sys.executable, "-m", "tests.browser.serving", factory, str(number)]
        process = subprocess.Popen(command, cwd=ROOT, pass_fds=[number])
    try:
        yield f"http://127.0.0.1:{port}"
        assert process.poll() is None, "The test server ended by itself."
    finally:
        process.terminate()
        process.wait(DEADLINE)


def main(factory: str, number: int) -> None:
    """Serve on an inherited socket until a signal ends it."""
    module, _, name = factory.partition(":")
    app = getattr(import_module(module), name)()
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
    with socket.socket(fileno=number) as listener:
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
