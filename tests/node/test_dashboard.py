"""A dashboard with the client graphql-ws outlives what happens to servers, networks and tokens."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from floorgraph.server import run
from floorgraph.server.app import app_over
from floorgraph.settings import LimitSettings, Role, ServerSettings, Settings
from floorgraph.vendors.floor import Floor
from tests.node.npm import FOLDER
from tests.support.client import data
from tests.support.deadline import DEADLINE
from tests.support.faultproxy import faults
from tests.support.identities import key
from tests.support.memory import MemorySource, station
from tests.support.serving import serving, serving_sources

pytestmark = pytest.mark.node

DOCUMENT = "subscription { stationChanged(maxAge: 0.2) { kind cursor station { name } } }"
SUBSCRIBERS = '{ source(key: "north") { feeds { subscribers } } }'


class Dashboard:
    """A running dashboard and what it tells."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.closes: list[int] = []

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first thing told that is wanted; fails when the client gives up or meets an error."""
        assert self._process.stdout is not None
        async with asyncio.timeout(DEADLINE):
            while True:
                line = await self._process.stdout.readline()
                assert line, "The dashboard ended."
                told: dict[str, Any] = json.loads(line)
                assert told["what"] != "gave up", told
                assert "errors" not in told, told
                if told["what"] == "closed":
                    self.closes.append(told["code"])
                if wanted(told):
                    return told

    async def shows(self, name: str) -> None:
        """Wait until a station of that name is shown."""

        def named(told: dict[str, Any]) -> bool:
            change = (told.get("data") or {}).get("stationChanged") or {}
            return (change.get("station") or {}).get("name") == name

        await self.until(named)


@asynccontextmanager
async def dashboard(node: str, base_url: str, *connections: dict[str, Any]) -> AsyncIterator[Dashboard]:
    """A dashboard; `connections` tell for each connection in turn its `delay` in ms and its `params`."""
    address = base_url.replace("http", "ws", 1) + "/graphql"
    process = await asyncio.create_subprocess_exec(
        *(node, str(FOLDER / "dashboard.mjs"), address, DOCUMENT, json.dumps(connections)),
        cwd=FOLDER,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Dashboard(process)
    finally:
        await asyncio.wait_for(process.communicate(b""), DEADLINE)
    assert process.returncode == 0


async def test_a_restart_of_the_server(node: str) -> None:
    source = MemorySource("north", [station("1", "Before")])
    async with serving_sources([source]) as base_url:
        port = urlsplit(base_url).port
        assert port is not None
        running = dashboard(node, base_url)
        board = await running.__aenter__()
        await board.shows("Before")
    try:
        await board.until(lambda told: told["what"] == "closed")
        after = MemorySource("north", [station("1", "After")])
        async with serving(app_over(Floor([after]), Settings()), port):
            await board.shows("After")
    finally:
        await running.__aexit__(None, None, None)
    assert board.closes[0] == 1012
    # Nobody listens for a moment: attempts that meet nothing end with 1006, and more follow.
    assert set(board.closes[1:]) <= {1006}


async def test_a_cut_of_the_network_that_outlasts_all_pings(
    node: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "PING_SECONDS", 0.2)
    monkeypatch.setattr(run, "PONG_SECONDS", 0.3)
    source = MemorySource("north", [station("1", "Before")])
    async with (
        serving_sources([source]) as base_url,
        faults(urlsplit(base_url).port or 0) as proxy,
        dashboard(node, proxy.url) as board,
    ):
        await board.shows("Before")
        proxy.hold()
        async with asyncio.timeout(DEADLINE):
            while (await data(base_url, SUBSCRIBERS))["source"]["feeds"][0]["subscribers"]:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        source.put(station("1", "After"))
        proxy.release()
        await board.shows("After")
    # A machine that gives the client no turn for a while is a cut as well.
    assert set(board.closes) == {1013}


async def test_a_first_message_that_comes_too_late(node: str) -> None:
    settings = Settings(ServerSettings(), limits=LimitSettings(init_seconds=0.3))
    source = MemorySource("north", [station("1", "Mill")])
    late = {"delay": 1500}
    async with (
        serving_sources([source], settings=settings) as base_url,
        dashboard(node, base_url, late, {}) as board,
    ):
        await board.shows("Mill")
    assert board.closes == [4408]


async def test_credentials_that_end(node: str) -> None:
    first, old = key(expires=datetime.now(UTC) + timedelta(seconds=5))
    second, new = key()
    settings = Settings(ServerSettings(anonymous_role=Role.NONE), keys=(first, second))
    source = MemorySource("north", [station("1", "Before")])
    async with serving_sources([source], settings=settings) as base_url:
        connections = ({"params": {"apiKey": old}}, {"params": {"apiKey": new}})
        async with dashboard(node, base_url, *connections) as board:
            await board.shows("Before")
            if not board.closes:  # on a slow machine they end before anything is shown
                await board.until(lambda told: told["what"] == "closed")
            source.put(station("1", "After"))
            await board.shows("After")
    assert board.closes == [4403]
