"""One poller for a vendor's call, however many subscribe and whatever they ask, counted at its server.

The simulator runs in a process of its own, and subscribers come over real
websockets.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import cycle
from typing import Any

import pytest

from floorgraph.server.app import create_app
from floorgraph.settings import settings_of
from floorgraph.simulators.process import RunningSimulator, start_simulator
from tests.support.client import LiveClient, data, live
from tests.support.deadline import DEADLINE
from tests.support.serving import serving

KEY = "shop-key"
PER_SOCKET = 25
TICKS = 3
FEEDS = '{ source(key: "north") { feeds { name reason polls subscribers cohorts intervalSeconds } } }'
AGES = (1, 1.5, 2.5, 4, None)
"""What subscribers ask for in turn, in seconds; None leaves it to the feed."""
STATIONS = "subscription ($age: Float) { stationChanged(maxAge: $age) { kind id station { name status } } }"


@asynccontextmanager
async def shop() -> AsyncIterator[tuple[RunningSimulator, str]]:
    """A simulated server in which nothing happens by itself, and a server of ours before it."""
    options = {"api_key": KEY, "version": "1.16", "stations": 12, "frozen": True}
    async with start_simulator("cwork", options) as simulator:
        table = {
            "key": "north",
            "vendor": "cwork",
            "base_url": f"{simulator.base_url}/CAPI/REST",
            "api_key": KEY,
            "calls_per_second": 1000,
        }
        limits = {"requests_per_second": 1e6, "requests_per_second_per_address": 1e6}
        told = {"server": {"anonymous_role": "admin"}, "limits": limits, "sources": [table]}
        async with serving(create_app(settings_of(told, "test"))) as base_url:
            yield simulator, base_url


async def feeds(base_url: str) -> dict[str, dict[str, Any]]:
    found = (await data(base_url, FEEDS))["source"]["feeds"]
    return {feed["name"]: feed for feed in found}


async def counted(simulator: RunningSimulator, base_url: str) -> tuple[Counter[str], Counter[str]]:
    """Polls by feed and calls by endpoint, at a moment between two polls."""
    deadline = time.monotonic() + DEADLINE
    while True:
        before = {name: feed["polls"] for name, feed in (await feeds(base_url)).items()}
        first = await asyncio.to_thread(simulator.calls)
        await asyncio.sleep(0.1)
        second = await asyncio.to_thread(simulator.calls)
        after = {name: feed["polls"] for name, feed in (await feeds(base_url)).items()}
        if before == after and first["labels"] == second["labels"] and not second["in_flight"]:
            return Counter(after), Counter(second["labels"])
        assert time.monotonic() < deadline, "never a moment between two polls"


async def caught_up(client: LiveClient) -> None:
    while (await client.next())["data"]["stationChanged"]["kind"] != "CAUGHT_UP":
        pass


async def ticks(simulator: RunningSimulator, base_url: str) -> tuple[Counter[str], Counter[str]]:
    """Polls and calls over some polls of live statuses."""
    polls, calls = await counted(simulator, base_url)
    deadline = time.monotonic() + DEADLINE
    while (await feeds(base_url))["live"]["polls"] < polls["live"] + TICKS:
        assert time.monotonic() < deadline, "not polled"
        await asyncio.sleep(0.1)
    polls_then, calls_then = await counted(simulator, base_url)
    polls_then.subtract(polls)
    calls_then.subtract(calls)
    return +polls_then, +calls_then


@pytest.mark.parametrize("subscribers", [1, 1000])
async def test_each_tick_costs_the_same_calls_whoever_subscribes(subscribers: int) -> None:  # D2
    async with shop() as (simulator, base_url), AsyncExitStack() as stack:
        sockets, ages = [], cycle(AGES)
        each = min(subscribers, PER_SOCKET)
        for _ in range(subscribers // each):
            socket = await stack.enter_async_context(live(base_url))
            for key in range(each):
                await socket.subscribe(STATIONS, key=str(key), age=next(ages))
                await caught_up(socket)
            sockets.append(socket)
        feed = (await feeds(base_url))["live"]
        assert (feed["subscribers"], feed["intervalSeconds"]) == (subscribers, 1.0)
        assert feed["cohorts"] == min(subscribers, len(AGES))
        polls, calls = await ticks(simulator, base_url)
        assert polls.keys() == {"live"}
        assert calls == {"GET /station_statuses": polls["live"]}
        simulator.set_state(stations=[{"handle": 1, "state": 1, "comment": "seen by all"}])
        for socket in sockets:
            for _ in range(each):
                change = (await asyncio.wait_for(socket.next(), DEADLINE))["data"]["stationChanged"]
                assert (change["kind"], change["id"]) == ("UPDATED", "north:station:1")


TOPICS = (
    "stationChanged(maxAge: 2)",
    "stationChanged(maxAge: 2, filter: { status: [RUNNING] })",
    'stationChanged(maxAge: 2, filter: { order: "ORDER" })',
    'stationChanged(maxAge: 2, filter: { job: "JOB" })',
    'jobChanged(maxAge: 2, filter: { station: "STATION" })',
    'jobChanged(maxAge: 2, filter: { order: "ORDER" })',
    'orderChanged(maxAge: 2, filter: { station: "STATION" })',
    'orderChanged(maxAge: 2, filter: { job: "JOB" })',
    'pieceChanged(maxAge: 2, filter: { job: "JOB" })',
    'pieceChanged(maxAge: 2, filter: { order: "ORDER" })',
    'pieceChanged(maxAge: 2, filter: { station: "STATION" })',
    'jobChanged(maxAge: 2, filter: { text: "a" })',
    'alarmChanged(maxAge: 2, filter: { station: "STATION" })',
)


@pytest.mark.parametrize("each", [1, 20])
async def test_filters_that_lead_over_other_records_cost_no_call_of_their_own(each: int) -> None:
    document = "{ jobs(first: 1) { nodes { id order { id } station { id } } } }"
    async with shop() as (simulator, base_url), AsyncExitStack() as stack:
        (job,) = (await data(base_url, document))["jobs"]["nodes"]
        named = {"JOB": job["id"], "ORDER": job["order"]["id"], "STATION": job["station"]["id"]}
        for _ in range(each):
            socket = await stack.enter_async_context(live(base_url))
            for key, topic in enumerate(TOPICS):
                asked = re.sub('[A-Z]{3,}(?=")', lambda word: named[word[0]], topic)
                await socket.subscribe(f"subscription {{ {asked} {{ kind }} }}", key=str(key))
        deadline = time.monotonic() + DEADLINE
        while (await feeds(base_url))["work"]["subscribers"] < 10 * each:
            assert time.monotonic() < deadline, "not all subscribed"
            await asyncio.sleep(0.1)
        found = await feeds(base_url)
        assert found["live"]["subscribers"] == 5 * each
        polls, calls = await ticks(simulator, base_url)
        assert polls.keys() <= {"live", "work"}
        assert calls == Counter(
            {
                "GET /station_statuses": polls["live"],
                "GET /operations": polls["work"],
                "GET /orders": polls["work"],
            }
        )
