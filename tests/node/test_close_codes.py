"""What the client graphql-ws does when a socket is closed, on which the choice of codes here rests."""

import json
from collections import Counter

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.node.npm import told_by
from tests.support.client import PROTOCOL

pytestmark = pytest.mark.node

RECONNECTS = (1000, 1001, 1006, 1012, 1013, 4403, 4408, 4499)
FATAL = (1002, 1007, 1008, 1009, 1011, 4400, 4401, 4406, 4409, 4429, 4500)
DOCUMENT = "subscription { ticks }"


async def closing(socket: ServerConnection, code: int) -> None:
    """Acknowledge, wait for an operation, and end it, with a code or without a word."""
    async for text in socket:
        message = json.loads(text)
        if message["type"] == "connection_init":
            await socket.send('{"type":"connection_ack"}')
        elif message["type"] == "subscribe":
            if code == 1006:
                socket.transport.abort()
            else:
                await socket.close(code, "for a test")
            return


async def answering(socket: ServerConnection) -> None:
    async for text in socket:
        message = json.loads(text)
        if message["type"] == "connection_init":
            await socket.send('{"type":"connection_ack"}')
        elif message["type"] == "subscribe":
            event = {"id": message["id"], "type": "next", "payload": {"data": {"ticks": 1}}}
            await socket.send(json.dumps(event))
            await socket.send(json.dumps({"id": message["id"], "type": "complete"}))


async def test_the_client_comes_back_or_gives_up_as_the_table_says(node: str) -> None:
    met: Counter[str] = Counter()

    async def handle(socket: ServerConnection) -> None:
        assert socket.request is not None
        path = socket.request.path
        met[path] += 1
        await (closing(socket, int(path[1:])) if met[path] == 1 else answering(socket))

    async with serve(handle, "127.0.0.1", 0, subprotocols=[PROTOCOL]) as server:
        port = server.sockets[0].getsockname()[1]
        urls = [f"ws://127.0.0.1:{port}/{code}" for code in (*RECONNECTS, *FATAL)]
        told = await told_by(node, "client.mjs", DOCUMENT, *urls)
    found = {int(one["url"].rpartition("/")[2]): one for one in told}
    for code in RECONNECTS:
        one = found[code]
        assert (one["outcome"], one["connections"]) == ("completed", 2), one
        assert one["values"] == [{"ticks": 1}]
    for code in FATAL:
        one = found[code]
        assert (one["outcome"], one["connections"], one["code"]) == ("gave up", 1, code), one
