"""GraphQL over server-sent events: the "distinct connections mode" of the GraphQL over SSE protocol.

One operation per request, sent as every request to `/graphql` is, with
`Accept: text/event-stream`. The id of each event is the cursor behind it,
so that a browser's EventSource goes on where it stood: it sends the last id
as `Last-Event-ID` when it connects again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import Any, Final

import orjson
from starlette.types import Receive, Scope, Send

from floorgraph.server.delivery import QueuedOutlet
from subscriptions.outlet import Event

MEDIA_TYPE: Final = "text/event-stream"
HEARTBEAT_SECONDS: Final = 12.0
HEADERS: Final = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    # Tells nginx and others not to collect events before passing them on.
    (b"x-accel-buffering", b"no"),
)
RETRY: Final = b"retry: 2000\n\n"
"""Milliseconds after which a browser connects again."""
HEARTBEAT: Final = b":\n\n"
COMPLETE: Final = b"event: complete\ndata:\n\n"

Feed = Callable[[QueuedOutlet], Awaitable[None]]
"""Writes the events of one operation and returns at its end."""


@lru_cache(maxsize=256)
def asked_for(accept: str) -> bool:
    """Whether a request's `Accept` names server-sent events."""
    return any(part.split(";", 1)[0].strip().lower() == MEDIA_TYPE for part in accept.split(","))


def event(payload: bytes, cursor: str | None = None) -> bytes:
    """A `next` event. JSON holds no line feeds, so one line of data is enough."""
    head = b"" if cursor is None else b"id: " + cursor.encode() + b"\n"
    return head + b"event: next\ndata: " + payload + b"\n\n"


def parts(events: Sequence[Event]) -> list[bytes]:
    """The events of a batch as one part."""
    return [b"".join(event(one.payload, one.cursor) for one in events)]


def outlet() -> QueuedOutlet:
    """Where the events of one request go."""
    return QueuedOutlet("sse", parts)


def failure(errors: Sequence[Any]) -> bytes:
    """An event that tells why there is no data."""
    return event(orjson.dumps({"data": None, "errors": list(errors)}))


class EventStream:
    """The response that sends what a feed writes until it ends or the client is gone."""

    def __init__(self, feed: Feed, heartbeat: float = HEARTBEAT_SECONDS) -> None:
        self._feed = feed
        self._heartbeat = heartbeat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; everything it started has ended when it returns."""
        del scope
        await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
        out = outlet()
        out.add(RETRY)
        tasks = (
            asyncio.create_task(self._pump(out, send), name="send events"),
            asyncio.create_task(_gone(receive), name="notice that a client is gone"),
            asyncio.create_task(self._fill(out), name="feed events"),
        )
        try:
            await asyncio.wait(tasks[:2], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _fill(self, out: QueuedOutlet) -> None:
        try:
            await self._feed(out)
            out.add(COMPLETE)
        finally:
            out.finish()

    async def _pump(self, out: QueuedOutlet, send: Send) -> None:
        taking = asyncio.ensure_future(out.take())
        try:
            while True:
                await asyncio.wait((taking,), timeout=self._heartbeat)
                if not taking.done():
                    await send({"type": "http.response.body", "body": HEARTBEAT, "more_body": True})
                    continue
                part = taking.result()
                if part is None:
                    break
                await send({"type": "http.response.body", "body": part, "more_body": True})
                taking = asyncio.ensure_future(out.take())
        finally:
            taking.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
