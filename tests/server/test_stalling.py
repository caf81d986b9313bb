"""Subscribers that read slowly or not at all: the others do not notice, and nobody holds on to demand."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.protocol import State
from websockets.server import ServerProtocol

from floorgraph.server import protocols, stalling
from tests.support.client import PROTOCOL, LiveClient, close_code, data, live, raw_socket
from tests.support.memory import MemorySource, station
from tests.support.serving import serving_sources

DOCUMENT = """subscription { stationChanged(maxAge: 0.05) {
  kind id missed station { name description } } }"""
FEEDS = '{ source(key: "north") { feeds { subscribers conflated cohorts } } }'
PADDING = "x" * 20_000


@asynccontextmanager
async def with_small_buffers(base_url: str) -> AsyncIterator[LiveClient]:
    """An acknowledged websocket whose machine takes in little that is not read."""
    host, port = base_url.removeprefix("http://").split(":")
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, (host, int(port)))
    address = base_url.replace("http", "ws", 1) + "/graphql"
    async with connect(
        address, sock=sock, subprotocols=[PROTOCOL], proxy=None, max_queue=1, close_timeout=0.1,
        ping_interval=None,
    ) as connection:  # fmt: skip
        client = LiveClient(connection)
        await client.send({"type": "connection_init"})
        assert (await client.receive())["type"] == "connection_ack"
        yield client


async def caught_up(client: LiveClient) -> None:
    while (await client.next())["data"]["stationChanged"]["kind"] != "CAUGHT_UP":
        pass


async def feed(base_url: str) -> dict[str, Any]:
    found: dict[str, Any] = (await data(base_url, FEEDS))["source"]["feeds"][0]
    return found


async def test_a_slow_reader_is_told_the_latest_and_what_it_missed() -> None:  # E4
    """20 stations change all the time; one client reads a message now and then, the other all of them."""
    source = MemorySource("north", [station(str(n), "0") for n in range(20)])
    last = 70
    async with (
        serving_sources([source]) as base_url,
        asyncio.timeout(60),
        live(base_url) as steady,
        with_small_buffers(base_url) as slow,
    ):
        for client in (steady, slow):
            await client.subscribe(DOCUMENT)
            await caught_up(client)
        slow_told: list[dict[str, Any]] = []
        for turn in range(1, last + 1):
            source.put(*(station(str(n), str(turn), description=PADDING) for n in range(20)))
            held: dict[str, str] = {}
            while len(held) < 20:
                change = (await steady.next())["data"]["stationChanged"]
                assert change["kind"] != "LAGGED"
                held[change["id"]] = change["station"]["name"]
            assert set(held.values()) == {str(turn)}
            if turn % 10 == 0:
                slow_told.append((await slow.next())["data"]["stationChanged"])
        while len({c["id"] for c in slow_told if (c["station"] or {}).get("name") == str(last)}) < 20:
            slow_told.append((await slow.next())["data"]["stationChanged"])
        assert (await feed(base_url))["conflated"] > 0
    missed = sum(change["missed"] or 0 for change in slow_told)
    updates = [change for change in slow_told if change["kind"] == "UPDATED"]
    assert missed > 0
    assert len(updates) + missed == 20 * last
    for number in range(20):
        names = [int(c["station"]["name"]) for c in updates if c["id"] == f"north:station:{number}"]
        assert names == sorted(set(names))


async def test_a_reader_that_stops_is_cut_off_and_its_demand_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # E5
    monkeypatch.setattr(stalling, "STALL_SECONDS", 1.0)
    monkeypatch.setattr(stalling, "LOOK_SECONDS", 0.2)
    source = MemorySource("north", [station(str(n), "0") for n in range(20)])
    async with (
        serving_sources([source]) as base_url,
        asyncio.timeout(60),
        live(base_url) as steady,
        with_small_buffers(base_url) as stalled,
    ):
        for client in (steady, stalled):
            await client.subscribe(DOCUMENT)
            await caught_up(client)
        assert (await feed(base_url))["subscribers"] == 2
        turn = 0
        while (await feed(base_url))["subscribers"] == 2:
            turn += 1
            source.put(*(station(str(n), str(turn), description=PADDING) for n in range(20)))
            for _ in range(20):
                change = (await steady.next())["data"]["stationChanged"]
                assert (change["kind"], change["station"]["name"]) == ("UPDATED", str(turn))
        assert (await feed(base_url))["cohorts"] == 1


def test_the_bounds_cut_off_within_fifteen_seconds() -> None:
    """Whether bytes wait or not, and counting what passes until it is looked."""
    assert stalling.STALL_SECONDS + stalling.LOOK_SECONDS <= 15
    assert protocols.PING_SECONDS + protocols.PONG_SECONDS + protocols.GRACE_SECONDS <= 15


async def test_who_does_not_answer_pings_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """1011, which uvicorn sends, is final for clients of graphql-transport-ws."""
    monkeypatch.setattr("floorgraph.server.run.PING_SECONDS", 0.2)
    monkeypatch.setattr("floorgraph.server.run.PONG_SECONDS", 0.2)
    monkeypatch.setattr(protocols, "GRACE_SECONDS", 0.2)
    async with serving_sources([MemorySource("north")]) as base_url, raw_socket(base_url) as connection:
        silence(connection)
        assert await close_code(connection) == 1013


async def test_there_is_a_second_look_before_anybody_is_cut() -> None:  # D14
    """When the loop stood still, the answer to a ping may wait to be read: the timer alone blames nobody."""
    loop = asyncio.get_running_loop()
    left, right = socket.socketpair()
    with right:
        transport, protocol = await loop.create_connection(_Impatient, sock=left)
        protocol.loop, protocol.transport = loop, transport
        protocol._stall = stalling.StallWatch(loop, transport)
        protocol.keepalive_timeout()
        assert protocol.pong_timer is not None
        assert not transport.is_closing()
        protocol.pong_timer.cancel()
        protocol.keepalive_timeout()
        assert transport.is_closing()


class _Impatient(protocols.WebSocketProtocol):
    """A websocket of which nothing but the state of its pings is there."""

    def __init__(self) -> None:
        self._warned = False
        self.close_sent = False
        self.conn = ServerProtocol(state=State.CLOSED)
        self.ping_timeout = 1.0
        self.pong_timer = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        pass

    def connection_lost(self, exc: Exception | None) -> None:
        pass


def silence(connection: ClientConnection) -> None:
    """Let a client read everything and answer no pings."""
    protocol = connection.protocol
    receive = protocol.recv_frame

    def deaf(frame: Any) -> None:
        if frame.opcode != 9:
            receive(frame)

    protocol.recv_frame = deaf  # type: ignore[method-assign]


async def test_bytes_taken_in_are_counted() -> None:
    left, right = socket.socketpair(socket.AF_UNIX)
    with left, right:
        assert stalling.acknowledged(_Transport(left)) is None
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        client.connect(server.getsockname())
        accepted, _ = server.accept()
        with accepted:
            if stalling.acknowledged(_Transport(accepted)) is None:
                pytest.skip("this system does not tell")
            before = stalling.acknowledged(_Transport(accepted))
            accepted.sendall(b"x" * 1000)
            assert client.recv(1000)
            deadline = time.monotonic() + 5
            while (now := stalling.acknowledged(_Transport(accepted))) == before:
                assert time.monotonic() < deadline
            assert now is not None
            assert before is not None
            assert now - before == 1000


class _Transport:
    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def get_extra_info(self, name: str) -> socket.socket | None:
        return self._sock if name == "socket" else None


async def test_other_operations_of_a_socket_go_on_beside_frames_made_elsewhere() -> None:
    source = MemorySource("north", [station("1", "0")])
    async with serving_sources([source]) as base_url, live(base_url) as client:
        await client.subscribe(DOCUMENT, key='we"ird\\ id\u00e9')
        await caught_up(client)
        await client.subscribe("{ sources { key } }", key="2")
        assert json.dumps((await client.receive())["payload"]["data"]) == '{"sources": [{"key": "north"}]}'
        assert (await client.receive())["type"] == "complete"
        source.put(station("1", "1", description="é" * 70_000))
        message = await client.receive()
        assert message["id"] == 'we"ird\\ id\u00e9'
        assert message["payload"]["data"]["stationChanged"]["station"]["description"] == "é" * 70_000
