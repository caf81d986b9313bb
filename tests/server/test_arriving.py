"""Requests that come slowly, or never end, hold no connection and no memory."""

import asyncio
import contextlib
import resource
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from logging import INFO
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorgraph.server import arriving
from floorgraph.server.arriving import Arrival, Awaited
from tests.support.client import data
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource
from tests.support.serving import serving_sources

pytestmark = pytest.mark.each_loop
HEAD = b"POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
BODY = b'{"query":"{ __typename }"}'


@asynccontextmanager
async def connected(base_url: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    url = urlsplit(base_url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def said(reader: asyncio.StreamReader) -> bytes:
    """All that the server says until it ends the connection; a reset ends it as well."""
    found = b""
    async with asyncio.timeout(DEADLINE):
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(65536):
                found += piece
    return found


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "HEAD_SECONDS", 0.4)
    monkeypatch.setattr(arriving, "BODY_SECONDS", 0.6)


@pytest.mark.usefixtures("_soon")
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"", b""),
        (b"P", b"HTTP/1.1 408 "),
        (b"\r\n", b"HTTP/1.1 408 "),
        (HEAD, b"HTTP/1.1 408 "),
        (HEAD + b"content-length: 26\r\n\r\n", b"HTTP/1.1 408 "),
        (HEAD + b"content-length: 26\r\n\r\n" + BODY[:20], b"HTTP/1.1 408 "),
        (HEAD + b"transfer-encoding: chunked\r\n\r\n1a\r\n" + BODY + b"\r\n", b"HTTP/1.1 408 "),
    ],
)
async def test_what_never_comes_to_its_end_is_not_waited_for(sent: bytes, status: bytes) -> None:
    async with serving_sources([MemorySource()]) as base_url, connected(base_url) as (reader, writer):
        writer.write(sent)
        assert (await said(reader)).startswith(status)
        assert (await data(base_url, "{ __typename }")) == {"__typename": "Query"}


@pytest.mark.usefixtures("_soon")
async def test_a_letter_now_and_then_does_not_help() -> None:
    async with serving_sources([MemorySource()]) as base_url, connected(base_url) as (reader, writer):
        writer.write(HEAD + b"x-slow: ")
        ended = asyncio.create_task(said(reader))
        while not ended.done():
            with contextlib.suppress(ConnectionError):
                writer.write(b"a")
                await writer.drain()
            await asyncio.wait((ended,), timeout=0.05)
        assert ended.result()[:13] in (b"HTTP/1.1 408 ", b"")


@pytest.mark.usefixtures("_soon")
async def test_later_requests_of_a_connection_are_watched_too() -> None:
    whole = HEAD + b"content-length: 26\r\n\r\n" + BODY
    async with serving_sources([MemorySource()]) as base_url, connected(base_url) as (reader, writer):
        writer.write(whole)
        assert b'{"data"' in await reader.readuntil(b"}}")
        writer.write(whole[:30])
        assert (await said(reader)).startswith(b"HTTP/1.1 408 ")


@pytest.mark.usefixtures("_soon")
async def test_a_slow_answer_is_no_slow_request() -> None:
    """An event stream goes on for ever, and its connection sends nothing more."""
    request = b'{"query":"subscription { sourceChanged { kind } }"}'
    head = HEAD + b"accept: text/event-stream\r\ncontent-length: %d\r\n\r\n" % len(request)
    async with serving_sources([MemorySource()]) as base_url, connected(base_url) as (reader, writer):
        writer.write(head + request)
        await asyncio.wait_for(reader.readuntil(b"CAUGHT_UP"), DEADLINE)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.5):
                await reader.readuntil(b"the end")
        assert not reader.at_eof()


@pytest.mark.parametrize(
    ("sent", "more"),
    [
        (b"GET /", b"a" * 4096),
        (HEAD + b"x-long: ", b"a" * 4096),
        (HEAD, b"x-one-more: header\r\n" * 200),
        (HEAD + b"transfer-encoding: chunked\r\n\r\n1a;", b"a" * 4096),
        (HEAD + b"transfer-encoding: chunked\r\n\r\n0\r\n", b"x-after: the body\r\n" * 200),
    ],
)
async def test_what_is_no_body_is_bounded(sent: bytes, more: bytes) -> None:
    async with serving_sources([MemorySource()]) as base_url, connected(base_url) as (reader, writer):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        ended = asyncio.create_task(said(reader))
        writer.write(sent)
        pieces = 0
        while not ended.done():
            assert pieces < 20_000, "nobody stops it"
            with contextlib.suppress(ConnectionError):
                writer.write(more)
                await writer.drain()
            pieces += 1
            await asyncio.sleep(0)
        # Whoever still sends may be cut off before it reads why.
        assert ended.result()[:12] in (b"HTTP/1.1 431", b"HTTP/1.1 400", b"")
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024
        assert (await data(base_url, "{ __typename }")) == {"__typename": "Query"}


async def test_a_long_body_in_small_pieces_is_a_body() -> None:
    """What the pieces hold is for whoever reads them."""
    query = b'{"query":"{ __typename }","variables":{"x":"%s"}}' % (b"a" * 100_000)
    async with serving_sources([MemorySource()]) as base_url, connected(base_url) as (reader, writer):
        writer.write(HEAD + b"transfer-encoding: chunked\r\n\r\n")
        for at in range(0, len(query), 10):
            piece = query[at : at + 10]
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        writer.write(b"0\r\n\r\n")
        found = await asyncio.wait_for(reader.readuntil(b"}}"), DEADLINE)
    assert found.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("length", [100, 100_000])
@pytest.mark.parametrize("accept", [b"*/*", b"text/event-stream"])
async def test_who_leaves_in_the_middle_of_a_request_is_no_matter_for_the_log(
    length: int, accept: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving_sources([MemorySource()]) as base_url:
        for _ in range(3):
            async with connected(base_url) as (_, writer):
                writer.write(HEAD + b"accept: %s\r\ncontent-length: %d\r\n\r\n{" % (accept, length))
                await writer.drain()
                # Answered after the head before: the body was begun to be read.
                assert (await data(base_url, "{ __typename }")) == {"__typename": "Query"}
    assert [one for one in caplog.records if one.name.startswith("uvicorn") and one.levelno > INFO] == []


class Loop:
    """A loop that gets to its timers as late as a test says."""

    def __init__(self) -> None:
        self.now = 50.0
        self.timers: list[tuple[float, Callable[[], None]]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, call: Callable[[], None]) -> Any:
        timer = (self.now + seconds, call)
        self.timers.append(timer)
        return _Handle(self, timer)

    def run(self, late: float = 0.0) -> None:
        (at, call), *self.timers = self.timers
        self.now = at + late
        call()


class _Handle:
    def __init__(self, loop: Loop, timer: Any) -> None:
        self._loop, self._timer = loop, timer

    def cancel(self) -> None:
        if self._timer in self._loop.timers:
            self._loop.timers.remove(self._timer)


def watched(*, paused: bool = False) -> tuple[Loop, Arrival, list[float]]:
    loop, late = Loop(), []
    arrival = Arrival(cast("asyncio.AbstractEventLoop", loop), lambda: late.append(loop.now), lambda: paused)
    arrival.reads(0)
    arrival.watch()
    return loop, arrival, late


def test_a_head_and_then_a_body_have_their_time() -> None:
    loop, arrival, late = watched()
    for _ in range(3):
        loop.run()
    arrival.has_read(Awaited.BODY)
    arrival.watch()
    begun = loop.now
    while not late:
        loop.run()
    assert late == [begun + arriving.BODY_SECONDS]
    assert not loop.timers


def test_nothing_is_watched_between_requests() -> None:
    loop, arrival, late = watched()
    arrival.has_read(Awaited.NOTHING)
    arrival.watch()
    assert not loop.timers
    arrival.reads(1)
    arrival.watch()
    while not late:
        loop.run()
    assert loop.now == 50.0 + arriving.HEAD_SECONDS


@given(st.lists(st.floats(arriving.HEAD_SECONDS, 3600), max_size=50))
def test_a_process_that_is_late_itself_blames_nobody(delays: list[float]) -> None:
    loop, _, late = watched()
    for delay in delays:
        loop.run(delay)
    assert late == []


def test_who_is_not_read_is_not_late() -> None:
    loop, _, late = watched(paused=True)
    for _ in range(100):
        loop.run()
    assert late == []
