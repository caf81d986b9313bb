"""What an operation loaded is gone with it, without a look for cycles."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from floorgraph.server.http import HttpProtocol
from loaders.base import Loader
from loaders.records import Found
from subscriptions.outlet import Batch
from tests.support.client import live, post
from tests.support.memory import MemorySource, job, station
from tests.support.serving import serving_sources

QUERY = "{ stations { nodes { name jobs { nodes { name } } } } }"
LIVE = """subscription { stationChanged(maxAge: 0.2) {
  kind station { name jobs { nodes { name } } } } }"""


@pytest.fixture
def no_looks() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def kept() -> list[Any]:
    return [one for one in gc.get_objects() if issubclass(type(one), Loader | Found)]


def north() -> MemorySource:
    return MemorySource("north", [station("1"), job("a", station_id="north:station:1")])


@pytest.mark.usefixtures("no_looks")
@pytest.mark.parametrize("times", [1, 2], ids=["looked at first", "known"])
async def test_queries_keep_nothing(times: int) -> None:
    before = len(kept())
    async with serving_sources([north()]) as base_url:
        for _ in range(times):
            answer = (await post(base_url, QUERY)).json()
            assert answer["data"]["stations"]["nodes"][0]["jobs"]["nodes"] == [{"name": "Job a"}]
        assert len(kept()) == before


@pytest.mark.usefixtures("no_looks")
async def test_events_keep_nothing() -> None:
    before = len(kept())
    async with serving_sources([source := north()]) as base_url, live(base_url) as client:
        await client.subscribe(LIVE)
        while (await client.next())["data"]["stationChanged"]["kind"] != "CAUGHT_UP":
            pass
        source.put(station("1", "Lathe"))
        assert (await client.next())["data"]["stationChanged"]["station"]["name"] == "Lathe"
        assert len(kept()) == before


@pytest.mark.usefixtures("no_looks")
async def test_connections_keep_nothing_when_they_end() -> None:
    def kept() -> int:
        return sum(issubclass(type(one), HttpProtocol | Batch) for one in gc.get_objects())

    before = kept()
    async with serving_sources([north()]) as base_url:
        for _ in range(3):
            assert "data" in (await post(base_url, QUERY)).json()
            async with live(base_url) as client:
                await client.subscribe(LIVE)
                assert (await client.next())["data"]["stationChanged"]["kind"] == "SNAPSHOT"
    assert kept() == before
