"""What operations on an additive hall cost is never more than their price, and not much less."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from floorgraph.server.app import create_app
from floorgraph.settings import settings_of
from floorgraph.simulators.process import RunningSimulator, start_simulator
from floorgraph.simulators.registry import simulator
from tests.support.client import post
from tests.support.serving import serving

DOCUMENTS = {
    "current jobs": "{ stations(first: 1000) { nodes { currentJob { id } } } }",
    "live": "{ stations(first: 1000) { nodes { status state { name } climate { temperatureCelsius } "
    "progress { percent } } } }",
    "floor": "{ stations(first: 1000) { nodes { name status currentJob { name order { name } } "
    "queue { id } downtimes { reason } capacity { day } batches(first: 100) { nodes { material } } } } }",
    "jobs": "{ jobs(first: 1000) { nodes { station { name status } pieces { totalCount } "
    "layouts { totalCount } order { name } program { name } } } }",
    "pieces": "{ pieces(first: 1000) { nodes { job { name } station { name } order { name } "
    "steps { name } } } }",
    "orders": "{ orders(first: 500) { nodes { lineItems { product drawing materials } "
    "jobs { totalCount } pieces { totalCount } } } }",
    "layouts": "{ layouts(first: 500) { nodes { placements { position } jobs { nodes { name } } } } }",
    "batches": "{ batches(first: 500) { nodes { station { name } jobs { totalCount } "
    "parents { totalCount } children { totalCount } actions { kind } climate { measuredAt } } } }",
    "some": '{ nodes(ids: ["am:station:printer/nonsense", '
    '"am:station:printer/00000000-0000-4000-8000-000000000000"]) { id ... on Station { status } } }',
    "filtered": "{ stations(filter: { status: [RUNNING] }) { totalCount } }",
    "resource": '{ source(key: "am") { resource(path: "shipment", first: 5) { items } } }',
}


@asynccontextmanager
async def hall() -> AsyncIterator[tuple[RunningSimulator, str]]:
    instance = simulator("authentise").demo[0]
    options = {**instance.options, "frozen": True, "printers": 30, "pieces": 200, "batches": 20}
    async with start_simulator("authentise", options) as shop:
        table = instance.source_settings(shop.base_url)
        settings = settings_of({"server": {"anonymous_role": "admin"}, "sources": [table]}, "test")
        async with serving(create_app(settings)) as base_url:
            yield shop, base_url


async def spent(base_url: str, shop: RunningSimulator, document: str) -> tuple[int, int]:
    """Price and cost of an operation that wants everything anew."""
    if "s(first" in document:
        document = document.replace("(first:", "(maxAge: 0, first:", 1)
    priced = (await post(base_url, document, None, **{"X-Floorgraph-Dry-Run": "1"})).json()
    assert "cost" in priced.get("extensions", {}), priced
    shop.reset()
    answer = (await post(base_url, document)).json()
    assert "errors" not in answer, answer["errors"]
    return priced["extensions"]["cost"]["upstreamCalls"], shop.count()


async def test_no_operation_costs_more_than_its_price() -> None:
    async with hall() as (shop, base_url):
        for round_ in ("cold", "warm"):
            for name, document in DOCUMENTS.items():
                priced, calls = await spent(base_url, shop, document)
                assert calls <= priced, (round_, name)
                assert round_ == "cold" or priced <= 4 * calls + 20, (name, priced, calls)


@pytest.mark.parametrize("name", ["current jobs", "live"])
async def test_the_price_of_a_known_hall_is_about_what_it_costs(name: str) -> None:
    async with hall() as (shop, base_url):
        for known in ("floor", "jobs"):
            await spent(base_url, shop, DOCUMENTS[known])
        priced, calls = await spent(base_url, shop, DOCUMENTS[name])
        assert calls <= priced <= 2 * calls + 10
