"""Commands of all vendors on one shop floor: what is allowed, how they end, and what is recorded of it."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from floorgraph.settings import Role
from floorgraph.simulators.process import simulator_process
from tests.end_to_end.commands.conftest import OPTIONS as MILLING
from tests.end_to_end.commands.floor import (
    ACTS,
    AM,
    LASER,
    NORTH,
    Act,
    Shops,
    answered,
    application,
    destructive,
    sent,
)
from tests.end_to_end.commands.shop import Vendor, resolved
from tests.support.client import data, live
from tests.support.deadline import DEADLINE
from tests.vendors.authentise.hall import OPTIONS as PRINTING
from tests.vendors.authentise.hall import Hall as Tenant
from tests.vendors.cloudnest.conftest import OPTIONS as CUTTING
from tests.vendors.cloudnest.conftest import Hall

BUSY = {"printers": 2, "pieces": 200, "batches": 8, "operation_seconds": 4.0}
WAITING = {"waiting_share": 0.4, "draft_share": 0.2, "boost_seconds": 30, "welders": 1}


@pytest.fixture(scope="module")
def _shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shops]:
    exchange = tmp_path_factory.mktemp("exchange")
    with (
        simulator_process("cwork", MILLING | {"exchange_dir": str(exchange)}) as north,
        simulator_process("authentise", {**PRINTING, **BUSY}) as am,
        simulator_process("cloudnest", {**CUTTING, **WAITING}) as laser,
    ):
        yield Shops(Vendor(north, exchange), Tenant(am.base_url), Hall(laser.base_url))


@pytest.fixture
def shops(_shops: Shops) -> Shops:
    """All vendors' servers at their beginning."""
    _shops.north.reset()
    _shops.am.reset()
    _shops.laser.reset()
    _shops.laser.change(machines=[{"gmid": 13, "state": "IDLE"}])
    return _shops


async def test_no_command_of_the_schema_is_left_out(shops: Shops) -> None:
    async with application(shops) as base_url:
        shown = await data(base_url, '{ __type(name: "Mutation") { fields { name description } } }')
    fields = {one["name"]: one["description"] for one in shown["__type"]["fields"]}
    assert set(fields) == {act.name for act in ACTS}
    for act in ACTS:
        assert ("cannot be undone" in fields[act.name]) or not destructive(act), act


async def test_every_command_is_off_until_it_is_allowed(shops: Shops) -> None:
    async with application(shops, commands=[]) as base_url:
        for act in ACTS:
            done = await sent(base_url, act.name, act.given(shops))
            assert (done["outcome"], [one["code"] for one in done["userErrors"]]) == (
                "REJECTED",
                ["COMMAND_DISABLED"],
            ), act
    assert shops.all_writes() == []


async def test_every_command_needs_an_operator(shops: Shops) -> None:
    async with application(shops, role=Role.VIEWER) as base_url:
        for act in ACTS:
            answer = await answered(base_url, act.name, act.given(shops))
            assert [one["extensions"]["code"] for one in answer["errors"]] == ["FORBIDDEN"], act
    assert shops.all_writes() == []


async def test_whatever_destroys_needs_the_second_switch(shops: Shops) -> None:
    destroying = [act for act in ACTS if destructive(act)]
    assert {act.source for act in destroying} == {NORTH, AM, LASER}
    async with application(shops, destructive_commands=False) as base_url:
        for act in destroying:
            done = await sent(base_url, act.name, act.given(shops))
            assert [one["code"] for one in done["userErrors"]] == ["DESTRUCTIVE_DISABLED"], act
    assert shops.all_writes() == []


@dataclass(frozen=True)
class Seen:
    """A command, and the subscription on which its effect is to be seen."""

    act: Act
    on: str
    more: Callable[[Shops], dict[str, Any]] = lambda _: {}
    step: float = 0

    def __str__(self) -> str:
        return f"{self.act} {self.on}"


def act(source: str, name: str, nth: int = 0) -> Act:
    return [one for one in ACTS if (one.source, one.name) == (source, name)][nth]


def counted(shops: Shops) -> dict[str, Any]:
    return {"action": "EDIT_BATCH_QUANTITY", "quantity": 12.5}


SEEN = [
    Seen(act(NORTH, "changeStationState"), "stationChanged"),
    Seen(act(AM, "scheduleDowntime"), "stationChanged"),
    Seen(act(AM, "endDowntime"), "stationChanged"),
    Seen(act(AM, "setJobStatus"), "jobChanged"),
    Seen(act(AM, "queueJob"), "jobChanged"),
    Seen(act(AM, "createJobs"), "jobChanged", step=10),
    Seen(act(AM, "createJobs"), "pieceChanged", step=10),
    Seen(act(AM, "createJobs"), "layoutChanged", step=10),
    Seen(act(AM, "transformPieces"), "jobChanged", step=10),
    Seen(act(AM, "transformPieces"), "pieceChanged", step=10),
    Seen(act(AM, "recordBatchAction"), "batchChanged", counted),
    Seen(act(AM, "updateOrder"), "orderChanged"),
    Seen(act(AM, "setLineItemStatus"), "orderChanged"),
    Seen(act(AM, "setLineItemStatus"), "pieceChanged"),
    Seen(act(LASER, "createNestJob"), "jobChanged"),
    Seen(act(LASER, "deleteNestJob"), "jobChanged"),
    Seen(act(LASER, "addParts"), "pieceChanged"),
    Seen(act(LASER, "addPlate"), "batchChanged"),
    Seen(act(LASER, "autoNest"), "layoutChanged", step=60),
    Seen(act(LASER, "pushLayoutToStation"), "jobChanged"),
    Seen(act(LASER, "pushLayoutToStation"), "layoutChanged"),
]


@pytest.mark.parametrize("seen", SEEN, ids=str)
async def test_the_change_that_confirms_a_command_names_it(shops: Shops, seen: Seen) -> None:
    given = seen.act.given(shops) | seen.more(shops) | {"commandId": "c-1"}
    text = (
        f'subscription {{ {seen.on}(filter: {{ sources: ["{seen.act.source}"] }}) '
        "{ kind id cause commandId changedFields } }"
    )
    async with application(shops) as base_url, live(base_url) as socket:
        await socket.subscribe(text)
        async with asyncio.timeout(DEADLINE):
            while (await socket.next())["data"][seen.on]["kind"] != "CAUGHT_UP":
                pass
        done = await sent(base_url, seen.act.name, given)
        assert done["outcome"] in ("CONFIRMED", "ACCEPTED"), done
        if seen.step:
            shops.step(seen.act.source, seen.step)
        other: list[Any] = []
        try:
            async with asyncio.timeout(DEADLINE):
                while (event := (await socket.next())["data"][seen.on])["commandId"] is None:
                    other.append(event)
        except TimeoutError:
            raise AssertionError(f"no change names the command; others: {other}") from None
    assert (event["commandId"], event["cause"]) == ("c-1", "COMMAND")
    assert event["kind"] in ("ADDED", "UPDATED", "REMOVED")


WAYS = [
    (act(NORTH, "changeStationState"), "POST /stations/{id}/status_history"),
    (act(AM, "setJobStatus"), "PUT /run/{uuid}/"),
    (act(LASER, "addPlate"), "POST /cn-api/invented-for-tests/plate/add"),
]
COMMANDS = """query { commands(first: 100) { nodes {
    commandId sourceKey outcome who role sentAt endedAt resolvedAt userErrors { code } } } }"""


@pytest.mark.parametrize("applied", [True, False], ids=["after", "before"])
async def test_a_lost_answer_at_each_vendor_is_in_one_log_and_nothing_is_sent_twice(
    shops: Shops, tmp_path: Path, applied: bool
) -> None:
    """All vendors go silent at once; the log of a later server tells of all three what became of it."""
    given = {one.source: one.given(shops) | {"commandId": f"c-{one.source}"} for one, _ in WAYS}
    for one, label in WAYS:
        shops.fault(one.source, "hang", endpoint=label, applied=applied, count=1)
    async with application(shops, state_dir=tmp_path) as base_url:
        done = await asyncio.gather(*(sent(base_url, one.name, given[one.source]) for one, _ in WAYS))
        assert [one["outcome"] for one in done] == ["OUTCOME_UNKNOWN"] * 3
        shops.heal()
    clear = "CONFIRMED" if applied else "REJECTED"
    async with application(shops, state_dir=tmp_path) as base_url:
        for one, _ in WAYS:
            await resolved(base_url, f"c-{one.source}", clear)
            again = await sent(base_url, one.name, given[one.source])
            assert again["outcome"] == clear
        logged = (await data(base_url, COMMANDS))["commands"]["nodes"]
    assert {one["sourceKey"]: one["outcome"] for one in logged} == dict.fromkeys((NORTH, AM, LASER), clear)
    assert all(one["sentAt"] and one["endedAt"] and one["resolvedAt"] for one in logged)
    assert {source: len(shops.writes(source)) for source in (NORTH, AM, LASER)} == {NORTH: 1, AM: 1, LASER: 1}


async def test_what_was_confirmed_is_in_the_next_answer_of_each_vendor(shops: Shops) -> None:
    """Without `maxAge`, and with everything read a moment before."""
    order, job = act(AM, "updateOrder").given(shops), act(AM, "setJobStatus").given(shops)
    batch = act(AM, "recordBatchAction").given(shops) | counted(shops)
    asked = f"""{{ station(id: "north:station:1") {{ state {{ remoteId }} }}
      order(id: "{order["orderId"]}") {{ name }} job(id: "{job["jobId"]}") {{ status }}
      batch(id: "{batch["batchId"]}") {{ quantity }}
      batches(first: 1000, filter: {{ sources: ["laser"] }}) {{ nodes {{ name }} }} }}"""
    async with application(shops) as base_url:
        await data(base_url, asked)
        for one, given in (
            (act(NORTH, "changeStationState"), act(NORTH, "changeStationState").given(shops)),
            (act(AM, "updateOrder"), order),
            (act(AM, "setJobStatus"), job),
            (act(AM, "recordBatchAction"), batch),
            (act(LASER, "addPlate"), act(LASER, "addPlate").given(shops)),
        ):
            assert (await sent(base_url, one.name, given))["outcome"] == "CONFIRMED"
        found = await data(base_url, asked)
    assert found["station"]["state"]["remoteId"] == "2"
    assert (found["order"]["name"], found["job"]["status"]) == ("Rush", "PAUSED")
    assert found["batch"]["quantity"] == 12.5
    assert "New plates" in {one["name"] for one in found["batches"]["nodes"]}
