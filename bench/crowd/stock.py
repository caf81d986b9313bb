"""Strawberry on uvicorn, as its documentation shows it. Run in an environment of its own."""

import asyncio
import socket
from collections.abc import AsyncGenerator

import strawberry
import uvicorn
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL


@strawberry.type
class Station:
    name: str | None
    description: str | None


@strawberry.type
class StationChange:
    kind: str
    id: strawberry.ID | None
    station: Station | None


listeners: set["asyncio.Queue[StationChange]"] = set()
number = 0


def change() -> None:
    global number
    number += 1
    told = StationChange(
        kind="UPDATED",
        id=strawberry.ID("bench:station:7"),
        station=Station(name="Station 7", description=f"change {number:06d}"),
    )
    for listener in listeners:
        listener.put_nowait(told)


@strawberry.type
class Query:
    ok: bool = True


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def station_changed(self, snapshot: bool = True) -> AsyncGenerator[StationChange, None]:  # noqa: ARG002
        queue: asyncio.Queue[StationChange] = asyncio.Queue()
        listeners.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            listeners.discard(queue)


async def control(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.readline():
        change()
    writer.close()


async def main() -> None:
    door = socket.create_server(("127.0.0.1", 0), backlog=1024)
    app = GraphQL(
        strawberry.Schema(Query, subscription=Subscription),
        subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
    )
    config = uvicorn.Config(
        app, log_level="error", ws="websockets-sansio", ws_per_message_deflate=False, access_log=False
    )
    changes = await asyncio.start_server(control, "127.0.0.1", 0)
    print(door.getsockname()[1], changes.sockets[0].getsockname()[1], flush=True)
    await uvicorn.Server(config).serve(sockets=[door])


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
