"""Stations, what they report, and the feeds that keep it up to date."""

import pytest

from floorgraph.model import (
    Activity,
    Alarm,
    Job,
    JobKind,
    JobStatus,
    Kind,
    LiveStatus,
    Quality,
    Station,
    StationStatus,
)
from floorgraph.model.source import Feed
from floorgraph.vendors.cwork.source import CWorkSource
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING, By, Where
from tests.vendors.cwork.conftest import Build, Shop

AGAIN = Freshness(max_age=0)
NOW = Freshness()


async def live_of(source: CWorkSource, handle: int, freshness: Freshness = NOW) -> LiveStatus:
    station_id = f"north:station:{handle}"
    found = (await source.live([station_id], freshness))[station_id]
    assert isinstance(found, LiveStatus)
    assert (found.id, found.remote_id) == (station_id, str(handle))
    return found


def feed(source: CWorkSource, name: str) -> Feed:
    (found,) = (one for one in source.feeds() if one.name == name)
    return found


@pytest.mark.parametrize("version", ["1.16", "1.11", "1.0"])
async def test_a_status_says_what_the_shop_knows(shop: Shop, source: Build, version: str) -> None:
    shop.change(version=version, stations=[{"handle": 1, "state": 1, "comment": "spindle"}])
    shop.change(raise_alarms=[{"station": 1, "code": "0042", "message": "DOOR"}])
    live = await live_of(source(shop), 1)
    assert live.state is not None
    assert (live.state.status, live.state.activity) == (StationStatus.FAULT, Activity.OUT_OF_SERVICE)
    known = next(one for one in shop.state()["stations"] if one["handle"] == 1)
    assert live.state.since is not None
    assert live.state.since.isoformat() == known["since"]
    assert live.state.comment == ("spindle" if version != "1.0" else None)
    if version == "1.0":
        assert live.alarms is None, "alarms are reported from 1.6 on; none is not the same as not known"
    else:
        assert live.alarms is not None
        assert "0042" in {one.code for one in live.alarms}
    assert (live.parts_total is None) == (version != "1.16")


async def test_a_disabled_station_and_one_that_is_not_monitored(shop: Shop, source: Build) -> None:
    state = shop.state()
    disabled = next(one["handle"] for one in state["stations"] if one["disabled"])
    unmonitored = next(
        one["handle"] for one in state["stations"] if not one["mdc_mode"] and not one["disabled"]
    )
    north = source(shop)
    off = (await live_of(north, disabled)).state
    assert off is not None
    assert (off.status, off.quality) == (StationStatus.DISABLED, Quality.VALID)
    blind = (await live_of(north, unmonitored)).state
    assert blind is not None
    assert (blind.status, blind.quality) == (StationStatus.UNKNOWN, Quality.UNAVAILABLE)
    assert (blind.reason, blind.activity) == ("NOT_MONITORED", Activity.NOT_AVAILABLE)


async def test_a_state_that_nothing_explains_shows_in_the_source(shop: Shop, source: Build) -> None:
    shop.change(stations=[{"handle": 1, "state": 11}])
    north = source(shop)
    state = (await live_of(north, 1)).state
    assert state is not None
    assert (state.status, state.quality, state.name) == (
        StationStatus.UNKNOWN,
        Quality.UNVERIFIABLE,
        "Special trial",
    )
    assert [word.word for word in north.diagnostics.unmapped_words()] == [
        "handle 11, Special trial, OEE category 7"
    ]
    configured = source(shop, statuses={"11": "MAINTENANCE"})
    state = (await live_of(configured, 1)).state
    assert state is not None
    assert (state.status, state.quality) == (StationStatus.MAINTENANCE, Quality.VALID)
    assert not configured.diagnostics.unmapped_words()


async def test_an_unknown_station_is_left_out(shop: Shop, source: Build) -> None:
    assert await source(shop).live(["north:station:4711"], NOW) == {}


async def test_a_station_added_meanwhile_is_noticed_through_its_status(shop: Shop, source: Build) -> None:
    north = source(shop)
    await north.probe()
    await north.poll(feed(north, "live"), AGAIN)
    (handle,) = shop.change(add_stations=[{"name": "New one"}])["added_stations"]
    found = await north.poll(feed(north, "live"), AGAIN)
    names = [one.name for one in found[Kind.STATION].records if isinstance(one, Station)]
    assert "New one" in names
    assert (await live_of(north, handle)).state is not None


async def test_what_did_not_change_keeps_the_time_of_its_last_change(shop: Shop, source: Build) -> None:
    north = source(shop)
    first = await north.select(Kind.STATION, EVERYTHING, AGAIN)
    before = {one.id: one for one in first.items}
    live_before = await live_of(north, 1, AGAIN)
    shop.change(stations=[{"handle": 2, "name": "Renamed"}])
    again = await north.select(Kind.STATION, EVERYTHING, AGAIN)
    changed = [one.remote_id for one in again.items if one.updated_at != before[one.id].updated_at]
    assert changed == ["2"]
    assert all(one.observed_at > before[one.id].observed_at for one in again.items)
    live_again = await live_of(north, 1, AGAIN)
    assert live_again.updated_at == live_before.updated_at
    assert live_again.observed_at > live_before.observed_at
    shop.change(stations=[{"handle": 1, "comment": "look here"}])
    assert (await live_of(north, 1, AGAIN)).updated_at > live_before.updated_at


async def test_the_live_feed_pins_the_status_to_the_station(shop: Shop, source: Build) -> None:
    shop.change(raise_alarms=[{"station": 1, "code": "0042", "message": "DOOR"}])
    north = source(shop)
    await north.probe()
    live = feed(north, "live")
    assert (live.kinds, live.interval, live.minimum) == (frozenset({Kind.STATION, Kind.ALARM}), 5.0, 1.0)
    found = await north.poll(live, AGAIN)
    stations = [one for one in found[Kind.STATION].records if isinstance(one, Station)]
    assert len(stations) == 12
    assert all(one.live is not None and one.live.id == one.id for one in stations)
    assert all(one.updated_at >= one.live.updated_at for one in stations if one.live)
    alarms = [one for one in found[Kind.ALARM].records if isinstance(one, Alarm)]
    assert ("north:station:1", "0042", True) in {(one.station_id, one.code, one.active) for one in alarms}
    assert found[Kind.STATION].complete
    assert found[Kind.ALARM].complete
    listed = await north.select(Kind.ALARM, Where(By.STATION, frozenset({"north:station:1"})), NOW)
    assert {one.station_id for one in listed.items} == {"north:station:1"}


async def test_below_1_13_the_live_feed_brings_the_jobs_that_stations_name(shop: Shop, source: Build) -> None:
    shop.change(version="1.12")
    north = source(shop)
    await north.probe()
    live = feed(north, "live")
    assert Kind.JOB in live.kinds
    assert [one.name for one in north.feeds()] == ["live", "documents"]
    jobs = [one for one in (await north.poll(live, AGAIN))[Kind.JOB].records if isinstance(one, Job)]
    assert jobs
    one = jobs[0]
    assert (one.kind, one.status) == (JobKind.REPORTED, JobStatus.RUNNING)
    assert one.progress is not None
    assert one.progress.estimated
    assert (
        one.remote_id
        == f"{one.station_id.split(':')[2] if one.station_id else ''}/{one.order_name}/{one.name}"
    )
    by_id = await north.select(Kind.JOB, Where(By.ID, frozenset({one.id})), NOW)
    assert [job.id for job in by_id.items] == [one.id]
    by_station = await north.select(Kind.JOB, Where(By.STATION, frozenset({one.station_id or ""})), NOW)
    assert [job.id for job in by_station.items] == [one.id]
    current = await north.current_jobs([one.station_id or ""], NOW)
    assert current == {one.station_id: one.id}
    pieces = await north.select(Kind.PIECE, EVERYTHING, NOW)
    assert not pieces.items, "nothing is counted per job here, so nothing is invented"


async def test_below_1_12_polls_are_slower_and_intervals_can_be_configured(shop: Shop, source: Build) -> None:
    shop.change(version="1.11")
    north = source(shop)
    await north.probe()
    assert (feed(north, "live").interval, feed(north, "live").minimum) == (20.0, 5.0)
    other = source(shop, live_interval=7, documents_interval=90)
    await other.probe()
    assert (feed(other, "live").interval, feed(other, "documents").interval) == (7.0, 90.0)


async def test_before_the_first_answer_all_feeds_are_offered(shop: Shop, source: Build) -> None:
    assert [one.name for one in source(shop).feeds()] == ["live", "work", "documents"]


async def test_the_work_feed_brings_jobs_orders_and_pieces_together(shop: Shop, source: Build) -> None:
    north = source(shop)
    await north.probe()
    work = feed(north, "work")
    assert (work.kinds, work.interval) == (frozenset({Kind.JOB, Kind.ORDER, Kind.PIECE}), 30.0)
    found = await north.poll(work, AGAIN)
    known = shop.state()
    listed = {str(one["id"]) for one in known["orders"] if one["valid"] and not one["archived"]}
    assert {one.remote_id for one in found[Kind.ORDER].records} == listed
    assert {one.remote_id for one in found[Kind.JOB].records} == {
        str(one["id"]) for one in known["operations"]
    }
    assert {one.remote_id for one in found[Kind.PIECE].records} == {
        one.remote_id for one in found[Kind.JOB].records
    }
    assert all(listing.complete for listing in found.values())


async def test_kinds_that_cwork_does_not_have_are_empty(shop: Shop, source: Build) -> None:
    shop.change(raise_alarms=[{"station": 1, "code": "0042", "message": "DOOR"}])
    north = source(shop)
    assert (await north.select(Kind.ALARM, EVERYTHING, NOW)).items
    for kind in set(Kind) - {
        *(Kind.STATION, Kind.JOB, Kind.ORDER, Kind.PIECE),
        *(Kind.PROGRAM, Kind.PROGRAM_VERSION, Kind.ALARM),
    }:
        assert not (await north.select(kind, EVERYTHING, NOW)).items
