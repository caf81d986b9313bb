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
            path=scope["path"],
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
            if not await self._hang(faults, receive, applied=False):
                return
            reply = await self._reply(call, faults)
            if not await self._hang(faults, receive, applied=True):
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

    async def _hang(self, faults: list[Fault], receive: Receive, *, applied: bool) -> bool:
        """Stay silent for as long as the faults say; false when the client has left meanwhile."""
        hangs = [fault for fault in faults if isinstance(fault, Hang) and fault.applied == applied]
        limits = [fault.seconds for fault in hangs if fault.seconds is not None]
        return not hangs or await self._stayed(receive, min(limits, default=None))

    async def _stayed(self, receive: Receive, limit: float | None = None) -> bool:
        """Wait until the faults are cleared or the time is over (true), or the client has left (false)."""
        released = asyncio.ensure_future(self._cleared.wait())
        left = asyncio.ensure_future(_left(receive))
        try:
            done, _ = await asyncio.wait({released, left}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            return left not in done
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
            if not await self._stayed(receive):
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
