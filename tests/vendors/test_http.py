"""The HTTP client against real servers and broken networks."""

import asyncio
import gzip
import socket
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from floorgraph.vendors.failures import (
    BadRequest,
    HostUnknown,
    Malformed,
    OutcomeUnknown,
    TimedOut,
    TooLarge,
    Unreachable,
)
from floorgraph.vendors.http import HttpClient, Outgoing, basic, segment
from floorgraph.vendors.http.address import check_base_url
from tests.support.faultproxy import (
    Bandwidth,
    FaultProxy,
    Latency,
    LimitData,
    ResetPeer,
    Slicer,
    Timeout,
)
from tests.support.upstream import Answer, Raw, Received, Upstream, serving
from tests.vendors.exchange import KEY, Connect, failing, get

pytestmark = pytest.mark.each_loop


async def test_sends_what_is_asked_and_returns_what_comes(upstream: Upstream, connect: Connect) -> None:
    upstream.script(Answer(201, b'{"a": 1}', {"X-Vendor": "yes"}))
    reply = await connect(upstream.url).send(
        "post",
        f"/x/{segment('a/../b?c')}",
        endpoint="x",
        params={"n": 1, "b": True},
        json={"é": 2},
        headers={"H": "1"},
    )
    (request,) = upstream.requests
    assert request.method == "POST"
    assert request.target == "/CAPI/REST/x/a%2F..%2Fb%3Fc?n=1&b=true"
    assert request.headers["h"] == "1"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"] == basic(KEY)["Authorization"]
    assert request.body == '{"é":2}'.encode()
    assert (reply.status, reply.ok, reply.headers["x-vendor"], reply.body) == (201, True, "yes", b'{"a": 1}')
    assert reply.elapsed >= 0


async def test_keeps_connections(upstream: Upstream, connect: Connect) -> None:
    client = connect(upstream.url)
    for _ in range(5):
        await get(client)
    assert upstream.connections == 1


async def test_credentials_can_depend_on_the_request(upstream: Upstream) -> None:
    def sign(outgoing: Outgoing) -> dict[str, str]:
        return {"X-Signature": f"{outgoing.method} {outgoing.path} {outgoing.params['n']} {outgoing.body!r}"}

    client = HttpClient("north", upstream.url, auth=sign)
    await client.send("POST", "/a", endpoint="a", params={"n": 1}, json=[])
    await client.close()
    assert upstream.requests[0].headers["x-signature"] == "POST /a 1 b'[]'"


async def test_refused_connection(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    failure = await failing(connect(f"http://127.0.0.1:{port}"), Unreachable)
    assert str(failure) == f"north: stations: the connection to 127.0.0.1:{port} was refused"
    assert failure.__cause__ is not None


async def test_an_unknown_host_name_has_a_code_of_its_own(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def getaddrinfo(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    failure = await failing(connect("http://cwork.invalid:4445"), HostUnknown)
    assert (failure.code, failure.retryable, failure.counts_against_source) == ("HOST_UNKNOWN", True, True)
    assert failure.detail == "the host name cwork.invalid cannot be resolved"


async def test_a_new_address_is_used_without_a_restart(
    upstream: Upstream, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    real, known = loop.getaddrinfo, [False]

    async def getaddrinfo(_host: str, port: int, **options: int) -> object:
        if not known[0]:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return await real("127.0.0.1", port, **options)

    monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
    client = connect(f"http://cwork.example:{upstream.port}")
    await failing(client, HostUnknown)
    known[0] = True
    assert (await get(client)).ok


async def test_a_server_that_moved_is_found_at_its_new_address(
    upstream: Upstream, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    real, address = loop.getaddrinfo, ["127.0.0.1"]
    monkeypatch.setattr(loop, "getaddrinfo", lambda _host, port, **options: real(address[0], port, **options))
    client = connect(f"http://cwork.example:{upstream.port}")
    upstream.script(Answer(body=b'"old"', headers={"Connection": "close"}))
    assert (await get(client)).body == b'"old"'

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"new"')
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.2", upstream.port):
        address[0] = "127.0.0.2"
        assert (await get(client)).body == b'"new"'
    assert len(upstream.requests) == 1


@contextmanager
def deaf(*hosts: str) -> Iterator[int]:
    """A port at which connections are begun and never made, at all of these addresses."""
    port = 0
    with ExitStack() as held:
        for host in hosts:
            full = held.enter_context(socket.socket())
            full.bind((host, port))
            full.listen(0)
            port = full.getsockname()[1]
            for _ in range(4):
                filler = held.enter_context(socket.socket())
                filler.setblocking(False)
                with suppress(BlockingIOError):
                    filler.connect((host, port))
        yield port


def lead(monkeypatch: pytest.MonkeyPatch, name: str, *places: tuple[str, int]) -> None:
    """Let a name have these addresses, in this order."""
    loop = asyncio.get_running_loop()
    real = loop.getaddrinfo

    async def getaddrinfo(host: str, port: int, **options: int) -> object:
        if host != name:
            return await real(host, port, **options)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]

    monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)


async def test_connect_that_hangs_ends_at_the_connect_timeout(connect: Connect) -> None:
    with deaf("127.0.0.1") as port:
        failure = await failing(connect(f"http://127.0.0.1:{port}", connect=0.1, read=60, total=60), TimedOut)
    assert failure.detail == f"no connection to 127.0.0.1:{port} within 0.1 s"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_many_dead_addresses_of_a_name_take_no_longer_to_connect(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    loop, dead = asyncio.get_running_loop(), [f"127.0.0.{number}" for number in range(1, 6)]
    with deaf(*dead) as port:
        lead(monkeypatch, "cwork.example", *((host, port) for host in dead))
        client = connect(f"http://cwork.example:{port}", connect=0.4, read=60, total=60)
        begun = loop.time()
        failure = await failing(client, TimedOut, method)
        took = loop.time() - begun
    assert failure.detail == f"no connection to cwork.example:{port} within 0.4 s"
    assert took < 1.2, "once, not for each address"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_living_address_behind_dead_ones_is_reached_in_time(
    upstream: Upstream, connect: Connect, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    dead = ["127.0.0.1", "127.0.0.2"]
    with deaf(*dead) as port:
        places = [*((host, port) for host in dead), ("127.0.0.1", upstream.port)]
        lead(monkeypatch, "cwork.example", *places)
        client = connect("http://cwork.example", connect=5.0, read=60, total=60)
        assert (await client.send(method, "/stations", endpoint="stations")).ok


async def test_no_first_byte_ends_at_the_read_timeout(proxy: FaultProxy, connect: Connect) -> None:
    proxy.toxics = [Timeout()]
    failure = await failing(connect(proxy.url, read=0.1, total=60), TimedOut)
    assert failure.detail == "no data for 0.1 s"


async def test_a_trickle_ends_at_the_total_deadline(
    upstream: Upstream, proxy: FaultProxy, connect: Connect
) -> None:
    upstream.default = Answer(body=b'"' + b"x" * 10_000 + b'"')
    proxy.toxics = [Slicer(1), Bandwidth(100)]
    failure = await failing(connect(proxy.url, read=5, total=0.3), TimedOut)
    assert failure.detail == "no complete answer within 0.3 s"


async def test_slow_and_sliced_answers_arrive_whole(
    upstream: Upstream, proxy: FaultProxy, connect: Connect
) -> None:
    upstream.default = Answer(body=b'{"a": "' + b"x" * 500 + b'"}')
    proxy.toxics = [Slicer(40), Latency(0.001)]
    assert (await get(connect(proxy.url))).body == upstream.default.body


@pytest.mark.parametrize("toxic", [ResetPeer(after=150), LimitData(after=150)])
async def test_an_answer_cut_in_the_middle_is_never_used(
    upstream: Upstream, proxy: FaultProxy, connect: Connect, toxic: ResetPeer | LimitData
) -> None:
    upstream.default = Answer(body=b"[1]" + b" " * 1000)
    proxy.toxics = [toxic]
    failure = await failing(connect(proxy.url), Malformed)
    assert failure.detail == "the answer was cut off before its end"


@pytest.mark.parametrize(
    "content",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1]",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1]\r\n",
    ],
)
async def test_a_body_shorter_than_announced_is_never_used(
    upstream: Upstream, connect: Connect, content: bytes
) -> None:
    upstream.script(Raw(content))
    failure = await failing(connect(upstream.url), Malformed)
    assert failure.detail == "the answer was cut off before its end"


@pytest.mark.parametrize("then", ["close", "reset"])
async def test_a_connection_cut_before_any_answer(upstream: Upstream, connect: Connect, then: str) -> None:
    upstream.default = Raw(then=then)
    failure = await failing(connect(upstream.url), Unreachable)
    assert failure.detail == "the connection was cut before an answer came"
    assert len(upstream.requests) == 1, "a fresh connection is no reason to try again"


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"220 smtp.example ESMTP\r\n\r\n", "the answer is not HTTP"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "the server speaks TLS on this port"),
    ],
)
async def test_an_answer_that_is_not_http(
    upstream: Upstream, connect: Connect, content: bytes, detail: str
) -> None:
    upstream.script(Raw(content))
    assert detail in (await failing(connect(upstream.url), Malformed)).detail


async def test_a_body_that_cannot_be_unpacked(upstream: Upstream, connect: Connect) -> None:
    upstream.script(Answer(body=b"not gzip at all", headers={"Content-Encoding": "gzip"}))
    assert "unpacked" in (await failing(connect(upstream.url), Malformed)).detail


async def test_packed_bodies_are_unpacked(upstream: Upstream, connect: Connect) -> None:
    upstream.script(Answer(body=gzip.compress(b"[1, 2]"), headers={"Content-Encoding": "gzip"}))
    assert (await get(connect(upstream.url))).body == b"[1, 2]"


@pytest.mark.parametrize(("packed", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
async def test_a_bomb_is_cut_off_with_little_memory(
    upstream: Upstream, connect: Connect, packed: str, pack: Callable[[bytes, int], bytes]
) -> None:
    upstream.script(Answer(body=pack(b"0" * 200_000_000, 1), headers={"Content-Encoding": packed}))
    tracemalloc.start()
    failure = await failing(connect(upstream.url, max_bytes=1_000_000), TooLarge)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "1000000 bytes" in failure.detail
    assert peak < 20_000_000


async def test_a_length_over_the_limit_is_refused_unread(upstream: Upstream, connect: Connect) -> None:
    upstream.script(Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n[", then="hang"))
    await failing(connect(upstream.url), TooLarge)


async def test_a_body_of_exactly_the_limit_passes(upstream: Upstream, connect: Connect) -> None:
    upstream.default = Answer(body=b"x" * 1000)
    assert len((await get(connect(upstream.url, max_bytes=1000))).body) == 1000
    await failing(connect(upstream.url, max_bytes=999), TooLarge)


async def test_a_kept_connection_that_the_vendor_closed_is_replaced_unnoticed(
    upstream: Upstream, connect: Connect
) -> None:
    client = connect(upstream.url)
    await get(client)
    # The second request goes out on the kept connection and meets its end instead of an answer.
    upstream.script(Raw(then="reset"))
    assert (await get(client)).ok
    assert len(upstream.requests) == 3


async def test_a_kept_connection_closed_between_polls(proxy: FaultProxy, connect: Connect) -> None:
    client = connect(proxy.url)
    await get(client)
    await proxy.cut()
    assert (await get(client)).ok
    assert proxy.connections == 2


async def test_the_replacement_happens_once(upstream: Upstream, connect: Connect) -> None:
    client = connect(upstream.url)
    await get(client)
    upstream.default = Raw(then="reset")
    await failing(client, Unreachable)
    assert len(upstream.requests) == 3


async def test_down_and_up_again(proxy: FaultProxy, connect: Connect) -> None:
    client = connect(proxy.url)
    await get(client)
    await proxy.down()
    await failing(client, Unreachable)
    await proxy.up()
    assert (await get(client)).ok


@pytest.mark.parametrize("then", ["close", "reset"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_command_is_never_sent_twice(
    upstream: Upstream, connect: Connect, method: str, then: str
) -> None:
    """Also not where its method alone would allow it."""
    client = connect(upstream.url)
    await get(client)
    upstream.default = Raw(then=then)
    await failing(client, OutcomeUnknown, method)
    assert [request.method for request in upstream.requests] == ["GET", method]


async def test_a_command_without_an_answer_has_an_unknown_outcome(
    upstream: Upstream, connect: Connect
) -> None:
    upstream.default = Raw(then="hang")
    failure = await failing(connect(upstream.url, total=0.2), OutcomeUnknown, "POST")
    assert "may or may not" in failure.detail


async def test_a_command_that_was_not_sent_did_not_happen(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    failure = await failing(connect(f"http://127.0.0.1:{port}"), Unreachable, "POST")
    assert not failure.sent
    with deaf("127.0.0.1") as port:
        failure = await failing(connect(f"http://127.0.0.1:{port}", connect=0.1), TimedOut, "POST")
    assert not failure.sent


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
async def test_proxies_of_the_environment_are_ignored(
    upstream: Upstream, connect: Connect, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    async with serving() as trap:
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv(variable, trap.url)
        await get(connect(upstream.url))
        assert trap.connections == 0


async def test_a_configured_proxy_is_used(upstream: Upstream, connect: Connect) -> None:
    await get(connect("http://cwork.example:4445", proxy=upstream.url))
    assert upstream.requests[0].target == "http://cwork.example:4445/CAPI/REST/stations"


async def test_a_proxy_that_is_not_there_or_refuses_is_named(connect: Connect, upstream: Upstream) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    upstream.default = Answer(407)
    for proxy in (f"http://user:{KEY}@127.0.0.1:{port}", upstream.url):
        failure = await failing(connect("https://cwork.example:4445", proxy=proxy), Unreachable)
        assert failure.detail == "the proxy gives no connection to cwork.example:4445"
    assert [request.method for request in upstream.requests] == ["CONNECT"]
    assert KEY not in str(upstream.requests[0].headers)
    assert basic(KEY)["Authorization"] not in upstream.requests[0].headers.values()


async def test_names_are_looked_up_as_the_machine_does(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by a resolver of the library's choice, which may not know the names of a local network."""

    def chosen(**_: object) -> None:
        raise AssertionError("the library chose")

    monkeypatch.setattr("aiohttp.connector.DefaultResolver", chosen)
    await failing(connect("http://127.0.0.1:1"), Unreachable)


async def test_a_credential_that_cannot_be_a_header_is_not_quoted(upstream: Upstream) -> None:
    client = HttpClient("north", upstream.url, auth={"X-Key": f"{KEY}\r\nX-Evil: 1"})
    failure = await failing(client, BadRequest)
    await client.close()
    assert failure.__cause__ is None
    assert failure.__suppress_context__
    assert upstream.requests == []


async def test_slow_calls_of_one_client_do_not_hold_up_another(upstream: Upstream, connect: Connect) -> None:
    def step(request: Received) -> Answer | Raw:
        return Raw(then="hang") if request.target.endswith("slow") else Answer()

    upstream.default = step
    busy, other = connect(upstream.url, connections=2), connect(upstream.url)
    slow = [asyncio.create_task(get(busy, "/slow")) for _ in range(4)]
    assert (await get(other)).ok
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "cwork",
        "ftp://host/",
        "http://",
        "http://user:pass@host/",
        "http://h/?a=1",
        "http://h/#a",
        "http://[",
        "http://h:99999/",
    ],
)
def test_base_urls_that_cannot_be_used(url: str) -> None:
    with pytest.raises(ValueError, match="base_url") as raised:
        check_base_url(url)
    assert "pass@" not in str(raised.value)


@pytest.mark.parametrize("path", ["stations", "http://evil.example/", "/a?b=c", "/a#b"])
async def test_paths_that_would_lead_elsewhere(connect: Connect, path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        await get(connect("http://127.0.0.1:1"), path)


@pytest.mark.parametrize(
    ("value", "expected"), [(7, "7"), ("..", "%2E%2E"), (".", "%2E"), ("é/", "%C3%A9%2F")]
)
def test_segments(value: object, expected: str) -> None:
    assert segment(value) == expected


async def test_a_command_never_uses_a_connection_that_was_kept(proxy: FaultProxy, connect: Connect) -> None:
    """The server may have closed it just now, and then nobody could tell whether the command arrived."""
    client = connect(proxy.url)
    await get(client)
    await proxy.cut()
    assert (await client.send("POST", "/a", endpoint="a", json={})).ok


async def test_what_is_sent_at_most_once_is_a_command_whatever_its_method(
    upstream: Upstream, connect: Connect
) -> None:
    client = connect(upstream.url)
    await get(client)
    upstream.default = Raw(then="reset")
    with pytest.raises(OutcomeUnknown):
        await client.send("GET", "/a", endpoint="a", once=True)
    assert len(upstream.requests) == 2
