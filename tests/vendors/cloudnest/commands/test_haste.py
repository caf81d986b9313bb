"""After a command polls ask sooner for what it was about, as far as the day's calls allow."""

from collections.abc import Iterable
from typing import Any

import pytest

from floorgraph.model.command import CommandOutcome
from floorgraph.model.ids import Kind
from floorgraph.model.job import JobKind
from floorgraph.vendors.cloudnest.commands.inputs import AddPlate, PushLayoutToStation
from floorgraph.vendors.cloudnest.feeds import STOCK, TASKS
from floorgraph.vendors.cloudnest.haste import POLLS, Haste, affordable_polls
from floorgraph.vendors.cloudnest.source import CloudNestSource
from floorgraph.vendors.contract import SourceTools
from floorgraph.vendors.failures import BudgetExhausted
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING, By, Where
from tests.support.fakeclock import FakeClock
from tests.vendors.cloudnest.commands.conftest import TOLD
from tests.vendors.cloudnest.commands.deeds import job_of, layout_of, reachable
from tests.vendors.cloudnest.conftest import Build, Hall

NOW = Freshness(max_age=0.0)
PLAN = "/cn-api/api/job/plan_detail"
STOCK_PATH = "/cn-api/invented-for-tests/plate/list"
TIGHT = 200
"""Calls per day: one in nine minutes."""


def push(hall: Hall) -> PushLayoutToStation:
    layout = f"laser:layout:{layout_of(hall.state())}"
    return PushLayoutToStation(layout_id=layout, station_id="laser:station:13", copies=3)


async def polled(source: CloudNestSource, name: str, kind: Kind) -> dict[str, Any]:
    feed = next(one for one in source.feeds() if one.name == name)
    return {one.id: one for one in (await source.poll(feed, NOW))[kind].records}


async def sent(source: CloudNestSource, command: Any) -> list[str]:
    """The records that a command brought, which nothing stands against."""
    review = await source.review(command)
    assert list(review.errors) == []
    result = await source.carry_out(command, "c-1")
    assert result.outcome is CommandOutcome.CONFIRMED
    return list(result.record_ids)


async def test_a_new_task_is_in_the_next_poll_however_tight_the_quota_is(
    workshop: Hall, source: Build
) -> None:
    reachable(workshop)
    clock = FakeClock()
    laser = source(workshop, SourceTools(clock=clock, sleep=clock.sleep), calls_per_day=TIGHT, endpoints=TOLD)
    before = await polled(laser, TASKS, Kind.JOB)
    clock.advance(20)
    made, *_ = await sent(laser, push(workshop))
    assert made not in before
    workshop.forget_calls()
    clock.advance(2)
    assert made in await polled(laser, TASKS, Kind.JOB)
    for _ in range(8):
        clock.advance(2)
        assert made in await polled(laser, TASKS, Kind.JOB)
    # One that the quota can bear although it is not needed any more.
    assert workshop.calls()[PLAN] <= 2


async def test_a_roomy_quota_pays_for_all_polls_of_a_burst(workshop: Hall, source: Build) -> None:
    """The vendor may take a while until its lists show what it said to have done."""
    clock = FakeClock()
    laser = source(workshop, SourceTools(clock=clock, sleep=clock.sleep), calls_per_day=2000, endpoints=TOLD)
    await polled(laser, STOCK, Kind.BATCH)
    clock.advance(5)
    plate = AddPlate(
        source="laser", name="New", material="5052", thickness_mm=2, width_mm=1500, depth_mm=3000
    )
    (made,) = await sent(laser, plate)
    workshop.forget_calls()
    for _ in range(10):
        clock.advance(2)
        assert made in await polled(laser, STOCK, Kind.BATCH)
    assert workshop.calls()[STOCK_PATH] == POLLS


async def test_the_job_of_a_command_is_read_before_others(workshop: Hall, source: Build) -> None:
    """Where one poll cannot ask for all of them."""
    reachable(workshop)
    clock = FakeClock()
    laser = source(
        workshop,
        SourceTools(clock=clock, sleep=clock.sleep),
        calls_per_day=TIGHT,
        endpoints=TOLD,
        chunk=2,
        calls_per_question=1,
    )
    command = push(workshop)
    job = f"laser:job:{job_of(workshop.state())}"
    await laser.select(Kind.LAYOUT, Where(By.JOB, frozenset({job})), Freshness())
    made, *_ = await sent(laser, command)
    clock.advance(3600)
    assert made in await polled(laser, TASKS, Kind.JOB)


async def test_with_nothing_left_of_the_day_nothing_old_is_shown_as_fresh(
    workshop: Hall, source: Build
) -> None:
    reachable(workshop)
    clock = FakeClock()
    laser = source(workshop, SourceTools(clock=clock, sleep=clock.sleep), endpoints=TOLD)
    command = push(workshop)
    await sent(laser, command)
    spent = next(one for one in laser.budgets() if one.endpoint == "plan_detail").used
    poor = TOLD | {"plan_detail": {"calls_per_day": spent}}
    workshop.reset()
    reachable(workshop)
    again = source(workshop, SourceTools(clock=clock, sleep=clock.sleep), endpoints=poor)
    await sent(again, command)
    workshop.forget_calls()
    jobs = await again.select(Kind.JOB, EVERYTHING, Freshness())
    assert isinstance(jobs.failure, BudgetExhausted)
    tasks = [job for job in jobs.items if job.kind is JobKind.TASK]
    assert tasks
    assert all(task.stale for task in tasks)
    with pytest.raises(BudgetExhausted):
        await polled(again, TASKS, Kind.JOB)
    assert PLAN not in workshop.calls()


async def test_a_command_that_never_left_costs_no_poll(workshop: Hall, source: Build) -> None:
    reachable(workshop)
    clock = FakeClock()
    spent = TOLD | {"push_layout": TOLD["push_layout"] | {"calls_per_day": 0}}
    laser = source(
        workshop, SourceTools(clock=clock, sleep=clock.sleep), calls_per_day=TIGHT, endpoints=spent
    )
    await polled(laser, TASKS, Kind.JOB)
    command = push(workshop)
    assert list((await laser.review(command)).errors) == []
    with pytest.raises(BudgetExhausted):
        await laser.carry_out(command, "c-1")
    workshop.forget_calls()
    for _ in range(5):
        clock.advance(2)
        await polled(laser, TASKS, Kind.JOB)
    await laser.select(Kind.JOB, EVERYTHING, Freshness())
    assert PLAN not in workshop.calls()


@pytest.mark.parametrize(("left", "kept", "polls"), [(0, 0, 0), (199, 40, 1), (99, 20, 0), (10**6, 0, POLLS)])
def test_a_hundredth_of_what_is_left_may_be_spent(left: int, kept: float, polls: int) -> None:
    assert affordable_polls(left, kept) == polls


def due(haste: Haste, outdated: Iterable[int] = ()) -> list[int]:
    return haste.due("plan", range(10), frozenset(outdated).__contains__)


def test_jobs_are_asked_for_until_somebody_did_and_then_as_often_as_granted() -> None:
    haste = Haste()
    haste.grant("plan", 1, [3, 20])
    assert haste.jobs("plan") == {3, 20}
    assert due(haste, [3]) == [3]
    assert due(haste, [3]) == [3], "nobody could ask so far"
    assert due(haste) == [3]
    assert due(haste) == []
    assert haste.jobs("plan") == frozenset()
    assert haste.jobs("other") == frozenset()


def test_polls_are_counted_by_endpoint() -> None:
    haste = Haste()
    haste.grant("stock", 2)
    haste.grant("stock", 1)
    assert [haste.spend("stock") for _ in range(3)] == [True, True, False]
    assert not haste.spend("plan")
