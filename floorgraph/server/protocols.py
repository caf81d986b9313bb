"""uvicorn's websockets with bounds: peers that do not read are cut off, all end with fitting codes."""

import asyncio
from typing import Any, Final, cast

from uvicorn._types import ASGIReceiveEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.protocol import State

from floorgraph.server.rounds import Rounds
from floorgraph.server.silence import Silence
from floorgraph.server.stalling import StallWatch, Taken, bound_buffers, cut_off, progressed, reads, taken
from floorgraph.server.waiting import Inbox, Latch

PING_SECONDS: Final = 5.0
PONG_SECONDS: Final = 7.5
"""Together the longest time after which a websocket that no longer answers is closed."""
LOOKS: Final = 3
"""How often it is looked for the answer to a ping before a websocket is closed."""
ALLOWANCE: Final = 0.4
"""How late looks may be altogether before one more is needed, as a share of the time between two."""
PING: Final = b"\x89\x00"
"""The frame of a ping: any frame that comes back tells as much as the answer would."""
TRY_AGAIN_LATER: Final = 1013
FRAMES: Final = "floorgraph.frames"
"""Name of the ASGI extension by which an app sends frames that it made itself."""
MOST_FRAGMENTS: Final = 1024
"""Frames of one message; empty ones would take memory without ever making it long."""
NOT_TEXT, TOO_BIG = 1007, 1009


class Frames(Latch):
    """Sends text frames that were made once for many sockets, past all layers between.

    Open while the socket's buffer takes more. All that sending needs is in this one object: a change goes
    through thousands of them, and each further one would have to come from memory.
    """

    __slots__ = ("_transport", "closed")

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self.set()
        self._transport = transport
        self.closed = False
        """Whether no more frames may follow."""

    def write(self, frames: bytes) -> None:
        """Send whole frames; nothing happens once the socket closes."""
        transport = self._transport
        if not (self.closed or transport.is_closing()):
            transport.write(frames)

    async def drained(self) -> None:
        """Wait until the socket's buffer takes more, or the socket is gone."""
        await self.wait()


def rounds_for(ping: float, pong: float) -> Rounds:
    """Rounds that ping quiet peers every `ping` seconds, and look for the answer within `pong` seconds."""
    # Who answered is passed over in one look, and asked again in the next.
    return Rounds(min(ping / 2, pong / LOOKS))


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """A websocket that is cut off when its peer does not read, and never closed with 1011.

    Clients of graphql-transport-ws take 1011 as final; after 1013 they connect again.
    """

    _farewell: Silence | None = None
    """Since when it has been closing with bytes left that the peer does not take."""

    def __init__(self, *given: Any, rounds: Rounds, patience: float = PONG_SECONDS, **named: Any) -> None:
        """`rounds` look after all websockets of a server; answers are waited for `patience` seconds."""
        self._rounds = rounds
        self._place: int | None = None
        self._patience = patience
        self._silence: Silence | None = None
        self._before: Taken | None = None
        self._heard = False
        super().__init__(*given, **named)

    @property
    def close_sent(self) -> bool:
        """Whether this side has said that it closes: nothing may follow, whoever writes."""
        return self._closing

    @close_sent.setter
    def close_sent(self, sent: bool) -> None:
        self._closing = sent
        if sent:
            self._frames.closed = True

    @property
    def _frames(self) -> Frames:
        return cast("Frames", self.writable)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bound what waits for the peer, and what is kept for it."""
        super().connection_made(transport)
        bare = cast("Any", self)
        bare.queue, bare.writable = Inbox(), Frames(self.transport)
        bound_buffers(transport)
        self._stall = StallWatch(self.loop, transport)
        self._place = self._rounds.add(self)

    def data_received(self, data: bytes) -> None:
        """Whoever sends anything is there."""
        self._heard = True
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is to be watched any more."""
        self._stall.end()
        self._frames.closed = True
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
        bare = cast("Any", self)
        bare.request = bare.response = bare.scope = None

    def stop_keepalive(self) -> None:
        """Nobody is there to be looked after."""
        if self._place is not None:
            self._rounds.remove(self, self._place)
            self._place = None

    def look(self, now: float) -> None:
        """Ping a peer that sent nothing since the last look; close when pings go unanswered for too long."""
        heard, self._heard = self._heard, False
        if self.close_sent or self.transport.is_closing():
            self._look_at_the_rest(now)
        elif heard or not self.handshake_complete:
            self._silence = self._before = None
        elif self._silence is None:
            self._before = taken(self.transport)
            self._silence = self._from(now)
            self.send_keepalive_ping()
        elif self._silence.look(now, alive=self._is_busy()):
            self.keepalive_timeout()

    def _look_at_the_rest(self, now: float) -> None:
        """Cut off a peer that leaves what was sent before the end for too long, however much of it it takes:
        a connection that is closed waits for that, and it no longer counts as one of its peer's."""
        if not self.transport.get_write_buffer_size():
            return
        if self._farewell is None:
            self._farewell = self._from(now)
        elif self._farewell.look(now, alive=False):
            cut_off(self.transport)

    def _from(self, now: float) -> Silence:
        step = self._rounds.seconds
        return Silence(self._patience - ALLOWANCE * step, step, now)

    def send_keepalive_ping(self) -> None:
        """Ask whether the peer is there."""
        self.transport.write(PING)

    def _is_busy(self) -> bool:
        """Whether the peer is busy with what was sent before the ping."""
        before, self._before = self._before, taken(self.transport)
        if reads(before, self._before):
            return True
        return bool(self.transport.get_write_buffer_size()) and progressed(before, self._before)

    def keepalive_timeout(self) -> None:
        """Close with 1013: there was no sign of life for as long as this process could have seen one."""
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
            extensions[FRAMES] = self._frames

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
