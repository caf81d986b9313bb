"""Lists every station of the shop floor, then prints changes as they happen.

    python floor.py --url http://127.0.0.1:8000
    FLOORGRAPH_KEY=fg_... python floor.py --changes 10

Queries and subscriptions travel over one websocket. When the connection is lost the program connects again
and goes on after the last change it saw.
"""

import argparse
import asyncio
import os
from contextlib import aclosing
from typing import Any

from gql import Client, GraphQLRequest, gql
from gql.client import AsyncClientSession
from gql.transport.exceptions import TransportConnectionFailed, TransportQueryError
from gql.transport.websockets import WebsocketsTransport
from websockets import ConnectionClosed

STATIONS = gql("""
query Stations($after: String) {
  stations(first: 100, after: $after, orderBy: [{ field: NAME }]) {
    totalCount
    unavailableSources
    pageInfo { hasNextPage endCursor }
    nodes {
      name
      source { title }
      state { status name }
      currentJob { name progress { percent } }
    }
  }
}
""")

CHANGES = gql("""
subscription Changes($after: String) {
  stationChanged(after: $after, on: ["state", "alarms"]) {
    kind
    cursor
    reason
    station { name state { status name } }
  }
}
""")

RETRY_SECONDS = 2.0
NOT_ALLOWED = 4403


async def main(url: str, key: str | None, changes: int | None) -> None:
    """Print the stations, then their changes; for ever unless `changes` says how many."""
    cursor: str | None = None
    listed = False
    while changes is None or changes > 0:
        # A transport serves one connection; the key is told in the first message of each.
        transport = WebsocketsTransport(
            url.replace("http", "ws", 1) + "/graphql",
            init_payload={"Authorization": f"ApiKey {key}"} if key else {},
        )
        try:
            async with Client(transport=transport, fetch_schema_from_transport=False) as session:
                if not listed:
                    await show_stations(session)
                    listed = True
                async with aclosing(events(session, cursor)) as following:
                    async for change in following:
                        cursor = change["cursor"]
                        if show(change) and changes is not None:
                            changes -= 1
                            if changes == 0:
                                return
        except (TransportConnectionFailed, OSError) as lost:
            if close_code(lost) == NOT_ALLOWED:
                raise SystemExit("Refused: the key in FLOORGRAPH_KEY is missing or wrong.") from None
            print(f"Connection lost ({lost}); trying again.", flush=True)
            await asyncio.sleep(RETRY_SECONDS)


async def show_stations(session: AsyncClientSession) -> None:
    """Print all stations, page by page."""
    after: str | None = None
    while True:
        answer = await session.execute(with_variables(STATIONS, after=after))
        page = answer["stations"]
        for station in page["nodes"]:
            state, job = station["state"] or {}, station["currentJob"] or {}
            percent = (job.get("progress") or {}).get("percent")
            done = "" if percent is None else f"{percent:.0f} %"
            print(
                f"{station['name']:24} {station['source']['title']:24} {state.get('status', ''):12} "
                f"{job.get('name', ''):24} {done}"
            )
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    missing = ", ".join(page["unavailableSources"]) or "none"
    print(f"{page['totalCount']} stations; incomplete sources: {missing}", flush=True)


async def events(session: AsyncClientSession, after: str | None) -> Any:
    """Changes of states and alarms: after a cursor, or from a snapshot on."""
    stream = session.subscribe(with_variables(CHANGES, after=after))
    async with aclosing(stream) as answers:
        async for answer in answers:
            yield answer["stationChanged"]


def show(change: dict[str, Any]) -> bool:
    """Print a change; False for what only belongs to the stream, such as the snapshot."""
    match str(change["kind"]):
        case "SNAPSHOT":
            return False
        case "ADDED" | "UPDATED":
            station = change["station"]
            state = station["state"] or {}
            print(f"{station['name']}: {state.get('status')} ({state.get('name')})", flush=True)
            return True
        case kind:  # CAUGHT_UP, LAGGED, RESYNC, REMOVED, and kinds that are yet to come
            print(f"-- {kind} {change['reason'] or ''}".rstrip(), flush=True)
            return kind == "REMOVED"


def close_code(lost: BaseException) -> int | None:
    """The code with which the server closed the websocket, if it did."""
    closed = lost.__cause__
    return closed.rcvd.code if isinstance(closed, ConnectionClosed) and closed.rcvd else None


def with_variables(document: GraphQLRequest, **variables: Any) -> GraphQLRequest:
    """The document with values for its variables."""
    return GraphQLRequest(document, variable_values=variables)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Follow the shop floor.")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--changes", type=int, help="end after so many changes")
    arguments = parser.parse_args()
    try:
        asyncio.run(main(arguments.url, os.environ.get("FLOORGRAPH_KEY"), arguments.changes))
    except TransportQueryError as refused:
        raise SystemExit(f"Refused: {refused}") from None
    except KeyboardInterrupt:
        pass
