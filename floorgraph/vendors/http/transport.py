"""The wire under the HTTP client: aiohttp's connections, with httpx2's words for what can go wrong.

aiohttp needs a tenth of the processor time that httpcore needs for a small
answer, and where many calls are made at once less than that. Nothing that it
would do by itself is left on: no cookies, no redirects, no environment, no
second attempt.
"""

import contextlib
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import httpx2
import yarl
from aiohttp.helpers import sentinel
from aiohttp.http_exceptions import ContentEncodingError

from floorgraph.vendors.http.faults import Progress

LONGEST_HEADER: Final = 64 * 1024
"""Bytes of one line or field of an answer's head."""


@dataclass(frozen=True, slots=True)
class Wire:
    """What connections are made with; times in seconds."""

    context: ssl.SSLContext
    connect: float
    read: float
    connections: int
    keep_alive: float
    proxy: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it goes out; the URL is sent as it stands."""

    method: str
    url: httpx2.URL
    headers: dict[str, str]
    body: bytes


class Arriving:
    """An answer whose head is there."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.status = response.status
        self.headers = httpx2.Headers(list(response.raw_headers))

    async def pieces(self) -> AsyncGenerator[bytes]:
        """The body as it comes, unpacked. Raises as `Transport.exchange`."""
        with _in_httpx2():
            async for piece in self._response.content.iter_any():
                yield piece


class Transport:
    """The connections of one client. Made within the event loop that uses it, at the first request.

    `fresh` requests never reuse a connection, for the one retry after a kept
    one turned out to be closed.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._kept: aiohttp.ClientSession | None = None
        self._fresh: aiohttp.ClientSession | None = None

    @contextlib.asynccontextmanager
    async def exchange(self, request: Request, progress: Progress, *, fresh: bool) -> AsyncIterator[Arriving]:
        """Send a request; the block reads the answer. Raises `httpx2.HTTPError`.

        An answer that was not read to its end takes its connection with it.
        """
        session = self._session(fresh=fresh)
        with _in_httpx2():
            response = await session.request(
                request.method,
                yarl.URL(str(request.url), encoded=True),
                headers=request.headers,
                data=request.body or None,
                allow_redirects=False,
                proxy=self._wire.proxy,
                trace_request_ctx=progress,
            )
        progress.answered = True
        try:
            yield Arriving(response)
        except BaseException:
            response.close()
            raise
        # Where the whole answer was read the connection went back already.
        response.release()

    async def close(self) -> None:
        """Close all connections."""
        for session in (self._kept, self._fresh):
            if session is not None:
                await session.close()

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
            force_close=not keep,
            keepalive_timeout=wire.keep_alive if keep else sentinel,
        )
        session = aiohttp.ClientSession(
            connector=connector,
            headers={"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "User-Agent": "floorgraph"},
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


def _tracing() -> aiohttp.TraceConfig:
    found = aiohttp.TraceConfig()

    async def connecting(_session: Any, context: Any, _params: Any) -> None:
        context.trace_request_ctx.connecting = True

    async def sending(_session: Any, context: Any, _params: Any) -> None:
        context.trace_request_ctx.sent = True

    found.on_connection_create_start.append(connecting)
    # From here on a byte of the request may have left.
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
        return httpx2.RemoteProtocolError("Server disconnected")
    if isinstance(error, aiohttp.ClientPayloadError):
        packed = isinstance(error.__cause__, ContentEncodingError) or "content-encoding" in text
        return httpx2.DecodingError(text) if packed else httpx2.RemoteProtocolError(text)
    if isinstance(error, aiohttp.ClientResponseError):
        # The parser quotes what it could not read; its own text does so once.
        return httpx2.RemoteProtocolError(str(error.__cause__ or text))
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return httpx2.LocalProtocolError("the request cannot be written as HTTP")
    return httpx2.NetworkError(text)
