"""Subscribers that read slowly or not at all: the others do not notice, and nobody holds on to demand."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Origin

from floorgraph.server import protocols, stalling
from floorgraph.server.rounds import PUT_OFF, TURNS, Rounds
from floorgraph.server.stalling import StallWatch, Taken
from tests.support.client import PROTOCOL, LiveClient, close_code, data, live, raw_socket
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource, station
from tests.support.serving import serving_sources

pytestmark = pytest.mark.each_loop

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
        ping_interval=None, open_timeout=DEADLINE,
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
        asyncio.timeout(DEADLINE),
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
        asyncio.timeout(DEADLINE),
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
    assert protocols.PING_SECONDS + protocols.PONG_SECONDS <= 15


async def test_who_does_not_answer_pings_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """1011, which uvicorn sends, is final for clients of graphql-transport-ws."""
    monkeypatch.setattr("floorgraph.server.run.PING_SECONDS", 0.2)
    monkeypatch.setattr("floorgraph.server.run.PONG_SECONDS", 0.2)
    async with serving_sources([MemorySource("north")]) as base_url, raw_socket(base_url) as connection:
        silence(connection)
        assert await close_code(connection) == 1013


class Loop:
    """A loop that gets to its timers as late as a test says."""

    def __init__(self) -> None:
        self.now = 100.0
        self.timers: list[tuple[float, Callable[[], None]]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, call: Callable[[], None]) -> Any:
        self.timers.append((self.now + seconds, call))
        return Timer()

    def run(self, late: float = 0.0) -> None:
        """Get to the next timer."""
        (at, call), *self.timers = self.timers
        self.now = at + late
        call()


class Timer:
    def cancel(self) -> None:
        pass


class Peer:
    """A transport whose peer takes in what a test says."""

    def __init__(self) -> None:
        self.seen: Taken | None = Taken(0, 0)
        self.cut = False
        self.closed = False
        self.waiting = 1

    def get_extra_info(self, name: str) -> Any:
        del name

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def is_closing(self) -> bool:
        return self.cut or self.closed

    def abort(self) -> None:
        self.cut = True

    def close(self) -> None:
        self.closed = True

    def write(self, frames: bytes) -> None:
        del frames


def watched() -> tuple[Loop, Peer, StallWatch]:
    loop, peer = Loop(), Peer()
    watch = StallWatch(cast("asyncio.AbstractEventLoop", loop), peer, lambda _: peer.seen)
    watch.begin()
    return loop, peer, watch


def test_a_peer_that_takes_nothing_in_is_cut_when_this_process_looked_in_time() -> None:  # E5
    loop, peer, _ = watched()
    while not peer.cut:
        loop.run()
    assert loop.now == 100.0 + stalling.STALL_SECONDS


@given(st.lists(st.floats(stalling.LOOK_SECONDS, 3600), max_size=50))
def test_a_process_that_is_late_itself_blames_nobody(delays: list[float]) -> None:  # D14
    """However long and however often the loop stands still: nobody is cut for that alone."""
    loop, peer, _ = watched()
    for late in delays:
        loop.run(late)
        assert not peer.cut


@given(st.lists(st.tuples(st.floats(0, 30), st.booleans()), max_size=80))
def test_nobody_is_cut_before_it_was_silent_for_long_enough_in_time_of_ours(
    looks: list[tuple[float, bool]],
) -> None:
    loop, peer, _ = watched()
    silent_for, in_time = 0.0, 0.0
    for late, progress in looks:
        if peer.is_closing():
            break
        if progress:
            assert peer.seen is not None
            peer.seen = replace(peer.seen, acknowledged=peer.seen.acknowledged + 1)
        loop.run(late)
        silent_for = 0.0 if progress else silent_for + stalling.LOOK_SECONDS + late
        in_time = 0.0 if progress else in_time + max(0.0, stalling.LOOK_SECONDS - late)
        assert peer.is_closing() == (in_time >= stalling.STALL_SECONDS - 1e-6)
        assert not peer.is_closing() or silent_for >= stalling.STALL_SECONDS - 1e-6


def test_a_peer_that_has_taken_in_all_it_was_given_is_not_the_one_who_is_behind() -> None:
    loop, peer, watch = watched()
    peer.seen = Taken(5, 5, everything=True)
    for _ in range(20):
        loop.run()
    assert not peer.cut
    watch.end()
    peer.seen = Taken(5, 5)
    loop.run()
    assert not loop.timers, "looked on after the buffer had drained"


def pinged() -> tuple[Loop, Peer, protocols.WebSocketProtocol]:
    """A websocket that has just sent a ping, and is looked at every 2.5 seconds."""
    loop, peer = Loop(), Peer()
    protocol = protocols.WebSocketProtocol.__new__(protocols.WebSocketProtocol)
    bare: Any = protocol
    bare.loop, bare.transport, bare.writable, bare.close_sent = loop, peer, protocols.Frames(bare), False
    bare.conn = ServerProtocol(state=State.CLOSED)
    bare._rounds, bare._patience = protocols.rounds_for(5.0, 7.5), 7.5
    bare._heard, bare._before, bare._silence, bare.handshake_complete = False, None, None, True

    def look() -> None:
        protocol.look(loop.now)
        loop.call_later(bare._rounds.seconds, look)

    look()
    return loop, peer, protocol


@pytest.fixture
def _told_by_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocols, "taken", lambda peer: peer.seen)


@pytest.mark.usefixtures("_told_by_peers")
def test_the_answer_to_a_ping_is_waited_for_in_time_of_ours() -> None:  # D14
    loop, peer, _ = pinged()
    peer.waiting = 0
    for _ in range(30):
        loop.run(late=3.0)
    assert not peer.is_closing()
    for _ in range(2):
        loop.run()
        assert not peer.is_closing()
    loop.run()
    assert peer.is_closing()


@given(
    heard_until=st.floats(0, 5),
    puts_off=st.lists(st.floats(0, 2.5 * PUT_OFF + 2.5 / TURNS), min_size=8, max_size=8),
)
def test_who_is_gone_is_found_within_fifteen_seconds_wherever_the_rounds_stand(
    heard_until: float, puts_off: list[float]
) -> None:  # E7
    """However much each look gives way to work, within what rounds allow themselves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(protocols, "taken", lambda peer: peer.seen)
        loop, peer, protocol = pinged()
        peer.waiting, before, pinged_at = 0, loop.now, 0.0
        for turn, late in enumerate(puts_off, 1):
            planned = 100.0 + turn * 2.5
            protocol._heard = before < 100.0 + heard_until
            asked = protocol._silence is not None
            before = loop.now = planned + late
            protocol.look(loop.now)
            if not asked and protocol._silence is not None:
                pinged_at = loop.now
            if peer.is_closing():
                break
        assert peer.is_closing()
        assert loop.now - (100.0 + heard_until) <= 15
        assert loop.now - pinged_at >= 6.5


@pytest.mark.usefixtures("_told_by_peers")
@pytest.mark.parametrize("sign", ["sends", "reads", "takes in what waits here"])
def test_who_is_busy_with_what_came_before_the_ping_is_left_alone(sign: str) -> None:
    loop, peer, protocol = pinged()
    peer.waiting = 100 if sign == "takes in what waits here" else 0
    for turn in range(1, 40):
        match sign:
            case "sends":
                protocol._heard = True
            case "reads":
                peer.seen = Taken(10 * turn, turn * stalling.READ_BYTES)
            case _:
                peer.seen = Taken(10 * turn, 0)
        loop.run()
    assert not peer.is_closing()


@pytest.mark.usefixtures("_told_by_peers")
def test_a_machine_that_takes_in_what_nobody_reads_does_not_count_as_reading() -> None:
    """A frozen program: its machine acknowledges until its buffer is full, and the room gets less."""
    loop, peer, _ = pinged()
    peer.waiting = 0
    for turn in range(1, 4):
        peer.seen = Taken(10_000 * turn, 100)
        loop.run()
    assert peer.is_closing()


@given(
    waiting=st.lists(st.integers(0, 1000), min_size=8, max_size=8),
    puts_off=st.lists(st.floats(0, 2.5 * PUT_OFF + 2.5 / TURNS), min_size=8, max_size=8),
    accepted=st.booleans(),
)
def test_who_leaves_the_rest_when_its_socket_closes_is_cut_within_fifteen_seconds(
    waiting: list[int], puts_off: list[float], accepted: bool
) -> None:
    """However little it takes at a time; whoever has taken all is left to the way that sockets close."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(protocols, "taken", lambda peer: peer.seen)
        loop, peer, protocol = pinged()
        protocol.handshake_complete, protocol.close_sent = accepted, True
        for turn, (left, late) in enumerate(zip(waiting, puts_off, strict=True), 1):
            peer.waiting, peer.seen = left, Taken(10 * turn, turn * stalling.READ_BYTES)
            protocol._heard = True
            loop.now = 100.0 + turn * 2.5 + late
            protocol.look(loop.now)
            assert not peer.cut or loop.now - 100.0 >= 6.5
            if peer.cut:
                break
        assert peer.cut or 0 in waiting
        assert not peer.cut or any(waiting)
        assert 0 in waiting or loop.now - 100.0 <= 15


@pytest.mark.usefixtures("_told_by_peers")
def test_nobody_is_pinged_before_the_handshake_is_over() -> None:
    loop, peer, protocol = pinged()
    bare: Any = protocol
    protocol.handshake_complete, bare._silence, peer.waiting = False, None, 0
    for _ in range(20):
        loop.run()
        assert bare._silence is None
    assert not peer.is_closing()


async def test_who_is_turned_away_is_looked_after_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handshake that is refused has an answer too, and whoever sent it may have sent more."""
    looked_after, add = list[object](), Rounds.add

    def noted(self: Rounds, member: protocols.WebSocketProtocol) -> int:
        looked_after.append(member)
        return add(self, member)

    monkeypatch.setattr(Rounds, "add", noted)
    async with serving_sources([MemorySource("north")]) as base_url:
        with pytest.raises(InvalidStatus):
            async with connect(
                base_url.replace("http", "ws", 1) + "/graphql",
                origin=Origin("https://evil.example"),
                subprotocols=[PROTOCOL],
                proxy=None,
            ):
                pass
        assert len(looked_after) == 1


def silence(connection: ClientConnection) -> None:
    """Let a client read everything and answer no pings."""
    protocol = connection.protocol
    receive = protocol.recv_frame

    def deaf(frame: Any) -> None:
        if frame.opcode != 9:
            receive(frame)

    protocol.recv_frame = deaf  # type: ignore[method-assign]


async def test_what_a_peer_takes_in_and_what_it_reads_are_told_apart() -> None:
    left, right = socket.socketpair(socket.AF_UNIX)
    with left, right:
        assert stalling.taken(_Transport(left)) is None
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 256 * 1024)
        client.connect(server.getsockname())
        accepted, _ = server.accept()
        with accepted:
            before = stalling.taken(_Transport(accepted))
            if before is None or before.edge is None:
                pytest.skip("this system does not tell")
            accepted.sendall(b"x" * 1000)
            unread = _once(accepted, lambda now: now.everything)
            assert unread.acknowledged - before.acknowledged == 1000
            accepted.setblocking(False)
            full = _filled(accepted)
            assert not full.everything
            client.setblocking(False)
            with suppress(BlockingIOError):
                while client.recv(1 << 20):
                    pass
            _once(accepted, lambda now: stalling.progressed(full, now) and stalling.reads(full, now))


def _filled(sock: socket.socket) -> Taken:
    """What the connection tells once neither side takes more: nothing moves although more is sent."""
    before, same = stalling.taken(_Transport(sock)), 0
    while same < 5:
        with suppress(BlockingIOError):
            while sock.send(b"x" * 65536):
                pass
        time.sleep(0.02)
        now = stalling.taken(_Transport(sock))
        same = 0 if stalling.progressed(before, now) or stalling.reads(before, now) else same + 1
        before = now
    assert before is not None
    return before


def _once(sock: socket.socket, so: Callable[[Taken], bool]) -> Taken:
    """What the connection tells once it is so."""
    deadline = time.monotonic() + DEADLINE
    while (found := stalling.taken(_Transport(sock))) is None or not so(found):
        assert time.monotonic() < deadline
    return found


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
