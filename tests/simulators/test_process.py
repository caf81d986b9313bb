"""Simulators in their own process, over real sockets."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
import trustme

from floorgraph.simulators.process import (
    RunningSimulator,
    SimulatorFailed,
    simulator_process,
    start_simulator,
)
from tests.support.deadline import DEADLINE

OPTIONS = {"frozen": True, "stations": 4}


@pytest.fixture(scope="module")
def shared() -> Iterator[RunningSimulator]:
    """One process for all tests that leave it as they found it."""
    with simulator_process("cwork", OPTIONS) as running:
        yield running


@pytest.fixture
def simulator(shared: RunningSimulator) -> Iterator[RunningSimulator]:
    yield shared
    shared.reset("calls", "faults", "shop")


@pytest.fixture
def http(simulator: RunningSimulator) -> Iterator[httpx2.Client]:
    with client(simulator.base_url) as found:
        yield found


def client(base_url: str) -> httpx2.Client:
    return httpx2.Client(
        base_url=base_url + "/CAPI/REST",
        auth=("simulator-key", ""),
        headers={"Accept": "application/json+v1"},
        timeout=DEADLINE,
        trust_env=False,
    )


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.01)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


class TestControlClient:
    def test_calls_are_counted(self, simulator: RunningSimulator, http: httpx2.Client) -> None:
        for path in ("/stations", "/stations/1", "/stations/2", "/nothing"):
            http.get(path)
        assert simulator.count() == 4
        assert simulator.count("GET /stations/{id}") == 2
        assert simulator.count("GET (unknown)") == 1
        assert simulator.count("GET /orders") == 0
        assert simulator.calls()["paths"]["GET /CAPI/REST/stations/2"] == 1
        simulator.reset()
        assert simulator.count() == 0

    def test_time_and_state(self, simulator: RunningSimulator, http: httpx2.Client) -> None:
        before = http.get("/station_statuses/1").json()
        simulator.set_state(stations=[{"handle": 1, "state": 11}])
        assert http.get("/station_statuses/1").json()["State"]["Handle"] == 11
        simulator.step(3600)
        assert http.get("/station_statuses/1").json()["LastTop"] > before["LastTop"]
        assert len(simulator.state()["stations"]) == 4

    def test_what_is_refused_is_an_error(self, simulator: RunningSimulator) -> None:
        with pytest.raises(SimulatorFailed, match=r'400 .*"stations\.0\.handle"'):
            simulator.set_state(stations=[{"handle": 99}])
        with pytest.raises(SimulatorFailed, match="storm"):
            simulator.fault("storm")


class TestFaultsOnTheWire:
    @pytest.mark.parametrize(
        ("settings", "status", "content_type"),
        [
            ({"kind": "status", "status": 500, "body": "no", "content_type": "text/x"}, 500, "text/x"),
            ({"kind": "rate_limit", "retry_after": 7}, 429, "text/plain"),
            ({"kind": "unauthorized"}, 401, "text/plain"),
            ({"kind": "html"}, 200, "text/html; charset=utf-8"),
            ({"kind": "redirect", "location": "http://elsewhere.test/"}, 302, "application/json"),
            ({"kind": "latency", "ms": 1}, 200, "application/json"),
        ],
    )
    def test_answers_in_the_vendors_place(
        self,
        simulator: RunningSimulator,
        http: httpx2.Client,
        settings: dict[str, object],
        status: int,
        content_type: str,
    ) -> None:
        simulator.request("POST", "/faults", {**settings, "endpoint": "GET /stations", "count": 1})
        assert http.get("/stations/1").status_code == 200
        answer = http.get("/stations")
        assert (answer.status_code, answer.headers["content-type"]) == (status, content_type)
        assert answer.headers.get("retry-after") == ("7" if status == 429 else None)
        assert answer.headers.get("location") == ("http://elsewhere.test/" if status == 302 else None)
        assert http.get("/stations").status_code == 200
        assert simulator.faults() == []

    def test_a_cut_answer(self, simulator: RunningSimulator, http: httpx2.Client) -> None:
        simulator.fault("cut", count=1)
        with pytest.raises(httpx2.RemoteProtocolError):
            http.get("/stations")
        assert http.get("/stations").status_code == 200

    @pytest.mark.parametrize(
        "settings",
        [
            {"kind": "malformed"},
            {"kind": "malformed", "how": "trailing_text"},
            {"kind": "malformed", "how": "bare_word"},
        ],
    )
    def test_malformed_json(
        self, simulator: RunningSimulator, http: httpx2.Client, settings: dict[str, object]
    ) -> None:
        simulator.request("POST", "/faults", settings)
        answer = http.get("/stations")
        assert answer.status_code == 200
        with pytest.raises(ValueError, match=r"."):
            answer.json()

    def test_lists_and_fields(self, simulator: RunningSimulator, http: httpx2.Client) -> None:
        simulator.fault("truncate", keep=3, count=1)
        assert len(http.get("/stations").json()) == 3
        simulator.fault("empty", count=1)
        assert http.get("/stations").json() == []
        simulator.fault("drift", field="Workshop", action="rename", to="Shop", count=1)
        station = http.get("/stations/1").json()
        assert station["Shop"] == "Hall A"
        assert "Workshop" not in station

    def test_a_huge_body(self, simulator: RunningSimulator, http: httpx2.Client) -> None:
        simulator.fault("huge", bytes=3_000_000)
        answer = http.get("/stations")
        assert len(answer.content) == 3_000_000
        assert len(answer.json()) == 4

    @pytest.mark.parametrize("kind", ["hang", "stall"])
    def test_a_hanging_answer_comes_when_it_is_released(
        self, simulator: RunningSimulator, http: httpx2.Client, kind: str
    ) -> None:
        simulator.fault(kind)
        answers: list[httpx2.Response] = []
        asking = threading.Thread(target=lambda: answers.append(http.get("/stations")))
        asking.start()
        until(lambda: simulator.calls()["in_flight"] == 1)
        assert answers == []
        simulator.clear_faults()
        asking.join(DEADLINE)
        assert len(answers[0].json()) == 4
        assert simulator.calls()["max_in_flight"] == 1

    def test_a_hanging_answer_can_be_given_up(self, simulator: RunningSimulator) -> None:
        simulator.fault("hang", endpoint="POST *", count=1)
        with client(simulator.base_url) as impatient:
            impatient.timeout = httpx2.Timeout(0.2)
            with pytest.raises(httpx2.ReadTimeout):
                impatient.post("/ResetStationPartCount/1", json={"PartCount": 77})
        until(lambda: simulator.calls()["in_flight"] == 0)
        assert simulator.state()["stations"][0]["parts_since_reset"] != 77

    def test_or_may_have_had_its_effect(self, simulator: RunningSimulator) -> None:
        simulator.fault("hang", endpoint="POST *", count=1, applied=True)
        with client(simulator.base_url) as impatient:
            impatient.timeout = httpx2.Timeout(0.2)
            with pytest.raises(httpx2.ReadTimeout):
                impatient.post("/ResetStationPartCount/1", json={"PartCount": 77})
        assert simulator.state()["stations"][0]["parts_since_reset"] == 77

    def test_hanging_for_a_while(self, simulator: RunningSimulator, http: httpx2.Client) -> None:
        simulator.fault("hang", seconds=0.01, count=1)
        assert len(http.get("/stations").json()) == 4


class TestLife:
    def test_it_ends_with_its_block(self) -> None:
        with simulator_process("cwork", OPTIONS) as running:
            assert not gone(running.pid)
            assert running.base_url.startswith("http://127.0.0.1:")
        assert gone(running.pid)
        running.stop()

    def test_it_ends_quietly_while_answers_hang(self, capfd: pytest.CaptureFixture[str]) -> None:
        outcome: list[int | None] = []

        def ask(base_url: str) -> None:
            with client(base_url) as http:
                try:
                    outcome.append(http.get("/stations").status_code)
                except httpx2.RemoteProtocolError:
                    outcome.append(None)

        with simulator_process("cwork", OPTIONS) as running:
            running.fault("cut", count=1)
            ask(running.base_url)
            running.fault("hang")
            asking = threading.Thread(target=ask, args=[running.base_url])
            asking.start()
            until(lambda: running.calls()["in_flight"] == 1)
        asking.join(DEADLINE)
        assert gone(running.pid)
        # The web server answers for what it gives up.
        assert outcome == [None, 500]
        assert capfd.readouterr().err == ""

    def test_it_can_take_a_port_and_be_killed(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as reserved:
            port = reserved.getsockname()[1]
        with simulator_process("cwork", OPTIONS, port=port) as running:
            assert running.base_url == f"http://127.0.0.1:{port}"
            running.kill()
            with client(running.base_url) as http, pytest.raises(httpx2.ConnectError):
                http.get("/stations")

    async def test_it_starts_and_stops_beside_an_event_loop(self) -> None:
        async with (
            start_simulator("cwork", OPTIONS) as running,
            httpx2.AsyncClient(base_url=running.base_url, trust_env=False, timeout=DEADLINE) as http,
        ):
            assert (await http.get("/_control/health")).json()["status"] == "ok"
        assert not running.running

    def test_it_does_not_outlive_its_parent(self, tmp_path: Path) -> None:
        script = tmp_path / "parent.py"
        script.write_text(
            "from floorgraph.simulators.process import launch\n"
            "import signal\n"
            "print(launch('cwork', {'frozen': True}).pid, flush=True)\n"
            "signal.pause()\n",
            encoding="utf-8",
        )
        with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE) as parent:
            assert parent.stdout
            pid = int(parent.stdout.readline())
            assert not gone(pid)
            parent.send_signal(signal.SIGKILL)
        until(lambda: gone(pid))

    @pytest.mark.parametrize(
        ("vendor", "options", "complaint"),
        [
            ("acme", {}, "no simulator for 'acme'"),
            ("cwork", {"stations": 0}, "stations: Input should be greater than or equal to 1"),
            ("cwork", {"colour": "red"}, "colour: Extra inputs are not permitted"),
        ],
    )
    def test_a_wrong_start_is_an_error(
        self, capfd: pytest.CaptureFixture[str], vendor: str, options: dict[str, object], complaint: str
    ) -> None:
        with pytest.raises(SimulatorFailed, match="ended with status 1"), simulator_process(vendor, options):
            pass
        assert complaint in capfd.readouterr().err

    def test_options_can_come_from_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "options.json"
        path.write_text('{"stations": 0}', encoding="utf-8")
        command = [sys.executable, "-m", "floorgraph.simulators", "cwork", "--options"]
        wrong = subprocess.run([*command, f"@{path}"], capture_output=True, text=True, check=False)
        assert (wrong.returncode, "stations:" in wrong.stderr) == (1, True)
        missing = subprocess.run([*command, f"@{path}x"], capture_output=True, text=True, check=False)
        assert (missing.returncode, "cannot be read" in missing.stderr) == (1, True)


def test_it_speaks_https(tmp_path: Path) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    certfile, keyfile, ca = (tmp_path / name for name in ("cert.pem", "key.pem", "ca.pem"))
    issued.cert_chain_pems[0].write_to_path(certfile)
    issued.private_key_pem.write_to_path(keyfile)
    authority.cert_pem.write_to_path(ca)
    options = {**OPTIONS, "certfile": certfile, "keyfile": keyfile}
    with simulator_process("cwork", options) as running:
        assert running.base_url.startswith("https://127.0.0.1:")
        assert running.count() == 0
        with client(running.base_url) as untrusting, pytest.raises(httpx2.ConnectError):
            untrusting.get("/stations")
        authority.configure_trust(context := ssl.create_default_context())
        with httpx2.Client(verify=context, trust_env=False, timeout=DEADLINE) as trusting:
            answer = trusting.get(f"{running.base_url}/_control/health")
            assert answer.json()["status"] == "ok"


def test_an_interrupt_ends_it_quietly() -> None:
    command = [sys.executable, "-m", "floorgraph.simulators", "cwork"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=DEADLINE)
    assert complaints == b""
