"""One vendor all the way through: simulator process, adapter, loaders, GraphQL, sockets.

The REST calls of an operation are counted at the simulator.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from floorgraph.server.app import create_app
from floorgraph.settings import settings_of
from floorgraph.simulators.process import RunningSimulator, start_simulator
from tests.support.client import data, live, query
from tests.support.deadline import DEADLINE
from tests.support.serving import serving

FLOOR = """
{ stations(first: 1000, maxAge: 0) { totalCount unavailableSources nodes {
    id name kind status
    state { status activity name since comment quality reason }
    alarms { code message }
    runningProgram selectedProgram partsTotal partsSinceReset
    currentJob { id name kind status progress { done total percent } order { id name } }
    jobs(first: 100) { nodes {
        id order { id name status } pieces(first: 2) { nodes { id quantity serialised } }
    } }
    pieces { totalCount }
} } }
"""
KEY = "shop-key"


@asynccontextmanager
async def shop(
    version: str, stations: int = 10, **options: Any
) -> AsyncIterator[tuple[RunningSimulator, str]]:
    """A simulated server of a version, and a server of ours in front of it that has probed it."""
    given: Mapping[str, Any] = {"version": version, "stations": stations, "frozen": True, **options}
    async with start_simulator("cwork", {"api_key": KEY, **given}) as simulator:
        table = {
            "key": "north",
            "vendor": "cwork",
            "base_url": f"{simulator.base_url}/CAPI/REST",
            "api_key": KEY,
            "calls_per_second": 1000,
        }
        settings = settings_of({"server": {"anonymous_role": "admin"}, "sources": [table]}, "test")
        async with serving(create_app(settings)) as base_url:
            await data(base_url, "{ stations(first: 1) { totalCount nodes { status } } }")
            yield simulator, base_url


def allowed_calls(version: str, stations: int) -> int:
    """The most REST calls that the query above may cause."""
    number = int(version.split(".")[1])
    if number >= 13:
        return 5
    return 3 if number == 12 else stations + 2


@pytest.mark.parametrize("stations", [5, 40])
@pytest.mark.parametrize("version", ["1.0", "1.6", "1.11", "1.12", "1.13", "1.16"])
async def test_the_whole_hall_costs_the_calls_that_are_promised(version: str, stations: int) -> None:
    async with shop(version, stations) as (simulator, base_url):
        simulator.reset()
        found = await data(base_url, FLOOR)
        calls = simulator.calls()
    assert found["stations"]["totalCount"] == stations
    assert found["stations"]["unavailableSources"] == []
    assert calls["total"] <= allowed_calls(version, stations), calls["labels"]


@pytest.mark.parametrize("version", ["1.0", "1.6", "1.11", "1.12", "1.13", "1.16"])
async def test_each_version_gives_what_it_can_give(version: str) -> None:
    number = int(version.split(".")[1])
    async with shop(version, 12) as (_, base_url):
        found = await data(base_url, FLOOR)
        sources = await data(
            base_url, "{ sources { status version capabilities { name available reason } } }"
        )
    nodes = found["stations"]["nodes"]
    monitored = [node for node in nodes if node["status"] not in ("DISABLED", "UNKNOWN")]
    assert monitored
    assert all(node["kind"] == "CNC_MACHINE" for node in nodes)
    assert all(node["state"]["since"] for node in monitored)
    assert {node["state"]["status"] for node in monitored} & {"RUNNING", "IDLE", "SETUP", "FAULT"}
    assert any(node["currentJob"] for node in monitored)
    assert all((node["alarms"] is not None) == (number >= 6) for node in monitored)
    # Versions 1.6 to 1.10 report the running program under another name.
    assert any(node["runningProgram"] for node in monitored) == (number >= 6)
    assert any(node["selectedProgram"] for node in monitored) == (number >= 11)
    assert any(node["partsTotal"] is not None for node in monitored) == (number >= 12)
    kinds = {node["currentJob"]["kind"] for node in monitored if node["currentJob"]}
    assert kinds == ({"OPERATION"} if number >= 13 else {"REPORTED"})
    assert any(node["pieces"]["totalCount"] for node in nodes) == (number >= 13)
    (source,) = sources["sources"]
    assert source["status"] == "UP"
    able = {state["name"]: state["available"] for state in source["capabilities"]}
    assert able["LIVE_STATUS"]
    assert able["LIVE_STATUS_BATCH"] == (number >= 12)
    assert able["JOBS"] == able["ORDERS"] == (number >= 13)
    assert able["PROGRAMS"] == (number >= 3)
    assert able["STATE_HISTORY"] == (number >= 10)
    assert not able["LAYOUTS"]
    assert all(state["reason"] for state in source["capabilities"] if not state["available"])


async def test_names_join_jobs_orders_and_stations_both_ways() -> None:
    document = """{ orders(first: 300) { nodes { id jobs(first: 30) { nodes {
        id station { id jobs(first: 30) { nodes { id } } } order { id }
        pieces(first: 2) { nodes { id job { id } order { id } station { id } } }
    } } pieces(first: 100) { nodes { id } } } } }"""
    async with shop("1.16", 8) as (_, base_url):
        found = await data(base_url, document)
    orders = found["orders"]["nodes"]
    jobs = [(order, job) for order in orders for job in order["jobs"]["nodes"]]
    assert jobs
    for order, job in jobs:
        assert job["order"]["id"] == order["id"]
        if job["station"]:
            assert job["id"] in {other["id"] for other in job["station"]["jobs"]["nodes"]}
        (piece,) = job["pieces"]["nodes"]
        assert (piece["job"], piece["order"]) == ({"id": job["id"]}, {"id": order["id"]})
        assert piece["id"] in {other["id"] for other in order["pieces"]["nodes"]}


async def test_one_station_in_depth() -> None:
    document = """query ($id: ID!) { station(id: $id) {
        history { ongoing startedAt endedAt durationSeconds state { status name } }
        alarmHistory { code startedAt } programRuns { name startedAt } kpis { oee availability startedAt }
        protocol hasImage imageUrl programs { nodes { versions { nodes { content { text } } } } }
    } }"""
    async with shop("1.16", 6) as (_, base_url):
        stations = await data(base_url, "{ stations { nodes { id monitored programTransfer status } } }")
        chosen = next(
            node["id"]
            for node in stations["stations"]["nodes"]
            if node["monitored"] and node["programTransfer"] and node["status"] != "DISABLED"
        )
        found = (await data(base_url, document, {"id": chosen}))["station"]
    assert found["history"][-1]["ongoing"]
    assert found["history"][-1]["endedAt"] is None
    starts = [entry["startedAt"] for entry in found["history"]]
    assert starts == sorted(starts)
    assert 0 <= found["kpis"]["oee"] <= 1
    assert found["protocol"]
    assert found["imageUrl"].startswith("/images/north%3Astation%3A")
    programs = found["programs"]["nodes"]
    assert programs
    assert any(version["content"]["text"] for one in programs for version in one["versions"]["nodes"])


async def test_a_server_that_dies_leaves_its_last_records_and_says_so() -> None:
    async with shop("1.16", 5) as (simulator, base_url):
        before = await data(base_url, "{ stations { nodes { name status stale } } }")
        simulator.kill()
        answer = await query(
            base_url,
            "{ stations(maxAge: 0) { unavailableSources nodes { name status stale } } }",
        )
    found = answer["data"]["stations"]
    assert [node["name"] for node in found["nodes"]] == [node["name"] for node in before["stations"]["nodes"]]
    assert all(node["stale"] for node in found["nodes"])
    assert found["unavailableSources"] == ["north"]
    assert "errors" not in answer


async def test_states_change_live() -> None:
    document = """subscription { stationChanged(maxAge: 1) {
        kind id changedFields station { name state { status comment } currentJob { name } } } }"""
    async with shop("1.16", 4) as (simulator, base_url), live(base_url) as client:
        await client.subscribe(document)
        known: dict[str, Any] = {}
        while (change := (await client.next())["data"]["stationChanged"])["kind"] != "CAUGHT_UP":
            known[change["id"]] = change["station"]
        assert len(known) == 4
        running = next(key for key, node in known.items() if node["state"]["status"] in ("RUNNING", "IDLE"))
        handle = int(running.rsplit(":", 1)[1])
        simulator.set_state(stations=[{"handle": handle, "state": 1, "comment": "Spindle"}])
        async with asyncio.timeout(DEADLINE):
            change = (await client.next())["data"]["stationChanged"]
    assert (change["kind"], change["id"]) == ("UPDATED", running)
    assert "state" in change["changedFields"]
    assert change["station"]["state"] == {"status": "FAULT", "comment": "Spindle"}
