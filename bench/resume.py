"""A client that loses its connection during changes and goes on: what it hears, line by line.

    python -m bench.resume

A station counts. The connection is cut hard twice while it does; the client
comes back with the cursor of the last event it had. Another client keeps its
connection: at the end both must have heard the same numbers in the same
order, with nothing lost and nothing doubled.
"""

import asyncio
import json
import sys
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bench.vendor import Changing
from floorgraph.server.app import app_over
from floorgraph.server.run import server_for
from floorgraph.settings import Role, ServerSettings, Settings
from floorgraph.vendors.floor import Floor

DOCUMENT = """subscription ($after: String) { stationChanged(after: $after, maxAge: 0.1) {
  kind cursor reason station { description } } }"""
TOTAL = 24
PERIOD = 0.1


@dataclass
class Recording:
    """What the client heard: `lines` for people, `numbers` for the check."""

    lines: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    cursor: str | None = None

    def hear(self, change: dict[str, Any]) -> None:
        """Note one change."""
        self.cursor = change["cursor"]
        number = (change["station"] or {}).get("description")
        self.lines.append(f"  {change['kind']:9} {'' if number is None else number:>3}   {change['cursor']}")
        if change["kind"] == "UPDATED":
            self.numbers.append(int(number or 0))


async def listen(url: str, recording: Recording, until: int) -> None:
    """Hear changes up to a number, then lose the connection without a word."""
    protocol = Subprotocol("graphql-transport-ws")
    async with connect(url.replace("http", "ws", 1) + "/graphql", subprotocols=[protocol]) as socket:
        recording.lines.append(f"connected, after: {recording.cursor}")
        await socket.send('{"type":"connection_init"}')
        await socket.recv()
        payload = {"query": DOCUMENT, "variables": {"after": recording.cursor}}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        async with aclosing(_changes(socket)) as changes:
            async for change in changes:
                recording.hear(change)
                if recording.numbers and recording.numbers[-1] >= until:
                    break
        socket.transport.abort()
        recording.lines.append("connection lost")


async def _changes(socket: ClientConnection):  # type: ignore[no-untyped-def]  # noqa: ANN202
    async for text in socket:
        message = json.loads(text)
        if message["type"] == "next":
            yield message["payload"]["data"]["stationChanged"]


async def record() -> tuple[Recording, Recording]:
    """Run it once; the second recording is that of the client that keeps its connection."""
    source = Changing(1, 5.0, TOTAL, PERIOD)
    app = app_over(Floor([source]), Settings(ServerSettings(anonymous_role=Role.VIEWER)))
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server = server_for(app, "127.0.0.1", 0, told.set_result)
    serving = asyncio.create_task(server._serve())  # noqa: SLF001  `serve` without taking over signals
    recording, steady = Recording(), Recording()
    try:
        url = await told
        starting = asyncio.get_running_loop().call_later(0.5, source.go)
        keeping = asyncio.create_task(listen(url, steady, TOTAL))
        for until in (8, 17, TOTAL):
            await listen(url, recording, until)
            await asyncio.sleep(0.6)
        starting.cancel()
        await keeping
    finally:
        server.should_exit = True
        await serving
    return recording, steady


def main() -> int:
    recording, steady = asyncio.run(record())
    print("\n".join(recording.lines))
    heard = recording.numbers
    lost, doubled = set(steady.numbers) - set(heard), len(heard) - len(set(heard))
    same = heard == steady.numbers
    print(f"{len(heard)} updates in 3 connections; lost: {len(lost)}; doubled: {doubled};")
    print(f"the same, in the same order, as a client that kept its connection: {same}")
    return 0 if same and not doubled and heard[-1] == TOTAL else 1


if __name__ == "__main__":
    sys.exit(main())
