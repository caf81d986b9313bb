"""What administrators see of the engine, by page and by query."""

import asyncio

import httpx2
import pytest

from floorgraph.settings import Role
from tests.support.client import LiveClient, data, live
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource, station
from tests.support.serving import serving_sources

DOCUMENT = 'subscription { stationChanged(maxAge: 0.2, on: ["name"]) { kind id station { name } } }'
FEEDS = """{ source(key: "north") { feeds { name reason intervalSeconds subscribers lastPolledAt nextPollAt
  overruns heldBack cohorts journalDepth conflated resyncs consecutiveFailures } } }"""


async def caught_up(client: LiveClient) -> None:
    while (await client.next())["data"]["stationChanged"]["kind"] != "CAUGHT_UP":
        pass


async def page(base_url: str) -> httpx2.Response:
    async with httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http:
        return await http.get(f"{base_url}/debug/engine")


async def test_administrators_see_feeds_cohorts_and_counts() -> None:
    source = MemorySource("north", [station("1", "Mill"), station("2", "Saw")])
    async with serving_sources([source]) as base_url, live(base_url) as client:
        for key in ("1", "2"):
            await client.subscribe(DOCUMENT, key=key)
            await caught_up(client)
        for _ in range(1):
            source.put(station("1", "Lathe"))
            await asyncio.wait_for(client.next(), DEADLINE)
        await client.subscribe("subscription { sourceChanged { kind } }", key="3")
        while (await client.next())["data"].get("sourceChanged") is None:
            pass
        answer = await page(base_url)
        (feed,) = (await data(base_url, FEEDS))["source"]["feeds"]
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    (cohort,) = found["cohorts"]
    assert (cohort["kind"], cohort["members"], cohort["on"]) == ("station", 2, ["name"])
    assert (cohort["filtered"], cohort["ids"], cohort["sources"]) == (False, None, None)
    assert [(one["members"], one["executions"]) for one in found["circles"]] == [(1, 2)]
    assert found["demands"] == 2
    assert found["feeds"]["north"][0]["reason"] == "active"
    (stations,) = [kind for kind in found["kinds"] if kind["kind"] == "station"]
    assert (stations["known"], stations["journal_depth"]) == (2, 3)
    assert "Lathe" not in answer.text
    assert (feed["reason"], feed["subscribers"], feed["cohorts"]) == ("active", 2, 1)
    assert (feed["intervalSeconds"], feed["journalDepth"]) == (0.2, 3)
    assert (feed["heldBack"], feed["conflated"], feed["resyncs"], feed["overruns"]) == ([], 0, 0, 0)
    assert feed["nextPollAt"] > feed["lastPolledAt"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
async def test_nobody_else_sees_them(role: Role) -> None:
    async with serving_sources([MemorySource("north")], role=role) as base_url:
        answer = await page(base_url)
    assert answer.status_code == 403
    assert "cohorts" not in answer.text
