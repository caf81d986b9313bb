"""Queries over HTTP, from a socket to the sources and back."""

import asyncio
from typing import Any

import httpx2
import pytest
import structlog

from floorgraph.model.progress import Progress
from floorgraph.model.station import StationStatus
from floorgraph.settings import Role
from tests.support.client import data, query
from tests.support.memory import MemorySource, job, live, order, piece, station, unreachable
from tests.support.serving import serving_sources

FLOOR = """
{ stations { totalCount unavailableSources edges { node {
    id name status state { status activity name }
    currentJob { id name progress { done total percent } order { name } }
    jobs { nodes { id pieces { nodes { id } } } }
} } } }
"""

BACKWARDS = """
{ station(id: "north:station:1") { kpis(from: "2026-03-02T00:00:00Z", to: "2026-03-01T00:00:00Z") { oee } } }
"""


def north() -> MemorySource:
    stations = [station("1", "Mill 1", workshop="Hall A"), station("2", "Mill 2", workshop="Hall B")]
    source = MemorySource(
        "north",
        [
            *stations,
            order("7", name="O-7"),
            job(
                "a",
                station_id="north:station:1",
                order_id="north:order:7",
                progress=Progress.of_parts(3, 10),
                raw={"secret": 1},
            ),
            piece("a", job_id="north:job:a", order_id="north:order:7", station_id="north:station:1"),
        ],
    )
    source.statuses["north:station:1"] = live(stations[0], StationStatus.RUNNING)
    source.statuses["north:station:2"] = live(stations[1], StationStatus.IDLE)
    source.working["north:station:1"] = "north:job:a"
    return source


async def test_the_floor_in_one_query_costs_each_source_one_call_per_collection() -> None:
    source = north()
    async with serving_sources([source]) as base_url:
        found = await data(base_url, FLOOR)
    first, second = (edge["node"] for edge in found["stations"]["edges"])
    assert first == {
        "id": "north:station:1",
        "name": "Mill 1",
        "status": "RUNNING",
        "state": {"status": "RUNNING", "activity": "EXECUTING", "name": "Running"},
        "currentJob": {
            "id": "north:job:a",
            "name": "Job a",
            "progress": {"done": 3, "total": 10, "percent": 30},
            "order": {"name": "O-7"},
        },
        "jobs": {"nodes": [{"id": "north:job:a", "pieces": {"nodes": [{"id": "north:piece:a"}]}}]},
    }
    assert second["currentJob"] is None
    assert second["status"] == "IDLE"
    calls = {name: count for name, count in source.calls.items() if name != "poll"}
    # Jobs are selected by id and by station: two questions, which a real source answers from one list.
    assert calls == {
        "select station": 1,
        "live": 1,
        "current jobs": 1,
        "select job": 2,
        "select order": 1,
        "select piece": 1,
    }


async def test_a_source_that_is_down_leaves_the_others_answering() -> None:
    broken = MemorySource("south")
    broken.failure = unreachable("south")
    async with serving_sources([north(), broken]) as base_url:
        answer = await query(base_url, FLOOR)
    assert [edge["node"]["name"] for edge in answer["data"]["stations"]["edges"]] == ["Mill 1", "Mill 2"]
    assert answer["data"]["stations"]["unavailableSources"] == ["south"]
    (error,) = answer["errors"]
    assert error["path"] == ["stations"]
    assert error["message"] == "south: stations: connection refused"
    assert error["extensions"].pop("correlationId")
    assert error["extensions"] == {
        "code": "UNREACHABLE",
        "retryable": True,
        "source": "south",
        "endpoint": "stations",
    }


async def test_a_relation_that_fails_is_null_with_an_error_at_its_place() -> None:
    source = north()
    async with serving_sources([source]) as base_url:
        await data(base_url, FLOOR)
        source.failure = unreachable()
        answer = await query(base_url, '{ station(id: "north:station:1") { name } sources { key status } }')
    assert answer["data"] == {"station": None, "sources": [{"key": "north", "status": "DOWN"}]}
    assert answer["errors"][0]["path"] == ["station"]


async def test_stale_parts_are_named_without_an_error() -> None:
    source = north()
    source.stale_because = unreachable()
    async with serving_sources([source]) as base_url:
        found = await data(base_url, "{ jobs { totalCount unavailableSources } }")
    assert found == {"jobs": {"totalCount": 1, "unavailableSources": ["north"]}}


@pytest.mark.parametrize(
    ("filter_", "names"),
    [
        ("{ status: [IDLE] }", ["Mill 2"]),
        ("{ status: [IDLE, RUNNING] }", ["Mill 1", "Mill 2"]),
        ('{ text: "MILL 2" }', ["Mill 2"]),
        ('{ workshop: ["Hall A"] }', ["Mill 1"]),
        ('{ job: "north:job:a" }', ["Mill 1"]),
        ('{ order: "north:order:7" }', ["Mill 1"]),
        ('{ order: "north:order:8" }', []),
        ('{ ids: ["north:station:2", "south:station:2"] }', ["Mill 2"]),
        ("{ ids: [] }", []),
        ('{ sources: ["south"] }', []),
        ('{ vendors: ["memory"], text: "1" }', ["Mill 1"]),
        ('{ updatedSince: "2026-03-02T12:00:01Z" }', []),
    ],
)
async def test_stations_can_be_narrowed(filter_: str, names: list[str]) -> None:
    async with serving_sources([north()]) as base_url:
        found = await data(base_url, f"{{ stations(filter: {filter_}) {{ nodes {{ name }} }} }}")
    assert [node["name"] for node in found["stations"]["nodes"]] == names


@pytest.mark.parametrize(
    ("document", "code", "words"),
    [
        ('{ station(id: "nonsense") { id } }', "BAD_ID", "nonsense"),
        ('{ station(id: "north:job:a") { id } }', "BAD_ID", "not of a station"),
        ('{ node(id: "north:gadget:1") { id } }', "BAD_ID", "gadget"),
        ("{ stations(first: -1) { totalCount } }", "BAD_ARGUMENT", "'first'"),
        ("{ stations(first: 1001) { totalCount } }", "LIMIT_PAGE_SIZE", "1000"),
        ("{ stations(last: 10001) { totalCount } }", "BAD_ARGUMENT", "10000"),
        ("{ stations(first: 1, last: 1) { totalCount } }", "BAD_ARGUMENT", "not both"),
        ('{ stations(after: "x") { totalCount } }', "BAD_CURSOR", "'x'"),
        ("{ stations(maxAge: -1) { totalCount } }", "BAD_ARGUMENT", "maxAge"),
        ('{ stations(filter: { ids: ["x"] }) { totalCount } }', "BAD_ID", "'x'"),
        (
            '{ stations(filter: { updatedSince: "2026-03-02T12:00:01" }) { totalCount } }',
            "BAD_ARGUMENT",
            "zone",
        ),
        ("{ stations { nope } }", "BAD_REQUEST", "nope"),
        ("{ stations { ", "BAD_REQUEST", "Syntax"),
        ('{ stations(first: "x") { totalCount } }', "BAD_REQUEST", "Int"),
        (
            BACKWARDS,
            "BAD_ARGUMENT",
            "later",
        ),
        ('{ station(id: "north:station:1") { history(last: 0) { ongoing } } }', "BAD_ARGUMENT", "'last'"),
    ],
)
async def test_bad_input_gets_a_code_and_names_what_is_wrong(document: str, code: str, words: str) -> None:
    async with serving_sources([north()]) as base_url:
        answer = await query(base_url, document)
    error = answer["errors"][0]
    assert error["extensions"]["code"] == code
    assert words in error["message"]


async def test_unknown_ids_are_null() -> None:
    ids = ["north:station:2", "north:station:99", "nowhere:station:1", "north:job:a"]
    async with serving_sources([north()]) as base_url:
        found = await data(
            base_url,
            'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } node(id: "north:job:zz") { id } '
            'station(id: "nowhere:station:1") { id } source(key: "nope") { key } }',
            {"ids": ids},
        )
    assert found == {
        "nodes": [
            {"__typename": "Station", "id": ids[0]},
            None,
            None,
            {"__typename": "Job", "id": ids[3]},
        ],
        "node": None,
        "station": None,
        "source": None,
    }


async def test_one_bad_id_among_nodes_costs_only_itself() -> None:
    async with serving_sources([north()]) as base_url:
        answer = await query(base_url, '{ nodes(ids: ["north:station:1", "nonsense"]) { id } }')
    assert answer["data"] == {"nodes": [{"id": "north:station:1"}, None]}
    assert answer["errors"][0]["path"] == ["nodes", 1]


async def test_the_smallest_max_age_holds_for_the_whole_operation() -> None:
    source = north()
    async with serving_sources([source]) as base_url:
        source.seen.clear()
        await data(
            base_url,
            "query ($age: Float = 7) { stations(maxAge: 9) { totalCount } ...More } "
            "fragment More on Query { jobs(maxAge: $age) { totalCount } orders { totalCount } }",
        )
    asked = {freshness.max_age for freshness in source.seen if freshness.since is not None}
    assert asked == {7.0}


async def test_payloads_and_traces_need_their_rights() -> None:
    document = '{ job(id: "north:job:a") { raw } }'
    async with serving_sources([north()], role=Role.VIEWER) as base_url:
        answer = await query(base_url, document, None, **{"X-Floorgraph-Trace": "1"})
    assert answer["data"] == {"job": {"raw": None}}
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}
    assert len(answer["errors"]) == 2
    assert "upstream" not in answer.get("extensions", {})
    async with serving_sources([north()], role=Role.ADMIN) as base_url:
        assert await data(base_url, document) == {"job": {"raw": {"secret": 1}}}


async def test_what_fails_inside_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    source = north()

    async def broken(*_arguments: object) -> None:
        raise RuntimeError("secret path")

    monkeypatch.setattr(source, "current_jobs", broken)
    async with serving_sources([source]) as base_url:
        answer = await query(base_url, '{ station(id: "north:station:1") { name currentJob { id } } }')
    (error,) = answer["errors"]
    assert answer["data"]["station"] == {"name": "Mill 1", "currentJob": None}
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["correlationId"]
    assert "secret" not in str(answer)


async def test_a_defect_in_one_source_leaves_the_others_answering(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = north(), MemorySource("south", [station("1", source="south")])

    async def select(*_arguments: object) -> None:
        raise KeyError("secret field")

    monkeypatch.setattr(broken, "select", select)
    document = """{ stations { unavailableSources nodes { id } }
      nodes(ids: ["north:station:1", "south:station:1"]) { id } }"""
    with structlog.testing.capture_logs() as logged:
        async with serving_sources([broken, sound]) as base_url:
            answer = await query(base_url, document)
    assert answer["data"]["stations"] == {
        "unavailableSources": ["north"],
        "nodes": [{"id": "south:station:1"}],
    }
    assert answer["data"]["nodes"] == [None, {"id": "south:station:1"}]
    for error in answer["errors"]:
        assert (error["extensions"]["code"], error["extensions"]["source"]) == ("INTERNAL", "north")
    assert "secret" not in str(answer)
    told = [entry for entry in logged if entry["event"] == "source failed inside"]
    assert {entry["correlation_id"] for entry in told} == {answer["errors"][0]["extensions"]["correlationId"]}
    assert {str(entry["exc_info"]) for entry in told} == {"'secret field'"}
    assert len(told) == 2


TWO_OPERATIONS = """
query A($x: Boolean!) { sources { key @include(if: $x) } }
query B($x: [ID!]!) { nodes(ids: $x) { id } }
"""


@pytest.mark.parametrize(
    ("document", "variables", "name", "code"),
    [
        (TWO_OPERATIONS, {"x": ["north:station:1"]}, "B", None),
        (
            """query ($no: Boolean = false) {
              station(id: "north:station:1") { id name @skip(if: $no) } sources { key } }""",
            {"no": None},
            None,
            "BAD_REQUEST",
        ),
    ],
)
async def test_conditions_answer_the_same_however_often_they_are_asked(
    document: str, variables: dict[str, Any], name: str | None, code: str | None
) -> None:
    body = {"query": document, "variables": variables, "operationName": name}
    async with serving_sources([north()]) as base_url, httpx2.AsyncClient() as client:
        answers = [await client.post(f"{base_url}/graphql", json=body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    for answer in answers:
        assert answer.json()["data"] is not None
        codes = [error["extensions"]["code"] for error in answer.json().get("errors", ())]
        assert codes == ([] if code is None else [code])


async def test_lists_of_a_parent_can_be_narrowed_by_vendor() -> None:
    document = """{ station(id: "north:station:1") {
      theirs: jobs(filter: { vendors: ["memory"] }) { totalCount }
      others: jobs(filter: { vendors: ["authentise"] }) { totalCount }
    } }"""
    source = MemorySource("north", [station("1"), job("1", station_id="north:station:1")])
    async with serving_sources([source]) as base_url:
        found = await data(base_url, document)
    assert found["station"] == {"theirs": {"totalCount": 1}, "others": {"totalCount": 0}}


async def test_a_query_waits_for_no_other() -> None:
    slow, quick = north(), MemorySource("south", [station("1", source="south")])
    slow.held = asyncio.Event()
    async with serving_sources([slow, quick]) as base_url:
        waiting = asyncio.create_task(
            data(base_url, '{ stations(filter: { sources: ["north"] }) { totalCount } }')
        )
        found = await data(base_url, '{ stations(filter: { sources: ["south"] }) { totalCount } }')
        assert found == {"stations": {"totalCount": 1}}
        slow.held.set()
        assert await waiting == {"stations": {"totalCount": 2}}
