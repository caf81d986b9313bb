"""Who may send what: rights, the configuration, repeats, turns, rates, and what the log keeps of it."""

import asyncio
import contextlib
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from floorgraph.commands.desk import CommandDesk
from floorgraph.settings import ConfigurationError, Role, settings_of
from floorgraph.vendors.cwork.source import CWorkSource
from tests.end_to_end.commands.shop import (
    CHANGE,
    Vendor,
    application,
    change,
    command,
    configured,
    eventually,
    resolved,
)
from tests.support.client import data, live, post, query
from tests.support.deadline import DEADLINE
from tests.support.identities import key
from tests.support.program import READY

HISTORY = "POST /stations/{id}/status_history"
GIVEN = {"stationId": "north:station:1", "state": "2"}
LOG = """query ($first: Int! = 50, $after: String, $filter: CommandFilter) {
  commands(first: $first, after: $after, filter: $filter) {
    totalCount pageInfo { hasNextPage endCursor } nodes { commandId name outcome who role input } } }"""


def as_key(text: str) -> dict[str, str]:
    return {"Authorization": f"ApiKey {text}"}


async def codes(base_url: str, document: str, variables: dict[str, Any], **headers: str) -> list[str]:
    answer = await query(base_url, document, variables, **headers)
    return [error["extensions"]["code"] for error in answer["errors"]]


async def test_anonymous_callers_read_only_by_default(vendor: Vendor) -> None:
    async with application(vendor, role=Role.VIEWER) as base_url:
        assert await codes(base_url, CHANGE, {"input": GIVEN}) == ["FORBIDDEN"]
    assert vendor.writes() == []


async def test_an_operator_sends_and_only_an_admin_reads_the_log(vendor: Vendor) -> None:
    operator, sesame = key(Role.OPERATOR)
    admin, sim_salabim = key(Role.ADMIN)
    async with application(vendor, role=Role.VIEWER, keys=(operator, admin)) as base_url:
        assert (await change(base_url, as_key(sesame), state="2", commandId="c1"))["outcome"] == "CONFIRMED"
        assert await codes(base_url, LOG, {}, **as_key(sesame)) == ["FORBIDDEN"]
        logged = (await query(base_url, LOG, {}, **as_key(sim_salabim)))["data"]["commands"]["nodes"]
        # The vendor's own payloads need a right of their own.
        mine = 'query { command(id: "c1") { outcome } other: command(id: "c2") { outcome } }'
        seen = (await query(base_url, mine, {}, **as_key(sesame)))["data"]
    assert [(one["name"], one["outcome"], one["role"]) for one in logged] == [
        ("changeStationState", "CONFIRMED", "operator")
    ]
    assert logged[0]["who"] == f"key:{operator.id}"
    assert logged[0]["input"] == {**GIVEN, "comment": None}
    assert seen == {"command": {"outcome": "CONFIRMED"}, "other": None}


async def test_commands_of_others_are_not_seen(vendor: Vendor) -> None:
    (one, first), (two, second) = key(Role.OPERATOR), key(Role.OPERATOR)
    async with application(vendor, keys=(one, two)) as base_url:
        await change(base_url, as_key(first), state="2", commandId="same")
        text = 'query { command(id: "same") { input } }'
        assert (await query(base_url, text, {}, **as_key(second)))["data"]["command"] is None
        # Ids are each caller's own.
        other = await change(base_url, as_key(second), state="3", commandId="same")
        assert other["outcome"] == "CONFIRMED"
    assert len(vendor.writes()) == 2


async def test_rights_for_some_sources_do_not_reach_others(vendor: Vendor) -> None:
    settings, text = key(Role.OPERATOR, sources=())
    async with application(vendor, keys=(settings,)) as base_url:
        answer = await query(base_url, CHANGE, {"input": GIVEN}, **as_key(text))
    done = answer["data"]["changeStationState"]
    assert [error["code"] for error in done["userErrors"]] == ["NOT_FOUND"]
    assert vendor.writes() == []


@pytest.mark.parametrize("where", ["review", "carry_out"])
async def test_what_fails_inside_is_masked_for_commands_too(
    vendor: Vendor, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """In what the mutation answers, in the log of commands, and where the desk itself is broken."""

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret path")

    async with application(vendor) as base_url:
        monkeypatch.setattr(CWorkSource, where, broken)
        done = await change(base_url, state="2", commandId="c1")
        known = await command(base_url, "c1")
        monkeypatch.setattr(CommandDesk, "send", broken)
        answer = await query(base_url, CHANGE, {"input": GIVEN})
    assert done["outcome"] == {"review": "REJECTED", "carry_out": "OUTCOME_UNKNOWN"}[where]
    assert done["userErrors"]
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["correlationId"]
    assert "secret" not in f"{done} {known} {answer}"
    assert vendor.writes() == []


async def test_what_the_configuration_does_not_allow(vendor: Vendor) -> None:
    async with application(vendor, commands=[]) as base_url:
        done = await change(base_url, state="2")
        listed = await data(base_url, '{ source(key: "north") { commands { name allowed reason } } }')
    (error,) = done["userErrors"]
    assert error["code"] == "COMMAND_DISABLED"
    assert '"changeStationState" to `commands`' in error["message"]
    assert 'key = "north"' in error["message"]
    assert not any(one["allowed"] for one in listed["source"]["commands"])
    assert vendor.writes() == []


async def test_what_cannot_be_undone_needs_a_second_switch(vendor: Vendor) -> None:
    text = """mutation { deleteProgram(input: { programId: "north:program:1" }) {
        outcome userErrors { code message } } }"""
    async with application(vendor, destructive_commands=False) as base_url:
        done = (await data(base_url, text))["deleteProgram"]
    assert [error["code"] for error in done["userErrors"]] == ["DESTRUCTIVE_DISABLED"]
    assert "destructive_commands = true" in done["userErrors"][0]["message"]
    assert vendor.writes() == []


def test_unknown_commands_are_faults_of_the_configuration(vendor: Vendor) -> None:
    with pytest.raises(ConfigurationError) as wrong:
        settings_of({"sources": [configured(vendor, commands=["changeStationStates"])]}, "floor.toml")
    (problem,) = wrong.value.problems
    assert "Did you mean 'changeStationState'?" in problem


async def test_a_repeat_gets_the_first_outcome_also_after_a_restart(vendor: Vendor, tmp_path: Path) -> None:
    async with application(vendor, state_dir=tmp_path) as base_url:
        first = await change(base_url, state="2", comment="once", commandId="c1")
        assert first["outcome"] == "CONFIRMED"
        assert (await change(base_url, state="2", comment="once", commandId="c1"))["outcome"] == "CONFIRMED"
    async with application(vendor, state_dir=tmp_path) as base_url:
        again = await change(base_url, state="2", comment="once", commandId="c1")
        assert again["outcome"] == "CONFIRMED"
        other = await change(base_url, state="3", commandId="c1")
        assert [error["code"] for error in other["userErrors"]] == ["COMMAND_ID_REUSED"]
        assert (await command(base_url, "c1"))["input"]["comment"] == "once"
    assert len(vendor.writes()) == 1


async def test_a_repeat_while_the_first_is_under_way_waits_for_it(vendor: Vendor) -> None:
    vendor.fault("latency", endpoint=HISTORY, ms=300)
    async with application(vendor) as base_url:
        twice = await asyncio.gather(
            *(change(base_url, state="2", commandId="c1") for _ in range(2)),
            change(base_url, state="3", commandId="c1"),
        )
    outcomes = {state: one["outcome"] for state, one in zip(("2", "2", "3"), twice, strict=True)}
    assert sorted(outcomes.values()) == ["CONFIRMED", "REJECTED"]
    assert twice[0] == twice[1]
    assert len(vendor.writes()) == 1


async def test_commands_on_one_record_take_turns(vendor: Vendor) -> None:
    vendor.fault("latency", endpoint=HISTORY, ms=100)
    async with application(vendor, concurrency=8) as base_url:
        states = ["2", "3", "5", "6"]
        done = await asyncio.gather(*(change(base_url, state=state) for state in states))
        assert [one["outcome"] for one in done] == ["CONFIRMED"] * 4
    calls = vendor.control(lambda client: client.calls())
    assert calls["max_in_flight_by_label"][HISTORY] == 1
    assert len(vendor.writes()) == 4


async def test_too_many_commands(vendor: Vendor) -> None:
    async with application(vendor, limits={"commands_per_minute": 2}) as base_url:
        for state in ("2", "3"):
            await change(base_url, state=state)
        answer = await query(base_url, CHANGE, {"input": GIVEN})
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "TOO_MANY_REQUESTS"
    assert error["extensions"]["retryAfterSeconds"] > 0
    assert len(vendor.writes()) == 2


async def test_a_client_that_hangs_up_does_not_stop_its_command(vendor: Vendor) -> None:
    vendor.fault("latency", endpoint=HISTORY, ms=400)
    async with application(vendor) as base_url:
        async with httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http:
            body = {"query": CHANGE, "variables": {"input": GIVEN | {"commandId": "c1"}}}
            sending = asyncio.create_task(http.post(f"{base_url}/graphql", json=body))
            await eventually(lambda: asyncio.to_thread(vendor.writes), lambda calls: len(calls) == 1)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        known = await eventually(lambda: command(base_url, "c1"), lambda found: found["outcome"] is not None)
    assert known["outcome"] == "CONFIRMED"
    assert vendor.station(1)["state"] == 2


async def test_what_was_sent_when_the_server_died_is_never_sent_again(vendor: Vendor, tmp_path: Path) -> None:
    """The log has the sending and no end: the outcome is unknown, and the next server finds it out."""
    vendor.fault("hang", endpoint=HISTORY, applied=True, count=1)
    await asyncio.to_thread(_killed_while_sending, vendor, tmp_path)
    vendor.heal()
    async with application(vendor, state_dir=tmp_path / "state") as base_url:
        assert (await resolved(base_url, "c1", "CONFIRMED"))["input"] == {**GIVEN, "comment": None}
        again = await change(base_url, state="2", commandId="c1")
        assert again["outcome"] == "CONFIRMED"
    assert len(vendor.writes()) == 1


def _killed_while_sending(vendor: Vendor, folder: Path) -> None:
    """A server in a process of its own, killed while a command is at the vendor."""
    file = folder / "floorgraph.toml"
    file.write_text(
        f'''
        [server]
        port = 0
        anonymous_role = "operator"
        state_dir = "state"
        [[sources]]
        key = "north"
        vendor = "cwork"
        base_url = "{vendor.address}/CAPI/REST"
        api_key = "k-1"
        commands = ["changeStationState"]
        ''',
        encoding="utf-8",
    )
    command_line = [sys.executable, "-m", "floorgraph", "serve", "--config", str(file)]
    with (
        subprocess.Popen(command_line, stderr=subprocess.PIPE, text=True) as process,
        ThreadPoolExecutor(1) as client,
    ):
        assert process.stderr is not None
        base_url = next(found[1] for line in process.stderr if (found := READY.search(line)))
        client.submit(_ask, base_url)
        deadline = time.monotonic() + DEADLINE
        while not (writes := vendor.writes()):
            assert time.monotonic() < deadline, "nothing was sent"
            time.sleep(0.02)
        process.kill()
    assert len(writes) == 1


def _ask(base_url: str) -> None:
    body = {"query": CHANGE, "variables": {"input": GIVEN | {"commandId": "c1"}}}
    with contextlib.suppress(httpx2.HTTPError):
        httpx2.post(f"{base_url}/graphql", json=body, timeout=DEADLINE, trust_env=False)


async def test_the_log_is_paged_and_filtered(vendor: Vendor) -> None:
    async with application(vendor) as base_url:
        for number, state in enumerate(("2", "3", "99", "5")):
            await change(base_url, state=state, commandId=f"c{number}")
        first = (await data(base_url, LOG, {"first": 2}))["commands"]
        assert [one["commandId"] for one in first["nodes"]] == ["c3", "c2"]
        assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (4, True)
        after = first["pageInfo"]["endCursor"]
        rest = (await data(base_url, LOG, {"first": 2, "after": after}))["commands"]
        assert [one["commandId"] for one in rest["nodes"]] == ["c1", "c0"]
        assert rest["pageInfo"]["hasNextPage"] is False
        rejected = (await data(base_url, LOG, {"filter": {"outcomes": ["REJECTED"]}}))["commands"]
        assert [one["commandId"] for one in rejected["nodes"]] == ["c2"]
        none = (await data(base_url, LOG, {"filter": {"sources": ["south"]}}))["commands"]
        assert none["totalCount"] == 0
        assert await codes(base_url, LOG, {"after": "nonsense"}) == ["BAD_CURSOR"]


async def test_commands_are_priced_and_counted(vendor: Vendor) -> None:
    async with application(vendor) as base_url:
        priced = await post(base_url, CHANGE, {"input": GIVEN}, **{"X-Floorgraph-Dry-Run": "1"})
        cost = priced.json()["extensions"]["cost"]
        assert cost["bySource"]["north"] >= 5
        assert vendor.writes() == []
        await change(base_url, state="2")
        async with httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http:
            metrics = (await http.get(f"{base_url}/metrics")).text
    label = 'floorgraph_commands_total{command="changeStationState",outcome="CONFIRMED",source="north"} 1.0'
    assert label in metrics


async def test_commands_over_a_websocket_and_a_socket_that_goes_away(vendor: Vendor) -> None:
    async with application(vendor) as base_url:
        async with live(base_url) as socket:
            await socket.subscribe(CHANGE, input=GIVEN | {"commandId": "c1"})
            assert (await socket.next())["data"]["changeStationState"]["outcome"] == "CONFIRMED"
            vendor.fault("latency", endpoint=HISTORY, ms=400)
            await socket.subscribe(CHANGE, key="2", input=GIVEN | {"state": "3", "commandId": "c2"})
            await eventually(lambda: asyncio.to_thread(vendor.writes), lambda calls: len(calls) == 2)
        known = await eventually(lambda: command(base_url, "c2"), lambda found: found["outcome"] is not None)
    assert known["outcome"] == "CONFIRMED"
    assert len(vendor.writes()) == 2


async def test_commands_of_one_operation_run_one_after_the_other(vendor: Vendor) -> None:
    """Each payload shows the record as its own command left it."""
    text = """mutation ($id: ID!) {
        first: changeStationState(input: { stationId: $id, state: "2" }) { ...shown }
        second: changeStationState(input: { stationId: $id, state: "3" }) { ...shown } }
      fragment shown on ChangeStationStatePayload { outcome station { state { remoteId } } }"""
    async with application(vendor) as base_url:
        for _ in range(2):
            done = await data(base_url, text, {"id": "north:station:1"})
            states = [done[name]["station"]["state"]["remoteId"] for name in ("first", "second")]
            assert states == ["2", "3"]
    assert len(vendor.writes()) == 4
