"""The HTTP client of one vendor server."""

import asyncio
import base64
import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

import httpx2
import msgspec

from floorgraph.model.time import Clock, SystemClock
from floorgraph.vendors.failures import RedirectRefused, TimedOut, TooLarge
from floorgraph.vendors.http.address import check_base_url, place, port_of
from floorgraph.vendors.http.faults import Exchange, Progress, understand
from floorgraph.vendors.http.form import Form
from floorgraph.vendors.http.reply import Reply
from floorgraph.vendors.http.transport import Transport
from floorgraph.vendors.http.wire import BodyTooLarge, Request, Wire
from floorgraph.vendors.tls import TlsSettings, ssl_context

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 2
MOST_URLS: Final = 512
"""Paths whose URLs are kept: reading one takes longer than asking for it."""
SAFE: Final = frozenset({"GET", "HEAD"})
"""Methods that may be sent again by themselves; nothing else ever is."""

Parameters = Mapping[str, str | int | float | bool]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request about to be sent, for credentials that depend on it."""

    method: str
    path: str
    params: Parameters
    body: bytes = field(repr=False)
    reads: bool = False
    """Whether it only reads, whatever its method says."""

    once: bool = False
    """Whether it changes something, whatever its method says."""

    @property
    def repeatable(self) -> bool:
        """Whether it can be sent again by itself without harm."""
        return self.reads or (self.method in SAFE and not self.once)


Auth = Mapping[str, str] | Callable[[Outgoing], Mapping[str, str]]
"""Headers with credentials, fixed or made per request."""


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """Bounds of a client; times in seconds.

    `read` bounds the silence between two pieces of an answer, `total` the
    whole of `send`. `max_bytes` counts the body after unpacking. `proxy` is
    a URL; proxies from the environment are never used.
    """

    connect: float = 2.0
    read: float = 10.0
    total: float = 15.0
    max_bytes: int = 16 * 1024 * 1024
    connections: int = 8
    keep_alive: float = 30.0
    proxy: str | None = None


def basic(user: str, password: str = "") -> dict[str, str]:
    """The header of HTTP Basic authentication."""
    encoded = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {encoded}"}


class HttpClient:
    """Sends requests to one server and reports every trouble as a `SourceFailure`.

    `headers` go with every request, `auth` likewise but are kept out of all
    texts. Nothing is logged here. Owned by a source, which calls `close`.
    Raises `ValueError` for a base URL or a certificate file that cannot be used.
    """

    def __init__(
        self,
        source: str,
        base_url: str,
        *,
        auth: Auth | None = None,
        headers: Mapping[str, str] | None = None,
        tls: TlsSettings | None = None,
        options: HttpOptions | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.source = source
        self.options = options or HttpOptions()
        self._base = httpx2.URL(check_base_url(base_url))
        self._auth: Auth = auth or {}
        self._secrets = () if callable(self._auth) else _secret_texts(self._auth)
        self._headers = dict(headers or {})
        self._clock = clock or SystemClock()
        self._urls = lru_cache(maxsize=MOST_URLS)(self._url)
        self._transport = Transport(
            Wire(
                context=ssl_context(tls or TlsSettings()),
                connect=self.options.connect,
                read=self.options.read,
                connections=self.options.connections,
                keep_alive=self.options.keep_alive,
                proxy=self.options.proxy,
            )
        )

    async def send(
        self,
        method: str,
        path: str,
        *,
        endpoint: str,
        params: Parameters | None = None,
        json: Any = None,
        form: Form | None = None,
        headers: Mapping[str, str] | None = None,
        reads: bool = False,
        once: bool = False,
    ) -> Reply:
        """Send a request and return the answer, whatever its status.

        `path` continues the base URL and begins with `/`; ids in it go through
        `segment`. `endpoint` names the class of call in failures. Raises
        `Unreachable`, `TimedOut`, `TlsRefused`, `Malformed` (cut off, not
        HTTP), `TooLarge`, `RedirectRefused`; for a method other than GET and
        HEAD, once the request may have arrived, `OutcomeUnknown` instead, unless
        it only `reads`, as with vendors who ask their questions by POST. What
        is sent at most `once` is a command whatever its method.
        """
        body = b"" if json is None else msgspec.json.encode(json)
        if form is not None:
            body, kind = form.encoded()
            headers = {"Content-Type": kind, **(headers or {})}
        outgoing = Outgoing(method.upper(), path, dict(params or {}), body, reads, once)
        url = self._urls(path)
        if outgoing.params:
            url = url.copy_merge_params(outgoing.params)
        progress = Progress()
        try:
            async with asyncio.timeout(self.options.total):
                return await self._follow(outgoing, url, endpoint, dict(headers or {}), progress)
        except TimeoutError as error:
            detail = f"no complete answer within {self.options.total:g} s"
            exchange = self._exchange(endpoint)
            if not outgoing.repeatable and progress.sent:
                raise exchange.outcome_unknown(detail) from error
            raise exchange.fail(TimedOut, detail) from error

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.close()

    async def _follow(
        self, outgoing: Outgoing, url: httpx2.URL, endpoint: str, headers: dict[str, str], progress: Progress
    ) -> Reply:
        for _ in range(MOST_REDIRECTS + 1):
            reply = await self._attempt(outgoing, url, endpoint, headers, progress)
            if reply.status not in REDIRECTS:
                return reply
            url = self._redirected(outgoing, url, reply)
            outgoing = replace(outgoing, path=url.path, params=dict(url.params))
        raise reply.failing(RedirectRefused, f"the server redirects more than {MOST_REDIRECTS} times")

    def _redirected(self, outgoing: Outgoing, url: httpx2.URL, reply: Reply) -> httpx2.URL:
        try:
            target = url.join(reply.headers.get("location", ""))
        except (httpx2.InvalidURL, UnicodeError) as error:
            raise reply.failing(RedirectRefused, "the server redirects to no readable address") from error
        if place(target) != place(self._base):
            scheme, host, port = place(target)
            raise reply.failing(
                RedirectRefused,
                f"the server redirects to {scheme}://{host[:100]}:{port}, where credentials must not go",
            )
        if outgoing.once or outgoing.method not in SAFE:
            raise reply.failing(
                RedirectRefused, f"the server redirects a {outgoing.method}, which is never repeated"
            )
        return target

    async def _attempt(
        self, outgoing: Outgoing, url: httpx2.URL, endpoint: str, headers: dict[str, str], progress: Progress
    ) -> Reply:
        # A command gets a connection of its own: a kept one may have been closed by the server just now, and
        # then nobody could tell whether the command arrived.
        alone = not outgoing.repeatable
        try:
            try:
                return await self._exchanged(outgoing, url, endpoint, headers, progress, fresh=alone)
            except TooLarge as cut:
                if outgoing.repeatable:
                    raise
                raise self._exchange(endpoint).outcome_unknown(cut.detail) from cut
            except (httpx2.HTTPError, OSError) as error:
                if not outgoing.repeatable or not progress.lost_kept_connection(error):
                    raise
                return await self._exchanged(outgoing, url, endpoint, headers, progress, fresh=True)
        except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
            exchange = self._exchange(endpoint)
            failure = await understand(error, exchange, progress)
            if not outgoing.repeatable and progress.sent:
                failure = exchange.outcome_unknown(failure.detail)
            # A complaint about a header that cannot be written quotes it, and it may be a secret.
            raise failure from None if isinstance(error, httpx2.LocalProtocolError) else error

    async def _exchanged(
        self,
        outgoing: Outgoing,
        url: httpx2.URL,
        endpoint: str,
        headers: dict[str, str],
        progress: Progress,
        *,
        fresh: bool = False,
    ) -> Reply:
        secret = self._auth(outgoing) if callable(self._auth) else self._auth
        typed = {"Content-Type": "application/json"} if outgoing.body else {}
        progress.connecting = progress.sent = progress.answered = False
        begun = time.monotonic()
        request = Request(
            outgoing.method, url, {**self._headers, **typed, **headers, **secret}, outgoing.body
        )
        try:
            answer = await self._transport.exchange(
                request, progress, fresh=fresh, most=self.options.max_bytes
            )
        except BodyTooLarge:
            detail = f"the answer is larger than {self.options.max_bytes} bytes"
            raise self._exchange(endpoint).fail(TooLarge, detail) from None
        return Reply(
            source=self.source,
            endpoint=endpoint,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            elapsed=time.monotonic() - begun,
            received_at=self._clock.now(),
            secrets=_secret_texts(secret) if callable(self._auth) else self._secrets,
        )

    def _url(self, path: str) -> httpx2.URL:
        if not path.startswith("/") or "?" in path or "#" in path:
            raise ValueError("a path begins with / and has no query")
        return httpx2.URL(f"{self._base}".rstrip("/") + path)

    def _exchange(self, endpoint: str) -> Exchange:
        return Exchange(
            source=self.source,
            endpoint=endpoint,
            host=self._base.host,
            port=port_of(self._base),
            connect=self.options.connect,
            read=self.options.read,
            direct=self.options.proxy is None,
        )


def _secret_texts(headers: Mapping[str, str]) -> tuple[str, ...]:
    """The credentials in headers, in every form in which a server might repeat them; longest first."""
    found: set[str] = set()
    for value in headers.values():
        found.update((value, value.rpartition(" ")[2]))
        if value.startswith("Basic "):
            with contextlib.suppress(ValueError):
                user, _, password = base64.b64decode(value[6:]).decode().partition(":")
                found.update((user, password))
    return tuple(sorted((text for text in found if len(text) > 3), key=len, reverse=True))
