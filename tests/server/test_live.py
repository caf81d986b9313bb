"""Subscriptions and the protocol below them, over real websockets."""

import asyncio
import json
from typing import Any

import pytest

from floorgraph.model.job import JobStatus
from floorgraph.model.station import StationStatus
from tests.support.client import LiveClient, close_code, data, live, raw_socket
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource, job, station, unreachable
from tests.support.memory import live as status_of
from tests.support.serving import serving_sources

STATIONS = """
subscription ($filter: StationFilter, $on: [String!], $after: String, $snapshot: Boolean = true) {
  stationChanged(filter: $filter, on: $on, after: $after, snapshot: $snapshot, maxAge: 0.2) {
    kind id changedFields cause cursor reason at
    station { name workshop state { status } currentJob { name } }
    previous { name }
  }
}
"""


async def following(client: LiveClient, field: str = "stationChanged") -> dict[str, Any]:
    event = await asyncio.wait_for(client.next(), DEADLINE)
    assert "errors" not in event, event["errors"]
    change: dict[str, Any] = event["data"][field]
    return change


async def caught_up(client: LiveClient, field: str = "stationChanged") -> list[dict[str, Any]]:
    """The snapshot, and the change that ends it."""
    changes = [await following(client, field)]
    while changes[-1]["kind"] != "CAUGHT_UP":
        changes.append(await following(client, field))
    return changes


async def test_a_subscriber_gets_a_snapshot_and_then_what_changes() -> None:
    source = MemorySource("north", [station("1", "Mill 1"), station("2", "Mill 2")])
    async with serving_sources([source]) as base_url, live(base_url) as client:
        await client.subscribe(STATIONS)
        *snapshot, end = await caught_up(client)
        assert [(change["kind"], change["station"]["name"]) for change in snapshot] == [
            ("SNAPSHOT", "Mill 1"),
            ("SNAPSHOT", "Mill 2"),
        ]
        assert end["station"] is None
        source.put(station("2", "Mill 2", workshop="Hall B"))
        update = await following(client)
        assert update["kind"] == "UPDATED"
        assert update["changedFields"] == ["workshop"]
        assert update["station"]["workshop"] == "Hall B"
        assert update["previous"] == {"name": "Mill 2"}
        assert update["cause"] == "POLL"
        source.put(station("3", "Mill 3"))
        assert (await following(client))["kind"] == "ADDED"
        source.drop("north:station:3")
        gone = await following(client)
        assert (gone["kind"], gone["id"], gone["station"]) == ("REMOVED", "north:station:3", None)


async def test_every_event_sees_fresh_relations() -> None:
    mill = station("1", "Mill 1")
    source = MemorySource("north", [mill, job("a", name="First"), job("b", name="Second")])
    source.working[mill.id] = "north:job:a"
    source.statuses[mill.id] = status_of(mill, StationStatus.RUNNING)
    async with serving_sources([source]) as base_url, live(base_url) as client:
        await client.subscribe(STATIONS)
        first = (await caught_up(client))[0]
        assert first["station"]["currentJob"] == {"name": "First"}
        assert first["station"]["state"] == {"status": "RUNNING"}
        source.working[mill.id] = "north:job:b"
        source.statuses[mill.id] = status_of(mill, StationStatus.IDLE)
        source.put(station("1", "Mill One"))
        update = await following(client)
        assert update["station"]["currentJob"] == {"name": "Second"}
        assert update["station"]["state"] == {"status": "IDLE"}


async def test_queries_on_one_socket_see_fresh_data() -> None:
    source = MemorySource("north", [station("1", "Before")])
    async with serving_sources([source]) as base_url, live(base_url) as client:
        for key, name in (("1", "Before"), ("2", "After")):
            source.put(station("1", name))
            await client.subscribe('{ station(id: "north:station:1") { name } }', key=key)
            assert (await client.next())["data"]["station"] == {"name": name}
            assert (await client.receive()) == {"id": key, "type": "complete"}


async def test_a_filter_makes_records_appear_and_disappear() -> None:
    source = MemorySource(
        "north", [station("1", "Mill 1", workshop="A"), station("2", "Mill 2", workshop="B")]
    )
    async with serving_sources([source]) as base_url, live(base_url) as client:
        await client.subscribe(STATIONS, filter={"workshop": ["A"]})
        assert [change["id"] for change in await caught_up(client)] == ["north:station:1", None]
        source.put(station("2", "Mill 2", workshop="A"))
        assert (await following(client))["kind"] == "ADDED"
        source.put(station("1", "Mill 1", workshop="B"))
        gone = await following(client)
        assert (gone["kind"], gone["id"]) == ("REMOVED", "north:station:1")
        assert "filter" in gone["reason"]


async def test_a_client_that_returns_gets_what_it_missed() -> None:
    source = MemorySource("north", [station("1", "Mill 1"), station("2", "Mill 2")])
    async with serving_sources([source]) as base_url, live(base_url) as watcher:
        await watcher.subscribe(STATIONS)
        cursor = (await caught_up(watcher))[-1]["cursor"]
        source.put(station("1", "Mill One"))
        assert (await following(watcher))["kind"] == "UPDATED"
        async with live(base_url) as returning:
            await returning.subscribe(STATIONS, after=cursor)
            missed = await following(returning)
            assert (missed["kind"], missed["station"]["name"]) == ("UPDATED", "Mill One")


async def test_other_kinds_and_sources_can_be_followed() -> None:
    source = MemorySource("north", [job("a")])
    document = "subscription { jobChanged(maxAge: 0.2) { kind job { name status } changedFields } }"
    sources = "subscription { sourceChanged { kind key changedFields source { key status } } }"
    async with serving_sources([source]) as base_url, live(base_url) as client:
        await client.subscribe(document)
        await caught_up(client, "jobChanged")
        source.put(job("a", status=JobStatus.COMPLETED))
        change = await following(client, "jobChanged")
        assert change == {
            "kind": "UPDATED",
            "job": {"name": "Job a", "status": "COMPLETED"},
            "changedFields": ["status"],
        }
        async with live(base_url) as other:
            await other.subscribe(sources)
            known = await caught_up(other, "sourceChanged")
            assert known[0]["source"] == {"key": "north", "status": "UP"}
            source.failure = unreachable()
            source.on_change()
            change = await following(other, "sourceChanged")
            assert change["source"] == {"key": "north", "status": "DOWN"}
            assert "status" in change["changedFields"]


async def test_a_subscription_that_ends_releases_its_demand() -> None:
    source = MemorySource("north", [station("1")])
    feeds = '{ source(key: "north") { feeds { name subscribers reason } } }'
    async with serving_sources([source]) as base_url:
        async with live(base_url) as client:
            await client.subscribe(STATIONS)
            await caught_up(client)
            found = await data(base_url, feeds)
            assert found["source"]["feeds"][0]["subscribers"] == 1
        async with asyncio.timeout(DEADLINE):
            while (await data(base_url, feeds))["source"]["feeds"][0]["subscribers"]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ('filter: { ids: ["x"] }', "BAD_ID"),
        ('filter: { order: "north:job:1" }', "BAD_ID"),
        ("maxAge: 0", "BAD_ARGUMENT"),
        ('after: "forged"', "BAD_CURSOR"),
    ],
)
async def test_bad_arguments_end_the_subscription_with_a_code(arguments: str, code: str) -> None:
    async with serving_sources([MemorySource("north")]) as base_url, live(base_url) as client:
        await client.subscribe(f"subscription {{ stationChanged({arguments}) {{ kind }} }}")
        message = await client.receive()
        errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
        assert errors[0]["extensions"]["code"] == code
        await client.subscribe("{ sources { key } }", key="2")
        answers = [await client.receive() for _ in range(2)]
        assert {"sources": [{"key": "north"}]} in [
            answer.get("payload", {}).get("data") for answer in answers
        ]


@pytest.mark.parametrize(
    "document",
    ["subscription {", "subscription { nope }", "query A { sources { key } } query B { sources { key } }"],
)
async def test_one_bad_operation_leaves_its_siblings_alone(document: str) -> None:
    source = MemorySource("north", [station("1")])
    async with serving_sources([source]) as base_url, live(base_url) as client:
        await client.subscribe(STATIONS, key="good")
        await caught_up(client)
        await client.subscribe(document, key="bad")
        message = await client.receive()
        assert message["id"] == "bad"
        errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
        assert errors[0]["message"]
        source.put(station("1", "Changed"))
        assert (await following(client))["station"]["name"] == "Changed"


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["[]"], 4400),
        (["1"], 4400),
        (["null"], 4400),
        (["{"], 4400),
        (['{"type": "nope"}'], 4400),
        (['{"type": "connection_init", "payload": 1}'], 4400),
        (['{"type": "subscribe", "id": "1", "payload": {"query": "{ sources { key } }"}}'], 4401),
        (['{"type": "connection_init"}', '{"type": "connection_init"}'], 4429),
        (
            ['{"type": "connection_init"}', '{"type": "subscribe", "id": ["1"], "payload": {"query": ""}}'],
            4400,
        ),
        (['{"type": "connection_init"}', '{"type": "subscribe", "id": "1", "payload": null}'], 4400),
        (
            ['{"type": "connection_init"}', '{"type": "subscribe", "id": "1", "payload": {"query": 5}}'],
            4400,
        ),
    ],
)
async def test_faults_of_the_protocol_close_the_socket_with_their_code(
    messages: list[str], code: int
) -> None:
    async with serving_sources([MemorySource("north")]) as base_url, raw_socket(base_url) as socket:
        for message in messages:
            await socket.send(message)
        assert await close_code(socket) == code


async def test_an_id_in_use_cannot_be_used_again() -> None:
    async with serving_sources([MemorySource("north")]) as base_url, live(base_url) as client:
        await client.subscribe(STATIONS, key="1")
        await client.subscribe(STATIONS, key="1")
        assert await close_code(client.socket) == 4409


@pytest.mark.parametrize("protocol", ["graphql-ws", "something-else"])
async def test_other_protocols_are_refused(protocol: str) -> None:
    async with serving_sources([MemorySource("north")]) as base_url, raw_socket(base_url, protocol) as socket:
        assert await close_code(socket) == 4406


async def test_pings_are_answered() -> None:
    async with serving_sources([MemorySource("north")]) as base_url, raw_socket(base_url) as socket:
        await socket.send(json.dumps({"type": "ping"}))
        assert json.loads(await socket.recv()) == {"type": "pong"}
