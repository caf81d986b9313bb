"""One connection that is kept: HTTP/1.1 as httptools reads it, one question at a time.

It carries most calls, as they are short and many: the parser is llhttp, which
aiohttp uses as well, without what aiohttp puts around it for each answer.
"""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import httptools
import httpx2

from floorgraph.vendors.http.faults import Progress
from floorgraph.vendors.http.heads import Heads
from floorgraph.vendors.http.unpacking import Unpacker, unpacker
from floorgraph.vendors.http.wire import (
    LONGEST_HEADER,
    Arrived,
    BodyTooLarge,
    Disconnected,
    OutOfTime,
    announces_more,
)

MOST_QUIET: Final = 4 * LONGEST_HEADER
"""Bytes that may come without a byte of a body among them: heads, lengths of chunks."""
_BODILESS: Final = frozenset({204, 304})


@dataclass(slots=True, eq=False)
class _Arriving:
    """An answer that is being read."""

    waiter: asyncio.Future[Arrived]
    progress: Progress
    most: int
    until: float
    begun: bool = False
    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    pieces: list[bytes] = field(default_factory=list)
    size: int = 0
    quiet: int = 0
    packed: Unpacker | None = None
    until_end: bool = False
    """Whether the end of the connection ends the body."""


class Connection(asyncio.Protocol):
    """A connection to a server; owned by its pool, which is told by `on_lost` when it is gone.

    Times in seconds: `read` bounds the silence of a server that was asked,
    `keep_alive` the idleness of the connection. `heads` are those of its server.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        read: float,
        keep_alive: float,
        heads: Heads,
        on_lost: Callable[["Connection"], None],
    ) -> None:
        self._loop = loop
        self._read = read
        self._keep_alive = keep_alive
        self._heads = heads
        self._on_lost = on_lost
        self._transport: Any = None
        self._parser: Any = None
        self._arriving: _Arriving | None = None
        self._heard = loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self._due = math.inf
        """When the timer will look."""
        self.usable = True
        """Whether another question can be asked."""
        self.lost: asyncio.Future[None] = loop.create_future()

    def ask(
        self, request: bytes, progress: Progress, most: int, until: float = math.inf
    ) -> asyncio.Future[Arrived]:
        """Send a request; the whole answer comes, of `most` bytes of body, until then by the loop's clock.

        Or `httpx2.HTTPError`, `BodyTooLarge` or `OutOfTime` come, and the connection is gone then.
        Whoever gives up waiting ends the connection.
        """
        loop = self._loop
        waiter: asyncio.Future[Arrived] = loop.create_future()
        self._arriving = _Arriving(waiter, progress, most, until)
        now = self._heard = loop.time()
        if self._timer is None or until < self._due:
            self._look_at(min(until, now + self._read))
        self._transport.write(request)
        return waiter

    @property
    def free(self) -> bool:
        """Whether a question can be asked now."""
        return self.usable and self._arriving is None

    def end(self) -> None:
        """Close the connection at once."""
        self.usable = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: Any) -> None:
        """The connection is there."""
        self._transport = transport
        self._parser = httptools.HttpResponseParser(self)
        # What servers get wrong without doing harm, and what aiohttp forgives them as well.
        self._parser.set_dangerous_leniencies(
            lenient_headers=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
        )

    def data_received(self, data: bytes) -> None:
        """Some bytes of an answer."""
        arriving = self._arriving
        if arriving is None:
            self.end()
            return
        self._heard = self._loop.time()
        if arriving.begun:
            self._parse(data, arriving)
            return
        arriving.begun = True
        known = self._heads.answer(data, arriving.most)
        if known is not None:
            self._arriving = None
            if not arriving.waiter.done():
                arriving.waiter.set_result(known)
            return
        self._parse(data, arriving)
        waiter = arriving.waiter
        answered = waiter.done() and not waiter.cancelled() and waiter.exception() is None
        if self.usable and answered:
            self._heads.learn(data, waiter.result())

    def _parse(self, data: bytes, arriving: _Arriving) -> None:
        arriving.quiet += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.usable = False
            self._finish()
        except httptools.HttpParserError as error:
            # The first bytes of a TLS alert tell what is wrong.
            self._fail(httpx2.RemoteProtocolError(f"{error} at {data[:2]!r}"), error)
        if arriving.quiet > MOST_QUIET:
            self._fail(httpx2.RemoteProtocolError("the head is too long"))

    def on_message_begin(self) -> None:
        """The first byte of an answer, or of one that nobody asked for."""
        if self._arriving is None:
            self.usable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a field after the body."""
        if self._arriving is None:
            self.usable = False
        elif not self._arriving.status:
            self._arriving.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is there."""
        arriving, status = self._arriving, self._parser.get_status_code()
        if arriving is None or (status < 200 and status != 101):
            return
        arriving.status = status
        arriving.progress.answered = True
        found = {name.lower(): value for name, value in arriving.headers}
        length, coding = found.get(b"content-length"), found.get(b"transfer-encoding", b"")
        framed = length is not None or coding.lower().endswith(b"chunked")
        arriving.until_end = not framed and status not in _BODILESS
        if length is not None and announces_more(length.decode("latin-1"), arriving.most):
            self._fail(BodyTooLarge())
        packing = found.get(b"content-encoding")
        if packing is not None:
            try:
                arriving.packed = unpacker(packing.decode("latin-1"))
            except httpx2.DecodingError as error:
                self._fail(error)

    def on_body(self, piece: bytes) -> None:
        """A piece of the body."""
        arriving = self._arriving
        if arriving is None:
            self.usable = False
            return
        arriving.quiet = 0
        if arriving.packed is not None:
            try:
                piece = arriving.packed.feed(piece, arriving.most - arriving.size + 1)
            except httpx2.DecodingError as error:
                self._fail(error)
                return
        arriving.size += len(piece)
        if arriving.size > arriving.most:
            self._fail(BodyTooLarge())
            return
        arriving.pieces.append(piece)

    def on_message_complete(self) -> None:
        """The answer is there."""
        if self._arriving is None:
            return
        if not self._arriving.status:
            # No answer yet, only word that one will come.
            self._arriving.headers.clear()
            return
        self.usable = self.usable and self._parser.should_keep_alive()
        self._finish()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self.usable = False
        arriving = self._arriving
        if arriving is not None and exc is None and arriving.status and arriving.until_end:
            self._finish()
        elif exc is None:
            self._fail(Disconnected("Server disconnected"))
        else:
            self._fail(httpx2.NetworkError(str(exc)), exc)
        if self._timer is not None:
            self._timer.cancel()
        self._transport = self._parser = self._timer = None
        if not self.lost.done():
            self.lost.set_result(None)
        self._on_lost(self)

    def _finish(self) -> None:
        arriving, self._arriving = self._arriving, None
        if arriving is None or arriving.waiter.done():
            return
        if arriving.packed is not None:
            try:
                arriving.packed.end()
            except httpx2.DecodingError as error:
                arriving.waiter.set_exception(error)
                return
        body = arriving.pieces[0] if len(arriving.pieces) == 1 else b"".join(arriving.pieces)
        arriving.waiter.set_result(Arrived(arriving.status, httpx2.Headers(arriving.headers), body))

    def _fail(self, error: Exception, cause: BaseException | None = None) -> None:
        arriving, self._arriving = self._arriving, None
        if arriving is not None and not arriving.waiter.done():
            error.__cause__ = cause
            arriving.waiter.set_exception(error)
        self.end()

    def _look(self) -> None:
        """See whether the server was silent, or the connection idle, for too long."""
        arriving, now = self._arriving, self._loop.time()
        until = math.inf if arriving is None else arriving.until
        patience = self._keep_alive if arriving is None else self._read
        due = min(until, self._heard + patience)
        if due > now:
            # Also an idle connection is looked at as often as one that was asked must be.
            self._look_at(min(due, now + self._read))
            return
        self._timer = None
        if arriving is None:
            self.end()
        else:
            self._fail(OutOfTime() if until <= now else httpx2.ReadTimeout("no data"))

    def _look_at(self, due: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._due = due
        self._timer = self._loop.call_at(due, self._look)
