"""uvicorn's websockets with bounds: peers that do not read are cut off, all end with fitting codes."""

import asyncio
from typing import Any, Final, cast

from uvicorn._types import ASGIReceiveEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.protocol import State

from floorgraph.server.silence import Silence
from floorgraph.server.stalling import StallWatch, Taken, bound_buffers, progressed, reads, taken
from floorgraph.server.waiting import Inbox, Latch

PING_SECONDS: Final = 5.0
PONG_SECONDS: Final = 7.5
"""Together the longest time after which a websocket that no longer answers is closed."""
LOOKS: Final = 3
"""How often it is looked for the answer to a ping before a websocket is closed."""
TRY_AGAIN_LATER: Final = 1013
FRAMES: Final = "floorgraph.frames"
"""Name of the ASGI extension by which an app sends frames that it made itself."""
MOST_FRAGMENTS: Final = 1024
"""Frames of one message; empty ones would take memory without ever making it long."""
NOT_TEXT, TOO_BIG = 1007, 1009


class Frames:
    """Sends text frames that were made once for many sockets, past all layers between."""

    __slots__ = ("_protocol", "writable")

    def __init__(self, protocol: "WebSocketProtocol", writable: Latch) -> None:
        self._protocol = protocol
        self.writable = writable
        """Open while the socket's buffer takes more."""

    @property
    def clear(self) -> bool:
        """Whether the socket's buffer takes more."""
        return self.writable.opened

    def write(self, frames: bytes) -> None:
        """Send whole frames; nothing happens once the socket closes."""
        protocol = self._protocol
        if not (protocol.close_sent or protocol.disconnected or protocol.transport.is_closing()):
            protocol.transport.write(frames)

    async def drained(self) -> None:
        """Wait until clear, or until the socket is gone."""
        await self.writable.wait()


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """A websocket that is cut off when its peer does not read, and never closed with 1011.

    Clients of graphql-transport-ws take 1011 as final; after 1013 they connect again.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bound what waits for the peer, and what is kept for it."""
        super().connection_made(transport)
        inbox, writable, bare = Inbox(), Latch(), cast("Any", self)
        writable.set()
        bare.queue, bare.writable = inbox, writable
        bound_buffers(transport)
        self._stall = StallWatch(self.loop, transport)
        self._silence = Silence(0.0, 0.0, 0.0)
        self._before: Taken | None = None
        self._heard = False

    def data_received(self, data: bytes) -> None:
        """Whoever sends anything is there."""
        self._heard = True
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is to be watched any more."""
        self._stall.end()
        super().connection_lost(exc)

    def handle_ping(self) -> None:
        """Answer a ping, unless the peer does not even read the answers to those before."""
        pong = b"".join(self.conn.data_to_send())
        if self.writable.is_set():
            self.transport.write(pong)

    def handle_cont(self, event: Frame) -> None:
        """Take a further part of a message."""
        if len(self.frames) < MOST_FRAGMENTS:
            super().handle_cont(event)
        else:
            self._refuse(TOO_BIG, "too many fragments")

    def send_receive_event_to_app(self) -> None:
        """Pass on a message, unless it is a text that is none: uvicorn would log each with a traceback."""
        if self.curr_msg_data_type == "text":
            message = b"".join(self.frames)
            try:
                message.decode()
            except UnicodeDecodeError:
                self._refuse(NOT_TEXT, "not UTF-8")
                return
            self.frames = [message]
        super().send_receive_event_to_app()

    def _refuse(self, code: int, reason: str) -> None:
        self.frames = []
        if not self.close_sent:
            self.conn.fail(code, reason)
            self.handle_parser_exception()

    def pause_writing(self) -> None:
        """Watch whether the peer reads."""
        super().pause_writing()
        self._stall.begin()

    def resume_writing(self) -> None:
        """The peer reads."""
        self._stall.end()
        super().resume_writing()

    def start_keepalive(self) -> None:
        """The handshake is over: what it was made of is not needed any more."""
        super().start_keepalive()
        bare = cast("Any", self)
        bare.request = bare.response = bare.scope = None

    def send_keepalive_ping(self) -> None:
        """Look for the answer now and then, instead of once at the end."""
        super().send_keepalive_ping()
        if self.pong_timer is not None and self.ping_timeout:
            self.pong_timer.cancel()
            self._before, self._heard = taken(self.transport), False
            self._silence = Silence(self.ping_timeout, self.ping_timeout / LOOKS, self.loop.time())
            self._look_later()

    def _look_later(self) -> None:
        self.pong_timer = self.loop.call_later(self._silence.step, self.keepalive_timeout)

    def _alive(self) -> bool:
        """Whether the peer sent anything, or is busy with what was sent before the ping."""
        before, self._before = self._before, taken(self.transport)
        heard, self._heard = self._heard, False
        if heard or reads(before, self._before):
            return True
        return bool(self.transport.get_write_buffer_size()) and progressed(before, self._before)

    def keepalive_timeout(self) -> None:
        """Close with 1013 when there was no sign of life for as long as this process could have seen one."""
        if not self._silence.look(self.loop.time(), alive=self._alive()):
            self._look_later()
            return
        self.pong_timer = None
        self.pending_ping_payload = None
        if self.close_sent or self.transport.is_closing():
            return
        if self.conn.state is State.OPEN:
            self.conn.fail(TRY_AGAIN_LATER, "no answer to a ping")
            self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    def handle_connect(self, event: Request) -> None:
        """Offer the app to send frames of its own where the peer wants no compression."""
        super().handle_connect(event)
        # The app's task was made, but has not begun.
        if not self.close_sent and not self.conn.extensions:
            extensions: Any = self.scope["extensions"]
            extensions[FRAMES] = Frames(self, cast("Latch", self.writable))

    async def receive(self) -> ASGIReceiveEvent:
        """What came next. Waits in one coroutine instead of three, because this is where sockets stay."""
        inbox = cast("Inbox", self.queue)
        while inbox.empty():
            await inbox.news()
        event: ASGIReceiveEvent = inbox.take()
        if self.read_paused and inbox.empty():
            self.read_paused = False
            self.transport.resume_reading()
        return event
