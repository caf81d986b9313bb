"""The machinery around a simulated vendor: counts each call, injects faults and sends the answer."""

import asyncio
from email.utils import formatdate

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from floorgraph.simulators.contract import Call, Reply, SimulatedServer
from floorgraph.simulators.control import Control
from floorgraph.simulators.counters import Counters
from floorgraph.simulators.dice import Dice
from floorgraph.simulators.faults import Cut, Fault, Faults, Hang, Latency, Skew, Stall
from floorgraph.simulators.injection import edited, mangled, replacement, takes_effect

CONTROL_PREFIX = "/_control"


class Harness:
    """The ASGI app of a simulator: `/_control` for whoever steers it, everything else is the vendor's."""

    def __init__(self, server: SimulatedServer, *, seed: int) -> None:
        self._server = server
        self._counters = Counters()
        self._faults = Faults(Dice("faults", seed).roll)
        self._cleared = asyncio.Event()
        self._control: ASGIApp = Control(
            server, self._counters, self._faults, released=self._release, prefix=CONTROL_PREFIX
        ).app

    def _release(self) -> None:
        """Let calls go that hang on a fault which is gone."""
        self._cleared.set()
        self._cleared = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] != "http":
            raise RuntimeError(f"simulated vendors speak HTTP only, not {scope['type']}")
        elif scope["path"].startswith(CONTROL_PREFIX):
            await self._control(scope, receive, send)
        else:
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        call = Call(
            method=request.method,
            path=request.url.path,
            query=request.query_params,
            headers=request.headers,
            body=await request.body(),
        )
        label = self._server.label(call.method, call.path)
        faults = self._faults.take(label, call.path)
        with self._counters.counting(label, call.method, call.path, request.url.query) as entry:
            for fault in faults:
                if isinstance(fault, Latency):
                    await asyncio.sleep(fault.ms / 1000)
            reply = await self._reply(call, faults)
            if any(isinstance(fault, Hang) for fault in faults):
                await self._hang(faults, receive)
                return
            entry["status"] = reply.status
            await self._send(reply, faults, receive, send)

    async def _reply(self, call: Call, faults: list[Fault]) -> Reply:
        instead = next((reply for fault in faults if (reply := replacement(fault))), None)
        if not takes_effect(faults):
            return instead or Reply()
        self._server.advance()
        reply = await self._server.answer(call)
        return instead or reply

    async def _hang(self, faults: list[Fault], receive: Receive) -> None:
        """Stay silent; returning without an answer makes the server close the connection."""
        limits = [fault.seconds for fault in faults if isinstance(fault, Hang) and fault.seconds]
        await self._released_or_left(receive, min(limits, default=None))

    async def _released_or_left(self, receive: Receive, timeout: float | None = None) -> bool:
        """Wait until the faults are cleared (true), the client has left or the time is over (false)."""
        released = asyncio.ensure_future(self._cleared.wait())
        left = asyncio.ensure_future(_left(receive))
        try:
            done, _ = await asyncio.wait(
                {released, left}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED
            )
            return released in done and left not in done
        finally:
            released.cancel()
            left.cancel()
            await asyncio.gather(released, left, return_exceptions=True)

    async def _send(self, reply: Reply, faults: list[Fault], receive: Receive, send: Send) -> None:
        if reply.content is None:
            reply.data = edited(reply.data, faults)
            body = mangled(self._server.encode(reply), faults)
        else:
            body = mangled(reply.content, faults)
        skew = sum(fault.seconds for fault in faults if isinstance(fault, Skew))
        headers = {
            "Date": formatdate(self._server.clock.now() + skew, usegmt=True),
            "Content-Type": reply.content_type,
            "Content-Length": str(len(body)),
            **reply.headers,
        }
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": raw})
        if any(isinstance(fault, (Cut, Stall)) for fault in faults):
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            if any(isinstance(fault, Cut) for fault in faults):
                return
            if not await self._released_or_left(receive):
                return
            body = body[len(body) // 2 :]
        await send({"type": "http.response.body", "body": body})


async def _left(receive: Receive) -> None:
    """Return when the client has closed its side."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _lifespan(receive: Receive, send: Send) -> None:
    """Nothing to start or stop, but servers like to be told."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
