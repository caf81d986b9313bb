"""For callers who are limited to some sources the others do not exist, by whatever way they ask."""

import asyncio
from typing import Any

import pytest

from floorgraph.settings import Role
from tests.server.access.guarded import Line, configured, two_lines
from tests.support.client import LiveClient, live, post
from tests.support.deadline import DEADLINE
from tests.support.identities import key
from tests.support.memory import job, station, unreachable

NOTHING = {"data": {"found": None}}
NONE_OF_THEM: dict[str, Any] = {"data": {"found": {"totalCount": 0, "nodes": []}}}

ASKING: dict[str, tuple[str, Any]] = {
    "node": ('{ found: node(id: "south:station:1") { id } }', NOTHING),
    "nodes": ('{ found: nodes(ids: ["south:job:1"]) { id } }', {"data": {"found": [None]}}),
    "station": ('{ found: station(id: "south:station:1") { id imageUrl } }', NOTHING),
    "job": ('{ found: job(id: "south:job:1") { id raw } }', NOTHING),
    "order": ('{ found: order(id: "south:order:1") { id } }', NOTHING),
    "piece": ('{ found: piece(id: "south:piece:1") { id } }', NOTHING),
    "source": ('{ found: source(key: "south") { status feeds { name } } }', NOTHING),
    "resource": ('{ found: source(key: "south") { resource(path: "x") { items } } }', NOTHING),
    "sources": ("{ found: sources { key } }", {"data": {"found": [{"key": "north"}]}}),
    "list": (
        "{ found: stations { totalCount unavailableSources nodes { id source { key } } } }",
        {
            "data": {
                "found": {
                    "totalCount": 1,
                    "unavailableSources": [],
                    "nodes": [{"id": "north:station:1", "source": {"key": "north"}}],
                }
            }
        },
    ),
    "list by id": (
        '{ found: stations(filter: { ids: ["south:station:1"] }) { totalCount nodes { id } } }',
        NONE_OF_THEM,
    ),
    "list by source": (
        '{ found: jobs(filter: { sources: ["south"] }) { totalCount nodes { id } } }',
        NONE_OF_THEM,
    ),
    "list by parent": (
        '{ found: jobs(filter: { station: "south:station:1" }) { totalCount nodes { id } } }',
        NONE_OF_THEM,
    ),
    "list by way of other records": (
        '{ found: stations(filter: { job: "south:job:1" }) { totalCount nodes { id } } }',
        NONE_OF_THEM,
    ),
    "text": ('{ found: stations(filter: { text: "south" }) { totalCount nodes { id } } }', NONE_OF_THEM),
    "alarms": ('{ found: alarms(filter: { sources: ["south"] }) { totalCount nodes { id } } }', NONE_OF_THEM),
    "entities": (
        '{ found: _entities(representations: [{__typename: "Station", id: "south:station:1"}]) { __typename } }',  # noqa: E501
        {"data": {"found": [None]}},
    ),
}


@pytest.mark.parametrize("way", ASKING)
async def test_a_query_does_not_find_what_is_not_there_for_the_caller(way: str) -> None:
    document, expected = ASKING[way]
    settings, text = key(Role.ADMIN, ("north",))
    async with two_lines(configured(settings)) as (base_url, _, south):
        answer = await post(base_url, document, authorization=f"ApiKey {text}")
    assert answer.json() == expected
    assert not south.calls


@pytest.mark.parametrize("way", ["node", "station", "list", "source"])
async def test_the_same_questions_find_it_for_others(way: str) -> None:
    document, expected = ASKING[way]
    settings, text = key(Role.ADMIN)
    async with two_lines(configured(settings)) as (base_url, *_):
        answer = await post(base_url, document, authorization=f"ApiKey {text}")
    assert "errors" not in answer.json()
    assert answer.json() != expected


async def test_a_relation_into_another_source_leads_nowhere() -> None:
    settings, text = key(sources=("north",))
    document = '{ job(id: "north:job:9") { station { name } order { name } } }'
    async with two_lines(configured(settings)) as (base_url, north, _):
        north.put(job("9", "north", station_id="south:station:1", order_id="south:order:1"))
        north.working["north:station:1"] = "south:job:1"
        answer = await post(base_url, document, authorization=f"ApiKey {text}")
        current = await post(
            base_url,
            '{ station(id: "north:station:1") { currentJob { name } } }',
            authorization=f"ApiKey {text}",
        )
    assert answer.json() == {"data": {"job": {"station": None, "order": None}}}
    assert current.json() == {"data": {"station": {"currentJob": None}}}


async def test_a_failing_source_is_not_named_to_those_who_do_not_see_it() -> None:
    settings, text = key(sources=("north",))
    async with two_lines(configured(settings)) as (base_url, _, south):
        south.failure = unreachable("south")
        answer = await post(
            base_url,
            "{ stations { totalCount unavailableSources } sources { key } }",
            authorization=f"ApiKey {text}",
        )
    assert "south" not in answer.text
    assert "errors" not in answer.json()


async def test_a_paging_cursor_of_somebody_else_opens_nothing() -> None:
    (everything, all_), (some, text) = key(), key(sources=("north",))
    page = (
        "query ($after: String) { stations(first: 1, after: $after) { nodes { id } pageInfo { endCursor } } }"
    )
    async with two_lines(configured(everything, some)) as (base_url, *_):
        first = await post(base_url, page, authorization=f"ApiKey {all_}")
        cursor = first.json()["data"]["stations"]["pageInfo"]["endCursor"]
        rest = await post(base_url, page, {"after": cursor}, authorization=f"ApiKey {text}")
    assert first.json()["data"]["stations"]["nodes"] == [{"id": "north:station:1"}]
    assert rest.json()["data"]["stations"]["nodes"] == []


async def test_what_somebody_else_keeps_warm_stays_hidden() -> None:
    (everything, all_), (some, text) = key(), key(sources=("north",))
    document = '{ node(id: "south:station:1") { id } stations { nodes { id } } }'
    async with two_lines(configured(everything, some)) as (base_url, *_):
        await post(base_url, document, authorization=f"ApiKey {all_}")
        answer = await post(base_url, document, authorization=f"ApiKey {text}")
    assert answer.json()["data"] == {"node": None, "stations": {"nodes": [{"id": "north:station:1"}]}}


FOLLOW = (
    "subscription ($filter: StationFilter, $after: String) "
    "{ stationChanged(filter: $filter, after: $after, maxAge: 0.2) "
    "{ kind id cursor reason station { name } } }"
)


async def told(client: LiveClient, field: str = "stationChanged") -> dict[str, Any]:
    event = await asyncio.wait_for(client.next(), DEADLINE)
    assert "errors" not in event, event
    change: dict[str, Any] = event["data"][field]
    return change


async def snapshot(client: LiveClient, field: str = "stationChanged") -> list[dict[str, Any]]:
    changes = [await told(client, field)]
    while changes[-1]["kind"] != "CAUGHT_UP":
        changes.append(await told(client, field))
    return changes


def rename(line: Line, name: str) -> None:
    line.put(station("1", name, line.key))


async def test_subscriptions_with_the_same_document_tell_each_caller_of_its_own_sources() -> None:
    (everything, all_), (some, text), (other, third) = key(), key(sources=("north",)), key(sources=("south",))
    settings = configured(everything, some, other)
    async with (
        two_lines(settings) as (base_url, north, south),
        live(base_url, {"apiKey": all_}) as whole,
        live(base_url, {"apiKey": text}) as northern,
        live(base_url, {"apiKey": third}) as southern,
    ):
        for client in (whole, northern, southern):
            await client.subscribe(FOLLOW)
        seen = [[change["id"] for change in await snapshot(client)] for client in (whole, northern, southern)]
        assert seen == [
            ["north:station:1", "south:station:1", None],
            ["north:station:1", None],
            ["south:station:1", None],
        ]
        rename(south, "Changed first")
        assert (await told(whole))["station"]["name"] == "Changed first"
        assert (await told(southern))["station"]["name"] == "Changed first"
        rename(north, "Changed second")
        assert (await told(northern))["station"]["name"] == "Changed second"


@pytest.mark.parametrize("filter_", [{"ids": ["south:station:1"]}, {"sources": ["south"]}])
async def test_a_subscription_to_what_is_not_there_begins_empty(filter_: dict[str, Any]) -> None:
    settings, text = key(sources=("north",))
    async with (
        two_lines(configured(settings)) as (base_url, _, south),
        live(base_url, {"apiKey": text}) as client,
    ):
        await client.subscribe(FOLLOW, filter=filter_)
        assert [change["kind"] for change in await snapshot(client)] == ["CAUGHT_UP"]
        assert not south.calls["poll"]


async def test_a_resume_cursor_of_somebody_else_begins_anew() -> None:
    (everything, all_), (some, text) = key(), key(sources=("north",))
    async with (
        two_lines(configured(everything, some)) as (base_url, _, south),
        live(base_url, {"apiKey": all_}) as whole,
        live(base_url, {"apiKey": text}) as client,
    ):
        await whole.subscribe(FOLLOW)
        cursor = (await snapshot(whole))[-1]["cursor"]
        rename(south, "Changed")
        await told(whole)
        await client.subscribe(FOLLOW, after=cursor)
        changes = await snapshot(client)
    assert [change["kind"] for change in changes] == ["RESYNC", "SNAPSHOT", "CAUGHT_UP"]
    assert changes[1]["id"] == "north:station:1"


async def test_sources_are_followed_only_where_they_are_seen() -> None:
    settings, text = key(sources=("north",))
    document = "subscription ($keys: [String!]) { sourceChanged(keys: $keys) { kind key source { key } } }"
    async with (
        two_lines(configured(settings)) as (base_url, north, south),
        live(base_url, {"apiKey": text}) as client,
    ):
        await client.subscribe(document)
        changes = await snapshot(client, "sourceChanged")
        assert [change["key"] for change in changes] == ["north", None]
        south.failure = unreachable("south")
        south.on_change()
        north.failure = unreachable("north")
        north.on_change()
        assert (await told(client, "sourceChanged"))["key"] == "north"
        await client.subscribe(document, key="2", keys=["south"])
        message = await client.receive()
        while message["id"] != "2":
            message = await client.receive()
    assert "BAD_ARGUMENT" in str(message)
    assert "the configured ones are: north." in str(message)


async def test_pictures_have_addresses_only_for_those_who_see_the_station() -> None:
    (everything, all_), (some, text) = key(), key(sources=("north",))
    document = "{ stations { nodes { imageUrl } } }"
    async with two_lines(configured(everything, some)) as (base_url, *_):
        whole = await post(base_url, document, authorization=f"ApiKey {all_}")
        part = await post(base_url, document, authorization=f"ApiKey {text}")
    assert len(whole.json()["data"]["stations"]["nodes"]) == 2
    (node,) = part.json()["data"]["stations"]["nodes"]
    assert "north" in node["imageUrl"]
