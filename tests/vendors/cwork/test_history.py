"""Histories of single stations."""

import itertools
from datetime import datetime, timedelta

import pytest

from floorgraph.model import ProgramRunKind, StationStatus, Window
from floorgraph.vendors.failures import Forbidden, VendorFailure
from floorgraph.vendors.gate import Freshness
from tests.vendors.cwork.conftest import START, Build, Shop

AT = datetime.fromisoformat(START)
NOW = Freshness()
AGAIN = Freshness(max_age=0)
PAST = Window(AT - timedelta(hours=4), AT - timedelta(hours=2))
STATION = "north:station:1"


async def test_the_states_of_a_window_are_without_gap_and_the_first_keeps_its_beginning(
    shop: Shop, source: Build
) -> None:
    found = await source(shop).state_history(STATION, PAST, NOW)
    assert len(found) > 3
    assert found[0].started_at <= PAST.start
    for before, after in itertools.pairwise(found):
        assert before.ended_at == after.started_at
    assert [one.position for one in found] == list(range(found[0].position, found[0].position + len(found)))
    assert not any(one.ongoing for one in found[:-1])
    assert all(one.state.status is not StationStatus.UNKNOWN for one in found)


async def test_the_state_that_lasts_has_no_end(shop: Shop, source: Build) -> None:
    shop.change(stations=[{"handle": 1, "state": 1, "comment": "spindle"}])
    shop.step(30)
    now = datetime.fromisoformat(shop.state()["now"])
    window = Window(now - timedelta(hours=1), now + timedelta(hours=1))
    found = await source(shop).state_history(STATION, window, NOW)
    last = found[-1]
    assert (last.ongoing, last.ended_at, last.duration_seconds) == (True, None, None)
    live_since = next(one["since"] for one in shop.state()["stations"] if one["handle"] == 1)
    assert last.started_at == datetime.fromisoformat(live_since)
    assert last.state.comment == last.comment


async def test_a_closed_window_is_asked_for_once(shop: Shop, source: Build) -> None:
    north = source(shop)
    for _ in range(2):
        await north.state_history(STATION, PAST, NOW)
        await north.kpis(STATION, PAST, NOW)
        await north.alarms(STATION, PAST, NOW)
        await north.program_runs(STATION, ProgramRunKind.RUNNING, PAST, NOW)
        await north.program_runs(STATION, ProgramRunKind.SELECTED, PAST, NOW)
    calls = shop.calls()
    assert calls["GET /tops"] == calls["GET /stations/{id}/kpi"] == calls["GET /stations/{id}/alarms"] == 1
    assert calls["GET /stations/{id}/runningprograms"] == 1
    assert calls["GET /stations/{id}/selectedprograms"] == 1


async def test_alarms_and_runs_come_in_order(shop: Shop, source: Build) -> None:
    north = source(shop)
    alarms = await north.alarms(STATION, PAST, NOW)
    starts = [one.started_at for one in alarms if one.started_at]
    assert starts == sorted(starts)
    assert starts
    runs = await north.program_runs(STATION, ProgramRunKind.RUNNING, PAST, NOW)
    begun = [one.started_at for one in runs if one.started_at]
    assert begun == sorted(begun)
    assert begun
    assert {one.kind for one in runs} == {ProgramRunKind.RUNNING}


async def test_an_alarm_has_the_same_id_while_it_stands_and_afterwards(shop: Shop, source: Build) -> None:
    shop.change(raise_alarms=[{"station": 1, "code": "0042", "message": "DOOR"}])
    north = source(shop)
    live = (await north.live([STATION], NOW))[STATION]
    active = next(one for one in getattr(live, "alarms", ()) if one.code == "0042")
    shop.step(60)
    shop.change(clear_alarms=[{"station": 1}])
    now = datetime.fromisoformat(shop.state()["now"])
    window = Window(now - timedelta(hours=1), now + timedelta(hours=1))
    past = next(one for one in await north.alarms(STATION, window, NOW) if one.code == "0042")
    assert past.id == active.id
    assert (active.active, past.active) == (True, False)
    assert past.ended_at == now


@pytest.mark.parametrize("version", ["1.0", "1.3"])
async def test_what_a_version_lacks_is_empty_without_a_call(shop: Shop, source: Build, version: str) -> None:
    shop.change(version=version)
    north = source(shop)
    await north.probe()
    shop.forget_calls()
    assert await north.state_history(STATION, PAST, NOW) == ()
    assert await north.alarms(STATION, PAST, NOW) == ()
    assert await north.program_runs(STATION, ProgramRunKind.RUNNING, PAST, NOW) == ()
    assert await north.protocol(STATION, NOW) is None
    assert shop.calls() == {}


async def test_a_station_without_monitoring_has_no_history(shop: Shop, source: Build) -> None:
    unmonitored = next(one["handle"] for one in shop.state()["stations"] if not one["mdc_mode"])
    north = source(shop)
    station = f"north:station:{unmonitored}"
    assert await north.kpis(station, PAST, NOW) is None
    assert await north.state_history(station, PAST, NOW) == ()
    assert await north.alarms(station, PAST, NOW) == ()


async def test_a_missing_licence_is_a_failure_with_a_reason(shop: Shop, source: Build) -> None:
    shop.change(licences=["dnc"])
    north = source(shop)
    with pytest.raises(Forbidden, match="a licence or right is missing"):
        await north.kpis(STATION, PAST, NOW)
    shop.forget_calls()
    with pytest.raises(Forbidden, match="licence monitor is missing"):
        await north.kpis(STATION, PAST, AGAIN)
    assert shop.calls() == {}


async def test_a_history_is_never_stale(shop: Shop, source: Build) -> None:
    north = source(shop)
    await north.kpis(STATION, PAST, NOW)
    shop.fault("status", endpoint="GET /stations/{id}/kpi", status=500, body="")
    with pytest.raises(VendorFailure):
        await north.kpis(STATION, PAST, AGAIN)


async def test_stations_that_were_in_different_deleted_states_ask_for_them_once_each(
    shop: Shop, source: Build
) -> None:
    first, second = [one["handle"] for one in shop.state()["stations"] if one["mdc_mode"]][:2]
    shop.fault("status", endpoint="GET /states", status=200, body="[]", content_type="application/json")
    shop.change(stations=[{"handle": first, "state": 12}, {"handle": second, "state": 13}])
    now = datetime.fromisoformat(shop.state()["now"])
    window = Window(now - timedelta(minutes=5), now + timedelta(hours=1))
    north = source(shop)
    for _ in range(3):
        for handle in (first, second):
            found = await north.state_history(f"north:station:{handle}", window, AGAIN)
            assert found[-1].state.remote_id == ("12" if handle == first else "13")
    assert shop.calls()["GET /states"] == 3, "once at first, and once more for what each station lacks"
