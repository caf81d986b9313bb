"""Questions over connections that are open already, as most are: what holds for the first holds for them."""

import asyncio
import base64
import gzip
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from floorgraph.vendors.failures import (
    BadRequest,
    Malformed,
    RedirectRefused,
    TimedOut,
    TooLarge,
    Unreachable,
)
from floorgraph.vendors.http import HttpClient, Outgoing, Reply, basic, segment
from floorgraph.vendors.http.connection import Connection
from floorgraph.vendors.http.plain import Plain
from floorgraph.vendors.http.pool import Pool
from floorgraph.vendors.http.wire import Request, written
from tests.support.faultproxy import Bandwidth, FaultProxy, Slicer
from tests.support.upstream import Answer, Raw, Upstream
from tests.vendors.exchange import KEY, Connect, failing, get

pytestmark = pytest.mark.each_loop


async def opened(client: HttpClient) -> HttpClient:
    """A client with one connection that is open and free, whose usual head is known."""
    for _ in range(2):
        assert (await get(client)).ok
    return client


async def test_the_same_is_sent_and_the_same_is_told(upstream: Upstream, connect: Connect) -> None:
    client = connect(upstream.url)
    upstream.default = Answer(201, b"[1]", {"X-Vendor": "7"})
    replies = [await get(client) for _ in range(3)]
    assert upstream.connections == 1
    assert len({(one.method, one.target, *one.headers.items()) for one in upstream.requests}) == 1
    assert upstream.requests[2].target == "/CAPI/REST/stations"
    assert upstream.requests[2].headers["authorization"] == basic(KEY)["Authorization"]
    for reply in replies:
        assert (reply.source, reply.endpoint, reply.status) == ("north", "stations", 201)
        assert (reply.body, reply.headers["x-vendor"], reply.secrets) == (b"[1]", "7", replies[0].secrets)
        assert 0 < reply.elapsed < 5
    assert replies[0].received_at < replies[1].received_at < replies[2].received_at


async def test_bodies_of_one_length_are_not_mixed_up(upstream: Upstream, connect: Connect) -> None:
    upstream.default = lambda asked: Answer(body=asked.target[-3:].encode())
    client = connect(upstream.url, connections=5)
    paths = [f"/stations/{number}" for number in range(100, 200)]
    replies = await asyncio.gather(*(get(client, path) for path in paths))
    assert [reply.body.decode() for reply in replies] == [path[-3:] for path in paths]
    assert upstream.connections <= 5


async def test_a_trickle_ends_at_the_total_deadline(
    upstream: Upstream, proxy: FaultProxy, connect: Connect
) -> None:
    client = await opened(connect(proxy.url, read=60, total=0.3))
    upstream.default = Answer(body=b'"' + b"x" * 10_000 + b'"')
    proxy.toxics = [Slicer(1), Bandwidth(100)]
    assert (await failing(client, TimedOut)).detail == "no complete answer within 0.3 s"
    proxy.toxics, upstream.default = [], Answer()
    assert (await get(client)).ok
    assert proxy.connections == 2


async def test_silence_is_noticed_after_questions_that_were_answered(
    upstream: Upstream, connect: Connect
) -> None:
    client = await opened(connect(upstream.url, read=0.1, total=60))
    upstream.default = Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[", then="hang")
    assert (await failing(client, TimedOut)).detail == "no data for 0.1 s"


async def test_a_body_over_the_limit_is_refused(upstream: Upstream, connect: Connect) -> None:
    client = await opened(connect(upstream.url, max_bytes=1000))
    upstream.default = Answer(body=b"x" * 1000)
    for _ in range(2):
        assert len((await get(client)).body) == 1000
    upstream.default = Answer(body=b"x" * 1001)
    for _ in range(2):
        assert "1000 bytes" in (await failing(client, TooLarge)).detail
    upstream.default = Raw(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"3e9\r\n" + b"x" * 1001
    )
    await failing(client, TooLarge)


async def test_a_bomb_is_cut_off(upstream: Upstream, connect: Connect) -> None:
    client = await opened(connect(upstream.url, max_bytes=1000))
    packed = gzip.compress(b"0" * 10_000_000)
    upstream.default = Answer(body=packed, headers={"Content-Encoding": "gzip"})
    for _ in range(2):
        await failing(client, TooLarge)


async def test_redirects_are_followed_within_the_server_only(upstream: Upstream, connect: Connect) -> None:
    client = await opened(connect(upstream.url))
    for _ in range(2):
        upstream.script(Answer(302, headers={"Location": "/elsewhere?x=1"}), Answer(body=b"[7]"))
        assert (await get(client)).body == b"[7]"
        assert upstream.requests[-1].target == "/elsewhere?x=1"
        upstream.script(Answer(302, headers={"Location": "http://vendor.example/"}))
        assert "vendor.example" in (await failing(client, RedirectRefused)).detail
    before = len(upstream.requests)
    upstream.default = Answer(302, headers={"Location": "/CAPI/REST/stations"})
    await failing(client, RedirectRefused)
    assert len(upstream.requests) == before + 3


@pytest.mark.parametrize(
    "content",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1]",
        b"HTTP/1.1 200 Scripted\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{",
    ],
)
async def test_an_answer_that_was_cut_off_is_never_used_nor_asked_for_again(
    upstream: Upstream, connect: Connect, content: bytes
) -> None:
    client = await opened(connect(upstream.url))
    upstream.script(Raw(content))
    await failing(client, Malformed)
    assert len(upstream.requests) == 3
    assert (await get(client)).ok


@pytest.mark.parametrize("then", ["close", "reset"])
async def test_a_connection_that_is_lost_is_replaced_once(
    upstream: Upstream, connect: Connect, then: str
) -> None:
    client = await opened(connect(upstream.url))
    upstream.script(Raw(then=then))
    assert (await get(client)).ok
    assert len(upstream.requests) == 4
    await opened(client)
    before = len(upstream.requests)
    upstream.default = Raw(then=then)
    await failing(client, Unreachable)
    assert len(upstream.requests) == before + 2


async def test_an_answer_that_is_not_http_is_no_lost_connection(upstream: Upstream, connect: Connect) -> None:
    """It is an answer: to ask again would be a call that nobody counts."""
    client = await opened(connect(upstream.url))
    upstream.default = Raw(b"220 smtp.example ESMTP, disconnected\r\n\r\n", then="hang")
    assert (await failing(client, Malformed)).detail == "the answer is not HTTP"
    assert len(upstream.requests) == 3


async def test_who_gives_up_takes_the_connection_and_leaves_the_place(
    upstream: Upstream, connect: Connect
) -> None:
    client = await opened(connect(upstream.url, connections=1))
    for _ in range(3):
        asked = len(upstream.requests)
        upstream.script(Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1", then="hang"))
        asking = asyncio.create_task(get(client))
        async with asyncio.timeout(5):
            while len(upstream.requests) == asked:  # noqa: ASYNC110  what is waited for is a plain value
                await asyncio.sleep(0.001)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert (await get(client)).body == b"{}"
    assert upstream.connections == 4


async def test_credentials_that_depend_on_the_request_are_made_for_each(upstream: Upstream) -> None:
    def sign(outgoing: Outgoing) -> dict[str, str]:
        return {"X-Signature": base64.b64encode(outgoing.path.encode()).decode()}

    client = HttpClient("north", upstream.url, auth=sign)
    for path in ("/a", "/b", "/c"):
        await get(client, path)
        signature = upstream.requests[-1].headers["x-signature"]
        assert base64.b64decode(signature).decode() == path
    await client.close()


async def test_parameters_and_headers_of_one_question_are_its_own(
    upstream: Upstream, connect: Connect
) -> None:
    client = await opened(connect(upstream.url))
    await client.send("GET", "/stations", endpoint="e", params={"a": 1}, headers={"X-Own": "1"})
    assert upstream.requests[-1].target == "/CAPI/REST/stations?a=1"
    assert upstream.requests[-1].headers["x-own"] == "1"
    await get(client)
    assert upstream.requests[-1].target == "/CAPI/REST/stations"
    assert "x-own" not in upstream.requests[-1].headers


async def test_what_is_sent_at_most_once_takes_no_open_connection(
    upstream: Upstream, connect: Connect
) -> None:
    client = await opened(connect(upstream.url))
    reply: Reply = await client.send("GET", "/stations/1/start", endpoint="commands", once=True)
    assert reply.ok
    assert upstream.connections == 2


@pytest.mark.parametrize("path", ["stations", "/a?b", "/a#b", ""])
async def test_paths_that_would_lead_elsewhere(upstream: Upstream, connect: Connect, path: str) -> None:
    client = await opened(connect(upstream.url, connections=1))
    for _ in range(2):
        with pytest.raises(ValueError, match="a path begins with"):
            await get(client, path)
    assert len(upstream.requests) == 2
    assert (await get(client)).ok


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
async def test_a_closed_client_keeps_nothing_and_asks_nobody(
    upstream: Upstream, connect: Connect, method: str
) -> None:
    client = await opened(connect(upstream.url))
    await client.close()
    failure = await failing(client, Unreachable, method)
    assert failure.detail == "the source was closed meanwhile"
    assert (upstream.connections, len(upstream.requests)) == (1, 2)
    await client.close()


async def test_closing_sends_nothing_that_waits_for_a_connection(
    upstream: Upstream, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a free one, or for a new one."""
    client = connect(upstream.url, connections=2)
    upstream.default = Raw(then="hang")
    asking = [asyncio.create_task(get(client))]
    async with asyncio.timeout(5):
        while not upstream.requests:  # noqa: ASYNC110  what is waited for is a plain value
            await asyncio.sleep(0.001)
    found, looking, connected = asyncio.Event(), asyncio.Event(), Pool._connected

    async def late(pool: Pool, url: httpx2.URL) -> Connection:
        looking.set()
        await found.wait()
        return await connected(pool, url)

    monkeypatch.setattr(Pool, "_connected", late)
    asking += [asyncio.create_task(get(client)) for _ in range(3)]
    await looking.wait()
    await client.close()
    found.set()
    ended = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(one) for one in ended] == [Unreachable] * 4
    assert len(upstream.requests) == 1
    assert [str(one).endswith("the source was closed meanwhile") for one in ended[1:]] == [True] * 3
    assert upstream.connections == 2, "none for those that waited for a free one"


HEADERS = {"Authorization": "Basic eDp5", "X-Own": "1"}


@settings(deadline=None)
@given(
    base=st.sampled_from(["http://h", "http://h:8080", "https://h/api", "http://[::1]:1/a%20b/c"]),
    parts=st.lists(
        st.text(max_size=12) | st.from_regex(r"[A-Za-z0-9_:.~%-]{0,8}", fullmatch=True), max_size=4
    ),
    quoting=st.booleans(),
)
@example(base="http://h/api", parts=["..", "x"], quoting=False)
@example(base="http://h", parts=["", "", "x"], quoting=False)
@example(base="http://h/api", parts=[], quoting=False)
def test_a_plain_request_has_the_bytes_of_any_other(base: str, parts: list[str], quoting: bool) -> None:
    path = "/" + "/".join(segment(part) if quoting else quote(part, safe="~:%.") for part in parts)

    def url(path: str) -> httpx2.URL:
        return httpx2.URL(base + path)

    try:
        expected = written(Request("GET", url(path), HEADERS, b""))
    except httpx2.InvalidURL:
        return
    assert Plain(url, HEADERS).written(path) == expected


def test_a_header_that_cannot_be_written_is_told_of_each_time() -> None:
    plain = Plain(lambda path: httpx2.URL("http://h" + path), {"X": "a\r\nX-Evil: 1"})
    for _ in range(2):
        with pytest.raises(httpx2.LocalProtocolError):
            plain.written("/stations")


async def test_a_credential_that_cannot_be_a_header_is_never_sent(upstream: Upstream) -> None:
    client = HttpClient("north", upstream.url, auth={"X-Key": f"{KEY}\n"})
    for _ in range(2):
        await failing(client, BadRequest)
    await client.close()
    assert upstream.requests == []
