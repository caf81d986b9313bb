"""What an operation costs at a simulated server is never more than its price."""

import pytest

from tests.end_to_end.test_cwork_floor import FLOOR, shop
from tests.support.client import post

DOCUMENTS = {
    "floor": FLOOR,
    "one station": '{ station(id: "north:station:1") { state { status } currentJob { order { name } } } }',
    "indicators": "{ stations(first: 4) { nodes { kpis { oee } history { ongoing } alarmHistory { id } } } }",
    "programs": "{ stations(first: 3) { nodes { programs { nodes { versions { nodes { id } } } } } } }",
    "details": "{ stations(first: 5) { nodes { protocol hasImage programRuns { name } } } }",
    "orders": "{ orders { nodes { jobs { nodes { station { name } } } pieces { totalCount } } } }",
    "filtered": '{ stations(filter: { status: [RUNNING], order: "north:order:1" }) { totalCount } }',
    "ordered": "{ stations(orderBy: { field: STATUS }) { nodes { name } } jobs { totalCount } }",
    "alarms": "{ alarms { nodes { code station { name } } } }",
}


@pytest.mark.parametrize("version", ["1.0", "1.12", "1.16"])
async def test_no_operation_costs_more_than_its_price(version: str) -> None:
    async with shop(version, 8) as (simulator, base_url):
        for name, document in DOCUMENTS.items():
            priced = (await post(base_url, document, None, **{"X-Floorgraph-Dry-Run": "1"})).json()
            assert "cost" in priced.get("extensions", {}), (name, priced)
            simulator.reset()
            answer = (await post(base_url, document)).json()
            calls = simulator.calls()
            assert "errors" not in answer, (name, answer["errors"])
            assert calls["total"] <= priced["extensions"]["cost"]["upstreamCalls"], (name, calls["labels"])


async def test_the_price_of_a_whole_hall_does_not_grow_with_it() -> None:
    async with shop("1.16", 8) as (_, base_url):
        answer = await post(base_url, FLOOR, None, **{"X-Floorgraph-Dry-Run": "1"})
    assert answer.json()["extensions"]["cost"]["bySource"] == {"north": 7}
