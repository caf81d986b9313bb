"""Subscribers that remember what they were told, so that it can be compared with the truth."""

import asyncio
import json
import random
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import httpx2
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

DOCUMENT = """subscription ($filter: StationFilter, $after: String, $age: Float) {
  stationChanged(filter: $filter, after: $after, maxAge: $age) {
    kind id cursor missed reason station { name state { comment } RELATION }
  }
}"""


@dataclass
class Log:
    """What one subscriber was told. `told` holds station and number of every UPDATED, in order."""

    label: str
    sources: frozenset[str]
    held: dict[str, int] = field(default_factory=dict)
    highest: dict[str, int] = field(default_factory=dict)
    told: list[tuple[str, int]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    errors: int = 0
    lagged: int = 0
    resyncs: int = 0
    connections: int = 0
    closes: dict[int, int] = field(default_factory=dict)
    caught_up: bool = False
    """Whether it was told all that there was when it first came."""

    def hear(self, change: dict[str, Any]) -> None:
        """Take in one change, as a well-behaved client does."""
        kind = change["kind"]
        if kind == "RESYNC":
            self.resyncs += 1
            self.held.clear()
            self.highest.clear()
        elif kind == "LAGGED":
            self.lagged += 1
        elif kind == "REMOVED":
            self.held.pop(change["id"], None)
            self.highest.pop(change["id"], None)
        elif kind == "CAUGHT_UP":
            self.caught_up = True
        else:
            self._record(kind, change["id"], _number(change))

    def _record(self, kind: str, key: str, number: int) -> None:
        before = self.highest.get(key)
        if number == 0 and kind == "UPDATED":
            # The vendor's answer lacked the station: it is told without a state until it is back.
            self.held[key] = number
            return
        self.highest[key] = max(number, before or 0)
        back = self.held.get(key) == 0
        if kind == "UPDATED" and before is None:
            self.faults.append(f"{key} updated before it was known")
        if kind == "UPDATED" and before is not None and number < before:
            self.faults.append(f"{key} went back from {before} to {number}")
        if kind == "UPDATED" and number == before and not (back or self.lagged or self.resyncs):
            self.faults.append(f"{key} told {number} twice")
        if kind == "UPDATED":
            self.told.append((key, number))
        self.held[key] = number


def _number(change: dict[str, Any]) -> int:
    comment = ((change["station"] or {}).get("state") or {}).get("comment") or ""
    return int(comment) if comment.isdigit() else 0


@dataclass(frozen=True)
class Habit:
    """How a subscriber behaves."""

    label: str
    sources: tuple[str, ...]
    age: float = 1.0
    stays: tuple[float, float] | None = None
    """Shortest and longest time in seconds after which it cuts its own connection; never when None."""
    relation: str = ""
    events: bool = False
    """By server-sent events rather than a websocket."""


async def subscribe(url: str, habit: Habit, log: Log, dice: random.Random) -> None:
    """Follow for ever, going on behind the last cursor after every interruption."""
    cursor: str | None = None
    wait = 0.0
    while True:
        await asyncio.sleep(wait)
        variables = {"filter": {"sources": list(habit.sources)}, "after": cursor, "age": habit.age}
        payload = {"query": DOCUMENT.replace("RELATION", habit.relation), "variables": variables}
        stay = None if habit.stays is None else dice.uniform(*habit.stays)
        log.connections += 1
        try:
            async with asyncio.timeout(stay), aclosing(_stream(url, payload, habit, cursor)) as stream:
                async for result in stream:
                    log.errors += bool(result.get("errors"))
                    if (change := (result.get("data") or {}).get("stationChanged")) is not None:
                        log.hear(change)
                        cursor = change["cursor"]
        except TimeoutError:
            pass
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else 1006
            log.closes[code] = log.closes.get(code, 0) + 1
        except (OSError, httpx2.HTTPError) as error:
            log.closes[0] = log.closes.get(0, 0) + 1
            del error
        wait = dice.uniform(0.1, 1.5)


def _stream(
    url: str, payload: dict[str, Any], habit: Habit, cursor: str | None
) -> AsyncGenerator[dict[str, Any], None]:
    return _sse(url, payload, cursor) if habit.events else _socket(url, payload)


async def _socket(url: str, payload: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
    protocol = Subprotocol("graphql-transport-ws")
    address = url.replace("http", "ws", 1) + "/graphql"
    async with connect(address, subprotocols=[protocol], proxy=None, close_timeout=0.1) as socket:
        await socket.send('{"type":"connection_init"}')
        await socket.recv()
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        async for text in socket:
            message = json.loads(text)
            if message["type"] == "next":
                yield message["payload"]
            elif message["type"] == "error":
                yield {"errors": message["payload"]}
                return


async def _sse(url: str, payload: dict[str, Any], cursor: str | None) -> AsyncGenerator[dict[str, Any], None]:
    headers = {"accept": "text/event-stream"} | ({} if cursor is None else {"last-event-id": cursor})
    payload = payload | {"variables": payload["variables"] | {"after": None}}
    async with (
        httpx2.AsyncClient(trust_env=False, timeout=30.0) as http,
        http.stream("POST", f"{url}/graphql", json=payload, headers=headers) as answer,
    ):
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                yield json.loads(line[6:])
