"""Gate and HTTP client together, against a real server."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import trustme

from floorgraph.model.source import SourceStatus
from floorgraph.vendors.failures import (
    AuthRequired,
    BreakerOpen,
    BudgetExhausted,
    Malformed,
    OutcomeUnknown,
    RateLimited,
    TimedOut,
    TlsRefused,
    Unreachable,
    VendorFailure,
)
from floorgraph.vendors.gate import BreakerPolicy, Call, Freshness, Gate, GatePolicy
from floorgraph.vendors.http import HttpClient, HttpOptions
from tests.support.fakeclock import FakeClock
from tests.support.faultproxy import Latency, Timeout, faults
from tests.support.upstream import Answer, Raw, Upstream, server_tls, serving

NOW = Freshness(max_age=0.0)


@dataclass
class Source:
    """The least that an adapter does: send, look at the status, decode."""

    upstream: Upstream
    clock: FakeClock
    http: HttpClient
    gate: Gate

    def call(self, endpoint: str = "stations") -> Call[object]:
        async def fetch() -> object:
            reply = await self.http.send("GET", f"/{endpoint}", endpoint=endpoint)
            if not reply.ok:
                raise reply.failure()
            return (await reply.json()).value

        return Call(key=endpoint, endpoint=endpoint, ttl=5.0, fetch=fetch)

    async def command(self) -> object:
        async def fetch() -> object:
            return await self.http.send("POST", "/start", endpoint="commands", json={})

        return await self.gate.write(Call("POST /start", "commands", 0.0, fetch), lambda _key: False)

    async def read(self, freshness: Freshness = NOW) -> object:
        return (await self.gate.read(self.call(), freshness)).value

    def status(self) -> SourceStatus:
        return self.gate.condition().status


def source_at(url: str, upstream: Upstream, read: float = 0.2, **policy: object) -> Source:
    clock = FakeClock()
    settings = GatePolicy(**policy)  # type: ignore[arg-type]
    gate = Gate("north", settings, clock=clock, sleep=clock.sleep, chance=lambda: 1.0)
    http = HttpClient("north", url, clock=clock, options=HttpOptions(read=read))
    return Source(upstream, clock, http, gate)


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with serving() as server:
        yield server


@pytest.fixture
async def source(upstream: Upstream) -> AsyncIterator[Source]:
    subject = source_at(upstream.url, upstream, breaker=BreakerPolicy(consecutive=6))
    yield subject
    await subject.gate.close()
    await subject.http.close()


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_single_server_error_is_retried_unnoticed(source: Source, status: int) -> None:
    await source.read()
    source.upstream.script(Answer(status), Answer(body=b"[1]"))
    assert await source.read() == [1]
    assert source.status() is SourceStatus.UP


async def test_three_bad_polls_and_the_recovery(source: Source) -> None:
    await source.read()
    source.upstream.default = Answer(500)
    seen = []
    for _ in range(3):
        answer = await source.gate.read(source.call(), NOW)
        assert isinstance(answer.failure, VendorFailure)
        seen.append(source.status())
    assert seen == [SourceStatus.UP, SourceStatus.DEGRADED, SourceStatus.DOWN]
    asked = len(source.upstream.requests)
    assert isinstance((await source.gate.read(source.call(), NOW)).failure, VendorFailure)
    assert len(source.upstream.requests) == asked, "the breaker is open"
    source.upstream.default = Answer(body=b"[2]")
    source.clock.advance(10)
    assert await source.read() == [2]
    assert source.status() is SourceStatus.UP


async def test_an_unreachable_server_opens_the_breaker(upstream: Upstream) -> None:
    async with faults(upstream.port) as proxy:
        source = source_at(proxy.url, upstream, breaker=BreakerPolicy(consecutive=2))
        await proxy.down()
        for kind in (Unreachable, Unreachable, BreakerOpen):
            with pytest.raises(kind):
                await source.read()
        assert source.status() is SourceStatus.DOWN
        await proxy.up()
        source.clock.advance(10)
        await source.read()
        assert source.status() is SourceStatus.UP
        await source.gate.close()
        await source.http.close()


async def test_a_server_that_never_answers(upstream: Upstream) -> None:
    async with faults(upstream.port) as proxy:
        source = source_at(proxy.url, upstream)
        await source.read()
        proxy.toxics = [Timeout()]
        answer = await source.gate.read(source.call(), NOW)
        assert isinstance(answer.failure, TimedOut)
        assert answer.value == {}
        await source.gate.close()
        await source.http.close()


@pytest.mark.parametrize("header", ["30", "Mon, 02 Mar 2026 11:00:30 GMT"])
async def test_being_told_to_wait(source: Source, header: str) -> None:
    # The server's clock is three hours ahead; only the difference of its own two times counts.
    headers = {"Retry-After": header, "Date": "Mon, 02 Mar 2026 11:00:00 GMT"}
    source.upstream.script(Answer(429, headers=headers))
    with pytest.raises(RateLimited):
        await source.read()
    source.clock.advance(29.9)
    with pytest.raises(BreakerOpen):
        await source.read()
    assert len(source.upstream.requests) == 1
    assert source.status() is SourceStatus.PAUSED
    source.clock.advance(0.2)
    await source.read()
    assert source.status() is SourceStatus.UP


async def test_refused_credentials(source: Source) -> None:
    source.upstream.default = Answer(401)
    with pytest.raises(AuthRequired):
        await source.read()
    for _ in range(299):
        source.clock.advance(1)
        with pytest.raises(BreakerOpen):
            await source.read()
    assert len(source.upstream.requests) == 1
    assert source.status() is SourceStatus.AUTH_REQUIRED


@pytest.mark.parametrize("body", [b"", b"<html>proxy error</html>", b"[1, 2"])
async def test_a_body_that_cannot_be_read_changes_no_record(source: Source, body: bytes) -> None:
    source.upstream.script(Answer(body=b'["known"]'), Answer(body=body))
    await source.read()
    answer = await source.gate.read(source.call(), NOW)
    assert answer.value == ["known"]
    assert isinstance(answer.failure, Malformed)


async def test_a_certificate_that_is_not_trusted_marks_the_source() -> None:
    async with serving(server_tls(trustme.CA())) as upstream:
        source = source_at(upstream.url, upstream)
        with pytest.raises(TlsRefused):
            await source.read()
        condition = source.gate.condition()
        assert (condition.status, condition.failure_code) == (SourceStatus.DOWN, "TLS_REFUSED")
        assert upstream.requests == []
        await source.gate.close()
        await source.http.close()


async def test_a_command_that_waits_while_its_source_is_closed_is_not_sent(upstream: Upstream) -> None:
    """Its settings are those of before: the one that was sent with them is waited for, and no other is."""
    source = source_at(upstream.url, upstream, concurrency=1)
    upstream.default = Raw(then="hang")
    sent = asyncio.create_task(source.command())
    async with asyncio.timeout(5):
        while not upstream.requests:  # noqa: ASYNC110  what is waited for is a plain value
            await asyncio.sleep(0.001)
    waiting = asyncio.create_task(source.command())
    await asyncio.sleep(0)
    await source.gate.close()
    await source.http.close()
    with pytest.raises(OutcomeUnknown, match=r"no data for 0\.2 s"):
        await sent
    with pytest.raises(Unreachable, match="closed meanwhile; nothing was sent"):
        await waiting
    with pytest.raises(Unreachable, match="closed meanwhile; nothing was sent"):
        await source.command()
    assert len(upstream.requests) == 1


async def test_a_vendor_that_answers_is_not_blamed_for_our_own_queue(upstream: Upstream) -> None:
    """Three questions, one at a time: there is time for two."""
    async with faults(upstream.port) as proxy:
        proxy.toxics = [Latency(0.9)]
        once = BreakerPolicy(consecutive=1)
        source = source_at(proxy.url, upstream, 5.0, concurrency=1, deadline=2.0, least=0.4, breaker=once)
        asked = (source.gate.read(source.call(name), NOW) for name in ("stations", "states", "orders"))
        *answered, refused = await asyncio.gather(*asked, return_exceptions=True)
        assert [getattr(one, "value", one) for one in answered] == [{}, {}]
        assert isinstance(refused, BudgetExhausted)
        assert [request.target for request in upstream.requests] == ["/stations", "/states"]
        assert source.status() is SourceStatus.UP
        proxy.toxics = []
        assert (await source.gate.read(source.call("orders"), NOW)).value == {}
        await source.gate.close()
        await source.http.close()
