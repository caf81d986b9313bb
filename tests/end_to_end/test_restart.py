"""A restart under 500 subscriptions: all are back soon, nothing is lost, vendors see no herd (row E10)."""

import asyncio
import random
import signal
import socket
from contextlib import suppress
from pathlib import Path

from websockets.exceptions import WebSocketException

from floorgraph.simulators.process import simulator_process
from tests.support.client import LiveClient, data, live
from tests.support.deadline import DEADLINE
from tests.support.program import program

KEY = "key-that-must-not-show"
SUBSCRIPTIONS = 500
STATIONS = 5
CHANGES = "subscription { stationChanged { kind id } }"


class Watcher:
    """A client that connects again, as those of graphql-ws do, until it is told to leave."""

    def __init__(self, base_url: str) -> None:
        self.known: set[str] = set()
        self.caught_up = asyncio.Event()
        self.codes: list[int | None] = []
        self._base_url = base_url

    async def run(self) -> None:
        while True:
            with suppress(OSError, WebSocketException, TimeoutError):
                async with live(self._base_url) as client:
                    await self._follow(client)
            await asyncio.sleep(random.uniform(0.05, 0.5))  # noqa: S311  spread, not secret

    async def _follow(self, client: LiveClient) -> None:
        try:
            await client.subscribe(CHANGES)
            self.known.clear()
            while True:
                change = (await client.next())["data"]["stationChanged"]
                if change["kind"] == "CAUGHT_UP":
                    self.caught_up.set()
                elif change["kind"] in ("SNAPSHOT", "ADDED"):
                    self.known.add(change["id"])
        except WebSocketException:
            self.codes.append(client.socket.close_code)
            raise


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def configuration(folder: Path, vendor_url: str) -> list[str]:
    path = folder / "floorgraph.toml"
    path.write_text(
        f'[server]\nport = {free_port()}\ndrain_seconds = 0\n[[sources]]\nkey = "north"\n'
        f'vendor = "cwork"\nbase_url = "{vendor_url}/CAPI/REST"\napi_key = "{KEY}"\n',
        encoding="utf-8",
    )
    return ["serve", "--config", str(path)]


async def everybody(watchers: list[Watcher]) -> None:
    async with asyncio.timeout(DEADLINE):
        for watcher in watchers:
            await watcher.caught_up.wait()


async def test_all_are_back_soon_and_the_vendor_sees_no_herd(tmp_path: Path) -> None:
    with simulator_process("cwork", {"api_key": KEY, "stations": STATIONS}) as simulator:
        command = configuration(tmp_path, simulator.base_url)
        tasks: list[asyncio.Task[None]] = []
        try:
            with program(command) as first:
                watchers = [Watcher(first.base_url) for _ in range(SUBSCRIPTIONS)]
                tasks = [asyncio.create_task(watcher.run()) for watcher in watchers]
                await everybody(watchers)
                for watcher in watchers:
                    watcher.caught_up.clear()
                first.signal(signal.SIGTERM)
                assert await asyncio.to_thread(first.process.wait, DEADLINE) == 0
            simulator.reset("calls")
            with program(command) as second:
                await everybody(watchers)
                calls = simulator.count()
                found = await data(second.base_url, "{ stations { nodes { id } } }")
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    assert {code for watcher in watchers for code in watcher.codes} == {1012}
    stations = {node["id"] for node in found["stations"]["nodes"]}
    assert len(stations) == STATIONS
    assert all(watcher.known == stations for watcher in watchers)
    assert calls < SUBSCRIPTIONS / 10
