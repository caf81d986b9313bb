"""Records that keep what JSON has no words for: the answers concerned say so, and nobody else's."""

import asyncio
import json
from typing import Any

import pytest

from floorgraph.model.record import again
from floorgraph.model.station import Station
from tests.server.test_events import stream
from tests.support.client import LiveClient, live, query
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource, station
from tests.support.serving import serving_sources

STATIONS = "{ stations { nodes { name raw } } }"
CHANGED = "subscription { stationChanged(maxAge: 0.2) { kind station { name raw } } }"


def floor(raw: object, name: str = "Mill") -> MemorySource:
    return MemorySource("north", [again(station("1", name), raw=raw), station("2", "Lathe")])


async def over_http(base_url: str) -> Any:
    """What two requests get: the first one goes the usual way, the second one the short one."""
    first, second = await query(base_url, STATIONS), await query(base_url, STATIONS)
    assert without_number(first) == without_number(second)
    return first


async def over_a_socket(base_url: str) -> Any:
    async with live(base_url) as client:
        await client.subscribe(STATIONS)
        return await next_of(client)


async def over_events(base_url: str) -> Any:
    async with stream(base_url, {"query": STATIONS}) as found:
        return json.loads((await anext(found)).data)


def without_number(answer: dict[str, Any]) -> Any:
    for error in answer.get("errors", ()):
        assert error["extensions"].pop("correlationId")
    return answer


async def next_of(client: LiveClient) -> dict[str, Any]:
    return await asyncio.wait_for(client.next(), DEADLINE)


WAYS = pytest.mark.parametrize("way", [over_http, over_a_socket, over_events])
MASKED = {"code": "INTERNAL", "retryable": False}


@WAYS
async def test_numbers_of_any_size_and_text_that_is_not_unicode_are_answered(way: Any) -> None:
    async with serving_sources([floor({"serial": 2**70}, "Mill \ud800")]) as base_url:
        answer = await way(base_url)
    mill, lathe = answer["data"]["stations"]["nodes"]
    assert mill == {"name": "Mill \ufffd", "raw": {"serial": 2**70}}
    assert lathe == {"name": "Lathe", "raw": None}


@WAYS
async def test_an_answer_that_there_is_no_json_for_says_so(way: Any) -> None:
    async with serving_sources([floor(object())]) as base_url:
        answer = await way(base_url)
    assert answer["data"] is None
    (error,) = answer["errors"]
    assert error["extensions"].items() >= MASKED.items()
    assert "object" not in error["message"]


async def test_an_event_that_there_is_no_json_for_loses_nobody_elses() -> None:
    source = floor(None)
    async with serving_sources([source]) as base_url, live(base_url) as client:
        await client.subscribe(CHANGED)
        for _ in range(3):
            assert "errors" not in await next_of(client)
        mill, lathe = source.records
        assert isinstance(mill, Station)
        assert isinstance(lathe, Station)
        source.put(again(mill, name="Press", raw=object()), again(lathe, name="Saw"))
        told = [await next_of(client) for _ in range(2)]
        assert [one["data"] is None for one in told] == [True, False]
        assert told[1]["data"]["stationChanged"]["station"]["name"] == "Saw"
        source.put(again(mill, name="Drill"))
        assert (await next_of(client))["data"]["stationChanged"]["station"]["name"] == "Drill"
