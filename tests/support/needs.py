"""What a test needs from the machine: found, or the test is skipped; on CI its absence is a failure."""

import os
import shutil
import subprocess
from typing import NoReturn

import pytest


def needs_node(at_least: tuple[int, int] = (0, 0)) -> str:
    """The path of Node.js; skips the test where there is none, or an older one, fails it on CI."""
    node = _first_found("Node.js", "node")
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    major, minor, *_ = map(int, told.removeprefix("v").split("."))
    if (major, minor) < at_least:
        _absent(f"Node.js {at_least[0]}.{at_least[1]} or newer is not on the PATH, which has {told}.")
    return node


def needs_npm() -> str:
    """The path of npm; skips the test where there is none, fails it on CI."""
    return _first_found("npm", "npm")


def needs_browser() -> str:
    """The path of a Chromium; skips the test where there is none, fails it on CI."""
    return _first_found("Chromium", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def needs_curl() -> str:
    """The path of curl; skips the test where there is none, fails it on CI."""
    return _first_found("curl", "curl")


def needs_nginx() -> str:
    """The path of nginx; skips the test where there is none, fails it on CI."""
    # Debian keeps it where only root's PATH leads.
    return shutil.which("nginx", path="/usr/sbin:/usr/local/sbin") or _first_found("nginx", "nginx")


def needs_caddy() -> str:
    """The path of Caddy; skips the test where there is none, fails it on CI."""
    return _first_found("Caddy", "caddy")


def needs_prometheus() -> str:
    """The path of Prometheus; skips the test where there is none, fails it on CI."""
    return _first_found("Prometheus", "prometheus")


def needs_promtool() -> str:
    """The path of Prometheus' own checker; skips the test where there is none, fails it on CI."""
    return _first_found("promtool", "promtool")


def needs_systemd_analyze() -> str:
    """The path of systemd's own checker; skips the test where there is none, fails it on CI."""
    return _first_found("systemd-analyze", "systemd-analyze")


def _first_found(what: str, *commands: str) -> str:
    paths = filter(None, map(shutil.which, commands))
    return next(paths, None) or _absent(f"{what} is not on the PATH (looked for: {', '.join(commands)}).")


def _absent(message: str) -> NoReturn:
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(f"{message} On CI it must be there.", pytrace=False)
    pytest.skip(message)
