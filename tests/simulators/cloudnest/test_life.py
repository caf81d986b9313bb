"""The hall lives: the same whoever looks and how often, and nothing gets lost."""

import asyncio
from typing import Any

import pytest

from floorgraph.simulators.cloudnest.founding import found_hall
from floorgraph.simulators.cloudnest.life import advance
from floorgraph.simulators.cloudnest.options import CloudNestOptions
from tests.simulators.cloudnest.client import START, START_SECONDS, STATES, cloudnest
from tests.support.deadline import DEADLINE

DAY = 86_400


def settled(found: dict[str, Any]) -> dict[str, Any]:
    """What does not depend on who asked what."""
    return {name: value for name, value in found.items() if name != "gateway"}


async def test_it_does_not_matter_how_often_somebody_looks() -> None:
    async with cloudnest(seed=3) as often, cloudnest(seed=3) as once:
        for _ in range(60):
            await often.step(97)
            await often.jobs()
        await once.step(60 * 97)
        assert settled(await often.hall()) == settled(await once.hall())


async def test_seeds_differ() -> None:
    async with cloudnest(seed=3) as one, cloudnest(seed=4) as other:
        assert settled(await one.hall()) != settled(await other.hall())


async def test_a_restart_brings_the_same_hall_back() -> None:
    async with cloudnest() as client:
        before = await client.hall()
        await client.change(remove_nodes=[before["nodes"][-1]["id"]])
        await client.control("POST", "/reset", {"what": ["shop"]})
        assert settled(await client.hall()) == settled(before)


async def test_a_day_in_the_hall() -> None:
    async with cloudnest() as client:
        before = await client.hall()
        seen: set[str] = set()
        cards = [one["card_id"] for one in before["machines"]]
        for _ in range(24 * 6):
            await client.step(600)
            seen |= {one["deviceState"] for one in await client.read(STATES, {"cardIds": cards})}
        after = await client.hall()
    assert {"WORKING", "IDLE", "ALARMING", "PAUSE"} <= seen
    assert sum(one["finished"] for one in after["tasks"]) > sum(one["finished"] for one in before["tasks"])
    assert len(after["nodes"]) > len(before["nodes"])
    running = {one["task"] for one in after["machines"] if one["cutting"]}
    for task in after["tasks"]:
        assert 0 <= task["finished"] <= task["total"]
        assert (task["finish"] is not None) is (task["finished"] == task["total"])
        if task["start"] is None:
            assert task["finished"] == 0
            assert task["guid"] not in running


async def test_a_machine_comes_back_by_itself_unless_it_is_held() -> None:
    async with cloudnest() as client:
        await client.change(machines=[{"gmid": 12, "state": "OFFLINE"}, {"gmid": 13, "state": "OFFLINE"}])
        await client.change(machines=[{"gmid": 13, "release": True}])
        await client.step(DAY)
        held, free = (await client.hall())["machines"][:2]
    assert (held["state"], held["held"]) == ("OFFLINE", True)
    assert free["since"] > held["since"]


async def test_no_job_is_added_when_none_is_wanted() -> None:
    async with cloudnest(new_jobs=False) as client:
        jobs = await client.jobs()
        await client.step(7 * DAY)
        assert await client.jobs() == jobs
        tasks = await client.tasks(jobs)
        assert {one["status"] for one in tasks} == {"completed"}
        states = [one["state"] for one in (await client.hall())["machines"]]
        assert states == ["IDLE"] * 6
        await client.change(add_jobs=[{"gmid": 12}])
        await client.step(60)
        assert (await client.hall())["machines"][0]["cutting"]


@pytest.mark.parametrize("mixed_share", [0.2, 1.0])
def test_old_jobs_go_so_that_the_hall_does_not_grow_for_ever(mixed_share: float) -> None:
    options = CloudNestOptions(jobs=20, jobs_kept=25, pace=10, mixed_share=mixed_share)
    hall = found_hall(options, START_SECONDS)
    most = 0
    for step in range(48):
        advance(hall, START_SECONDS + step * 3600)
        most = max(most, len(list(hall.jobs())))
    assert hall.last_node > 34_300
    assert len(hall.plates) < 250
    assert {layout.plate for layout in hall.layouts.values()} <= set(hall.plates)
    assert most < 80
    assert {layout.job for layout in hall.layouts.values()} <= set(hall.nodes)
    assert {part.job for part in hall.parts.values()} <= set(hall.nodes)
    assert {task.layout for task in hall.tasks.values()} <= set(hall.layouts)


@pytest.mark.parametrize("pace", [1.0, 20.0])
def test_the_pace_makes_everything_faster(pace: float) -> None:
    hall = found_hall(CloudNestOptions(pace=pace), START_SECONDS)
    sheets = sum(len(one.logs) for one in hall.machines.values())
    advance(hall, START_SECONDS + 6 * 3600)
    cut = sum(len(one.logs) for one in hall.machines.values()) - sheets
    assert (cut > 1000) is (pace > 1)


def test_five_hundred_machines_and_thousands_of_jobs() -> None:
    hall = found_hall(CloudNestOptions(machines=500, jobs=3000, history_hours=2), START_SECONDS)
    advance(hall, START_SECONDS + 600)
    states = [one.state for one in hall.machines.values()]
    assert states.count("WORKING") > 300


async def test_time_may_run_by_itself() -> None:
    async with (
        cloudnest(frozen=False, speed=50_000, gateway_clock="real") as client,
        asyncio.timeout(DEADLINE),
    ):
        results = 0
        while results <= 20:
            results = max(one["results"] for one in (await client.hall())["machines"])
        assert (await client.hall())["now"] > START
