"""How many calls an operation causes, counted at the gateway (section 7)."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from floorgraph.model.ids import Kind
from floorgraph.model.job import JobKind, JobStatus
from floorgraph.model.station import LiveStatus
from floorgraph.vendors.cloudnest.source import CloudNestSource
from floorgraph.vendors.failures import BudgetExhausted
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING, By, Part, Where
from tests.vendors.cloudnest.conftest import Build, Hall, machines, running

TREE = "/cn-api/api/open_platform/job/info/v2"
PLAN = "/cn-api/api/job/plan_detail"
PLATES = "/cn-api/api/job/plate_used"
ORDER = "/cn-api/api/part/loc_info"
DEVICES = "/api/user_devices"
STATES = "/api/user_devices/current_state"
CUTTING = "/api/user_devices/cut_system_state"
ALARMS = "/api/user_devices/current_alarms"


def where(by: By, *values: str | None) -> Where:
    return Where(by, frozenset(value for value in values if value is not None))


def now(max_age: float | None = 0.0) -> Freshness:
    return Freshness(max_age=max_age, since=time.monotonic())


async def settled(source: CloudNestSource, hall: Hall) -> None:
    """Let the source learn the simulator's clock, so that no call is made twice for it."""
    await source.select(Kind.STATION, EVERYTHING, Freshness())
    hall.forget_calls()


async def whole_floor(source: CloudNestSource) -> tuple[int, int]:
    """What a query for jobs with layouts and pieces, and stations with status, asks; jobs and machines."""
    fresh = now()
    jobs = await source.select(Kind.JOB, EVERYTHING, fresh)
    assert jobs.failure is None
    assert jobs.complete
    ids = [job.id for job in jobs.items]
    layouts = await source.select(Kind.LAYOUT, where(By.JOB, *ids), fresh)
    await source.select(Kind.PIECE, where(By.LAYOUT, *(layout.id for layout in layouts.items)), fresh)
    await source.select(Kind.PIECE, where(By.JOB, *ids), fresh)
    await source.select(Kind.JOB_FOLDER, EVERYTHING, fresh)
    await source.select(Kind.JOB, where(By.PARENT, *ids), fresh)
    stations = await source.select(Kind.STATION, EVERYTHING, fresh)
    lives = await source.live([station.id for station in stations.items], fresh)
    assert all(isinstance(live, LiveStatus) for live in lives.values())
    await source.current_jobs([station.id for station in stations.items], fresh)
    return sum(job.kind is JobKind.NEST for job in jobs.items), len(stations.items)


@pytest.fixture(scope="module")
def crowded() -> Iterator[Hall]:
    """A hall with 120 jobs and 60 machines."""
    with running(jobs=117, machines=60, welders=0, tree_oddities=[]) as hall:
        yield hall


async def test_the_whole_floor_costs_one_call_for_each_50_jobs_and_machines(
    crowded: Hall, source: Build
) -> None:
    laser = source(crowded.reset(), machines=machines(60))
    await settled(laser, crowded)
    jobs, stations = await whole_floor(laser)
    assert (jobs, stations) == (117, 60)
    assert crowded.calls() == {TREE: 1, PLAN: 3, DEVICES: 1, STATES: 2}


async def test_a_big_tree_is_read_newest_first_and_completed_by_later_questions(
    crowded: Hall, source: Build
) -> None:
    laser = source(crowded.reset(), chunk=10, calls_per_question=4)
    await settled(laser, crowded)
    first = await laser.select(Kind.JOB, EVERYTHING, Freshness())
    assert crowded.calls()[PLAN] == 4
    assert not first.complete, "not all tasks are known"
    nests = {int(job.remote_id): job for job in first.items if job.kind is JobKind.NEST}
    known = [number for number, job in nests.items() if job.status is not JobStatus.UNKNOWN]
    assert sorted(known) == sorted(nests)[-40:]
    for _ in range(2):
        last = await laser.select(Kind.JOB, EVERYTHING, Freshness())
    assert crowded.calls()[PLAN] == 12
    assert last.complete
    assert all(job.status is not JobStatus.UNKNOWN for job in last.items)


async def test_a_second_operation_is_served_by_the_snapshot(hall: Hall, source: Build) -> None:
    laser = source(hall)
    await settled(laser, hall)
    await whole_floor(laser)
    hall.forget_calls()
    for kind in (Kind.JOB, Kind.LAYOUT, Kind.PIECE, Kind.STATION):
        await laser.select(kind, EVERYTHING, Freshness())
    assert hall.calls() == {}


async def test_a_folder_or_a_single_job_costs_only_its_own_jobs(hall: Hall, source: Build) -> None:
    laser = source(hall)
    await settled(laser, hall)
    jobs = [node for node in hall.state()["nodes"] if node["type"] == 1]
    folder = jobs[0]["parent_id"]
    found = await laser.select(Kind.JOB, where(By.FOLDER, f"laser:job-folder:{folder}"), now())
    assert {job.remote_id for job in found.items} == {
        str(node["id"]) for node in jobs if node["parent_id"] == folder
    }
    await laser.select(Kind.JOB, where(By.ID, f"laser:job:{jobs[0]['id']}"), now())
    assert hall.calls() == {TREE: 2, PLAN: 2}


async def test_placements_cost_a_call_for_each_layout_and_only_when_asked(hall: Hall, source: Build) -> None:
    laser = source(hall)
    await settled(laser, hall)
    layouts = (await laser.select(Kind.LAYOUT, EVERYTHING, now())).items
    assert ORDER not in hall.calls()
    ids = [layout.id for layout in layouts[:3]]
    found = await laser.parts(Part.PLACEMENTS, ids, Freshness())
    assert hall.calls()[ORDER] == 3
    expected = {one["guid"]: sum(one["parts"].values()) for one in hall.state()["layouts"]}
    for layout in layouts[:3]:
        placed: Any = found[layout.id]
        assert len(placed) == expected[layout.remote_id]
        assert [one.position for one in placed] == list(range(len(placed)))
    await laser.parts(Part.PLACEMENTS, ids, Freshness())
    assert hall.calls()[ORDER] == 3, "a computed layout does not change"


async def test_a_layout_knows_its_sheet_once_its_placements_were_read(hall: Hall, source: Build) -> None:
    laser = source(hall)
    (layout, *_) = (await laser.select(Kind.LAYOUT, EVERYTHING, now())).items
    assert layout.batch_id is None
    await laser.parts(Part.PLACEMENTS, [layout.id], Freshness())
    (again,) = (await laser.select(Kind.LAYOUT, where(By.ID, layout.id), Freshness())).items
    plates = {one["guid"]: one["plate"] for one in hall.state()["layouts"]}
    assert again.batch_id == f"laser:batch:{plates[layout.remote_id]}"


async def test_more_layouts_than_a_question_may_ask_for_fail_and_say_so(hall: Hall, source: Build) -> None:
    laser = source(hall, calls_per_question=2)
    layouts = (await laser.select(Kind.LAYOUT, EVERYTHING, now())).items
    hall.forget_calls()
    found = await laser.parts(Part.PLACEMENTS, [layout.id for layout in layouts[:4]], Freshness())
    failures = [one for one in found.values() if isinstance(one, BudgetExhausted)]
    assert len(failures) == 2
    assert "calls_per_question" in str(failures[0])
    assert hall.calls()[ORDER] == 2


async def test_plates_are_attributed_by_one_call_for_each_job(hall: Hall, source: Build) -> None:
    laser = source(hall)
    await settled(laser, hall)
    state = hall.state()
    jobs = sorted({one["job"] for one in state["layouts"]})[:4]
    ids = [f"laser:job:{job}" for job in jobs]
    found = await laser.select(Kind.BATCH, where(By.JOB, *ids), now())
    assert hall.calls() == {TREE: 1, PLATES: 4}
    assert found.groups is not None
    for job in jobs:
        expected = {one["plate"] for one in state["layouts"] if one["job"] == job}
        assert {plate.remote_id for plate in found.groups[f"laser:job:{job}"]} == expected
    for plate in found.items:
        users = await laser.select(Kind.JOB, where(By.BATCH, plate.id), Freshness())
        assert users.groups is not None
        using = {one["job"] for one in state["layouts"] if one["plate"] == plate.remote_id}
        assert {job.remote_id for job in users.groups[plate.id]} == {str(one) for one in using & set(jobs)}


async def test_a_list_of_plates_is_one_call_for_50_jobs_and_says_nothing_about_whose_they_are(
    hall: Hall, source: Build
) -> None:
    laser = source(hall)
    await settled(laser, hall)
    found = await laser.select(Kind.BATCH, EVERYTHING, now())
    assert hall.calls() == {TREE: 1, PLATES: 1}
    used = {one["plate"] for one in hall.state()["layouts"]}
    assert {plate.remote_id for plate in found.items} == used
    users = await laser.select(Kind.JOB, where(By.BATCH, found.items[0].id), Freshness())
    assert users.groups == {found.items[0].id: []}, "nothing was guessed"


async def test_progress_is_asked_of_working_machines_only_and_only_in_detail(
    hall: Hall, source: Build
) -> None:
    for gmid, state in ((12, "WORKING"), (13, "WORKING"), (14, "IDLE"), (15, "ALARMING"), (16, "OFFLINE")):
        hall.change(machines=[{"gmid": gmid, "state": state}])
    hall.change(machines=[{"gmid": 17, "state": "PAUSE"}])
    laser = source(hall)
    await settled(laser, hall)
    stations = [f"laser:station:{gmid}" for gmid in range(12, 18)]
    fresh = now()
    lives = await laser.live(stations, fresh)
    assert hall.calls() == {STATES: 1}
    detailed = await laser.detailed(
        {key: live for key, live in lives.items() if isinstance(live, LiveStatus)}, fresh
    )
    assert hall.calls() == {STATES: 1, CUTTING: 2, ALARMS: 1}
    for key, live in detailed.items():
        assert isinstance(live, LiveStatus)
        working = key in ("laser:station:12", "laser:station:13")
        assert (live.progress is not None, live.laser is not None) == (working, working)


async def test_a_task_without_parts_costs_a_single_call_when_its_job_is_asked_for_alone(
    hall: Hall, source: Build
) -> None:
    laser = source(hall)
    await settled(laser, hall)
    state = hall.state()
    bare = next(one for one in state["tasks"] if one["bare"])
    owner = next(one["job"] for one in state["layouts"] if one["guid"] == bare["layout"])
    everything = await laser.select(Kind.JOB, EVERYTHING, now())
    lone = next(job for job in everything.items if job.remote_id == bare["guid"])
    assert lone.parent_ids == (), "in a call for many jobs it is nobody's"
    nest = f"laser:job:{owner}"
    children = await laser.select(Kind.JOB, where(By.PARENT, nest), Freshness())
    assert hall.calls()[PLAN] == 2
    assert bare["guid"] in {job.remote_id for job in children.items}
    await laser.select(Kind.JOB, where(By.PARENT, nest), Freshness())
    assert hall.calls()[PLAN] == 2, "it is known from then on"
