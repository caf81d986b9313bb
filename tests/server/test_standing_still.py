"""The event loop of a real server stands still for longer than any ping is waited for (row D14)."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.sync.client import connect

from tests.support.client import PROTOCOL
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource, station
from tests.support.serving import serving_sources

FOLLOW = "subscription { stationChanged(maxAge: 0.2) { kind station { name } } }"
STANDS_STILL = 3.0
"""Seconds; more than twice as long as the pings of this test are given."""


class Watcher(threading.Thread):
    """A client on a loop of its own: it answers pings at once, whatever the server's does."""

    def __init__(self, base_url: str) -> None:
        super().__init__(daemon=True)
        self._address = base_url.replace("http", "ws", 1) + "/graphql"
        self.names: list[str] = []
        self.failed: BaseException | None = None
        self.over = threading.Event()

    def run(self) -> None:
        try:
            with connect(self._address, subprotocols=[PROTOCOL], proxy=None, ping_interval=None) as socket:
                socket.send('{"type":"connection_init"}')
                payload = {"query": FOLLOW}
                socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
                while not self.over.is_set():
                    self._take(socket)
        except BaseException as failed:  # noqa: BLE001  told by whoever waits
            self.failed = failed

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


async def seen(watcher: Watcher, name: str) -> None:
    async with asyncio.timeout(DEADLINE):
        while name not in watcher.names:
            assert watcher.failed is None, watcher.failed
            await asyncio.sleep(0.02)


@pytest.mark.each_loop
async def test_nobody_is_cut_off_and_the_lag_is_told(monkeypatch: pytest.MonkeyPatch) -> None:  # D14
    monkeypatch.setattr("floorgraph.server.run.PING_SECONDS", 0.2)
    monkeypatch.setattr("floorgraph.server.run.PONG_SECONDS", 0.6)
    source = MemorySource("north", [station("1", "Mill")])
    async with serving_sources([source]) as base_url:
        with watching(base_url) as watcher:
            await seen(watcher, "Mill")
            for turn in range(2):
                time.sleep(STANDS_STILL)  # noqa: ASYNC251  that is what it is about
                source.put(station("1", f"Mill {turn}"))
                await seen(watcher, f"Mill {turn}")
            assert watcher.failed is None
        assert await longest_lag(base_url) >= STANDS_STILL / 2


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
