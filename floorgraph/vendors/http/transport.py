"""How requests get to a server: over kept connections, or one by one by way of aiohttp.

What may be repeated, and needs no proxy, goes over the connections of `pool`;
they need a fifth of the processor time that aiohttp needs for a small answer.
aiohttp carries commands, each over a connection of its own, and everything
that goes through a proxy. Nothing that it would do by itself is left on: no
cookies, no redirects, no environment, no second attempt. Both use httpx2's
words for what can go wrong.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import httpx2
import yarl
from aiohttp.helpers import sentinel
from aiohttp.http_exceptions import ContentEncodingError

from floorgraph.vendors.http.connection import Connection
from floorgraph.vendors.http.faults import Progress
from floorgraph.vendors.http.pool import NEXT_ADDRESS_AFTER, Pool
from floorgraph.vendors.http.wire import (
    ALWAYS,
    LONGEST_HEADER,
    Arrived,
    BodyTooLarge,
    Closed,
    Disconnected,
    Request,
    Wire,
    announces_more,
)


class Transport:
    """The connections of one client. Made within the event loop that uses it, at the first request.

    `fresh` requests never reuse a connection: commands, and the one retry
    after a kept one turned out to be closed.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._pool: Pool | None = None
        self._kept: aiohttp.ClientSession | None = None
        self._fresh: aiohttp.ClientSession | None = None
        self._closed = False

    async def exchange(self, request: Request, progress: Progress, *, fresh: bool, most: int) -> Arrived:
        """Send a request and read the whole answer, of `most` bytes of body.

        Raises `httpx2.HTTPError`, `BodyTooLarge` where there is more, and `Closed`. An answer that was
        not read to its end takes its connection with it.
        """
        if self._closed:
            raise Closed
        if fresh or self._wire.proxy is not None or request.method == "HEAD":
            return await self._by_aiohttp(request, progress, self._session(fresh=fresh), most)
        self._pool = self._pool or Pool(self._wire)
        return await self._pool.exchange(request, progress, most)

    def free(self) -> Connection | None:
        """A kept connection over which a question can be asked now; whoever takes it calls `give_back`."""
        return None if self._pool is None or self._closed else self._pool.free()

    def give_back(self, connection: Connection) -> None:
        """It is over with the question, one way or another."""
        if self._pool is not None:
            self._pool.give_back(connection)

    async def _by_aiohttp(
        self, request: Request, progress: Progress, session: aiohttp.ClientSession, most: int
    ) -> Arrived:
        with _in_httpx2():
            response = await self._answered(request, progress, session)
            progress.answered = True
            try:
                body = await _body(response, most)
            except BaseException:
                response.close()
                raise
            # Where the whole answer was read the connection went back already.
            response.release()
        return Arrived(response.status, httpx2.Headers(list(response.raw_headers)), body)

    async def _answered(
        self, request: Request, progress: Progress, session: aiohttp.ClientSession
    ) -> aiohttp.ClientResponse:
        """The head of the answer. By itself aiohttp gives each address of a name the time for connecting."""
        wire = self._wire
        try:
            async with asyncio.timeout(None) as bound:
                return await session.request(
                    request.method,
                    yarl.URL(str(request.url), encoded=True),
                    headers=request.headers,
                    data=request.body or None,
                    allow_redirects=False,
                    proxy=wire.proxy,
                    trace_request_ctx=_Way(progress, bound, wire.connect if wire.proxy is None else None),
                )
        except TimeoutError as error:
            if bound.expired():
                raise httpx2.ConnectTimeout(str(error)) from error
            raise

    async def close(self) -> None:
        """Close all connections; none is made any more."""
        self._closed = True
        for owner in (self._pool, self._kept, self._fresh):
            if owner is not None:
                await owner.close()

    def _session(self, *, fresh: bool) -> aiohttp.ClientSession:
        if fresh:
            self._fresh = self._fresh or self._made(keep=False)
            return self._fresh
        self._kept = self._kept or self._made(keep=True)
        return self._kept

    def _made(self, *, keep: bool) -> aiohttp.ClientSession:
        wire = self._wire
        connector = aiohttp.TCPConnector(
            ssl=wire.context,
            limit=wire.connections,
            # Names as the machine knows them, also those of its hosts file and of the local network.
            resolver=aiohttp.ThreadedResolver(),
            use_dns_cache=False,
            happy_eyeballs_delay=min(NEXT_ADDRESS_AFTER, wire.connect / 4),
            force_close=not keep,
            keepalive_timeout=wire.keep_alive if keep else sentinel,
        )
        session = aiohttp.ClientSession(
            connector=connector,
            headers=ALWAYS,
            skip_auto_headers=("Content-Type",),
            cookie_jar=aiohttp.DummyCookieJar(),
            # How long a place among the connections is waited for is bounded with the whole request.
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=wire.connect, sock_read=wire.read),
            trust_env=False,
            max_line_size=LONGEST_HEADER,
            max_field_size=LONGEST_HEADER,
            trace_configs=[_tracing()],
        )
        # By itself it would send again what is merely idempotent, such as PUT.
        session._retry_connection = False  # noqa: SLF001
        return session


@dataclass(slots=True)
class _Way:
    """A request on its way through aiohttp."""

    progress: Progress
    bound: asyncio.Timeout
    seconds: float | None
    """To connect in, whatever addresses there are; None where a proxy has to connect as well."""

    def connects(self) -> None:
        """A new connection is begun."""
        self.progress.connecting = True
        if self.seconds is not None:
            self.bound.reschedule(asyncio.get_running_loop().time() + self.seconds)

    def looks_up(self) -> None:
        """The name is looked up, which is no connecting."""
        self.bound.reschedule(None)

    def sends(self) -> None:
        """There is a connection: from here on a byte of the request may have left."""
        self.progress.sent = True
        self.bound.reschedule(None)


async def _body(response: aiohttp.ClientResponse, most: int) -> bytes:
    """The body, unpacked."""
    if announces_more(response.headers.get("Content-Length", ""), most):
        raise BodyTooLarge
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > most:
            raise BodyTooLarge
    return bytes(body)


def _tracing() -> aiohttp.TraceConfig:
    found = aiohttp.TraceConfig()

    async def connecting(_session: Any, context: Any, _params: Any) -> None:
        context.trace_request_ctx.connects()

    async def looking_up(_session: Any, context: Any, _params: Any) -> None:
        context.trace_request_ctx.looks_up()

    async def sending(_session: Any, context: Any, _params: Any) -> None:
        context.trace_request_ctx.sends()

    found.on_connection_create_start.append(connecting)
    found.on_dns_resolvehost_start.append(looking_up)
    found.on_dns_resolvehost_end.append(connecting)
    found.on_connection_create_end.append(sending)
    found.on_connection_reuseconn.append(sending)
    return found


@contextlib.contextmanager
def _in_httpx2() -> Iterator[None]:
    """Say what aiohttp says in httpx2's words."""
    try:
        yield
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        # aiohttp's errors about TLS are errors of ssl themselves, without what the first ones know.
        raise _told(error) from error.__cause__ if isinstance(error, aiohttp.ClientSSLError) else error


def _told(error: Exception) -> httpx2.HTTPError:
    """The error of httpx2 that means the same. Pure."""
    text = str(error)
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return httpx2.ConnectTimeout(text)
    if isinstance(error, TimeoutError):
        return httpx2.ReadTimeout(text)
    if isinstance(error, aiohttp.ClientHttpProxyError | aiohttp.ClientProxyConnectionError):
        return httpx2.ProxyError(text)
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ClientSSLError):
        return httpx2.ConnectError(text)
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return Disconnected("Server disconnected")
    if isinstance(error, aiohttp.ClientPayloadError):
        packed = isinstance(error.__cause__, ContentEncodingError) or "content-encoding" in text
        return httpx2.DecodingError(text) if packed else httpx2.RemoteProtocolError(text)
    if isinstance(error, aiohttp.ClientResponseError):
        # The parser quotes what it could not read; its own text does so once.
        return httpx2.RemoteProtocolError(str(error.__cause__ or text))
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return httpx2.LocalProtocolError("the request cannot be written as HTTP")
    return httpx2.NetworkError(text)
