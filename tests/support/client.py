"""Clients as users have them: GraphQL over HTTP, and graphql-transport-ws over a websocket."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.support.deadline import DEADLINE

PROTOCOL = Subprotocol("graphql-transport-ws")
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients that speak plain HTTP: else each would read all authorities of the machine first."""


async def query(
    base_url: str, document: str, variables: dict[str, Any] | None = None, **headers: str
) -> dict[str, Any]:
    """The response to one query."""
    async with httpx2.AsyncClient(trust_env=False, timeout=DEADLINE, verify=NO_TLS) as http:
        answer = await http.post(
            f"{base_url}/graphql", json={"query": document, "variables": variables or {}}, headers=headers
        )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def post(
    base_url: str, document: str, variables: dict[str, Any] | None = None, **headers: str
) -> httpx2.Response:
    """The answer to one query, whatever its status."""
    async with httpx2.AsyncClient(trust_env=False, timeout=DEADLINE, verify=NO_TLS) as http:
        return await http.post(
            f"{base_url}/graphql", json={"query": document, "variables": variables or {}}, headers=headers
        )


async def data(base_url: str, document: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    """The data of a query that must not have errors."""
    found = await query(base_url, document, variables)
    assert "errors" not in found, found["errors"]
    result: dict[str, Any] = found["data"]
    return result


class LiveClient:
    """One acknowledged websocket with any number of operations on it."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, message: object) -> None:
        await self.socket.send(json.dumps(message))

    async def receive(self) -> dict[str, Any]:
        """The next message; pings of the protocol are answered on the way."""
        while True:
            text = await self.socket.recv()
            assert isinstance(text, str), "graphql-transport-ws speaks text"
            message: dict[str, Any] = json.loads(text)
            if message["type"] != "ping":
                return message

    async def subscribe(self, document: str, *, key: str = "1", **variables: Any) -> None:
        payload = {"query": document, "variables": variables}
        await self.send({"id": key, "type": "subscribe", "payload": payload})

    async def next(self) -> dict[str, Any]:
        """The payload of the next message, which must be an event."""
        message = await self.receive()
        assert message["type"] == "next", message
        payload: dict[str, Any] = message["payload"]
        return payload


@asynccontextmanager
async def raw_socket(base_url: str, protocol: str = PROTOCOL) -> AsyncIterator[ClientConnection]:
    """A websocket before `connection_init`."""
    address = base_url.replace("http", "ws", 1) + "/graphql"
    async with connect(
        address,
        subprotocols=[Subprotocol(protocol)],
        proxy=None,
        max_queue=None,
        open_timeout=DEADLINE,
        ping_interval=None,  # a machine that is late with its answers is no server that is gone
    ) as socket:
        yield socket


@asynccontextmanager
async def live(base_url: str, payload: dict[str, Any] | None = None) -> AsyncIterator[LiveClient]:
    """An acknowledged websocket; `payload` is that of `connection_init`."""
    async with raw_socket(base_url) as socket:
        client = LiveClient(socket)
        await client.send({"type": "connection_init"} | ({} if payload is None else {"payload": payload}))
        assert (await client.receive())["type"] == "connection_ack"
        yield client


async def close_code(socket: ClientConnection) -> int:
    """The code with which the server closes the socket; what it sends before is read and dropped."""
    async with asyncio.timeout(DEADLINE):
        while True:
            try:
                await socket.recv()
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd is not None else 1006
