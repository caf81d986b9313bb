"""systemd's notification protocol, over a real socket."""

import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from floorgraph.server import service
from tests.support.deadline import DEADLINE
from tests.support.program import program


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """What a service manager listens with."""
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(DEADLINE)
        yield listening


def told(manager: socket.socket) -> list[str]:
    return manager.recv(4096).decode().splitlines()


def test_lines_go_to_the_socket(manager: socket.socket) -> None:
    assert service.notify("READY=1", "STATUS=up", environment={"NOTIFY_SOCKET": manager.getsockname()})
    assert told(manager) == ["READY=1", "STATUS=up"]


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1"}])
def test_nobody_listens_and_nothing_happens(environment: dict[str, str]) -> None:
    assert not service.notify("READY=1", environment=environment)


def test_a_socket_that_is_gone_is_logged_and_no_more(tmp_path: Path) -> None:
    with capture_logs() as events:
        assert not service.notify("READY=1", environment={"NOTIFY_SOCKET": str(tmp_path / "gone")})
    assert [event["event"] for event in events] == ["service manager not told"]


def test_a_server_tells_when_it_is_ready_reloads_and_stops(
    manager: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "floorgraph.toml"
    path.write_text('[server]\nport = 0\nlog_format = "json"\n')
    monkeypatch.setenv("NOTIFY_SOCKET", manager.getsockname())
    with program(["serve", "--config", str(path)]) as server:
        assert told(manager) == ["READY=1"]
        server.signal(signal.SIGHUP)
        reloading, since = told(manager)
        assert reloading == "RELOADING=1"
        assert since.startswith("MONOTONIC_USEC=")
        assert told(manager) == ["READY=1"]
        server.signal(signal.SIGTERM)
        assert told(manager) == ["STOPPING=1"]
