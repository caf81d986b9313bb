"""What keeps a server from starting, and what does not (rows F8, F11 and F12)."""

import asyncio
import json
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from floorgraph.server.run import run as run_on_the_loop
from floorgraph.simulators.process import simulator_process
from tests.support.client import data
from tests.support.deadline import DEADLINE
from tests.support.program import program, run

CLOUDNEST = {"app_id": "app", "app_secret": "secret-of-test", "org_codes": ["T"], "daily_quota": 500}


def file(folder: Path, text: str) -> Path:
    path = folder / "floorgraph.toml"
    path.write_text(text, encoding="utf-8")
    return path


def with_cloudnest(folder: Path, base_url: str, state: str) -> list[str]:
    path = file(
        folder,
        f'[server]\nport = 0\nlog_format = "json"\nstate_dir = "{state}"\n[[sources]]\nkey = "laser"\n'
        f'vendor = "cloudnest"\nbase_url = "{base_url}"\napp_id = "app"\napp_secret = "secret-of-test"\n'
        'org_code = "T"\ncalls_per_day = 500\n',
    )
    return ["serve", "--config", str(path)]


def test_a_wrong_configuration_names_file_key_and_what_was_expected(tmp_path: Path) -> None:  # F11
    path = file(tmp_path, '[server]\nport = "many"\nlog_format = "xml"\ndrain_second = 1\n')
    found = run("serve", "--config", str(path))
    assert found.returncode == 2
    for words in ("server.port", "integer", "server.log_format", "'json'", "Did you mean 'drain_seconds'?"):
        assert words in found.stderr
    assert found.stderr.count(path.name) >= 3


def test_a_taken_port_is_said_plainly(tmp_path: Path) -> None:  # F12
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = run("serve", "--config", str(file(tmp_path, f"[server]\nport = {port}\n")))
    assert found.returncode == 2
    assert f"port {port}" in found.stderr.replace("\n", " ")
    assert "Traceback" not in found.stderr


def test_two_instances_on_one_port(tmp_path: Path) -> None:  # F12
    path = file(tmp_path, "[server]\nport = 0\n")
    with program(["serve", "--config", str(path)]) as first:
        port = httpx2.URL(first.base_url).port
        second = run("serve", "--config", str(path), "--port", str(port))
        assert second.returncode == 2
        # The first one has not noticed.
        assert httpx2.get(f"{first.base_url}/readyz", trust_env=False, timeout=DEADLINE).status_code == 200


def test_an_extra_that_is_not_installed(tmp_path: Path) -> None:  # F12
    path = file(tmp_path, '[telemetry]\notlp_endpoint = "http://127.0.0.1:9/v1/traces"\n')
    without = (
        "import sys; sys.modules['opentelemetry.sdk.trace'] = None; from floorgraph.cli import main; main()"
    )
    found = subprocess.run(
        [sys.executable, "-c", without, "serve", "--config", path],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert found.returncode == 2
    assert "floorgraph[otel]" in found.stderr
    assert "Traceback" not in found.stderr


async def test_counters_of_a_daily_quota_survive_a_restart(tmp_path: Path) -> None:
    query = '{ jobs { totalCount } source(key: "laser") { budget { endpoint used } } }'
    with simulator_process("cloudnest", CLOUDNEST) as simulator:
        command = with_cloudnest(tmp_path, simulator.base_url, "state")
        used = []
        for _ in range(2):
            with program(command) as server:
                await data(server.base_url, query)
                found = await data(server.base_url, query)
            budgets = {one["endpoint"]: one["used"] for one in found["source"]["budget"]}
            used.append(sum(budgets.values()))
    assert used[0] > 0
    assert used[1] > used[0]
    (ledger,) = (tmp_path / "state").glob("*.json")
    assert sum(entry["used"] for entry in json.loads(ledger.read_text()).values()) >= used[1]


async def test_a_folder_that_cannot_be_written_is_told_once_and_the_server_runs(tmp_path: Path) -> None:  # F8
    # A file in the place of the folder keeps even root from writing.
    (tmp_path / "state").write_text("in the way")
    with (
        simulator_process("cloudnest", CLOUDNEST) as simulator,
        program(with_cloudnest(tmp_path, simulator.base_url, "state")) as server,
    ):
        for _ in range(3):
            await data(server.base_url, "{ jobs(maxAge: 0) { totalCount } }")
    (event,) = server.events("ledger unusable")
    assert event["level"] == "warning"


def test_nothing_is_written_beside_what_is_configured(tmp_path: Path) -> None:
    path = file(tmp_path, "[server]\nport = 0\n")
    before = set(tmp_path.rglob("*"))
    with program(["serve", "--config", str(path)], folder=tmp_path):
        pass
    assert set(tmp_path.rglob("*")) == before


def test_the_program_runs_on_the_fast_event_loop(tmp_path: Path) -> None:
    """The library is loaded where it is used and nowhere else."""
    found: list[str] = []

    async def look() -> None:
        found.append(type(asyncio.get_running_loop()).__module__)

    run_on_the_loop(look())
    assert found == ["asyncio.unix_events" if sys.platform == "win32" else "uvloop"]
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("this system does not tell what a process has loaded")
    with program(["serve", "--config", str(file(tmp_path, "[server]\nport = 0\n"))]) as server:
        loaded = Path(f"/proc/{server.process.pid}/maps").read_text(encoding="utf-8")
    assert "/uvloop/loop." in loaded
