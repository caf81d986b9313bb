"""The state of a station is changed, in every way that this can end."""

import asyncio
from typing import Any

import httpx2
import pytest

from floorgraph.simulators.process import simulator_process
from floorgraph.vendors.cwork.commands.scenarios import LASTS, Scenarios
from tests.end_to_end.commands.shop import CHANGE, Vendor, application, change, command, eventually, resolved
from tests.support.client import data, live, post, query
from tests.support.deadline import DEADLINE

HISTORY = "POST /stations/{id}/status_history"
STATE = '{ station(id: "north:station:1") { state { remoteId comment } availableStates { remoteId name } } }'


async def test_confirmed(vendor: Vendor) -> None:
    async with application(vendor) as base_url:
        done = await change(base_url, state="2", comment="New clamps", commandId="c1")
        assert (done["outcome"], done["commandId"], done["userErrors"]) == ("CONFIRMED", "c1", [])
        assert done["station"]["state"]["remoteId"] == "2"
        assert done["station"]["state"]["comment"] == "New clamps"
        assert vendor.station(1)["state"] == 2
        known = await command(base_url, "c1")
        assert known["outcome"] == "CONFIRMED"
        assert known["after"]["state"] == "2"
        assert known["before"]["state"] != "2"
        assert known["records"] == [{"id": "north:station:1"}]
        assert (known["who"], known["role"], known["sourceKey"]) == (None, "admin", "north")
        assert known["vendorAnswer"]["Comment"] == "New clamps"
    assert len(vendor.writes()) == 1


async def test_a_state_can_be_named(vendor: Vendor) -> None:
    async with application(vendor) as base_url:
        shown = await data(base_url, STATE)
        names = {one["remoteId"]: one["name"] for one in shown["station"]["availableStates"]}
        done = await change(base_url, state=names["5"].upper())
    assert (done["outcome"], done["station"]["state"]["remoteId"]) == ("CONFIRMED", "5")


async def test_a_state_that_it_has_already_is_success(vendor: Vendor) -> None:
    """Error 2020."""
    async with application(vendor) as base_url:
        state = str(vendor.station(1)["state"])
        done = await change(base_url, state=state)
    assert (done["outcome"], done["userErrors"]) == ("CONFIRMED", [])
    assert len(vendor.writes(HISTORY)) == 1


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"state": "99"}, "INVALID", ["input", "state"]),
        ({"state": "2", "stationId": "north:station:999"}, "NOT_FOUND", ["input", "stationId"]),
        ({"state": "2", "stationId": "elsewhere:station:1"}, "NOT_FOUND", ["input"]),
        ({"state": "2", "stationId": "north:job:1"}, "INVALID", ["input", "stationId"]),
        ({"state": "2", "stationId": "1"}, "INVALID", ["input", "stationId"]),
        ({"state": "2", "commandId": "x" * 129}, "INVALID", ["input", "commandId"]),
    ],
)
async def test_rejected_here(vendor: Vendor, given: dict[str, Any], code: str, field: list[str]) -> None:
    async with application(vendor) as base_url:
        done = await change(base_url, **given)
    assert done["outcome"] == "REJECTED"
    (error,) = done["userErrors"]
    assert (error["code"], error["field"]) == (code, field)
    assert vendor.writes() == []


async def test_what_is_possible_is_said(vendor: Vendor) -> None:
    async with application(vendor) as base_url:
        done = await change(base_url, state="99")
    assert "Production (0)" in done["userErrors"][0]["message"]


async def test_a_station_that_is_not_monitored(vendor: Vendor) -> None:
    vendor.change(stations=[{"handle": 1, "mdc_mode": False}])
    async with application(vendor) as base_url:
        done = await change(base_url, state="2")
    assert [error["code"] for error in done["userErrors"]] == ["NOT_POSSIBLE_NOW"]
    assert vendor.writes() == []


async def test_rejected_by_the_vendor(vendor: Vendor) -> None:
    """Error 2021: the server lists the state, and does not have it in the station's scenario."""
    async with application(vendor) as base_url:
        done = await change(base_url, state="13", commandId="c1")
        assert done["outcome"] == "REJECTED"
        (error,) = done["userErrors"]
        assert (error["code"], error["vendorCode"]) == ("NOT_POSSIBLE_NOW", "2021")
        assert error["field"] == ["input", "state"]
        assert "Production (0)" in error["message"]
        assert "Training" not in error["message"].partition("states of this server are")[2]
        assert (await command(base_url, "c1"))["sentAt"] is not None
    assert len(vendor.writes(HISTORY)) == 1


async def test_a_state_outside_the_scenario_is_not_sent_again(vendor: Vendor) -> None:
    """No call of the vendor lists a station's scenario, so that it is learned from the vendor's refusal."""
    amend = """mutation { amendStationState(input: { stationId: "north:station:1", state: "Training" }) {
        outcome userErrors { code message field } } }"""
    async with application(vendor) as base_url:
        await change(base_url, state="13")
        done = await change(base_url, state="Training", commandId="c2")
        (error,) = done["userErrors"]
        assert (error["code"], error["field"]) == ("NOT_POSSIBLE_NOW", ["input", "state"])
        assert "other states of this server are: Production (0)" in error["message"]
        assert (await command(base_url, "c2"))["sentAt"] is None
        (error,) = (await data(base_url, amend))["amendStationState"]["userErrors"]
        assert error["code"] == "NOT_POSSIBLE_NOW"
        assert len(vendor.writes()) == 1
        # Another station has a scenario of its own.
        await change(base_url, state="13", stationId="north:station:2")
        assert len(vendor.writes()) == 2
        assert (await change(base_url, state="2"))["outcome"] == "CONFIRMED"


def test_a_refusal_counts_for_some_time_only() -> None:
    scenarios = Scenarios()
    scenarios.refused("north:station:1", "13", 100)
    assert scenarios.outside("north:station:1", 100 + LASTS - 1) == {"13"}
    assert scenarios.outside("north:station:1", 100 + LASTS) == frozenset()
    assert scenarios.outside("north:station:2", 101) == frozenset()


@pytest.mark.parametrize("code", [2022, 2023])
@pytest.mark.parametrize("applied", [True, False])
async def test_the_vendor_does_not_know_itself(vendor: Vendor, code: int, applied: bool) -> None:
    vendor.change(next_state_change={"code": code, "applied": applied})
    async with application(vendor) as base_url:
        done = await change(base_url, state="2", comment="now", commandId="c1")
        assert done["outcome"] == "OUTCOME_UNKNOWN"
        assert [(one["code"], one["vendorCode"]) for one in done["userErrors"]] == [
            ("NO_CLEAR_ANSWER", str(code))
        ]
        await resolved(base_url, "c1", "CONFIRMED" if applied else "REJECTED")
    assert (vendor.station(1)["state"] == 2) is applied
    assert len(vendor.writes(HISTORY)) == 1


@pytest.mark.parametrize("applied", [True, False])
async def test_timed_out(vendor: Vendor, applied: bool) -> None:
    """Before or after the vendor acted: nobody can tell at first, and nothing is sent twice."""
    vendor.fault("hang", endpoint=HISTORY, applied=applied, count=1)
    async with application(vendor) as base_url:
        done = await change(base_url, state="2", comment="now", commandId="c1")
        assert done["outcome"] == "OUTCOME_UNKNOWN"
        vendor.heal()
        known = await resolved(base_url, "c1", "CONFIRMED" if applied else "REJECTED")
        again = await change(base_url, state="2", comment="now", commandId="c1")
        assert again["outcome"] == known["outcome"]
    assert len(vendor.writes(HISTORY)) == 1


async def test_it_stays_unknown_while_the_vendor_is_away(vendor: Vendor) -> None:
    vendor.fault("hang", endpoint=HISTORY, applied=True, count=1)
    async with application(vendor) as base_url:
        sent = asyncio.create_task(change(base_url, state="2", commandId="c1"))
        await eventually(lambda: asyncio.to_thread(vendor.writes), lambda calls: len(calls) == 1)
        vendor.fault("status", endpoint="GET *", status=503)
        # What was known before may be shown as stale, never as fresh.
        done = await query_of(sent)
        assert done["outcome"] == "OUTCOME_UNKNOWN"
        known = await command(base_url, "c1")
        assert (known["outcome"], known["resolvedAt"]) == ("OUTCOME_UNKNOWN", None)
        vendor.heal()
        await resolved(base_url, "c1", "CONFIRMED")
    assert len(vendor.writes()) == 1


async def query_of(task: "asyncio.Task[dict[str, Any]]") -> dict[str, Any]:
    done = await task
    assert done["station"]["stale"] or done["station"]["state"]["remoteId"] != "2"
    return done


async def test_the_vendor_is_down(vendor: Vendor) -> None:
    with simulator_process("cwork", {"seed": 7, "api_key": "k-1"}) as running:
        gone = Vendor(running)
    async with application(gone) as base_url:
        answer = await query(base_url, CHANGE, {"input": {"stationId": "north:station:1", "state": "2"}})
        done = answer["data"]["changeStationState"]
    assert (done["outcome"], done["station"]) == ("REJECTED", None)
    assert [error["code"] for error in done["userErrors"]] == ["SOURCE_UNAVAILABLE"]


async def test_the_vendor_refuses_connections_for_the_command_alone(vendor: Vendor) -> None:
    """A failure inside that comes with no code may have come after the change."""
    vendor.fault("status", endpoint=HISTORY, status=500, count=1)
    async with application(vendor) as base_url:
        done = await change(base_url, state="2")
    assert done["outcome"] == "OUTCOME_UNKNOWN"
    assert len(vendor.writes(HISTORY)) == 1


@pytest.mark.parametrize(("version", "sent"), [("1.5", 0), ("1.8", 1)])
async def test_an_older_server(vendor: Vendor, version: str, sent: int) -> None:
    """One that is known to be too old is not asked; one that may be new enough says so itself."""
    vendor.change(version=version)
    try:
        async with application(vendor) as base_url:
            await data(base_url, STATE)
            done = await change(base_url, state="2")
    finally:
        vendor.change(version="1.16")
    assert [error["code"] for error in done["userErrors"]] == ["UNSUPPORTED"]
    assert len(vendor.writes()) == sent


async def test_the_confirming_change_carries_the_command(vendor: Vendor) -> None:
    async with application(vendor) as base_url, live(base_url) as socket:
        await socket.subscribe(
            'subscription { stationChanged(filter: { ids: ["north:station:1"] }) '
            "{ kind cause commandId station { state { remoteId } } } }"
        )
        while (event := (await socket.next())["data"]["stationChanged"])["kind"] != "CAUGHT_UP":
            assert event["commandId"] is None
        assert (await change(base_url, state="2", commandId="c-7"))["outcome"] == "CONFIRMED"
        event = (await socket.next())["data"]["stationChanged"]
        assert event == {
            "kind": "UPDATED",
            "cause": "COMMAND",
            "commandId": "c-7",
            "station": {"state": {"remoteId": "2"}},
        }


async def test_a_query_after_it_never_shows_the_old_state(vendor: Vendor) -> None:
    """Even if a read was under way that had seen the old one and comes back last."""
    slowly = STATE.replace("{", "{ stations(maxAge: 0) { totalCount }", 1)
    async with application(vendor, timeouts={"read": DEADLINE, "total": DEADLINE}) as base_url:
        before = (await data(base_url, STATE))["station"]["state"]["remoteId"]
        assert before != "2"
        vendor.fault("latency", endpoint=HISTORY, ms=5000, count=1)
        sent = asyncio.create_task(change(base_url, state="2"))
        await eventually(lambda: asyncio.to_thread(vendor.writes), lambda calls: len(calls) == 1)
        vendor.fault("stall", endpoint="GET /station_statuses", count=1)
        slow = asyncio.create_task(data(base_url, slowly))
        assert (await sent)["station"]["state"]["remoteId"] == "2"
        vendor.heal()
        assert (await slow)["station"]["state"]["remoteId"] == before
        assert (await data(base_url, STATE))["station"]["state"]["remoteId"] == "2"


async def test_mutations_go_by_post_alone_and_are_not_run_for_their_price(vendor: Vendor) -> None:
    async with application(vendor) as base_url, httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http:
        text = (
            'mutation { changeStationState(input: { stationId: "north:station:1", state: "2" }) { outcome } }'
        )
        answer = await http.get(f"{base_url}/graphql", params={"query": text})
        assert answer.status_code == 405
        priced = await post(base_url, text, None, **{"X-Floorgraph-Dry-Run": "1"})
        assert "outcome" not in priced.text
    assert vendor.writes() == []
