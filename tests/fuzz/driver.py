"""Sends random messages and keeps a report of all that comes back."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from floorgraph.server.run import MAX_MESSAGE_BYTES
from tests.fuzz.messages import Maker
from tests.support.client import PROTOCOL
from tests.support.deadline import DEADLINE

LEAK = re.compile(
    r"Traceback|object has no attribute|NoneType|<class |<function |object at 0x|site-packages|\.py\b"
    r"|unhashable|not subscriptable|unexpected keyword|recursion depth|codec can't"
    r"|KeyError|TypeError|ValueError"
)
SIBLING = {
    "type": "subscribe",
    "id": "sibling",
    "payload": {"query": "subscription { stationChanged(maxAge: 0.2) { kind station { name } } }"},
}


@dataclass
class Report:
    """What came of it all."""

    messages: int = 0
    sockets: int = 0
    closes: Counter[int] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    """Codes of the errors that operations got; a question mark for an error without a code."""
    answers: Counter[str] = field(default_factory=Counter)
    leaks: list[str] = field(default_factory=list)
    news: int = 0
    """Changes that the subscription beside it all was told of."""
    odd: list[str] = field(default_factory=list)
    """Ends of sockets that what was sent does not explain."""

    def __str__(self) -> str:
        return (
            f"{self.messages} messages over {self.sockets} sockets\ncloses {dict(self.closes)}\n"
            f"answers {dict(self.answers)}\nerrors {dict(self.codes)}\n"
            f"{self.news} changes meanwhile\nleaks {self.leaks[:5]}\nodd ends {self.odd[:5]}"
        )

    def note(self, text: str) -> dict[str, Any]:
        """Take down a message of the server."""
        if LEAK.search(text):
            self.leaks.append(text[:500])
        message: dict[str, Any] = json.loads(text)
        self.answers[message["type"]] += 1
        payload = message.get("payload")
        errors: Any = payload if message["type"] == "error" else (payload or {}).get("errors", ())
        for error in errors:
            self.codes[(error.get("extensions") or {}).get("code", "?")] += 1
        return message


@asynccontextmanager
async def _socket(base_url: str) -> AsyncIterator[ClientConnection]:
    address = base_url.replace("http", "ws", 1) + "/graphql"
    async with connect(
        address,
        subprotocols=[PROTOCOL],
        proxy=None,
        compression=None,
        max_size=None,
        open_timeout=DEADLINE,
        ping_interval=None,
    ) as socket:
        await socket.send('{"type":"connection_init"}')
        assert json.loads(await socket.recv()) == {"type": "connection_ack"}
        yield socket


async def fuzz(base_url: str, seed: int, count: int) -> Report:
    """Send `count` messages; each is taken in before the next, so that none is lost to a closed socket.

    A socket is used until it is closed, or for a while and then asked an ordinary question. A
    subscription on a socket of its own must go on all the time.
    """
    report, make = Report(), Maker(seed)
    async with _socket(base_url) as watching:
        await watching.send(json.dumps(SIBLING))
        news = asyncio.create_task(_follow(watching, report))
        try:
            while report.messages < count:
                async with asyncio.timeout(DEADLINE):
                    await _one_socket(base_url, make, report, count)
            before = report.news
            async with asyncio.timeout(DEADLINE):
                while report.news < before + 2 and not news.done():  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        finally:
            news.cancel()
            await asyncio.gather(news, return_exceptions=True)
    return report


async def _follow(watching: ClientConnection, report: Report) -> None:
    async for text in watching:
        message = report.note(str(text))
        if message.get("id") == "sibling":
            report.news += message["payload"]["data"]["stationChanged"]["kind"] == "UPDATED"


async def _one_socket(base_url: str, make: Maker, report: Report, count: int) -> None:
    report.sockets += 1
    first, last = report.messages + 1, b""
    async with _socket(base_url) as socket:
        try:
            for _ in range(60):
                if report.messages >= count:
                    break
                message = make()
                last = message if isinstance(message, bytes) else message.encode()
                report.messages += 1
                await socket.send(message)
                await _taken_in(socket, report, pongs=2 if b'{"type": "ping"' in last else 1)
            await _still_served(socket, report, first)
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd is not None else 1006
            reason = closed.rcvd.reason if closed.rcvd is not None else ""
            report.closes[code] += 1
            if LEAK.search(reason):
                report.leaks.append(reason)
            # A server that closes while the peer still sends may cut off its own close frame.
            expected = (1006, 1009) if len(last) > MAX_MESSAGE_BYTES else (4400, 4409, 4429)
            if code not in expected:
                report.odd.append(f"{code} {reason} after {last[:300]!r}")


async def _taken_in(socket: ClientConnection, report: Report, pongs: int) -> None:
    """Read what came until the server has taken in everything that was sent."""
    await socket.send('{"type":"ping"}')
    while pongs:
        pongs -= report.note(str(await socket.recv()))["type"] == "pong"


async def _still_served(socket: ClientConnection, report: Report, first: int) -> None:
    """A socket that was not closed answers as if nothing had been; at most 30 operations stand in the way."""
    for number in range(first, report.messages + 1):
        await socket.send(json.dumps({"type": "complete", "id": str(number)}))
    query = {"type": "subscribe", "id": "probe", "payload": {"query": "{ sources { key } }"}}
    await socket.send(json.dumps(query))
    while True:
        message = report.note(str(await socket.recv()))
        if message.get("id") == "probe" and message["type"] == "next":
            assert message["payload"] == {"data": {"sources": [{"key": "north"}]}}, message
            return
