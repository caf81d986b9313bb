"""Thousands of graphql-transport-ws clients in one process that look at bytes, not at messages."""

import asyncio
import base64
import os
import re
import struct
import sys
import time
from typing import cast

import orjson

NEXT = b'"type":"next"'
LAGGED = (b'"kind":"LAGGED"', b'"kind":"RESYNC"')
PING = b"\x89\x04"
CHANGE = re.compile(rb'"id":"bench:station:(\d+)","station":\{"name":"(\d+)","description":"(\d+)"\}')
SNAPSHOT_END = b'"kind":"CAUGHT_UP"'
EVERY = 10
"""Of so many changes one is watched on its way to all clients."""
LONGEST = 400
"""Bytes of the longest event: what may be cut between two reads."""


def masked(text: bytes, opcode: int = 1) -> bytes:
    """A frame from a client."""
    mask = os.urandom(4)
    length = len(text)
    head = (
        bytes((0x80 | opcode, 0x80 | length))
        if length < 126
        else struct.pack("!BBH", 0x80 | opcode, 254, length)
    )
    return head + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(text))


class Client(asyncio.Protocol):
    """One socket with one subscription. Counts what comes; keeps bytes only near the end."""

    def __init__(self, number: int, document: str, watch: "Watch") -> None:
        self.number = number
        self.events = 0
        self.lagged = 0
        self.last = 0
        self.lost = False
        self.kept: list[bytes] | None = None
        self._document = document
        self._watch = watch
        self._tail = b""
        self._phase = 0
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        key = base64.b64encode(os.urandom(16)).decode()
        self.transport.write(
            (
                "GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
            ).encode()
        )

    def data_received(self, data: bytes) -> None:
        if self._phase == 2:
            self._take(data)
            return
        self._tail += data
        if self._phase == 0 and b"\r\n\r\n" in self._tail:
            assert b" 101 " in self._tail, self._tail
            self._phase, self._tail = 1, b""
            self.transport.write(masked(b'{"type":"connection_init"}'))
        elif self._phase == 1 and b"connection_ack" in self._tail:
            self._phase, self._tail = 2, b""
            operation = f"{self.number:08d}-0000-4000-8000-000000000000"
            message = {"id": operation, "type": "subscribe", "payload": {"query": self._document}}
            self.transport.write(masked(orjson.dumps(message)))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.lost = True
        self._watch.lost(self, self._tail[-30:])

    def _take(self, data: bytes) -> None:
        now = time.monotonic_ns()
        seen = self._tail + data
        old = len(self._tail)
        fresh = max(0, old - len(NEXT) + 1)
        self.events += seen.count(NEXT, fresh)
        self.lagged += sum(seen.count(word, max(0, old - len(word) + 1)) for word in LAGGED)
        # The first match: the four random bytes of a ping may look like the head of another one.
        ping = seen.find(PING, max(0, old - 5))
        if ping >= 0 and len(seen) >= ping + 6:
            self.transport.write(masked(seen[ping + 2 : ping + 6], 10))
        if self._phase == 2 and not self._watch.all_ready and SNAPSHOT_END in seen:
            self._watch.ready(self)
        youngest = list(CHANGE.finditer(seen, max(0, len(seen) - LONGEST)))[-1:]
        for found in youngest:
            number, at = int(found[3]), int(found[2])
            if number > self.last:
                self._watch.saw(self.last, number, at, now)
                self.last = number
        if self.kept is not None:
            self.kept.append(data)
        self._tail = seen[-LONGEST:]


class Watch:
    """What all clients of a process saw together."""

    def __init__(self, count: int) -> None:
        self.all_ready = False
        self.arrivals: dict[int, tuple[int, int]] = {}
        """Every `EVERY`th change -> clients that had it or a later one, and when the last of them had."""
        self.due: dict[int, int] = {}
        """Some changes -> when they were due."""
        self._count = count
        self._ready: set[int] = set()
        self.losses = 0
        self.closing = False
        self.everybody = asyncio.Event()

    def ready(self, client: Client) -> None:
        self._ready.add(client.number)
        if len(self._ready) == self._count:
            self.all_ready = True
            self.everybody.set()

    def lost(self, client: Client, last: bytes) -> None:
        """A connection ended; the last bytes may hold a close frame."""
        self.losses += 1
        if not self.closing:
            print(f"socket {client.number} lost after {last!r}", file=sys.stderr)

    def saw(self, before: int, number: int, at: int, now: int) -> None:
        """A client that had everything up to one change has everything up to another one."""
        self.due[number] = at
        for step in range(before // EVERY + 1, number // EVERY + 1):
            count, _ = self.arrivals.get(step * EVERY, (0, 0))
            self.arrivals[step * EVERY] = (count + 1, now)
