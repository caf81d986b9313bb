"""What machines report, and how it changes."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from floorgraph.model.alarm import Alarm
from floorgraph.model.ids import Kind
from floorgraph.model.source import Feed
from floorgraph.model.station import LiveStatus, Station, StationState, StationStatus
from floorgraph.model.timeline import Window
from floorgraph.vendors.answers import Listing
from floorgraph.vendors.cloudnest import feeds
from floorgraph.vendors.cloudnest.source import CloudNestSource
from floorgraph.vendors.contract import SourceTools
from floorgraph.vendors.failures import SourceFailure, Unreachable, VendorFailure
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING, By, Where
from tests.support.fakeclock import FakeClock
from tests.vendors.cloudnest.conftest import Build, Hall, running

NOW = Freshness(max_age=0)
ALARMS = "/api/user_devices/current_alarms"
CUTTING = "/api/user_devices/cut_system_state"


def on(clock: FakeClock) -> SourceTools:
    return SourceTools(clock=clock, sleep=clock.sleep)


async def state(source: CloudNestSource, gmid: int) -> StationState:
    live = (await source.live([f"laser:station:{gmid}"], NOW))[f"laser:station:{gmid}"]
    assert isinstance(live, LiveStatus)
    assert live.state is not None
    return live.state


async def poll(source: CloudNestSource, name: str) -> Mapping[Kind, Listing]:
    feed: Feed = next(feed for feed in source.feeds() if feed.name == name)
    return await source.poll(feed, NOW)


def station(listings: Mapping[Kind, Listing], gmid: int) -> LiveStatus:
    for record in listings[Kind.STATION].records:
        if isinstance(record, Station) and record.remote_id == str(gmid):
            assert record.live is not None
            return record.live
    raise AssertionError(gmid)


@pytest.mark.parametrize(
    ("word", "status", "reason"),
    [
        ("WORKING", StationStatus.RUNNING, None),
        ("PAUSE", StationStatus.PAUSED, None),
        ("STOP", StationStatus.STOPPED, None),
        ("ALARMING", StationStatus.FAULT, None),
        ("IDLE", StationStatus.IDLE, None),
        ("OFFLINE", StationStatus.OFFLINE, None),
        ("CLOSE", StationStatus.OFFLINE, "SOFTWARE_CLOSED"),
        ("UNKNOWN", StationStatus.UNKNOWN, None),
    ],
)
async def test_every_word_has_its_status(
    hall: Hall, source: Build, word: str, status: StationStatus, reason: str | None
) -> None:
    hall.change(machines=[{"gmid": 12, "state": word}])
    found = await state(source(hall), 12)
    assert (found.status, found.name, found.reason) == (status, word, reason)


async def test_a_word_never_seen_is_unknown_and_listed(source: Build) -> None:
    with running(oddities=["unknown-states"]) as odd:
        odd.change(machines=[{"gmid": 12, "state": "STOP"}])
        laser = source(odd)
        assert (await state(laser, 12)).status is StationStatus.UNKNOWN
        words = {(one.vocabulary, one.word) for one in laser.diagnostics.unmapped_words()}
        assert words == {("device state", "MAINTAIN")}


async def test_the_beginning_of_a_state_is_known_from_the_change_on(hall: Hall, source: Build) -> None:
    clock = FakeClock()
    laser = source(hall, on(clock))
    hall.change(machines=[{"gmid": 12, "state": "IDLE"}])
    first = await state(laser, 12)
    assert first.since is None, "the first sight says nothing about when it began"
    clock.advance(60)
    hall.change(machines=[{"gmid": 12, "state": "PAUSE"}])
    changed = await state(laser, 12)
    assert (changed.since, changed.since_approximate) == (clock.now(), True)
    clock.advance(60)
    assert (await state(laser, 12)).since == changed.since


async def test_history_tells_states_in_order_and_when_the_present_one_began(source: Build) -> None:
    clock = FakeClock()
    with running() as hall:
        hall.change(machines=[{"gmid": 12, "state": "IDLE"}])
        hall.step(100)
        hall.change(machines=[{"gmid": 12, "state": "PAUSE"}])
        hall.step(200)
        clock.advance(300)
        laser = source(hall, on(clock))
        await state(laser, 12)
        window = Window(datetime(2026, 3, 2, 4, 0, tzinfo=UTC), clock.now())
        history = await laser.state_history("laser:station:12", window, NOW)
        assert [one.started_at for one in history] == sorted(one.started_at for one in history)
        last = history[-1]
        began = datetime(2026, 3, 2, 8, 1, 40, tzinfo=UTC)
        assert (last.state.status, last.started_at, last.ongoing) == (StationStatus.PAUSED, began, True)
        assert (last.ended_at, last.duration_seconds) == (None, None)
        assert history[-2].duration_seconds is not None
        assert not history[-2].ongoing
        now = await state(laser, 12)
        assert (now.since, now.since_approximate) == (began, False)
        kpis = await laser.kpis("laser:station:12", window, NOW)
        assert kpis is not None
        # The day begins at midnight in Beijing, and lasts until now.
        assert kpis.started_at == datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
        assert kpis.ended_at == clock.now()
        assert kpis.total_time_seconds == 16 * 3600 + 300
        assert kpis.run_time_seconds is not None
        assert kpis.failure_time_seconds is not None
        assert (kpis.oee, kpis.availability, kpis.performance, kpis.quality) == (None, None, None, None)


async def test_an_alarm_comes_with_the_state_that_shows_it_and_goes_with_it(
    hall: Hall, source: Build
) -> None:
    clock = FakeClock()
    laser = source(hall, on(clock))
    hall.change(machines=[{"gmid": gmid, "state": "IDLE"} for gmid in range(12, 18)])
    await poll(laser, feeds.STATES)
    assert ALARMS not in hall.calls()
    hall.change(
        machines=[{"gmid": 12, "state": "ALARMING"}],
        raise_alarms=[{"gmid": 12, "code": "0042", "text": "Head collision"}],
    )
    clock.advance(10)
    found = await poll(laser, feeds.STATES)
    assert hall.calls()[ALARMS] == 1
    alarms = {alarm.code: alarm for alarm in found[Kind.ALARM].records if isinstance(alarm, Alarm)}
    alarm = alarms["0042"]
    assert (alarm.code, alarm.message, alarm.station_id) == ("0042", "Head collision", "laser:station:12")
    assert alarm in (station(found, 12).alarms or ())
    clock.advance(10)
    await poll(laser, feeds.STATES)
    assert hall.calls()[ALARMS] == 1, "while it stands it has a feed of its own"
    clock.advance(60)
    again = await poll(laser, feeds.ALARMS)
    assert hall.calls()[ALARMS] == 2
    same = next(one for one in again[Kind.ALARM].records if one.id == alarm.id)
    assert same.updated_at == alarm.updated_at, "it is the same alarm"
    assert same.observed_at > alarm.observed_at
    listed = await laser.select(Kind.ALARM, Where(By.STATION, frozenset({"laser:station:12"})), Freshness())
    assert alarm.id in {one.id for one in listed.items}
    hall.change(machines=[{"gmid": 12, "state": "WORKING"}], clear_alarms=[{"gmid": 12}])
    clock.advance(10)
    gone = await poll(laser, feeds.STATES)
    assert (gone[Kind.ALARM].records, station(gone, 12).alarms) == ([], ())


async def test_progress_moves_in_whole_percents_and_stays_while_the_sheet_waits(
    hall: Hall, source: Build
) -> None:
    clock = FakeClock()
    laser = source(hall, on(clock))
    hall.change(machines=[{"gmid": gmid, "state": "IDLE"} for gmid in range(13, 18)])
    hall.change(machines=[{"gmid": 12, "state": "WORKING", "percent": 40}])
    await poll(laser, feeds.STATES)
    found = station(await poll(laser, feeds.PROGRESS), 12)
    assert hall.calls()[CUTTING] == 1
    assert found.progress is not None
    assert found.progress.percent == 40
    assert found.laser is not None
    assert (found.laser.power_watts or 0) > 0
    assert (found.running_program or "").endswith(".lxds")
    hall.change(machines=[{"gmid": 12, "state": "PAUSE"}])
    clock.advance(60)
    paused = station(await poll(laser, feeds.STATES), 12)
    assert paused.progress == found.progress
    assert paused.laser is None, "nothing is measured while it waits"
    hall.change(machines=[{"gmid": 12, "state": "IDLE"}])
    clock.advance(60)
    idle = station(await poll(laser, feeds.STATES), 12)
    assert (idle.progress, idle.laser, idle.running_program) == (None, None, None)
    calls = hall.calls()[CUTTING]
    clock.advance(60)
    await poll(laser, feeds.PROGRESS)
    assert hall.calls()[CUTTING] == calls, "nobody works, so nobody is asked"


async def test_the_task_that_was_begun_is_the_current_one(hall: Hall, source: Build) -> None:
    laser = source(hall)
    ids = [f"laser:station:{gmid}" for gmid in range(12, 18)]
    current = await laser.current_jobs(ids, NOW)
    tasks = {one["guid"]: one for one in hall.state()["tasks"]}
    assert current
    for station_id, job_id in current.items():
        task = tasks[job_id.rpartition(":")[2]]
        assert station_id == f"laser:station:{task['gmid']}"
        assert task["start"] is not None
        assert task["finished"] < task["total"]


async def test_an_unreachable_gateway_leaves_the_last_known_states(hall: Hall, source: Build) -> None:
    clock = FakeClock()
    laser = source(hall, on(clock))
    ids = [f"laser:station:{gmid}" for gmid in range(12, 18)]
    await laser.live(ids, NOW)
    hall.fault("status", status=500)
    try:
        clock.advance(30)
        lives = await laser.live(ids, NOW)
        assert all(isinstance(live, LiveStatus) and live.stale for live in lives.values())
        with pytest.raises(SourceFailure):
            await poll(laser, feeds.STATES)
    finally:
        hall.heal()
    clock.advance(400)
    lives = await laser.live(ids, NOW)
    assert not any(live.stale for live in lives.values() if isinstance(live, LiveStatus))


async def test_nothing_known_and_no_answer_is_the_failure(hall: Hall, source: Build) -> None:
    hall.fault("status", status=500)
    try:
        with pytest.raises((VendorFailure, Unreachable)):
            await source(hall).select(Kind.STATION, EVERYTHING, NOW)
    finally:
        hall.heal()


async def test_machines_join_both_apis_by_configuration_and_stand_alone_without_it(
    hall: Hall, source: Build
) -> None:
    laser = source(hall, machines=[{"gmid": 12, "card_id": "210000000001", "name": "Big one"}, {"gmid": 13}])
    await laser.select(Kind.JOB, EVERYTHING, NOW)
    found = {one.remote_id: one for one in (await laser.select(Kind.STATION, EVERYTHING, NOW)).items}
    assert found["12"].name == "Big one"
    assert found["12"].monitored
    assert not found["13"].monitored, "nothing says which card it has"
    assert found["210000000002"].monitored, "nothing says which number it has"
    assert set(found) >= {"12", "13", "14", "15", "210000000002", "210000000006"}
    lives = await laser.live(list({one.id for one in found.values()}), NOW)
    silent = lives["laser:station:13"]
    assert isinstance(silent, LiveStatus)
    assert silent.state is not None
    assert silent.state.reason == "NO_CONTROL_CARD"


async def test_the_models_of_machines_come_a_few_at_a_time(hall: Hall, source: Build) -> None:
    clock = FakeClock()
    laser = source(hall, on(clock))
    await poll(laser, feeds.MACHINES)
    known = (await laser.select(Kind.STATION, EVERYTHING, Freshness())).items
    assert sum(one.model is not None for one in known) == 5
    clock.advance(4000)
    await poll(laser, feeds.MACHINES)
    known = (await laser.select(Kind.STATION, EVERYTHING, Freshness())).items
    assert all(one.model for one in known)
    assert hall.calls()["/api/user_devices/detail"] == 6


async def test_the_second_call_for_results_goes_on_where_the_first_ended(hall: Hall, source: Build) -> None:
    clock = FakeClock()
    laser = source(hall, on(clock), machines=[{"gmid": 12, "card_id": "210000000001"}])
    path = "/cn-api/api/open_platform/machine/result/list"
    await laser.select(Kind.STATION, EVERYTHING, NOW)
    for _ in range(2):
        await poll(laser, feeds.RESULTS)
        clock.advance(120)
    assert hall.calls()[path] == 2
    sizes = [piece.size_x_mm for piece in (await laser.select(Kind.PIECE, EVERYTHING, Freshness())).items]
    assert any(size is not None for size in sizes)
