"""Simulators as processes of their own: for tests, the demo and benchmarks.

The child binds a free port of 127.0.0.1, prints one JSON line with its base URL, and exits when its standard
input closes, so it never outlives the process that started it.
"""

import asyncio
import json
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from types import TracebackType
from typing import Any, Self

import httpx2

STOP_SECONDS = 5.0
"""How long a child may take to end before it is killed."""


class SimulatorFailed(RuntimeError):
    """The simulator did not start, or a control request failed."""


class ControlClient:
    """Steers a running simulator through `/_control`. Blocking: each call takes milliseconds."""

    def __init__(self, base_url: str) -> None:
        # The simulator runs on loopback with whatever certificate the test gave it: nothing to verify.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self._http = httpx2.Client(
            base_url=base_url + "/_control",
            timeout=120,
            verify=context,
            trust_env=False,
            # A connection per request: nothing stays open for whoever counts open sockets.
            limits=httpx2.Limits(max_keepalive_connections=0),
        )

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def request(self, method: str, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        """One control request.

        Raises:
            SimulatorFailed: the simulator refused it; the message says which field is wrong.
        """
        answer = self._http.request(method, path, json=body)
        if answer.status_code != 200:
            raise SimulatorFailed(f"{method} {path}: {answer.status_code} {answer.text}")
        found: dict[str, Any] = answer.json()
        return found

    def calls(self) -> dict[str, Any]:
        """Calls since the last reset: total, labels, paths, in_flight, max_in_flight, log, ..."""
        return self.request("GET", "/calls")

    def count(self, label: str | None = None) -> int:
        """Calls since the last reset, of one endpoint label or of all."""
        calls = self.calls()
        return int(calls["total"] if label is None else calls["labels"].get(label, 0))

    def reset(self, *what: str) -> None:
        """Reset `calls` (when nothing is named), `faults`, `shop`: what is named."""
        self.request("POST", "/reset", {"what": list(what or ("calls",))})

    def fault(self, kind: str, **settings: object) -> int:
        """Put a fault in force (`endpoint`, `count`, `probability`, the kind's own); returns its number."""
        return int(self.request("POST", "/faults", {"kind": kind, **settings})["id"])

    def faults(self) -> list[dict[str, Any]]:
        """The faults in force."""
        found: list[dict[str, Any]] = self.request("GET", "/faults")["faults"]
        return found

    def clear_faults(self) -> None:
        """All faults are gone; hanging calls are let go."""
        self.request("DELETE", "/faults")

    def step(self, seconds: float) -> str:
        """Move the simulated clock; returns its now (ISO 8601)."""
        return str(self.request("POST", "/step", {"seconds": seconds})["now"])

    def state(self) -> dict[str, Any]:
        """The shop as the simulator knows it."""
        return self.request("GET", "/state")

    def set_state(self, **changes: object) -> dict[str, Any]:
        """Change the shop; which changes there are is the vendor's affair."""
        return self.request("POST", "/state", changes)


class RunningSimulator(ControlClient):
    """A simulator in its own process."""

    def __init__(self, vendor: str, process: "subprocess.Popen[bytes]", base_url: str) -> None:
        super().__init__(base_url)
        self.vendor = vendor
        self.base_url = base_url
        self._process = process

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the child still runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the child and wait for it; harmless when it has ended."""
        self.close()
        _end(self._process)

    def kill(self) -> None:
        """End the child at once, as a crash would."""
        self._process.kill()
        self.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def launch(vendor: str, options: Mapping[str, object] | None = None, *, port: int = 0) -> RunningSimulator:
    """Start a simulator and wait until it listens; the caller stops it.

    Raises:
        SimulatorFailed: it ended before it listened; its own error output says why.
    """
    command = [
        sys.executable,
        "-m",
        "floorgraph.simulators",
        vendor,
        "--port",
        str(port),
        "--exit-with-stdin",
    ]
    command += ["--options", json.dumps(dict(options or {}), default=str)]
    # A session of its own: an interrupt typed at the terminal goes to the parent, which ends the child.
    process = subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        line = process.stdout.readline() if process.stdout else b""
        base_url = json.loads(line)["base_url"] if line else None
    except BaseException:
        _end(process)
        raise
    if base_url is None:
        _end(process)
        raise SimulatorFailed(f"the {vendor} simulator ended with status {process.returncode}")
    return RunningSimulator(vendor, process, base_url)


@contextmanager
def simulator_process(
    vendor: str, options: Mapping[str, object] | None = None, *, port: int = 0
) -> Iterator[RunningSimulator]:
    """A simulator for the time of a `with` block."""
    with launch(vendor, options, port=port) as running:
        yield running


@asynccontextmanager
async def start_simulator(
    vendor: str, options: Mapping[str, object] | None = None, *, port: int = 0
) -> AsyncIterator[RunningSimulator]:
    """A simulator for the time of an `async with` block, started and stopped off the event loop."""
    starting = asyncio.create_task(asyncio.to_thread(launch, vendor, options, port=port))
    try:
        running = await asyncio.shield(starting)
    except asyncio.CancelledError:
        # The thread goes on starting the child: wait for it, so that nobody is left behind.
        await asyncio.to_thread((await starting).stop)
        raise
    try:
        yield running
    finally:
        await asyncio.to_thread(running.stop)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Close the child's input, which ends it, and see to it that it has ended."""
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()
