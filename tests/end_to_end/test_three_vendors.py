"""One query over three vendors, what it costs each of them, and what is left when one of them is down."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from floorgraph.server.app import create_app
from floorgraph.settings import settings_of
from floorgraph.simulators.process import RunningSimulator, start_simulator
from floorgraph.simulators.registry import simulator
from tests.support.client import data, live, query
from tests.support.deadline import DEADLINE
from tests.support.serving import serving

FLOOR = """
{ stations(first: 1000) { unavailableSources nodes { id kind status currentJob { id }
    batches(first: 100) { nodes { id } } } }
  jobs(first: 1000) { unavailableSources nodes { id kind status station { id } pieces { totalCount }
    layouts { totalCount } } }
  orders(first: 1000) { unavailableSources nodes { id status } }
  pieces(first: 1000) { unavailableSources nodes { id serialised status job { id } } }
  layouts(first: 1000) { unavailableSources nodes { id kind status productionStatus station { id } } }
  batches(first: 1000) { unavailableSources nodes { id kind status material station { id } } } }
"""
KINDS = ("stations", "jobs", "orders", "pieces", "layouts", "batches")


@asynccontextmanager
async def shops(**more: Any) -> AsyncIterator[tuple[dict[str, RunningSimulator], str]]:
    """The demo's servers of all vendors by source key, standing still, and a server in front of them."""
    async with AsyncExitStack() as stack:
        running: dict[str, RunningSimulator] = {}
        tables: list[dict[str, object]] = []
        for vendor in ("cwork", "authentise", "cloudnest"):
            instance = simulator(vendor).demo[0]
            options = {**instance.options, "frozen": True, **more.get(vendor, {})}
            shop = await stack.enter_async_context(start_simulator(vendor, options))
            running[instance.key] = shop
            tables.append(instance.source_settings(shop.base_url))
        settings = settings_of({"server": {"anonymous_role": "admin"}, "sources": tables}, "test")
        base_url = await stack.enter_async_context(serving(create_app(settings)))
        yield running, base_url


def by_source(found: dict[str, Any]) -> dict[str, Counter[str]]:
    return {kind: Counter(node["id"].split(":")[0] for node in found[kind]["nodes"]) for kind in KINDS}


def incomplete(found: dict[str, Any]) -> dict[str, list[str]]:
    """The lists that some source could not answer, with those sources."""
    return {kind: found[kind]["unavailableSources"] for kind in KINDS if found[kind]["unavailableSources"]}


async def test_one_query_over_all_vendors_and_the_same_with_one_of_them_down() -> None:
    async with shops() as (running, base_url):
        # A list that a vendor bounds may be completed by the next question.
        async with asyncio.timeout(DEADLINE):
            while incomplete(await data(base_url, FLOOR)):  # noqa: ASYNC110 - the answer is what is awaited
                await asyncio.sleep(0.1)
        for shop in running.values():
            shop.reset()
        whole = await data(base_url, FLOOR)
        again = {key: shop.count() for key, shop in running.items()}
        running["am"].kill()
        answer = await query(base_url, FLOOR.replace("first: 1000)", "first: 1000, maxAge: 0)"))
    counts = by_source(whole)
    assert set(counts["stations"]) == set(counts["jobs"]) == set(counts["pieces"]) == {"north", "am", "laser"}
    assert set(counts["orders"]) == {"north", "am"}
    assert set(counts["layouts"]) == set(counts["batches"]) == {"am", "laser"}
    assert incomplete(whole) == {}
    # Everything was asked a moment ago: what stands still within its time to live is not asked again.
    assert sum(again.values()) <= 12, again
    left = by_source(answer["data"])
    for kind in KINDS:
        assert answer["data"][kind]["unavailableSources"] == ["am"]
        assert left[kind]["north"] == counts[kind]["north"]
        assert left[kind]["laser"] == counts[kind]["laser"]


async def test_the_costs_of_a_cold_query_do_not_grow_with_the_floor() -> None:
    totals = []
    for printers, stations in ((5, 4), (20, 40)):
        more = {
            "authentise": {"printers": printers, "pieces": 20},
            "cwork": {"stations": stations},
        }
        async with shops(**more) as (running, base_url):
            # With what is asked at the start, which may be under way still when the query comes.
            await data(base_url, FLOOR)
            totals.append({key: shop.count() for key, shop in running.items()})
    small, large = totals
    assert large["north"] == small["north"]
    # Up to twenty parents share a call; layouts are fetched one by one, and only while they are computed.
    assert large["am"] <= small["am"] + 12, totals


async def test_pieces_of_a_large_tenant_are_followed_at_a_steady_cost() -> None:
    document = "subscription { pieceChanged(maxAge: 5) { kind id changedFields piece { status } } }"
    options: dict[str, Any] = {"pieces": 10_000, "printers": 200, "churn": 50, "frozen": False, "speed": 1}
    async with AsyncExitStack() as stack:
        instance = simulator("authentise").demo[0]
        shop = await stack.enter_async_context(start_simulator("authentise", options))
        settings = settings_of({"sources": [instance.source_settings(shop.base_url)]}, "test")
        base_url = await stack.enter_async_context(serving(create_app(settings)))
        client = await stack.enter_async_context(live(base_url))
        await client.subscribe(document)
        known: set[str] = set()
        async with asyncio.timeout(DEADLINE):
            # Where the first reading takes long, it comes after CAUGHT_UP: as changes, or anew after RESYNC.
            while len(known) < options["pieces"]:
                if piece := (await client.next())["data"]["pieceChanged"]["id"]:
                    known.add(piece)
            shop.reset()
            changes = 0
            while changes < 200:
                change = (await client.next())["data"]["pieceChanged"]
                changes += change["kind"] in ("UPDATED", "ADDED", "REMOVED")
            calls = shop.calls()
    assert calls["total"] < changes, calls["labels"]
