"""A TCP proxy that does to a connection what networks do; the toxics are named as Toxiproxy names them.

    async with faults(upstream.port) as proxy:
        proxy.toxics = [Latency(0.05), Slicer(10)]

Toxics work on what the server sends; `Timeout` and `down` on everything.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from tests.support.upstream import reset


@dataclass(frozen=True, slots=True)
class Latency:
    """Every piece is delayed by so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """No more than so many bytes per second."""

    bytes_per_second: float


@dataclass(frozen=True, slots=True)
class Timeout:
    """Connections are accepted and nothing is passed on."""


@dataclass(frozen=True, slots=True)
class ResetPeer:
    """After so many bytes the connection is reset."""

    after: int = 0


@dataclass(frozen=True, slots=True)
class Slicer:
    """Pieces of so many bytes, with a pause between."""

    size: int
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class LimitData:
    """After so many bytes the connection is closed in an orderly way."""

    after: int


Toxic = Latency | Bandwidth | Timeout | ResetPeer | Slicer | LimitData


class FaultProxy:
    """A proxy in front of one port; `toxics` apply to pieces that arrive from now on."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.connections = 0
        self.toxics: list[Toxic] = []
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._flowing = asyncio.Event()
        self._flowing.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def up(self) -> None:
        """Accept connections, on the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        """Refuse connections and end those there are."""
        assert self._server is not None
        self._server.close()
        await self.cut()
        await self._server.wait_closed()

    async def cut(self) -> None:
        """End the connections there are, in an orderly way."""
        tasks = list(self._open)
        for task, writer in list(self._open.items()):
            writer.close()
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def hold(self) -> None:
        """Pass nothing on in either direction and lose nothing, as when a cable is pulled for a while."""
        self._flowing.clear()

    def release(self) -> None:
        """Pass on what was held, and everything from now on."""
        self._flowing.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.connections += 1
        self._open[task] = writer
        try:
            with suppress(ConnectionError, asyncio.CancelledError):
                await self._connect(reader, writer)
        finally:
            del self._open[task]
            writer.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward, answers = None, None
        try:
            await self._flowing.wait()
            answers, onward = await asyncio.open_connection("127.0.0.1", self.target)
            async with asyncio.TaskGroup() as pumps:
                to_server = pumps.create_task(self._requests(reader, onward))
                await self._answers(answers, writer)
                to_server.cancel()
        finally:
            if onward is not None:
                onward.transport.abort()

    async def _requests(self, reader: asyncio.StreamReader, onward: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while piece := await reader.read(65536):
                await self._flowing.wait()
                if not any(isinstance(toxic, Timeout) for toxic in self.toxics):
                    onward.write(piece)
                    await onward.drain()
            onward.close()

    async def _answers(self, answers: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        with suppress(ConnectionError):
            while piece := await answers.read(65536):
                await self._flowing.wait()
                for part in self._sliced(piece):
                    await self._wait(part)
                    room = self._room(passed)
                    writer.write(part if room is None else part[:room])
                    await writer.drain()
                    passed += len(part)
                    if room is not None and room <= len(part):
                        if any(isinstance(toxic, ResetPeer) for toxic in self.toxics):
                            reset(writer)
                        return

    def _sliced(self, piece: bytes) -> list[bytes]:
        size = next((toxic.size for toxic in self.toxics if isinstance(toxic, Slicer)), len(piece))
        return [piece[at : at + size] for at in range(0, len(piece), size)]

    def _room(self, passed: int) -> int | None:
        limits = [toxic.after for toxic in self.toxics if isinstance(toxic, LimitData | ResetPeer)]
        return max(0, min(limits) - passed) if limits else None

    async def _wait(self, part: bytes) -> None:
        for toxic in self.toxics:
            if isinstance(toxic, Latency):
                await asyncio.sleep(toxic.seconds)
            elif isinstance(toxic, Slicer):
                await asyncio.sleep(toxic.pause)
            elif isinstance(toxic, Bandwidth):
                await asyncio.sleep(len(part) / toxic.bytes_per_second)


@asynccontextmanager
async def faults(target: int) -> AsyncIterator[FaultProxy]:
    """Run a proxy in front of a port for the length of a block."""
    proxy = FaultProxy(target)
    await proxy.up()
    try:
        yield proxy
    finally:
        await proxy.down()
