"""The HTTP client of one vendor server."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import httpx2
import msgspec

from floorgraph.model.time import Clock, SystemClock
from floorgraph.vendors.failures import (
    OutcomeUnknown,
    RedirectRefused,
    SourceFailure,
    TimedOut,
    TooLarge,
    Unreachable,
)
from floorgraph.vendors.http.address import check_base_url, place, port_of
from floorgraph.vendors.http.faults import Exchange, Progress, understand
from floorgraph.vendors.http.form import Form
from floorgraph.vendors.http.outgoing import SAFE, Auth, Outgoing, Parameters, secret_texts
from floorgraph.vendors.http.plain import Plain
from floorgraph.vendors.http.reply import Reply
from floorgraph.vendors.http.transport import Transport
from floorgraph.vendors.http.wire import Arrived, BodyTooLarge, Closed, OutOfTime, Request, Wire
from floorgraph.vendors.tls import TlsSettings, ssl_context

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 2
MOST_URLS: Final = 512
"""Paths whose URLs are kept: reading one takes longer than asking for it."""


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """Bounds of a client; times in seconds.

    `connect` bounds the making of a connection, to all addresses of a name
    together, `read` the silence between two pieces of an answer, `total` the
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

    @property
    def least(self) -> float:
        """Seconds without which nothing is worth sending: those to connect, a tenth of the whole at most."""
        return min(self.connect, self.total / 10)


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
        self._secrets = () if callable(self._auth) else secret_texts(self._auth)
        self._headers = dict(headers or {})
        self._clock = clock or SystemClock()
        self._urls = lru_cache(maxsize=MOST_URLS)(self._url)
        # Credentials that are made for each request make none of them plain.
        self._plain = None if callable(self._auth) else Plain(self._urls, {**self._headers, **self._auth})
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
        is sent at most `once` is a command whatever its method. A redirect of a
        command is refused where it means that it was not done there.
        """
        until = asyncio.get_running_loop().time() + self.options.total
        progress = Progress()
        first: Reply | httpx2.HTTPError | None = None
        if method == "GET" and json is None and not (params or form or headers or once):
            first = await self._at_once(path, endpoint, until, progress)
            if isinstance(first, Reply) and first.status not in REDIRECTS:
                return first
        body = b"" if json is None else msgspec.json.encode(json)
        if form is not None:
            body, kind = form.encoded()
            headers = {"Content-Type": kind, **(headers or {})}
        outgoing = Outgoing(method.upper(), path, dict(params or {}), body, reads, once)
        url = self._urls(path)
        if outgoing.params:
            url = url.copy_merge_params(outgoing.params)
        try:
            async with asyncio.timeout_at(until):
                return await self._follow(outgoing, url, endpoint, dict(headers or {}), progress, first)
        except TimeoutError as error:
            if not outgoing.repeatable and progress.sent:
                raise self._exchange(endpoint).outcome_unknown(self._too_late) from error
            raise self._exchange(endpoint).fail(TimedOut, self._too_late, sent=progress.sent) from error

    async def close(self) -> None:
        """Close all connections. What is sent later, or waits for a connection, ends as `Unreachable`."""
        await self._transport.close()

    async def _at_once(
        self, path: str, endpoint: str, until: float, progress: Progress
    ) -> Reply | httpx2.HTTPError | None:
        """Ask a plain question over a connection that is open and free: the way of most calls.

        The reply, or what went wrong, for `_follow` to go on from there; None where the question was not
        asked. Raises `TimedOut` and `TooLarge`.
        """
        plain = self._plain
        connection = None if plain is None else self._transport.free()
        if plain is None or connection is None:
            return None
        begun, progress.sent = time.monotonic(), True
        try:
            request = plain.written(path)
            answer = await connection.ask(request, progress, self.options.max_bytes, until)
        except OutOfTime:
            raise self._exchange(endpoint).fail(TimedOut, self._too_late) from None
        except BodyTooLarge:
            raise self._too_large(endpoint) from None
        except httpx2.HTTPError as error:
            return error
        finally:
            self._transport.give_back(connection)
        return self._reply(answer, endpoint, begun, self._secrets)

    async def _follow(
        self,
        outgoing: Outgoing,
        url: httpx2.URL,
        endpoint: str,
        headers: dict[str, str],
        progress: Progress,
        first: Reply | httpx2.HTTPError | None,
    ) -> Reply:
        """Ask, and go where the server leads; `first` is what came of asking once already."""
        for _ in range(MOST_REDIRECTS + 1):
            if isinstance(first, Reply):
                reply = first
            else:
                reply = await self._attempt(outgoing, url, endpoint, headers, progress, first)
            first = None
            if reply.status not in REDIRECTS:
                return reply
            url = self._redirected(outgoing, url, reply)
            outgoing = replace(outgoing, path=url.path, params=dict(url.params))
        raise reply.failing(RedirectRefused, f"the server redirects more than {MOST_REDIRECTS} times")

    def _redirected(self, outgoing: Outgoing, url: httpx2.URL, reply: Reply) -> httpx2.URL:
        if outgoing.may_be_done(reply.status):
            what = f"the server answers a {outgoing.method} with a redirect ({reply.status})"
            raise reply.failing(OutcomeUnknown, f"{what}; the command may or may not have been carried out")
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
        self,
        outgoing: Outgoing,
        url: httpx2.URL,
        endpoint: str,
        headers: dict[str, str],
        progress: Progress,
        failed: httpx2.HTTPError | None,
    ) -> Reply:
        """Ask once, or go on from what failed, and once more where a kept connection was lost."""
        # A command gets a connection of its own: a kept one may have been closed by the server just now, and
        # then nobody could tell whether the command arrived.
        alone = not outgoing.repeatable
        try:
            try:
                if failed is not None:
                    raise failed
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
            failure.sent = progress.sent
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
            raise self._too_large(endpoint) from None
        except Closed:
            detail = "the source was closed meanwhile"
            raise self._exchange(endpoint).fail(Unreachable, detail, sent=False) from None
        secrets = secret_texts(secret) if callable(self._auth) else self._secrets
        return self._reply(answer, endpoint, begun, secrets)

    def _reply(self, answer: Arrived, endpoint: str, begun: float, secrets: tuple[str, ...]) -> Reply:
        return Reply(
            self.source,
            endpoint,
            answer.status,
            answer.headers,
            answer.body,
            time.monotonic() - begun,
            self._clock.now(),
            secrets,
        )

    @property
    def _too_late(self) -> str:
        return f"no complete answer within {self.options.total:g} s"

    def _too_large(self, endpoint: str) -> SourceFailure:
        detail = f"the answer is larger than {self.options.max_bytes} bytes"
        return self._exchange(endpoint).fail(TooLarge, detail)

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
