"""Frames that no library sends: parts without end, texts that are none, pings that nobody waits for."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from logging import INFO
from urllib.parse import urlsplit

import pytest

from floorgraph.server import stalling
from floorgraph.server.protocols import MOST_FRAGMENTS, WebSocketProtocol
from floorgraph.server.stalling import SEND_BUFFER
from floorgraph.server.transport import TOGETHER, TransportHandler
from tests.support.client import data
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource
from tests.support.serving import serving_sources

pytestmark = pytest.mark.each_loop
CONTINUED, TEXT, CLOSE, PING = 0x0, 0x1, 0x8, 0x9


def frame(kind: int, payload: bytes = b"", *, whole: bool = True) -> bytes:
    """A frame as clients send them, with a mask that changes nothing."""
    length = len(payload)
    size = bytes([0x80 | length]) if length < 126 else b"\xfe" + length.to_bytes(2, "big")
    return bytes([(0x80 if whole else 0) | kind]) + size + bytes(4) + payload


class Bare:
    """A websocket without a library."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def received(self) -> tuple[int, bytes]:
        """Kind and payload of the next frame."""
        first, second = await self.reader.readexactly(2)
        length = second & 0x7F
        if length == 126:
            length = int.from_bytes(await self.reader.readexactly(2), "big")
        return first & 0x0F, await self.reader.readexactly(length)

    async def close_code(self) -> int:
        """The code with which the server closes; 1006 when the connection ends without one."""
        async with asyncio.timeout(DEADLINE):
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    kind, payload = await self.received()
                    if kind == CLOSE:
                        return int.from_bytes(payload[:2], "big")
        return 1006


@asynccontextmanager
async def bare(base_url: str) -> AsyncIterator[Bare]:
    url = urlsplit(base_url)
    with socket.socket() as small:
        small.setblocking(False)
        small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
        await asyncio.get_running_loop().sock_connect(small, (url.hostname, url.port))
        reader, writer = await asyncio.open_connection(sock=small.dup())
    writer.write(
        b"GET /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
        b"sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        b"sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    try:
        yield Bare(reader, writer)
    finally:
        writer.transport.abort()


async def test_a_message_may_come_in_parts_and_a_character_be_split_between_them() -> None:
    message = '{"type":"ping","payload":{"x":"é"}}'.encode()
    async with serving_sources([MemorySource()]) as base_url, bare(base_url) as peer:
        for at in range(len(message)):
            last = at == len(message) - 1
            peer.writer.write(frame(CONTINUED if at else TEXT, message[at : at + 1], whole=last))
        assert await asyncio.wait_for(peer.received(), DEADLINE) == (TEXT, b'{"type":"pong"}')


@pytest.mark.parametrize("text", [b"\xff", b'"\xed\xa0\x80"', b"\xc3"])
@pytest.mark.parametrize("parts", [1, 2])
async def test_a_text_that_is_none_ends_its_socket_without_a_word_in_the_log(
    text: bytes, parts: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving_sources([MemorySource()]) as base_url, bare(base_url) as peer:
        if parts == 1:
            peer.writer.write(frame(TEXT, text))
        else:
            peer.writer.write(frame(TEXT, whole=False) + frame(CONTINUED, text))
        assert await peer.close_code() == 1007
        assert (await data(base_url, "{ __typename }")) == {"__typename": "Query"}
    assert [one for one in caplog.records if one.name.startswith("uvicorn") and one.levelno > INFO] == []


async def test_parts_without_end_are_refused_even_if_they_are_empty() -> None:
    async with serving_sources([MemorySource()]) as base_url, bare(base_url) as peer:
        peer.writer.write(frame(TEXT, whole=False) + frame(CONTINUED, whole=False) * MOST_FRAGMENTS)
        assert await peer.close_code() == 1009
        assert (await data(base_url, "{ __typename }")) == {"__typename": "Query"}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[WebSocketProtocol]:
    """The server's websockets."""
    found, connection_made = list[WebSocketProtocol](), WebSocketProtocol.connection_made

    def noted(self: WebSocketProtocol, transport: asyncio.BaseTransport) -> None:
        connection_made(self, transport)
        found.append(self)

    monkeypatch.setattr(WebSocketProtocol, "connection_made", noted)
    return found


async def test_answers_to_pings_that_nobody_reads_are_not_kept(
    made: list[WebSocketProtocol], monkeypatch: pytest.MonkeyPatch
) -> None:
    # However long it takes a busy machine to send them all.
    monkeypatch.setattr(stalling, "STALL_SECONDS", DEADLINE)
    async with serving_sources([MemorySource()]) as base_url, bare(base_url) as peer:
        (protocol,) = made
        pings, most = frame(PING, b"?" * 125) * 500, 0
        async with asyncio.timeout(DEADLINE):
            for _ in range(200):
                peer.writer.write(pings)
                await peer.writer.drain()
                most = max(most, protocol.transport.get_write_buffer_size())
        assert not protocol.writable.is_set(), "the peer reads"
        # What one look at the peer's bytes brings may be answered before it shows that nobody reads.
        assert most < SEND_BUFFER + 512 * 1024


WAYS_TO_END = {
    "the app closes": frame(TEXT, b"no JSON"),
    "the protocol closes": frame(TEXT, b"\xff"),
    "the peer closes": frame(CLOSE, b"\x03\xe8"),
}


@pytest.mark.parametrize("last", WAYS_TO_END.values(), ids=WAYS_TO_END)
async def test_a_websocket_that_ends_is_freed_although_its_peer_does_not_read(
    last: bytes, made: list[WebSocketProtocol], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With less left to send than what counts as a peer that does not read."""
    monkeypatch.setattr("floorgraph.server.run.PING_SECONDS", 0.2)
    monkeypatch.setattr("floorgraph.server.run.PONG_SECONDS", 0.2)
    async with serving_sources([MemorySource()]) as base_url, bare(base_url) as peer:
        (protocol,) = made
        peer.writer.transport.pause_reading()  # type: ignore[attr-defined]
        async with asyncio.timeout(DEADLINE):
            while protocol.transport.get_write_buffer_size() < SEND_BUFFER / 4:
                peer.writer.write(frame(PING, b"?" * 125) * 50)
                await asyncio.sleep(0.01)
            assert protocol.writable.is_set(), "the peer is cut off for not reading"
            peer.writer.write(last)
            while not protocol.disconnected:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            # Nor does the system go on offering it.
            peer.writer.transport.resume_reading()  # type: ignore[attr-defined]
            with pytest.raises(ConnectionResetError):
                await peer.reader.read()


async def test_a_burst_of_messages_leaves_others_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of somebody who never said who they are."""
    handled, most, all_of_them, sent = 0, 0, 0, 3000

    async def counted(_self: TransportHandler, _message: object) -> None:
        nonlocal handled
        handled += 1

    monkeypatch.setattr(TransportHandler, "handle_pong", counted)
    async with serving_sources([MemorySource()]) as base_url, bare(base_url) as peer:
        peer.writer.write(frame(TEXT, b'{"type":"pong"}') * sent)
        async with asyncio.timeout(DEADLINE):
            while all_of_them < sent:
                await asyncio.sleep(0)
                most, all_of_them, handled = max(most, handled), all_of_them + handled, 0
    assert most <= TOGETHER
