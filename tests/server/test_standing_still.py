"""The event loop of a real server stands still for longer than any ping is waited for (row D14)."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.sync.client import connect

from floorgraph.server.protocols import WebSocketProtocol
from tests.support.client import PROTOCOL
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource, station
from tests.support.serving import serving_sources

FOLLOW = "subscription { stationChanged(maxAge: 0.2) { kind station { name } } }"
PATIENCE = 3.0
"""Seconds for which the answer to a ping is waited for."""
STANDS_STILL = 4.0
"""Seconds; longer than that."""


class Watcher(threading.Thread):
    """A client with a thread of its own, which answers pings while it is not frozen."""

    def __init__(self, base_url: str) -> None:
        super().__init__(daemon=True)
        self._address = base_url.replace("http", "ws", 1) + "/graphql"
        self.names: list[str] = []
        self.failed: BaseException | None = None
        self.over = threading.Event()
        self.thawed = threading.Event()
        self.thawed.set()

    def run(self) -> None:
        try:
            with connect(self._address, subprotocols=[PROTOCOL], proxy=None, ping_interval=None) as socket:
                self._freezes(socket)
                socket.send('{"type":"connection_init"}')
                payload = {"query": FOLLOW}
                socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
                while not self.over.is_set():
                    self._take(socket)
        except BaseException as failed:  # noqa: BLE001  told by whoever waits
            self.failed = failed

    def _freezes(self, socket: Any) -> None:
        receive = socket.protocol.recv_frame

        def wait_and_receive(frame: Any) -> None:
            self.thawed.wait()
            receive(frame)

        socket.protocol.recv_frame = wait_and_receive

    def _take(self, socket: Any) -> None:
        try:
            message = json.loads(socket.recv(timeout=0.1))
        except TimeoutError:
            return
        if message["type"] == "next":
            record = message["payload"]["data"]["stationChanged"]["station"]
            self.names.append("" if record is None else record["name"])


@contextmanager
def watching(base_url: str) -> Iterator[Watcher]:
    watcher = Watcher(base_url)
    watcher.start()
    try:
        yield watcher
    finally:
        watcher.over.set()
        watcher.thawed.set()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110  another thread makes it true
            await asyncio.sleep(0.02)


async def seen(watcher: Watcher, name: str) -> None:
    await until(lambda: name in watcher.names or watcher.failed is not None)
    assert watcher.failed is None, watcher.failed


@pytest.fixture
def stops(monkeypatch: pytest.MonkeyPatch) -> list[Watcher]:
    """Clients to freeze together with the loop, right after the next ping was sent, as when a machine stands
    still: they answer it only some time after both have gone on."""
    waiting, send = list[Watcher](), WebSocketProtocol.send_keepalive_ping

    def send_and_stop(self: WebSocketProtocol) -> None:
        if not waiting:
            send(self)
            return
        frozen = waiting.pop()
        frozen.thawed.clear()
        send(self)
        time.sleep(STANDS_STILL)
        self.loop.call_later(0.3, frozen.thawed.set)

    monkeypatch.setattr(WebSocketProtocol, "send_keepalive_ping", send_and_stop)
    monkeypatch.setattr("floorgraph.server.run.PING_SECONDS", 0.2)
    monkeypatch.setattr("floorgraph.server.run.PONG_SECONDS", PATIENCE)
    return waiting


@pytest.mark.each_loop
async def test_nobody_is_cut_off_and_the_lag_is_told(stops: list[Watcher]) -> None:  # D14
    source = MemorySource("north", [station("1", "Mill")])
    async with serving_sources([source]) as base_url:
        with watching(base_url) as watcher:
            await seen(watcher, "Mill")
            stops.append(watcher)
            await until(lambda: not stops)
            source.put(station("1", "Lathe"))
            await seen(watcher, "Lathe")
            assert watcher.failed is None
        assert await longest_lag(base_url) >= 2.5


async def longest_lag(base_url: str) -> float:
    """The bound below the slowest look of the loop, in seconds."""
    async with httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http:
        text = (await http.get(f"{base_url}/metrics")).text
    buckets = {
        float(sample.labels["le"]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "floorgraph_event_loop_lag_seconds_bucket"
    }
    whole = buckets[float("inf")]
    return max(bound for bound, count in buckets.items() if count < whole)
