"""Subscribers that want the same, over real websockets: one execution, one call, one encoding."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

import pytest

from floorgraph.model.ids import Kind
from floorgraph.model.station import StationStatus
from floorgraph.server import rendering
from floorgraph.server.app import app_over
from floorgraph.settings import LimitSettings, Role, ServerSettings, Settings
from floorgraph.vendors.floor import Floor
from subscriptions.change import ChangeKind
from subscriptions.engine import Engine
from tests.support.client import LiveClient, live
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource, job, station, unreachable
from tests.support.memory import live as status_of
from tests.support.serving import serving, serving_sources

WITH_JOBS = """subscription ($after: String) { stationChanged(after: $after, maxAge: 0.2) {
  kind id cursor station { name jobs { nodes { id name } } } } }"""
PLAIN = """subscription ($after: String, $snapshot: Boolean) {
  stationChanged(after: $after, snapshot: $snapshot, maxAge: 0.2) { kind id cursor station { name } } }"""


async def changed(client: LiveClient) -> dict[str, Any]:
    event = await asyncio.wait_for(client.next(), DEADLINE)
    assert "errors" not in event, event["errors"]
    change: dict[str, Any] = event["data"]["stationChanged"]
    return change


async def caught_up(client: LiveClient) -> dict[str, Any]:
    while (change := await changed(client))["kind"] != "CAUGHT_UP":
        pass
    return change


STATIONS = 1200
"""More than one round of anything that goes on in parts."""


def calls_of_relations(source: MemorySource) -> int:
    return source.calls["select job"]


@pytest.mark.parametrize("stations", [1, 40, 1200])
async def test_the_events_of_one_poll_share_their_relations(stations: int) -> None:
    records = [station(str(n), f"Mill {n}") for n in range(STATIONS)]
    jobs = [job(str(n), station_id=f"north:station:{n}") for n in range(STATIONS)]
    source = MemorySource("north", [*records, *jobs])
    async with serving_sources([source]) as base_url, live(base_url) as client:
        await client.subscribe(WITH_JOBS)
        await caught_up(client)
        before = calls_of_relations(source)
        source.put(*(station(str(n), f"Lathe {n}") for n in range(stations)))
        for _ in range(stations):
            change = await changed(client)
            number = change["id"].rpartition(":")[2]
            assert change["station"]["jobs"]["nodes"] == [
                {"id": f"north:job:{number}", "name": f"Job {number}"}
            ]
        assert calls_of_relations(source) == before + 1


async def test_relations_are_loaded_anew_for_every_poll() -> None:
    source = MemorySource("north", [station("1"), job("a", name="First", station_id="north:station:1")])
    async with serving_sources([source]) as base_url, live(base_url) as client:
        await client.subscribe(WITH_JOBS)
        await caught_up(client)
        source.put(job("a", name="Second", station_id="north:station:1"), station("1", "Lathe"))
        assert (await changed(client))["station"]["jobs"]["nodes"][0]["name"] == "Second"


@pytest.mark.parametrize("subscribers", [1, 1000])
async def test_one_poller_and_one_rendering_however_many_subscribe(
    subscribers: int, monkeypatch: pytest.MonkeyPatch
) -> None:  # D2
    """1,000 subscriptions on 40 sockets: the same REST calls and the same executions as for one."""
    executed = 0
    render = rendering.Renderer.__call__

    async def counted(self: rendering.Renderer, changes: Sequence[Any]) -> Any:
        nonlocal executed
        executed += len(changes)
        return await render(self, changes)

    monkeypatch.setattr(rendering.Renderer, "__call__", counted)
    source = MemorySource("north", [station("1"), station("2")])
    limits = LimitSettings(requests_per_second=1e6, requests_per_second_per_address=1e6)
    settings = Settings(ServerSettings(anonymous_role=Role.VIEWER), limits=limits)
    async with serving_sources([source], settings=settings) as base_url, AsyncExitStack() as stack:
        per_socket = min(subscribers, 25)
        sockets = [await stack.enter_async_context(live(base_url)) for _ in range(subscribers // per_socket)]
        for socket in sockets:
            for number in range(per_socket):
                await socket.subscribe(PLAIN, key=str(number))
        for socket in sockets:
            for _ in range(per_socket * 3):
                await changed(socket)
        executed = 0
        polls, began = source.calls["poll"], asyncio.get_running_loop().time()
        for turn in range(5):
            source.put(station("1", f"Lathe {turn}"))
            told = [await changed(socket) for socket in sockets for _ in range(per_socket)]
            assert {change["station"]["name"] for change in told} == {f"Lathe {turn}"}
        assert executed == 5
        elapsed = asyncio.get_running_loop().time() - began
        # The period is 0.2 s after the end of each poll, whoever asks and however often.
        assert 5 <= source.calls["poll"] - polls <= elapsed / (0.2 * 0.95) + 1


async def test_where_a_subscription_begins_does_not_keep_it_out_of_the_cohort() -> None:
    floor = Floor([source := MemorySource("north", [station("1")])])
    engine = Engine(floor)
    app = app_over(floor, Settings(ServerSettings(anonymous_role=Role.VIEWER)), engine)
    async with serving(app) as base_url, AsyncExitStack() as stack:
        first, second, third, other = [await stack.enter_async_context(live(base_url)) for _ in range(4)]
        await first.subscribe(PLAIN)
        cursor = (await caught_up(first))["cursor"]
        await second.subscribe(PLAIN, after=cursor)
        await third.subscribe(PLAIN, snapshot=False)
        await caught_up(third)
        await other.subscribe(WITH_JOBS)
        await caught_up(other)
        source.put(station("1", "Lathe"))
        for client in (first, second, third, other):
            assert (await changed(client))["station"]["name"] == "Lathe"
        assert sorted(cohort.members for cohort in engine.figures().cohorts) == [1, 3]


@pytest.mark.parametrize("stations", [2, 250])
async def test_each_event_has_errors_of_its_own_and_loses_nobody_elses(stations: int) -> None:
    mills = [station(str(n)) for n in range(stations)]
    source = MemorySource("north", mills)
    for mill in mills:
        source.statuses[mill.id] = status_of(mill, StationStatus.IDLE)
    document = """subscription { stationChanged(maxAge: 0.2, filter: {sources: ["north"]}) {
        kind id station { name jobs { nodes { id } unavailableSources } } } }"""
    async with serving_sources([source]) as base_url, live(base_url) as client:
        await client.subscribe(document)
        while (await client.next())["data"]["stationChanged"]["kind"] != "CAUGHT_UP":
            pass
        select = source.select
        refused = 0

        async def failing(kind: Any, *rest: Any) -> Any:
            nonlocal refused
            if kind is Kind.JOB:
                refused += 1
                raise unreachable()
            return await select(kind, *rest)

        source.select = failing  # type: ignore[assignment,method-assign]
        source.put(*(station(str(n), "Lathe") for n in range(stations)))
        events = [await asyncio.wait_for(client.next(), DEADLINE) for _ in range(stations)]
    assert refused == 1, "what failed is not asked for again for each event"
    for event in events:
        assert event["data"]["stationChanged"]["station"]["jobs"]["unavailableSources"] == ["north"]
        (error,) = event["errors"]
        assert error["extensions"]["code"] == "UNREACHABLE"
        assert error["path"][0] == "stationChanged"


async def test_a_change_of_a_source_is_executed_once_for_all_who_watch_the_sources(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    executed = 0
    render = rendering.Renderer.__call__

    async def counted(self: rendering.Renderer, changes: Sequence[Any]) -> Any:
        nonlocal executed
        executed += len(changes)
        return await render(self, changes)

    monkeypatch.setattr(rendering.Renderer, "__call__", counted)
    document = "subscription { sourceChanged { kind key changedFields source { title status } } }"
    floor = Floor([source := MemorySource("north")])
    app = app_over(floor, Settings(ServerSettings(anonymous_role=Role.VIEWER)), Engine(floor))
    async with serving(app) as base_url, AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(live(base_url)) for _ in range(30)]
        for socket in sockets:
            await socket.subscribe(document)
        for socket in sockets:
            kinds = [(await socket.next())["data"]["sourceChanged"]["kind"] for _ in range(2)]
            assert kinds == ["SNAPSHOT", "CAUGHT_UP"]
        executed = 0
        source.failure = unreachable()
        source.on_change()
        for socket in sockets:
            change = (await asyncio.wait_for(socket.next(), DEADLINE))["data"]["sourceChanged"]
            assert (change["kind"], change["key"], change["source"]["status"]) == ("UPDATED", "north", "DOWN")
        assert executed == 1


OF_SOUTH = """subscription { stationChanged(filter: {sources: ["south"]}, maxAge: 0.1) {
  kind id station { name } } }"""


class Rendering:
    """Renders as usual, never ends with a snapshot, or fails, as a test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.does = "render"
        self.begun = asyncio.Event()
        usual = rendering.Renderer.__call__

        async def render(renderer: rendering.Renderer, changes: Sequence[Any]) -> Any:
            if self.does == "hang" and changes[0].kind is ChangeKind.SNAPSHOT:
                self.begun.set()
                await asyncio.Event().wait()
            if self.does == "fail":
                raise ValueError("nobody thought of this")
            return await usual(renderer, changes)

        monkeypatch.setattr(rendering.Renderer, "__call__", render)


async def code_of_end(client: LiveClient) -> str:
    message = await asyncio.wait_for(client.receive(), DEADLINE)
    assert message["type"] == "error", message
    found: str = message["payload"][0]["extensions"]["code"]
    return found


async def test_who_waits_for_a_snapshot_when_its_source_goes_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # D12
    does = Rendering(monkeypatch)
    floor = Floor([MemorySource("north"), MemorySource("south", [station("1", source="south")])])
    app = app_over(floor, Settings(ServerSettings(anonymous_role=Role.VIEWER)), engine := Engine(floor))
    async with serving(app) as base_url, live(base_url) as client:
        does.does = "hang"
        await client.subscribe(OF_SOUTH)
        await asyncio.wait_for(does.begun.wait(), DEADLINE)
        await engine.remove_source("south")
        assert await code_of_end(client) == "SOURCE_REMOVED"
        # The id is free again, and the socket goes on.
        await client.subscribe("{ __typename }")
        assert (await client.next())["data"] == {"__typename": "Query"}


async def test_what_ends_those_who_keep_up_ends_those_who_begin_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    does = Rendering(monkeypatch)
    source = MemorySource("south", [station("1", source="south")])
    async with serving_sources([source]) as base_url, live(base_url) as rides, live(base_url) as begins:
        await rides.subscribe(OF_SOUTH)
        await caught_up(rides)
        source.put(station("1", "Lathe", source="south"))
        await changed(rides)
        does.does = "hang"
        await begins.subscribe(OF_SOUTH)
        await asyncio.wait_for(does.begun.wait(), DEADLINE)
        does.does = "fail"
        source.put(station("1", "Saw", source="south"))
        for client in (rides, begins):
            assert await code_of_end(client) == "INTERNAL"
