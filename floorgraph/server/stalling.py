"""Notices peers that do not read, and cuts them off.

A connection that is closed in the usual way first waits for its buffer to
drain; that of a peer that does not read never does. It would hold its
subscriptions, and with them the polling of vendors, for ever. So it is cut
when nothing was taken in for a while. A peer that reads slowly is left alone.
"""

import asyncio
import socket
import struct
from typing import Any, Final

import structlog

log = structlog.get_logger(__name__)

STALL_SECONDS: Final = 10.0
"""Longest time without any progress while bytes wait."""
LOOK_SECONDS: Final = 2.5
SEND_BUFFER: Final = 64 * 1024
"""Bytes that the kernel is asked to hold per socket, so that what waits there is neither old nor much."""
_BYTES_ACKED: Final = 120
"""Where the count of acknowledged bytes stands in Linux' `struct tcp_info`."""


def acknowledged(transport: Any) -> int | None:
    """Bytes that the peer's machine has taken in so far; None where the system does not tell."""
    sock = transport.get_extra_info("socket")
    if sock is None or not hasattr(socket, "TCP_INFO"):
        return None
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _BYTES_ACKED + 8)
        (count,) = struct.unpack_from("=Q", info, _BYTES_ACKED)
    except (OSError, struct.error):
        return None
    return int(count)


def bound_buffers(transport: Any) -> None:
    """Keep what waits for one socket small, in this process and in the kernel."""
    transport.set_write_buffer_limits(high=SEND_BUFFER)
    sock = transport.get_extra_info("socket")
    if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)


class StallWatch:
    """Watches one transport while its buffer is full."""

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: Any) -> None:
        self._loop = loop
        self._transport = transport
        self._timer: asyncio.TimerHandle | None = None
        self._taken: int | None = None
        self._since = 0.0

    def begin(self) -> None:
        """The buffer is full."""
        self._taken, self._since = acknowledged(self._transport), self._loop.time()
        self._look_later()

    def end(self) -> None:
        """The buffer has drained, or the connection is gone."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def progressed(self) -> bool:
        """Whether the peer took in anything since the last look."""
        taken, before = acknowledged(self._transport), self._taken
        self._taken = taken
        return taken is not None and before is not None and taken > before

    def _look_later(self) -> None:
        self.end()
        self._timer = self._loop.call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        now = self._loop.time()
        if self.progressed():
            self._since = now
        if now - self._since >= STALL_SECONDS:
            log.info("peer does not read; cut off", peer=str(self._transport.get_extra_info("peername")))
            self._transport.abort()
        else:
            self._look_later()
