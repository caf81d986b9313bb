"""uvicorn's HTTP with bounds: requests must come in time, and peers that do not read are cut off."""

import asyncio
import logging
import socket
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from floorgraph.server.arriving import Arrival, Awaited
from floorgraph.server.stalling import StallWatch

LOGGER: Final = "uvicorn.protocol"
"""Says nothing of requests that are none: anybody can send those by the thousand."""
UNREACHED_SECONDS: Final = 10.0
"""How long the other machine may leave without a sign what it was sent. A quiet event stream would otherwise
go on for a quarter of an hour after its cable was pulled, and its demand with it."""


class Together:
    """What an answer is written to: its head waits for the body, for one turn of the event loop at most.

    uvicorn writes them one by one, and each would be a packet and a call of the system of its own.
    """

    __slots__ = ("_begun", "_held", "_loop", "_transport")

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport) -> None:
        self._loop = loop
        self._transport = transport
        self._held = b""
        self._begun = False

    def write(self, data: bytes) -> None:
        """Write a part of the answer; the first one is its head."""
        if not self._begun:
            self._begun, self._held = True, data
            self._loop.call_soon(self._flush)
        elif self._held:
            held, self._held = self._held, b""
            self._transport.writelines([held, data])
        else:
            self._transport.write(data)

    def close(self) -> None:
        """Close the connection when all is sent."""
        self._flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether the connection ends."""
        return self._transport.is_closing()

    def _flush(self) -> None:
        held, self._held = self._held, b""
        if held and not self._transport.is_closing():
            self._transport.write(held)


class HttpProtocol(HttpToolsProtocol):
    """HTTP whose requests must come in time, and whose long answers are cut off when the peer does not read.

    Late requests are answered with 408, and heads that are too long with 431.
    """

    def connection_made(self, transport: Any) -> None:
        """Watch over the transport."""
        super().connection_made(transport)
        _give_up_after(transport, UNREACHED_SECONDS)
        self.logger = logging.getLogger(LOGGER)
        self._stall = StallWatch(self.loop, transport)
        self._arrival = Arrival(self.loop, self._come_too_late, lambda: self.flow.read_paused)
        self._arrival.reads(0)
        self._arrival.watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is to be watched any more."""
        self._stall.end()
        self._arrival.end()
        super().connection_lost(exc)
        self._let_go()

    def data_received(self, data: bytes) -> None:
        """Read what came, and watch for what is still to come of it."""
        arrival = self._arrival
        arrival.reads(len(data))
        super().data_received(data)
        if self.transport.get_protocol() is not self:
            # It is a websocket now.
            arrival.end()
            self._let_go()
        elif self.transport.is_closing():
            arrival.end()
        elif arrival.too_much:
            self._turn_away(431)
        else:
            arrival.watch()

    def handle_websocket_upgrade(self) -> None:
        """Go on as a websocket, which has pings."""
        _give_up_after(self.transport, 0)
        super().handle_websocket_upgrade()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; what follows a body is dropped, nobody reads it."""
        if self._arrival.awaited is not Awaited.BODY:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._arrival.has_read(Awaited.BODY)
        before = self.cycle
        super().on_headers_complete()
        if self.cycle is not before:
            self.cycle.transport = cast("asyncio.Transport", Together(self.loop, self.transport))

    def on_body(self, body: bytes) -> None:
        """A piece of the body is there."""
        self._arrival.has_read(Awaited.BODY)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """All of a request is there."""
        self._arrival.has_read(Awaited.NOTHING)
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Watch whether the peer reads."""
        super().pause_writing()
        self._stall.begin()

    def resume_writing(self) -> None:
        """The peer reads."""
        self._stall.end()
        super().resume_writing()

    def _come_too_late(self) -> None:
        if self._arrival.bytes or self._arrival.awaited is Awaited.BODY:
            self._turn_away(408)
        else:
            self.transport.close()

    def _turn_away(self, status: int) -> None:
        """End the connection, with an answer unless one is under way."""
        self._arrival.end()
        if not self._has_answered():
            head = STATUS_LINE[status] + b"content-length: 0\r\nconnection: close\r\n\r\n"
            self.transport.write(head)
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    def _let_go(self) -> None:
        """These refer back: without them all of this goes at once, and not when cycles are looked for."""
        self.__dict__.pop("parser", None)
        self.__dict__.pop("_arrival", None)
        self.__dict__["cycle"] = None

    def _has_answered(self) -> bool:
        """Whether the answer to the request that is still coming has begun, or one before it is under way."""
        # None before the first request, whatever uvicorn's types say.
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is None:
            return False
        if self._arrival.awaited is Awaited.BODY:
            return cycle.response_started or bool(self.pipeline)
        return not cycle.response_complete


def _give_up_after(transport: Any, seconds: float) -> None:
    """Let the system end a connection whose bytes nobody acknowledges; 0 stands for its own patience."""
    sock = transport.get_extra_info("socket")
    known = sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6)
    if known and hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(1000 * seconds))
