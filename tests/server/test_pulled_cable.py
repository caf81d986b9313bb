"""An event stream whose client cannot be reached: nothing gets there, nothing comes from there (row E7)."""

import asyncio
import ctypes
import json
import socket
import struct
import sys
from urllib.parse import urlsplit

import pytest

from floorgraph.server import http
from tests.support.client import data
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource, station
from tests.support.serving import serving_sources

pytestmark = [
    pytest.mark.each_loop,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux filters what comes to a socket"),
]
FEEDS = '{ source(key: "north") { feeds { subscribers } } }'
QUERY = {"query": "subscription { stationChanged(maxAge: 0.2) { kind station { name } } }"}
SO_ATTACH_FILTER = 26


def pull_the_cable(of: socket.socket) -> None:
    """Let the system throw away whatever comes to a socket, without a word to who sent it."""
    drop_all = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
    of.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", 1, ctypes.addressof(drop_all)))


async def subscribers(base_url: str) -> int:
    (feed,) = (await data(base_url, FEEDS))["source"]["feeds"]
    return int(feed["subscribers"])


async def test_its_demand_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "UNREACHED_SECONDS", 1.0)
    source = MemorySource("north", [station("1", "Mill")])
    body = json.dumps(QUERY).encode()
    async with serving_sources([source]) as base_url:
        port = urlsplit(base_url).port
        with socket.create_connection(("127.0.0.1", port)) as client:
            reader, writer = await asyncio.open_connection(sock=client.dup())
            writer.write(
                b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                b"accept: text/event-stream\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
            )
            await asyncio.wait_for(reader.readuntil(b"CAUGHT_UP"), DEADLINE)
            assert await subscribers(base_url) == 1
            pull_the_cable(client)
            source.put(station("1", "Lathe"))
            async with asyncio.timeout(DEADLINE):
                while await subscribers(base_url):  # noqa: ASYNC110  the server is another side
                    await asyncio.sleep(0.05)
            writer.transport.abort()
