"""The server's own pings over graphql-transport-ws."""

import asyncio
import json

import pytest
from websockets.asyncio.client import ClientConnection

from floorgraph.server import pinging
from tests.support.client import live, raw_socket
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource
from tests.support.serving import serving_sources


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pinging, "PING_SECONDS", 0.02)


async def message(socket: ClientConnection) -> object:
    return json.loads(await asyncio.wait_for(socket.recv(), 10))


async def test_an_acknowledged_client_is_pinged_again_and_again_and_may_answer() -> None:
    async with serving_sources([MemorySource("north")]) as base_url, live(base_url) as client:
        for _ in range(3):
            assert await message(client.socket) == {"type": "ping"}
            await client.send({"type": "pong", "payload": {"noise": 1}})
        # Whoever does not answer is served on: the websocket's own pings find out who is gone.
        assert await message(client.socket) == {"type": "ping"}
        await client.subscribe("{ sources { key } }")
        assert (await client.next())["data"] == {"sources": [{"key": "north"}]}


async def test_nobody_is_pinged_before_the_connection_is_acknowledged() -> None:
    async with serving_sources([MemorySource("north")]) as base_url, raw_socket(base_url) as socket:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.recv(), 0.2)
        await socket.send(json.dumps({"type": "connection_init"}))
        assert await message(socket) == {"type": "connection_ack"}
        assert await message(socket) == {"type": "ping"}


async def test_pings_end_with_their_socket() -> None:
    async with serving_sources([MemorySource("north")]) as base_url:
        async with live(base_url) as client:
            assert await message(client.socket) == {"type": "ping"}
        async with asyncio.timeout(DEADLINE):
            while any(task.get_name() == "ping a websocket's client" for task in asyncio.all_tasks()):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
