"""SIGTERM: not ready first, then the end of connections with 1012, then exit code 0 (rows F10 and E10)."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import httpx2

from floorgraph.settings import ServerSettings
from floorgraph.simulators.process import simulator_process
from tests.support.client import close_code, data, live, query
from tests.support.deadline import DEADLINE
from tests.support.program import Program, program

KEY = "key-that-must-not-show"
STATIONS = "subscription { stationChanged { kind } }"
SOCKETS = 20
PHASES = ("ready", "draining", "stopping", "stopped")
MOST = timedelta(seconds=10 - ServerSettings().drain_seconds)


@contextmanager
def served(folder: Path, drain: float) -> Iterator[Program]:
    """A server in front of a simulator of its own."""
    with (
        simulator_process("cwork", {"api_key": KEY, "stations": 3}) as simulator,
        program(configuration(folder, simulator.base_url, drain)) as server,
    ):
        yield server


def configuration(folder: Path, vendor_url: str, drain: float) -> list[str]:
    path = folder / "floorgraph.toml"
    path.write_text(
        f'[server]\nport = 0\nlog_format = "json"\ndrain_seconds = {drain}\n[[sources]]\nkey = "north"\n'
        f'vendor = "cwork"\nbase_url = "{vendor_url}/CAPI/REST"\napi_key = "{KEY}"\n',
        encoding="utf-8",
    )
    return ["serve", "--config", str(path)]


async def readiness(base_url: str) -> tuple[int, str]:
    async with httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http:
        answer = await http.get(f"{base_url}/readyz")
    return answer.status_code, answer.json()["status"]


async def becomes_unready(base_url: str) -> None:
    async with asyncio.timeout(DEADLINE):
        while await readiness(base_url) != (503, "draining"):
            pass


async def load(base_url: str, answers: list[object]) -> None:
    """One query after the other until the server is gone."""
    with suppress(httpx2.TransportError):
        while True:
            answers.append(await query(base_url, "{ stations { totalCount } }"))


async def ended(server: Program) -> int:
    """The code with which the process ends, in time by its own log: how long the machine needs to give
    this test its turn does not count."""
    code = await asyncio.to_thread(server.process.wait, DEADLINE)
    told, over = (datetime.fromisoformat(server.awaited(name)[0]["timestamp"]) for name in PHASES[2:])
    assert over - told < MOST
    return code


async def test_a_server_under_load_stops_in_order(tmp_path: Path) -> None:
    # A second signal ends the drain, so that what is looked at meanwhile may take as long as it likes.
    with served(tmp_path, drain=60) as server:
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(live(server.base_url)) for _ in range(SOCKETS)]
            for client in clients:
                await client.subscribe(STATIONS)
                await client.next()
            assert await readiness(server.base_url) == (200, "ready")
            answers: list[object] = []
            loading = asyncio.create_task(load(server.base_url, answers))
            codes = asyncio.gather(*(close_code(client.socket) for client in clients))
            server.signal(signal.SIGTERM)
            await becomes_unready(server.base_url)
            # Nobody is cut off yet, and who comes is served.
            assert not codes.done()
            await data(server.base_url, "{ stations { totalCount } }")
            server.signal(signal.SIGTERM)
            assert await codes == [1012] * SOCKETS
            await loading
            assert await ended(server) == 0
    assert answers
    assert tuple(event["event"] for event in server.events() if event["event"] in PHASES) == PHASES
    assert not [event for event in server.events() if event["level"] == "error"]


async def first_event(lines: AsyncIterator[str]) -> None:
    """Read until the operation runs; what comes first is sent before it begins."""
    async with asyncio.timeout(DEADLINE):
        async for line in lines:
            if line == "event: next":
                return
    raise AssertionError("The stream ended without an event.")


async def test_an_event_stream_is_ended_properly_and_without_waiting(tmp_path: Path) -> None:
    headers = {"accept": "text/event-stream"}
    with served(tmp_path, drain=0.5) as server:
        async with (
            httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http,
            http.stream(
                "POST", f"{server.base_url}/graphql", json={"query": STATIONS}, headers=headers
            ) as answer,
        ):
            lines = answer.aiter_lines()
            await first_event(lines)
            server.signal(signal.SIGTERM)
            # Cut off in the middle, this would raise.
            rest = [line async for line in lines]
        assert await ended(server) == 0
    # Nothing says that the operation is over: the client is to come back.
    assert "event: complete" not in rest
    assert not [event for event in server.events() if event["level"] == "error"]


async def test_a_second_sigterm_does_not_wait(tmp_path: Path) -> None:
    with program(configuration(tmp_path, "http://127.0.0.1:9", drain=60)) as server:
        server.signal(signal.SIGTERM)
        await becomes_unready(server.base_url)
        server.signal(signal.SIGTERM)
        assert await ended(server) == 0
