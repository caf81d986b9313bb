"""Capacity of stations by day, which names its station by table and uuid."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from floorgraph.model.capacity import DayCapacity
from floorgraph.model.ids import Kind
from floorgraph.model.source import Capability
from floorgraph.vendors.authentise.source import AuthentiseSource
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import Part
from tests.vendors.authentise.conftest import Build
from tests.vendors.authentise.hall import Hall

NOW = Freshness(max_age=0)
ROWS = "workstation-capacity-data"
SHIPPING = "6f1c7a52-0b0f-4d0e-9a86-0c2f6d1e8b47"


async def capacity(am: AuthentiseSource, hall: Hall, ids: list[str]) -> Mapping[str, Any]:
    """Asked by a source that knows the vendor's time, which is another than this machine's."""
    await am.probe()
    hall.forget_calls()
    return await am.parts(Part.CAPACITY, ids, NOW)


def add(hall: Hall, **values: object) -> None:
    usual = {"available_time": 480, "potential_time": 600, "actual_time": 300, "downtime_minutes": 0}
    hall.change(add=[{"resource": ROWS, "values": {**usual, **values}}])


async def test_days_of_printers_and_post_processors_in_seconds(hall: Hall, source: Build) -> None:
    ids = [
        hall.ids(Kind.STATION, "printer")[0],
        hall.ids(Kind.STATION, "post-processor")[0],
    ]
    am = source(hall)
    found = await capacity(am, hall, ids)
    assert hall.calls() == {ROWS: 1}
    for one in ids:
        days = found[one]
        assert len(days) == 3
        assert [day.day for day in days] == sorted(day.day for day in days)
        assert all(isinstance(day, DayCapacity) for day in days)
        assert {day.available_seconds for day in days} == {1_380 * 60.0}
        assert {day.potential_seconds for day in days} == {1_440 * 60.0}
        assert {day.downtime_seconds for day in days} == {3_600.0}
        assert all(18_000 <= day.used_seconds <= 72_000 for day in days)


async def test_stations_with_the_same_day_keep_their_own(hall: Hall, source: Build) -> None:
    first, second = SHIPPING, hall.uuids("printer")[0]
    add(hall, date="2026-03-01", related_table_name="shipping", related_uuid=first, actual_time=7)
    ids = [f"am:station:shipping/{first}", f"am:station:printer/{second}"]
    found = await capacity(source(hall), hall, ids)
    assert [day.used_seconds for day in found[ids[0]]] == [420.0]
    assert 420.0 not in [day.used_seconds for day in found[ids[1]]]


async def test_days_long_past_are_not_told_and_days_to_come_are(hall: Hall, source: Build) -> None:
    am = source(hall)
    await am.probe()
    today = (am.clock.now() + timedelta(seconds=am.clock_skew_seconds or 0.0)).date()
    told = [today - timedelta(days=31), today, today + timedelta(days=20)]
    for day in (today - timedelta(days=32), *told):
        add(hall, date=day.isoformat(), related_table_name="shipping", related_uuid=SHIPPING)
    one = f"am:station:shipping/{SHIPPING}"
    assert [day.day for day in (await capacity(am, hall, [one]))[one]] == told


@pytest.mark.parametrize("many", [1, 20, 21, 45, 50])
async def test_twenty_stations_of_whatever_kind_are_one_call(large: Hall, source: Build, many: int) -> None:
    ids = [*large.ids(Kind.STATION, "post-processor"), *large.ids(Kind.STATION, "printer")][:many]
    assert len(ids) == many
    found = await capacity(source(large), large, ids)
    assert set(found) == set(ids)
    assert all(len(days) == 3 for days in found.values())
    assert large.calls() == {ROWS: -(-many // 20)}


async def test_without_the_feature_there_is_no_capacity_and_no_call(hall: Hall, source: Build) -> None:
    am = source(hall)
    hall.change(disabled_features=["workstation-capacity-tracking"])
    ids = hall.ids(Kind.STATION, "printer")[:2]
    assert await capacity(am, hall, ids) == {one: [] for one in ids}
    assert hall.calls() == {}
    (state,) = [one for one in am.capabilities() if one.name is Capability.CAPACITY]
    assert not state.available
    assert state.reason == "the feature 'workstation-capacity-tracking' is switched off"


async def test_a_refusal_without_the_feature_being_told_is_no_error(hall: Hall, source: Build) -> None:
    am = source(hall)
    await am.probe()
    hall.change(disabled_features=["workstation-capacity-tracking"])
    hall.forget_calls()
    ids = hall.ids(Kind.STATION, "printer")[:2]
    for _ in range(2):
        assert await am.parts(Part.CAPACITY, ids, NOW) == {one: [] for one in ids}
    (state,) = [one for one in am.capabilities() if one.name is Capability.CAPACITY]
    assert not state.available
    assert hall.calls() == {ROWS: 1}


async def test_clusters_and_ids_of_no_station_have_no_capacity(hall: Hall, source: Build) -> None:
    ids = [f"am:station:jeni-cluster/{SHIPPING}", "am:station:run/x", "am:station:nonsense"]
    assert await capacity(source(hall), hall, ids) == {}
    assert hall.calls() == {}
