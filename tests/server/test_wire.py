"""Websockets at their edges: who may open one, how long messages may be, and who shares what with whom."""

import asyncio
import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from floorgraph.server.run import MAX_MESSAGE_BYTES
from floorgraph.settings import ServerSettings, Settings
from tests.support.client import PROTOCOL, close_code, live, raw_socket
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource, station
from tests.support.serving import serving_sources


def address(base_url: str) -> str:
    return base_url.replace("http", "ws", 1) + "/graphql"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example"])
async def test_pages_of_other_sites_open_no_websocket(origin: str) -> None:
    async with serving_sources([MemorySource("north")]) as base_url:
        with pytest.raises(InvalidStatus) as refused:
            async with connect(
                address(base_url),
                subprotocols=[PROTOCOL],
                origin=Origin(origin),
                proxy=None,
                open_timeout=DEADLINE,
            ):
                pass
    assert refused.value.response.status_code == 403


async def test_pages_of_this_server_and_of_listed_origins_open_websockets() -> None:
    settings = Settings(ServerSettings(allowed_origins=("https://dashboard.example",)))
    async with serving_sources([MemorySource("north")], settings=settings) as base_url:
        for origin in (base_url, "https://dashboard.example"):
            async with connect(
                address(base_url),
                subprotocols=[PROTOCOL],
                origin=Origin(origin),
                proxy=None,
                open_timeout=DEADLINE,
            ) as socket:
                await socket.send('{"type":"connection_init"}')
                assert json.loads(await socket.recv()) == {"type": "connection_ack"}


async def test_a_websocket_without_a_protocol_is_refused() -> None:
    async with (
        serving_sources([MemorySource("north")]) as base_url,
        connect(address(base_url), proxy=None, open_timeout=DEADLINE) as socket,
    ):
        assert await close_code(socket) == 4406


async def test_the_longest_message_passes_and_a_longer_one_ends_its_own_socket_only() -> None:
    source = MemorySource("north", [station("1", "Mill")])
    async with serving_sources([source]) as base_url, live(base_url) as sibling:
        await sibling.subscribe("subscription { stationChanged(maxAge: 0.2) { kind station { name } } }")
        assert (await sibling.next())["data"]["stationChanged"]["kind"] == "SNAPSHOT"
        async with raw_socket(base_url) as socket:
            head, tail = '{"type":"ping","payload":{"x":"', '"}}'
            room = MAX_MESSAGE_BYTES - len(head) - len(tail)
            await socket.send(head + "a" * room + tail)
            assert json.loads(await socket.recv()) == {"type": "pong"}
            await socket.send(head + "a" * (room + 1) + tail)
            # A server that closes while the peer still sends may cut off its own close frame.
            assert await close_code(socket) in (1009, 1006)
        source.put(station("1", "Mill One"))
        names = []
        async with asyncio.timeout(DEADLINE):
            while "Mill One" not in names:
                change = (await sibling.next())["data"]["stationChanged"]
                names.append((change["station"] or {}).get("name"))
