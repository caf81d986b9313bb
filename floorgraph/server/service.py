"""Tells the service manager how far the server is, by systemd's notification protocol (sd_notify(3)).

Does nothing where no service manager listens.
"""

import os
import socket
import time
from collections.abc import Mapping

import structlog

log = structlog.get_logger("floorgraph.server")


def notify(*lines: str, environment: Mapping[str, str] | None = None) -> bool:
    """Send lines such as `READY=1`; False where nobody listens."""
    path = (os.environ if environment is None else environment).get("NOTIFY_SOCKET", "")
    if not path.startswith(("/", "@")):
        return False
    address = f"\0{path[1:]}" if path.startswith("@") else path
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as telling:
            telling.sendto("\n".join(lines).encode(), address)
    except OSError as error:
        log.warning("service manager not told", failure=str(error))
        return False
    return True


def ready() -> None:
    """The server serves, for the first time or again."""
    notify("READY=1")


def reloading() -> None:
    """The configuration is being read again; `ready` follows."""
    notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def stopping() -> None:
    """The server was told to stop."""
    notify("STOPPING=1")
