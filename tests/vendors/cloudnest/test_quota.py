"""The quota: counted, kept over restarts, and never overdrawn."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from floorgraph.model.ids import Kind
from floorgraph.model.source import SourceStatus
from floorgraph.model.station import LiveStatus
from floorgraph.vendors.cloudnest.feeds import STATES
from floorgraph.vendors.cloudnest.source import CloudNestSource
from floorgraph.vendors.contract import SourceTools
from floorgraph.vendors.failures import BudgetExhausted, RateLimited
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING
from subscriptions.poller import feeds_of
from tests.support.fakeclock import FakeClock
from tests.vendors.cloudnest.conftest import Build, Hall, running

NOW = Freshness(max_age=0)
TREE = "/cn-api/api/open_platform/job/info/v2"
STATES_PATH = "/api/user_devices/current_state"


def tools(clock: FakeClock, folder: Path | None = None) -> SourceTools:
    return SourceTools(clock=clock, sleep=clock.sleep, state_dir=folder)


def used(source: CloudNestSource, endpoint: str) -> int:
    return next(budget.used for budget in source.budgets() if budget.endpoint == endpoint)


def paces(source: CloudNestSource) -> dict[str, float]:
    """Seconds between polls of each feed, as the engine reckons."""
    return {feed.name: max(feed.interval, feed.minimum) for feed in feeds_of(source)}


async def test_every_endpoint_shows_limit_use_and_reset(hall: Hall, source: Build) -> None:
    laser = source(
        hall, tools(FakeClock()), calls_per_day=1000, endpoints={"job_tree": {"calls_per_day": 50}}
    )
    await laser.select(Kind.JOB_FOLDER, EVERYTHING, NOW)
    budgets = {budget.endpoint: budget for budget in laser.budgets()}
    assert (budgets["job_tree"].limit, budgets["job_tree"].used) == (50, 1)
    assert (budgets["cut_state"].limit, budgets["cut_state"].used) == (1000, 0)
    # 8:00 in Greenwich is 16:00 in Beijing, where the day ends at 16:00 in Greenwich.
    assert budgets["job_tree"].reset_at == datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    assert "plate_list" not in budgets, "what cannot be asked has no budget"


async def test_an_exhausted_quota_serves_the_last_known_records_and_sends_nothing(
    hall: Hall, source: Build
) -> None:
    clock = FakeClock()
    limits = {"device_states": {"calls_per_day": 3}, "plan_detail": {"calls_per_day": 2}}
    laser = source(hall, tools(clock), endpoints=limits)
    stations = [f"laser:station:{gmid}" for gmid in range(12, 18)]
    for _ in range(8):
        clock.advance(600)
        lives = await laser.live(stations, NOW)
        jobs = await laser.select(Kind.JOB, EVERYTHING, NOW)
    assert hall.calls()[STATES_PATH] == 3
    assert hall.calls()["/cn-api/api/job/plan_detail"] == 2
    for live in lives.values():
        assert isinstance(live, LiveStatus)
        assert live.stale
    assert isinstance(jobs.failure, BudgetExhausted)
    assert all(job.stale for job in jobs.items)
    condition = laser.condition()
    assert condition.status is SourceStatus.PAUSED
    assert "used up until 2026-03-02 16:00 UTC" in (condition.failure or "")
    layouts = await laser.select(Kind.LAYOUT, EVERYTHING, Freshness())
    assert layouts.items
    assert all(layout.stale for layout in layouts.items)

    clock.advance(8 * 3600)
    assert laser.condition().status is SourceStatus.UP, "a new day has begun, although nobody asked yet"
    lives = await laser.live(stations, NOW)
    assert not any(live.stale for live in lives.values() if isinstance(live, LiveStatus))


async def test_a_quota_of_nothing_asks_nothing(hall: Hall, source: Build) -> None:
    laser = source(hall, tools(FakeClock()), calls_per_day=0)
    with pytest.raises(BudgetExhausted):
        await laser.select(Kind.JOB, EVERYTHING, NOW)
    assert hall.calls() == {}


async def test_counters_survive_a_restart(hall: Hall, source: Build, tmp_path: Path) -> None:
    clock = FakeClock()
    first = source(hall, tools(clock, tmp_path), endpoints={"job_tree": {"calls_per_day": 3}})
    for _ in range(2):
        clock.advance(60)
        await first.select(Kind.JOB_FOLDER, EVERYTHING, NOW)
    # No orderly end: what counts is what is on the disk.
    second = source(hall, tools(clock, tmp_path), endpoints={"job_tree": {"calls_per_day": 3}})
    assert used(second, "job_tree") == 2
    await second.select(Kind.JOB_FOLDER, EVERYTHING, NOW)
    clock.advance(60)
    third = source(hall, tools(clock, tmp_path), endpoints={"job_tree": {"calls_per_day": 3}})
    with pytest.raises(BudgetExhausted):
        await third.select(Kind.JOB_FOLDER, EVERYTHING, NOW)
    assert hall.calls()[TREE] == 3
    clock.advance(24 * 3600)
    assert used(source(hall, tools(clock, tmp_path)), "job_tree") == 0, "yesterday's calls do not count"


async def test_calls_to_one_endpoint_keep_its_rate_and_others_do_not_wait(hall: Hall, source: Build) -> None:
    hall.change(machines=[{"gmid": gmid, "state": "WORKING"} for gmid in range(12, 18)])
    clock = FakeClock()
    laser = source(hall, tools(clock), calls_per_second=1.0)
    stations = [f"laser:station:{gmid}" for gmid in range(12, 18)]
    lives = await laser.live(stations, NOW)
    begun = clock.monotonic()
    await laser.detailed({key: live for key, live in lives.items() if isinstance(live, LiveStatus)}, NOW)
    assert clock.monotonic() - begun == pytest.approx(5.0), "six calls, one a second"
    begun = clock.monotonic()
    await laser.select(Kind.JOB, EVERYTHING, NOW)
    assert clock.monotonic() - begun == pytest.approx(0.0)


async def test_who_comes_and_goes_does_not_spend_more_than_polling_may(hall: Hall, source: Build) -> None:
    clock = FakeClock(datetime(2026, 3, 1, 16, 0, tzinfo=UTC))
    laser = source(hall, tools(clock), calls_per_day=1000)
    feed = next(feed for feed in laser.feeds() if feed.name == STATES)
    for _ in range(50):
        await laser.poll(feed, NOW)
        clock.advance(20)
    assert hall.calls()[STATES_PATH] == 10, "one every 97 s at most, whoever asks"


async def test_intervals_follow_from_what_is_left_of_the_day(hall: Hall, source: Build) -> None:
    clock = FakeClock(datetime(2026, 3, 1, 16, 0, tzinfo=UTC))
    laser = source(hall, tools(clock), calls_per_day=1000)
    early = paces(laser)
    assert early["states"] == pytest.approx(108.0)
    assert early["tasks"] == pytest.approx(108.0)
    assert early["tree"] == 300.0
    clock.advance(23 * 3600)
    assert paces(laser)["states"] == 10.0, "what was saved is spent"


async def test_a_poll_that_takes_more_calls_is_made_less_often(hall: Hall, source: Build) -> None:
    hall.change(machines=[{"gmid": gmid, "state": "WORKING"} for gmid in range(12, 18)])
    clock = FakeClock(datetime(2026, 3, 1, 16, 0, tzinfo=UTC))
    laser = source(hall, tools(clock), calls_per_day=1000)
    assert paces(laser)["progress"] == pytest.approx(108.0)
    await laser.live(["laser:station:12"], NOW)
    assert paces(laser)["progress"] == pytest.approx(6 * 108.0)


async def test_single_calls_do_not_move_the_pace(hall: Hall, source: Build) -> None:
    clock = FakeClock(datetime(2026, 3, 1, 16, 0, tzinfo=UTC))
    laser = source(hall, tools(clock), calls_per_day=1000)
    begun = paces(laser)["states"]
    seen = set()
    for _ in range(60):
        await laser.live(["laser:station:12"], NOW)
        clock.advance(30)
        seen.add(paces(laser)["states"])
    assert begun in seen
    assert len(seen) <= 3, "60 calls cost a few per cent of the day's, and steps are that wide"
    assert max(seen) > begun, "what is spent faster than it lasts is taken notice of"


async def test_the_plan_tells_calls_per_day_against_the_quota(hall: Hall, source: Build) -> None:
    hall.change(machines=[{"gmid": gmid, "state": "WORKING"} for gmid in range(12, 18)])
    laser = source(hall, tools(FakeClock()), calls_per_day=1000, calls_per_second=1.0)
    await laser.live(["laser:station:12"], NOW)
    lines = {line.feed: line for line in laser.plan()}
    assert (lines["states"].interval, lines["states"].calls_per_day) == (108.0, 800.0)
    assert (lines["progress"].calls_per_poll, lines["progress"].interval) == (6, 648.0)
    assert (lines["tree"].interval, lines["tree"].calls_per_day) == (300.0, 288.0)
    assert lines["machines"].calls_per_day == 24.0
    assert all(line.calls_per_day <= (line.limit or 0) * 0.8 + 1 for line in lines.values())


async def test_the_vendors_own_word_that_the_quota_is_used_up_stops_the_endpoint(
    hall: Hall, source: Build
) -> None:
    clock = FakeClock()
    laser = source(hall, tools(clock))
    await laser.select(Kind.JOB_FOLDER, EVERYTHING, NOW)
    hall.change(limits=[{"endpoint": "job_tree", "daily_quota": 1}], used={"job_tree": 1})
    clock.advance(10)
    stale = await laser.select(Kind.JOB_FOLDER, EVERYTHING, NOW)
    assert isinstance(stale.failure, RateLimited)
    assert "quota" in str(stale.failure)
    assert all(folder.stale for folder in stale.items)
    assert laser.condition().status is SourceStatus.PAUSED
    hall.forget_calls()
    for _ in range(10):
        clock.advance(60)
        await laser.select(Kind.JOB_FOLDER, EVERYTHING, NOW)
    assert hall.calls() == {}, "nothing is sent in the meantime"


async def test_a_used_up_quota_is_waited_for_until_its_day_ends(source: Build) -> None:
    clock = FakeClock()
    with running() as hall:
        laser = source(hall, tools(clock))
        await laser.select(Kind.JOB_FOLDER, EVERYTHING, NOW)
        hall.change(limits=[{"endpoint": "job_tree", "daily_quota": 1}], used={"job_tree": 1})
        clock.advance(10)
        await laser.select(Kind.JOB_FOLDER, EVERYTHING, NOW)
        hall.forget_calls()
        with capture_logs() as logs:
            for _ in range(31):
                clock.advance(900)
                hall.step(900)
                assert (await laser.select(Kind.JOB_FOLDER, EVERYTHING, NOW)).failure is not None
        assert hall.calls() == {}, "the day ends at 16:00 in Greenwich"
        assert logs == []
        clock.advance(900)
        hall.step(900)
        assert (await laser.select(Kind.JOB_FOLDER, EVERYTHING, NOW)).failure is None
        assert laser.condition().status is SourceStatus.UP


async def test_a_probe_a_minute_costs_a_call_in_ten(source: Build) -> None:
    clock = FakeClock()
    with running() as hall:
        laser = source(hall, tools(clock), calls_per_day=1000)
        for _ in range(60):
            await laser.probe()
            clock.advance(60)
            hall.step(60)
        assert hall.calls() == {"/api/user_devices": 6, TREE: 6}
