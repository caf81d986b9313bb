"""Notices peers that do not read, and cuts them off.

A connection that is closed in the usual way first waits for its buffer to
drain; that of a peer that does not read never does. It would hold its
subscriptions, and with them the polling of vendors, for ever. So it is cut
when nothing was taken in for a while. A peer that reads slowly is left alone,
and so is one that has taken in all it was given: then it is this process that
is behind.
"""

import asyncio
import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog

from floorgraph.server.silence import Silence

log = structlog.get_logger(__name__)

STALL_SECONDS: Final = 10.0
"""Longest time without any progress while bytes wait."""
LOOK_SECONDS: Final = 2.5
SEND_BUFFER: Final = 64 * 1024
"""Bytes that the kernel is asked to hold per socket, so that what waits there is neither old nor much."""
READ_BYTES: Final = 4096
"""By how much a window must move on to show that somebody reads, and not merely that it was rounded."""
_FORGET: Final = ("=HH" if sys.platform == "win32" else "=ii", 1, 0)
"""`struct linger`: wait for nothing."""
_UNACKED, _BYTES_ACKED, _NOT_SENT, _WINDOW = 24, 120, 144, 228
"""Where fields stand in Linux' `struct tcp_info`; the window is there since Linux 5.4."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a peer has taken in so far, as the connection tells."""

    acknowledged: int
    """Bytes that its machine has taken in."""
    edge: int | None = None
    """Up to which byte it has room, None where the system does not tell. This moves on when the program at
    the other end reads, and not when its machine merely takes in what it has room for."""
    everything: bool = False
    """Whether that is all it was given."""


def taken(transport: Any) -> Taken | None:
    """What the peer of a transport has taken in; None where the system does not tell."""
    sock = transport.get_extra_info("socket")
    if sock is None or not hasattr(socket, "TCP_INFO"):
        return None
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _WINDOW + 4)
        (count,) = struct.unpack_from("=Q", info, _BYTES_ACKED)
        flying, waiting = (struct.unpack_from("=I", info, place)[0] for place in (_UNACKED, _NOT_SENT))
        window = struct.unpack_from("=I", info, _WINDOW)[0] if len(info) >= _WINDOW + 4 else None
    except (OSError, struct.error):
        return None
    return Taken(count, None if window is None else count + window, not flying and not waiting)


def bound_buffers(transport: Any) -> None:
    """Keep what waits for one socket small, in this process and in the kernel."""
    transport.set_write_buffer_limits(high=SEND_BUFFER)
    sock = transport.get_extra_info("socket")
    if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)


def cut_off(transport: Any) -> None:
    """End a connection at once. The system forgets what the peer left, too: it would offer it for minutes."""
    sock = transport.get_extra_info("socket")
    if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(*_FORGET))
    transport.abort()


class StallWatch:
    """Watches one transport while its buffer is full."""

    __slots__ = ("_before", "_loop", "_silence", "_taken", "_timer", "_transport")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        transport: Any,
        taken: Callable[[Any], Taken | None] = taken,
    ) -> None:
        self._loop = loop
        self._transport = transport
        self._taken = taken
        self._timer: asyncio.TimerHandle | None = None
        self._silence: Silence | None = None
        self._before: Taken | None = None

    def begin(self) -> None:
        """The buffer is full."""
        self._before = self._taken(self._transport)
        self._silence = Silence(STALL_SECONDS, LOOK_SECONDS, self._loop.time())
        self._look_later()

    def end(self) -> None:
        """The buffer has drained, or the connection is gone."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = self._silence = None

    def _look_later(self) -> None:
        self._timer = self._loop.call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        before, self._before = self._before, self._taken(self._transport)
        silence = self._silence
        if silence is None:
            return
        if silence.look(self._loop.time(), alive=progressed(before, self._before)):
            log.info("peer does not read; cut off", peer=str(self._transport.get_extra_info("peername")))
            cut_off(self._transport)
        else:
            self._look_later()


def progressed(before: Taken | None, now: Taken | None) -> bool:
    """Whether a peer took in anything since, or has nothing left to take in."""
    if now is None or before is None:
        return False
    return now.everything or now.acknowledged > before.acknowledged


def reads(before: Taken | None, now: Taken | None) -> bool:
    """Whether the program at the other end is seen to read."""
    if before is None or now is None or before.edge is None or now.edge is None:
        return False
    return now.edge - before.edge >= READ_BYTES
