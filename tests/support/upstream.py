"""A vendor server made to order: a real HTTP(S) server on 127.0.0.1 whose every answer a test scripts.

async with serving() as upstream:
    upstream.script(Answer(500), Answer(body=b"[]"))
"""

import asyncio
import socket
import ssl
import struct
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime

import trustme


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """A well-formed answer."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    close: bool = False
    """Close the connection after it without having said so."""

    def encoded(self) -> bytes:
        headers = {"Content-Type": "application/json", "Content-Length": str(len(self.body))} | self.headers
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 {self.status} Scripted\r\n{head}\r\n".encode("latin-1") + self.body


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes as they are, and what happens then: `close`, `reset` or `hang`."""

    content: bytes = b""
    then: str = "close"


Step = Answer | Raw | Callable[[Received], Answer | Raw]


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with a reset instead of an orderly end."""
    connection = writer.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class Upstream:
    """What a test tells the server and learns from it."""

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self.connections = 0
        self.bytes_received = 0
        self.default: Step = Answer()
        self.port = 0
        self.scheme = "http"
        self._script: deque[Step] = deque()
        self._open: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def script(self, *steps: Step) -> None:
        """Answer the next requests in this way; after them comes `default`."""
        self._script.extend(steps)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until it ends."""
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        self.connections += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
                while await self._exchange(reader, writer):
                    pass
        finally:
            self._open.discard(task)
            writer.transport.abort()

    async def end(self) -> None:
        """End all connections."""
        tasks = list(self._open)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = await self._receive(reader)
        if request is None:
            return False
        self.requests.append(request)
        step = self._script.popleft() if self._script else self.default
        answer = step(request) if callable(step) else step
        content = answer.encoded() if isinstance(answer, Answer) else answer.content
        writer.write(content)
        await writer.drain()
        if isinstance(answer, Answer) and not answer.close:
            return True
        if isinstance(answer, Raw) and answer.then == "hang":
            await asyncio.Event().wait()
        if isinstance(answer, Raw) and answer.then == "reset":
            reset(writer)
        else:
            writer.close()
        return False

    async def _receive(self, reader: asyncio.StreamReader) -> Received | None:
        first = await reader.read(1)
        self.bytes_received += len(first)
        if not first:
            return None
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request, *lines = head.strip().split("\r\n")
        method, target, _ = request.split(" ", 2)
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.bytes_received += len(head) - 1 + len(body)
        return Received(method, target, headers, body)


@asynccontextmanager
async def serving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Upstream]:
    """Run a server for the length of a block."""
    upstream = Upstream()
    # A failed handshake is what some tests are about; the stream protocol would report it as unexpected.
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0, ssl=tls)
    upstream.port = server.sockets[0].getsockname()[1]
    upstream.scheme = "https" if tls else "http"
    try:
        yield upstream
    finally:
        server.close()
        await upstream.end()
        await server.wait_closed()


def server_tls(
    authority: trustme.CA,
    *names: str,
    not_after: datetime | None = None,
    newest: ssl.TLSVersion | None = None,
) -> ssl.SSLContext:
    """The TLS of a server with a certificate for these names, perhaps expired, perhaps of an old version."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*(names or ("127.0.0.1",)), not_after=not_after).configure_cert(context)
    if newest is not None:
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = newest
        context.maximum_version = newest
    return context
