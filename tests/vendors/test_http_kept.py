"""What the kept connections of the HTTP client do with what servers do, beside what all connections do."""

import asyncio
import gzip
import socket
import zlib
from collections.abc import Callable

import pytest

from floorgraph.vendors.failures import Malformed, TimedOut
from floorgraph.vendors.http import HttpClient, HttpOptions
from tests.support.deadline import DEADLINE
from tests.support.upstream import Answer, Raw, Upstream
from tests.vendors.exchange import KEY, Connect, failing, get

pytestmark = pytest.mark.each_loop


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not holds():  # noqa: ASYNC110  what is waited for is a plain value
            await asyncio.sleep(0.01)


async def test_a_body_without_a_length_ends_with_the_connection(upstream: Upstream, connect: Connect) -> None:
    upstream.script(Raw(b"HTTP/1.1 200 OK\r\n\r\n[1, 2]"))
    client = connect(upstream.url)
    assert (await get(client)).body == b"[1, 2]"
    assert (await get(client)).ok
    assert upstream.connections == 2


async def test_a_body_without_a_length_that_is_cut_by_a_reset_is_never_used(
    upstream: Upstream, connect: Connect
) -> None:
    upstream.script(Raw(b"HTTP/1.1 200 OK\r\n\r\n[1, 2]", then="reset"))
    await failing(connect(upstream.url), Malformed)


async def test_chunks_become_one_body(upstream: Upstream, connect: Connect) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    upstream.script(Raw(head + b"2\r\n[1\r\n4;x=y\r\n, 2]\r\n0\r\nX-After: 1\r\n\r\n", then="hang"))
    reply = await get(connect(upstream.url))
    assert reply.body == b"[1, 2]"
    assert "x-after" not in reply.headers


async def test_word_that_an_answer_will_come_is_no_answer(upstream: Upstream, connect: Connect) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 2
    upstream.script(Raw(early + Answer(body=b"[1]").encoded(), then="hang"))
    reply = await get(connect(upstream.url))
    assert (reply.status, reply.body) == (200, b"[1]")
    assert "link" not in reply.headers


@pytest.mark.parametrize("status", [204, 304])
async def test_an_answer_without_a_body_keeps_its_connection(
    upstream: Upstream, connect: Connect, status: int
) -> None:
    upstream.script(Raw(b"HTTP/1.1 %d Fine\r\n\r\n" % status, then="hang"))
    assert (await get(connect(upstream.url))).status == status


async def test_a_server_that_speaks_another_protocol_instead(upstream: Upstream, connect: Connect) -> None:
    switching = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"
    upstream.script(Raw(switching, then="hang"))
    client = connect(upstream.url)
    assert (await get(client)).status == 101
    assert (await get(client)).ok
    assert upstream.connections == 2


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n[]",
    ],
)
async def test_a_connection_that_the_server_will_not_keep_is_not_used_again(
    upstream: Upstream, connect: Connect, head: bytes
) -> None:
    upstream.script(Raw(head, then="hang"))
    client = connect(upstream.url)
    assert (await get(client)).body == b"[]"
    assert (await get(client)).ok
    assert upstream.connections == 2


async def test_an_answer_that_nobody_asked_for_is_given_to_nobody(
    upstream: Upstream, connect: Connect
) -> None:
    upstream.script(Raw(Answer(body=b"1").encoded() + Answer(body=b"2").encoded(), then="hang"))
    client = connect(upstream.url)
    assert (await get(client)).body == b"1"
    assert (await get(client)).body == b"{}"
    assert upstream.connections == 2


async def test_a_head_without_end_is_cut_off(upstream: Upstream, connect: Connect) -> None:
    upstream.script(Raw(b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"x" * 1_000_000, then="hang"))
    failure = await failing(connect(upstream.url, read=60, total=60), Malformed)
    assert failure.detail == "the answer is not HTTP"


async def test_fields_after_the_body_without_end_are_cut_off(upstream: Upstream, connect: Connect) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n"
    upstream.script(Raw(head + b"X: 1\r\n" * 200_000, then="hang"))
    failure = await failing(connect(upstream.url, read=60, total=60), Malformed)
    assert failure.detail == "the answer was cut off before its end"


async def test_silence_after_the_first_answer_is_noticed_as_well(
    upstream: Upstream, connect: Connect
) -> None:
    client = connect(upstream.url, read=0.1, total=60)
    await get(client)
    upstream.default = Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[", then="hang")
    assert (await failing(client, TimedOut)).detail == "no data for 0.1 s"


async def test_an_idle_connection_is_closed_in_time(upstream: Upstream) -> None:
    client = HttpClient("north", upstream.url, options=HttpOptions(keep_alive=0.05, read=0.05))
    await get(client)
    await until(lambda: not upstream._open)
    await get(client)
    assert upstream.connections == 2
    await client.close()


async def test_who_gives_up_leaves_no_half_read_answer_behind(upstream: Upstream, connect: Connect) -> None:
    client = connect(upstream.url)
    upstream.script(Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1", then="hang"))
    asked = asyncio.create_task(get(client))
    await until(lambda: len(upstream.requests) == 1)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert (await get(client)).body == b"{}"
    assert upstream.connections == 2


async def test_no_more_connections_than_allowed(upstream: Upstream, connect: Connect) -> None:
    client = connect(upstream.url, connections=3)
    replies = await asyncio.gather(*(get(client) for _ in range(20)))
    assert [reply.ok for reply in replies] == [True] * 20
    assert upstream.connections <= 3


async def test_further_addresses_of_a_name_are_tried(
    upstream: Upstream, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.3", 0)) as taken:
        closed = taken.getsockname()[1]

    loop = asyncio.get_running_loop()
    real = loop.getaddrinfo

    async def getaddrinfo(host: str, port: int, **options: int) -> object:
        if host != "cwork.example":
            return await real(host, port, **options)
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, ("127.0.0.3", closed)), (*kind, ("127.0.0.1", upstream.port))]

    monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
    assert (await get(connect(f"http://cwork.example:{upstream.port}"))).ok


async def test_own_headers_replace_those_that_are_always_sent(upstream: Upstream) -> None:
    client = HttpClient("north", upstream.url, headers={"user-agent": "mine", "Accept": "text/plain"})
    await get(client)
    await client.close()
    (request,) = upstream.requests
    assert (request.headers["user-agent"], request.headers["accept"]) == ("mine", "text/plain")
    assert request.headers["host"] == f"127.0.0.1:{upstream.port}"
    assert request.headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize("evil", ["a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\0b"])
@pytest.mark.parametrize("place", ["name", "value"])
async def test_nothing_in_a_header_begins_another_one(upstream: Upstream, evil: str, place: str) -> None:
    client = HttpClient("north", upstream.url, headers={evil: "1"} if place == "name" else {"X": evil})
    with pytest.raises(Exception, match="cannot be written as HTTP"):
        await get(client)
    await client.close()
    assert upstream.requests == []


BODY = b'{"a": "' + b"x" * 100_000 + b'"}'


def bare(body: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packing.compress(body) + packing.flush()


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(BODY)),
        ("GZIP", gzip.compress(BODY[:50]) + gzip.compress(BODY[50:])),
        ("deflate", zlib.compress(BODY)),
        ("deflate", bare(BODY)),
        ("identity", BODY),
    ],
)
@pytest.mark.parametrize("chunk", [1_000_000, 7])
async def test_packed_bodies_of_every_sort(
    upstream: Upstream, connect: Connect, encoding: str, packed: bytes, chunk: int
) -> None:
    parts = [packed[start : start + chunk] for start in range(0, len(packed), chunk)][:20_000]
    head = f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: {encoding}\r\n\r\n".encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    upstream.script(Raw(head + chunks + b"0\r\n\r\n", then="hang"))
    assert (await get(connect(upstream.url))).body == BODY


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("br", b"\x0b\x02\x80[1, 2]\x03"),
        ("deflate", zlib.compress(BODY)[:-10]),
        ("gzip", b"".join(gzip.compress(b"") for _ in range(200))),
        ("gzip", gzip.compress(b"[1]") + b"garbage"),
    ],
)
async def test_packed_bodies_that_cannot_be_unpacked(
    upstream: Upstream, connect: Connect, encoding: str, packed: bytes
) -> None:
    upstream.script(Answer(body=packed, headers={"Content-Encoding": encoding}))
    failure = await failing(connect(upstream.url), Malformed)
    assert failure.detail == "the compressed body cannot be unpacked"
    assert KEY not in str(failure)
