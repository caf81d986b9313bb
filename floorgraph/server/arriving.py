"""Requests that come slowly, or never end: how long and how large the head of a request may be.

uvicorn waits for ever for the rest of a request, and keeps every header that
comes. Whoever opens connections and sends a letter now and then would hold
them all, and the memory behind them. So a head must be there in time and be
of a usual size, and so must what stands between the pieces of a body; what
the pieces hold is bounded by whoever reads them.
"""

import asyncio
from collections.abc import Callable
from enum import Enum
from typing import Final

from floorgraph.server.silence import Silence

HEAD_SECONDS: Final = 10.0
"""From the beginning of a connection, or the first byte of a later request, to the end of its head."""
BODY_SECONDS: Final = 30.0
"""From there to the end of its body."""
LOOKS: Final = 4
"""How often it is looked meanwhile."""
MOST_BYTES: Final = 64 * 1024
"""Bytes in a row that belong to no body: a head, or what stands between the pieces of a body."""


class Awaited(Enum):
    """What of a request is still to come."""

    NOTHING = "nothing"
    HEAD = "head"
    BODY = "body"


class Arrival:
    """Watches over the requests of one connection, whose owner calls `end`.

    `late` is called once when something did not come in time; `paused` tells
    whether this side does not read, and then nobody is blamed.
    """

    __slots__ = ("_awaited", "_late", "_loop", "_paused", "_silence", "_timer", "_watched", "bytes")

    def __init__(
        self, loop: asyncio.AbstractEventLoop, late: Callable[[], None], paused: Callable[[], bool]
    ) -> None:
        self._loop = loop
        self._late = late
        self._paused = paused
        self._awaited = self._watched = Awaited.NOTHING
        self._silence: Silence | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.bytes = 0
        """Bytes that came since the last whole head or piece of a body."""

    @property
    def awaited(self) -> Awaited:
        """What is still to come."""
        return self._awaited

    @property
    def too_much(self) -> bool:
        """Whether more came in a row than any head has."""
        return self.bytes > MOST_BYTES

    def reads(self, length: int) -> None:
        """So many bytes are about to be read."""
        self.bytes += length
        if self._awaited is Awaited.NOTHING:
            self._awaited = Awaited.HEAD

    def has_read(self, awaited: Awaited) -> None:
        """A whole head or a piece of a body was read; that is still to come."""
        self.bytes = 0
        self._awaited = awaited

    def watch(self) -> None:
        """All that came was read: watch for what is still to come."""
        if self._awaited is self._watched:
            return
        self.end()
        self._watched = self._awaited
        if self._watched is not Awaited.NOTHING:
            limit = HEAD_SECONDS if self._watched is Awaited.HEAD else BODY_SECONDS
            self._silence = Silence(limit, limit / LOOKS, self._loop.time())
            self._look_later(self._silence)

    def end(self) -> None:
        """Watch no more."""
        self._watched, self._silence = Awaited.NOTHING, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look_later(self, silence: Silence) -> None:
        self._timer = self._loop.call_later(silence.step, self._look)

    def _look(self) -> None:
        silence = self._silence
        if silence is None:
            return
        if silence.look(self._loop.time(), alive=self._paused()):
            self.end()
            self._late()
        else:
            self._look_later(silence)
