"""How events reach sockets: frames that are made once for all, or a queue of parts that a task sends."""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import orjson

from floorgraph.server.protocols import FRAMES, Frames
from subscriptions.outlet import Batch, Event

_TEXT = 0x81
"""First byte of a websocket's text message that is whole."""


def frames_of(app_scope: Any) -> Frames | None:
    """The way past all layers to the socket, where the server offers it."""
    found = (app_scope.get("extensions") or {}).get(FRAMES)
    return found if isinstance(found, Frames) else None


def header(length: int) -> bytes:
    """The header of a text frame from the server, with a payload of that many bytes (RFC 6455, 5.2)."""
    if length < 126:
        return bytes((_TEXT, length))
    if length < 1 << 16:
        return bytes((_TEXT, 126)) + length.to_bytes(2, "big")
    return bytes((_TEXT, 127)) + length.to_bytes(8, "big")


def framed(text: bytes) -> bytes:
    """A text frame from the server."""
    return header(len(text)) + text


_BEFORE, _BETWEEN, _AFTER = b'{"id":', b',"type":"next","payload":', b"}"
_AROUND = len(_BEFORE) + len(_BETWEEN) + len(_AFTER)


def segments(events: Sequence[Event], id_length: int) -> list[bytes]:
    """What stands between the operation's id in the frames of these events.

    Joined by an id of that many bytes they are the frames for its operation:
    one copy per socket, however many events there are.
    """
    found: list[bytes] = []
    tail = b""
    for event in events:
        length = _AROUND + id_length + len(event.payload)
        found.append(tail + header(length) + _BEFORE)
        tail = _BETWEEN + event.payload + _AFTER
    found.append(tail)
    return found


def texts(events: Sequence[Event], operation_id: str) -> list[bytes]:
    """The messages for one operation, where the server frames them itself."""
    found = orjson.dumps(operation_id)
    return [b"".join((_BEFORE, found, _BETWEEN, event.payload, _AFTER)) for event in events]


class FrameOutlet:
    """One operation of a websocket, sent to in whole frames."""

    __slots__ = ("_frames", "_id")

    def __init__(self, frames: Frames, operation_id: str) -> None:
        self._frames = frames
        # A copy: bytes of orjson keep the 4 KiB of the buffer that they were written to.
        self._id = memoryview(orjson.dumps(operation_id)).tobytes()

    @property
    def clear(self) -> bool:
        """Whether the socket takes more."""
        return self._frames.opened

    def write(self, batch: Batch) -> None:
        """Send events as `next` messages of the operation."""
        own = self._id
        # Nearly always there already: thousands send the same.
        parts = batch.shapes.get(len(own))
        if parts is None:
            parts = batch.shaped(len(own), lambda events: segments(events, len(own)))
        self._frames.write(own.join(parts))

    async def drained(self) -> None:
        """Wait until the socket takes more."""
        await self._frames.drained()


class QueuedOutlet:
    """Parts in a queue, for transports that send at their own pace; holds one batch."""

    def __init__(self, shape: Hashable, make: Callable[[Sequence[Event]], list[bytes]]) -> None:
        self._shape = shape
        self._make = make
        self._parts: deque[bytes] = deque()
        self._news = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._finished = False

    @property
    def clear(self) -> bool:
        """Whether all parts were sent."""
        return self._empty.is_set()

    def write(self, batch: Batch) -> None:
        """Queue events."""
        self.add(*batch.shaped(self._shape, self._make))

    def add(self, *parts: bytes) -> None:
        """Queue parts as they are."""
        self._parts.extend(parts)
        self._empty.clear()
        self._news.set()

    def finish(self) -> None:
        """Nothing more comes."""
        self._finished = True
        self._news.set()

    async def drained(self) -> None:
        """Wait until all parts were sent."""
        await self._empty.wait()

    async def take(self) -> bytes | None:
        """The next part, once there is one; None at the end. Taking says that the last one was sent."""
        while not self._parts:
            self._empty.set()
            if self._finished:
                return None
            self._news.clear()
            await self._news.wait()
        return self._parts.popleft()
