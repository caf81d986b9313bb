"""A client that loses its connection during changes and goes on: nothing lost, nothing doubled."""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from tests.support.client import LiveClient, live
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource, station
from tests.support.serving import serving_sources

DOCUMENT = """subscription ($after: String) { stationChanged(after: $after, maxAge: 0.05) {
  kind id cursor changedFields at station { name } previous { name } } }"""
LAST = 60


async def changes(client: LiveClient) -> AsyncGenerator[dict[str, Any], None]:
    while True:
        change: dict[str, Any] = (await client.next())["data"]["stationChanged"]
        yield change


@asynccontextmanager
async def following(base_url: str, after: str | None) -> AsyncIterator[AsyncGenerator[dict[str, Any], None]]:
    """The changes of a connection that is cut hard at the end: no close frame, no `complete`."""
    async with live(base_url) as client:
        await client.subscribe(DOCUMENT, after=after)
        async with aclosing(changes(client)) as found:
            yield found
        client.socket.transport.abort()


def ends(told: list[dict[str, Any]]) -> bool:
    return any((change["station"] or {}).get("name") == str(LAST) for change in told[-3:])


async def steadily(base_url: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    async with following(base_url, None) as found:
        async for change in found:
            told.append(change)
            if ends(told):
                break
    return told


async def with_interruptions(base_url: str, dice: random.Random) -> tuple[list[dict[str, Any]], int]:
    told: list[dict[str, Any]] = []
    connections = 0
    while not ends(told):
        connections += 1
        patience = dice.randint(1, 9)
        async with following(base_url, told[-1]["cursor"] if told else None) as found:
            async for change in found:
                told.append(change)
                patience -= 1
                # The first snapshot is heard to its end: a part of one is no place to go on from.
                if ends(told) or (patience <= 0 and told[-1]["kind"] != "SNAPSHOT"):
                    break
    return told, connections


@pytest.mark.parametrize("seed", range(3))
async def test_who_loses_its_connection_again_and_again_hears_what_the_others_hear(seed: int) -> None:  # E8
    source = MemorySource("north", [station(str(n), "0") for n in range(3)])
    dice = random.Random(seed)  # noqa: S311

    async def work() -> None:
        for turn in range(1, LAST + 1):
            source.put(station(str(turn % 3), str(turn)))
            await asyncio.sleep(dice.uniform(0.0, 0.1))

    async with serving_sources([source]) as base_url, asyncio.timeout(DEADLINE):
        watching = asyncio.create_task(steadily(base_url))
        wandering = asyncio.create_task(with_interruptions(base_url, dice))
        await asyncio.sleep(0.5)
        await work()
        expected, (told, connections) = await watching, await wandering
    assert connections >= 3
    assert not {"RESYNC", "LAGGED"} & {change["kind"] for change in told}
    beginning = next(place for place, change in enumerate(told) if change["kind"] == "CAUGHT_UP")
    assert list(told[beginning + 1 :]) == [
        change for change in expected if change["kind"] not in ("SNAPSHOT", "CAUGHT_UP")
    ]
