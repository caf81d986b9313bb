"""Stations of every sort, their queues, and the climate around them."""

from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.model.station import LiveStatus, StationKind, StationStatus
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING, By, Where
from tests.vendors.authentise.conftest import Build
from tests.vendors.authentise.hall import Hall

NOW = Freshness(max_age=0)
SORTS = {
    "printer": StationKind.ADDITIVE_PRINTER,
    "post-processor": StationKind.POST_PROCESSOR,
    "shipping": StationKind.SHIPPING,
    "jeni-cluster": StationKind.CLUSTER,
}


async def test_every_sort_of_station_is_there_with_its_type_and_place(hall: Hall, source: Build) -> None:
    am = source(hall)
    stations = (await am.select(Kind.STATION, EVERYTHING, NOW)).items
    counts = hall.state()["counts"]
    for resource, kind in SORTS.items():
        own = [one for one in stations if one.remote_id.startswith(f"{resource}/")]
        assert len(own) == counts[resource] > 0
        assert {one.kind for one in own} == {kind}
        assert all(one.name for one in own)
    printers = [one for one in stations if one.kind is StationKind.ADDITIVE_PRINTER]
    assert all(one.model and one.manufacturer and one.process for one in printers)
    assert all(one.workshop and one.location for one in printers if one.enabled)
    live = await am.live([one.id for one in stations], NOW)
    states = [one.state for one in live.values() if isinstance(one, LiveStatus)]
    assert len(states) == len(stations)
    assert all(state is not None and state.status is not StationStatus.UNKNOWN for state in states)


async def test_climate_is_the_latest_reading_at_the_stations_place(hall: Hall, source: Build) -> None:
    am = source(hall)
    await am.probe()
    stations = (await am.select(Kind.STATION, EVERYTHING, NOW)).items
    places = {one.raw.get("sub_location") for one in stations}
    sensors: Any = (await am.resource("sensor", {}, 10, None)).items
    sensor = next(one for one in sensors if one["sub_location"] in places)
    link = "/".join(["", *sensor["uri"].rstrip("/").split("/")[-2:], ""])
    now = am.clock.now().isoformat()
    readings = [
        {"sensor": link, "timestamp": stamp, "temperature": temperature, "humidity": 40.5}
        for stamp, temperature in (("2999-01-01T00:00:00+00:00", 31.25), ("2000-01-01T00:00:00+00:00", 3.0))
    ]
    hall.change(add=[{"resource": "sensor-data", "values": one | {"updated": now}} for one in readings])
    here = [one for one in stations if one.raw.get("sub_location") == sensor["sub_location"]]
    elsewhere = [one for one in stations if one.raw.get("sub_location") != sensor["sub_location"]]
    assert here
    live: Any = await am.live([one.id for one in stations], NOW)
    for one in here:
        assert live[one.id].climate.temperature_celsius == 31.25
        assert live[one.id].climate.humidity_percent == 40.5
    assert all(
        live[one.id].climate is None or live[one.id].climate.temperature_celsius != 31.25 for one in elsewhere
    )


async def test_queues_are_the_waiting_runs_of_a_station_in_the_vendors_order(
    hall: Hall, source: Build
) -> None:
    am = source(hall)
    queues = {link.strip("/"): runs for link, runs in hall.state()["queues"].items() if runs}
    assert queues
    stations = frozenset(f"am:station:{one}" for one in queues)
    found = await am.select(Kind.JOB, Where(By.STATION, stations), NOW)
    assert found.groups is not None
    for one, runs in queues.items():
        waiting = [job for job in found.groups[f"am:station:{one}"] if job.queue_position is not None]
        waiting.sort(key=lambda job: job.queue_position)
        assert [job.remote_id for job in waiting] == [link.strip("/") for link in runs]
