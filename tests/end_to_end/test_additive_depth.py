"""Queues, climate and genealogy of an additive hall, from the vendor's server to GraphQL."""

from floorgraph.server.app import create_app
from floorgraph.settings import settings_of
from floorgraph.simulators.process import start_simulator
from floorgraph.simulators.registry import simulator
from tests.support.client import data
from tests.support.serving import serving

DOCUMENT = """
{ stations(first: 100) { nodes { id status queue { id queuePosition station { id } }
    jobs(first: 200, filter: { status: [QUEUED, READY] }) { nodes { id } } } }
  jobs(first: 500, filter: { kinds: [RUN] }) { nodes { plannedStartAt plannedEndAt } }
  batches(first: 100) { nodes { id customStatus climate { temperatureCelsius humidityPercent measuredAt }
    parents { nodes { id children { nodes { id } } } } } } }
"""


async def test_queues_climate_and_genealogy() -> None:
    instance = simulator("authentise").demo[0]
    async with start_simulator("authentise", {**instance.options, "frozen": True}) as shop:
        settings = settings_of({"sources": [instance.source_settings(shop.base_url)]}, "test")
        async with serving(create_app(settings)) as base_url:
            found = await data(base_url, DOCUMENT)
    stations, batches = found["stations"]["nodes"], found["batches"]["nodes"]
    queues = [station for station in stations if station["queue"]]
    assert queues
    for station in queues:
        places = [job["queuePosition"] for job in station["queue"]]
        assert places == sorted(places)
        assert {job["station"]["id"] for job in station["queue"]} == {station["id"]}
    planned = [job for job in found["jobs"]["nodes"] if job["plannedStartAt"]]
    assert planned
    assert all(job["plannedEndAt"] >= job["plannedStartAt"] for job in planned)
    measured = [batch for batch in batches if batch["climate"]]
    assert measured
    for batch in measured:
        times = [entry["measuredAt"] for entry in batch["climate"]]
        assert times == sorted(times)
    made = [(batch, parent) for batch in batches for parent in batch["parents"]["nodes"]]
    assert made
    assert all(
        batch["id"] in {child["id"] for child in parent["children"]["nodes"]} for batch, parent in made
    )
