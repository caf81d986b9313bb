"""The server's own pings over graphql-transport-ws."""

import asyncio
import json

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from websockets.asyncio.client import ClientConnection

from floorgraph.server import pinging
from floorgraph.server.app import app_over
from floorgraph.server.pinging import TURNS, Pinger
from floorgraph.server.protocols import FRAMES
from floorgraph.settings import Role, ServerSettings, Settings
from floorgraph.vendors.floor import Floor
from subscriptions.engine import Engine
from tests.support.client import live, raw_socket
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource, station
from tests.support.serving import serving, serving_sources


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pinging, "PING_SECONDS", 0.02)


async def message(socket: ClientConnection) -> object:
    return json.loads(await asyncio.wait_for(socket.recv(), DEADLINE))


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


async def test_pings_end_with_their_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    pingers: list[Pinger] = []
    made = Pinger.__init__

    def kept(self: Pinger) -> None:
        pingers.append(self)
        made(self)

    monkeypatch.setattr(Pinger, "__init__", kept)
    async with serving_sources([MemorySource("north")]) as base_url:
        (pinger,) = pingers
        async with live(base_url) as client:
            assert await message(client.socket) == {"type": "ping"}
            assert (len(pinger), pinger.running) == (1, True)
        async with asyncio.timeout(DEADLINE):
            while len(pinger):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert not pinger.running


def without_frames(app: ASGIApp) -> ASGIApp:
    """The app as another server than ours would run it."""

    async def other(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            del scope["extensions"][FRAMES]
        await app(scope, receive, send)

    return other


async def test_a_server_that_offers_no_way_for_frames_sends_pings_and_events_itself() -> None:
    source = MemorySource("north", [station("1", "Mill")])
    app = app_over(Floor([source]), Settings(ServerSettings(anonymous_role=Role.VIEWER)))
    document = "subscription { stationChanged(maxAge: 0.2) { kind station { name } } }"
    async with serving(without_frames(app)) as base_url, live(base_url) as client:
        await client.subscribe(document)
        told, pings = [], 0
        async with asyncio.timeout(DEADLINE):
            while "Saw" not in told or pings < 3:
                found = json.loads(await client.socket.recv())
                if found["type"] == "ping":
                    pings += 1
                    continue
                change = found["payload"]["data"]["stationChanged"]
                told.append((change["station"] or {}).get("name"))
                if change["kind"] == "CAUGHT_UP":
                    source.put(station("1", "Saw"))
    assert told == ["Mill", None, "Saw"]


async def test_what_ends_a_subscription_is_told_by_its_code_there_as_well() -> None:
    floor = Floor([MemorySource("north"), MemorySource("south")])
    app = app_over(floor, Settings(ServerSettings(anonymous_role=Role.VIEWER)), engine := Engine(floor))
    async with serving(without_frames(app)) as base_url, live(base_url) as client, asyncio.timeout(DEADLINE):
        await client.subscribe('subscription { stationChanged(after: "made up") { kind } }')
        (error,) = (await client.receive())["payload"]
        assert error["extensions"]["code"] == "BAD_CURSOR"
        await client.subscribe("subscription { nothingChanged { kind } }")
        (error,) = (await client.receive())["payload"]
        assert "nothingChanged" in error["message"]
        await client.subscribe('subscription { stationChanged(filter: {sources: ["south"]}) { kind } }')
        assert (await client.next())["data"]["stationChanged"]["kind"] == "CAUGHT_UP"
        await engine.remove_source("south")
        (error,) = (await client.receive())["payload"]
        assert error["extensions"]["code"] == "SOURCE_REMOVED"


class Pinged:
    """Counts its pings."""

    def __init__(self) -> None:
        self.pings = 0

    def ping(self) -> None:
        self.pings += 1


async def test_each_socket_is_pinged_once_in_a_round_until_it_leaves() -> None:
    pinger, first, second, gone = Pinger(), Pinged(), Pinged(), Pinged()
    assert not pinger.running
    groups = {socket: pinger.add(socket) for socket in (first, gone)}
    pinger.remove(gone, groups[gone])
    pinger._ping()
    groups[second] = pinger.add(second)
    for _ in range(TURNS - 1):
        pinger._ping()
    assert (first.pings, second.pings, gone.pings) == (1, 0, 0)
    pinger._ping()
    assert (first.pings, second.pings) == (1, 1)
    for socket in (first, second):
        pinger.remove(socket, groups[socket])
    assert (len(pinger), pinger.running) == (0, False)
