"""The graph behind a gateway: composed with a neighbour's subgraph, and asked together with it."""

import pytest

from tests.node.npm import told_by
from tests.support.memory import MemorySource, job, station
from tests.support.serving import serving_sources

pytestmark = pytest.mark.node

FROM_HERE = """
{ stations(orderBy: [{ field: NAME }]) {
    pageInfo { hasNextPage }
    nodes { name maintenance { dueInHours technician } } } }
"""
FROM_THERE = """
{ dueForMaintenance(withinHours: 24) {
    name currentJob { name } source { title } maintenance { dueInHours } } }
"""

COMMAND = """
mutation { changeStationState(input: { stationId: "north:station:1", state: "2" }) {
    outcome userErrors { code } station { name maintenance { dueInHours } } } }
"""


def north() -> MemorySource:
    source = MemorySource(
        "north", [station("1", "Mill 1"), station("2", "Mill 2"), station("3", "Mill 3"), job("a")]
    )
    source.working = {"north:station:1": "north:job:a"}
    return source


async def test_a_command_passes_the_gateway(node: str) -> None:
    async with serving_sources([north()]) as base_url:
        composed, commanded = await told_by(node, "gateway.mjs", f"{base_url}/graphql", COMMAND)
    assert composed["errors"] == []
    assert "errors" not in commanded
    # This source takes no commands; its station comes back, with what the neighbour knows of it.
    assert commanded["data"]["changeStationState"] == {
        "outcome": "REJECTED",
        "userErrors": [{"code": "UNSUPPORTED"}],
        "station": {"name": "Mill 1", "maintenance": {"dueInHours": 4}},
    }


async def test_a_query_across_both_graphs(node: str) -> None:
    first, second = north(), MemorySource("south", [station("1", "Saw 1", "south")])
    async with serving_sources([first, second]) as base_url:
        composed, listed, due = await told_by(
            node, "gateway.mjs", f"{base_url}/graphql", FROM_HERE, FROM_THERE
        )
    assert composed == {"errors": [], "hints": composed["hints"]}
    assert listed["data"]["stations"] == {
        "pageInfo": {"hasNextPage": False},
        "nodes": [
            {"name": "Mill 1", "maintenance": {"dueInHours": 4, "technician": "Ada"}},
            {"name": "Mill 2", "maintenance": {"dueInHours": 90, "technician": "Grace"}},
            {"name": "Mill 3", "maintenance": None},
            {"name": "Saw 1", "maintenance": {"dueInHours": 6, "technician": "Edsger"}},
        ],
    }
    assert due["data"]["dueForMaintenance"] == [
        {
            "name": "Mill 1",
            "currentJob": {"name": "Job a"},
            "source": {"title": "north"},
            "maintenance": {"dueInHours": 4},
        },
        {
            "name": "Saw 1",
            "currentJob": None,
            "source": {"title": "south"},
            "maintenance": {"dueInHours": 6},
        },
    ]
    assert "errors" not in listed
    assert "errors" not in due
    # One list query, then one query for the entities: each asks each source for its stations once.
    assert [source.calls["select station"] for source in (first, second)] == [2, 2]
