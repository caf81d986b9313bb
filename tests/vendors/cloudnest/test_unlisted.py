"""Calls that the vendor names without their paths: nothing without a path, the capability with it."""

from collections.abc import Iterator
from typing import Any

import pytest

from floorgraph.model.ids import Kind
from floorgraph.model.job import JobKind, JobStatus
from floorgraph.model.layout import ProductionStatus
from floorgraph.model.piece import PieceStatus
from floorgraph.model.source import Capability, CapabilityState, SourceStatus
from floorgraph.vendors.cloudnest import feeds
from floorgraph.vendors.cloudnest.endpoints import ENDPOINTS
from floorgraph.vendors.cloudnest.source import CloudNestSource
from floorgraph.vendors.contract import SourceTools
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING, By, Part, Where
from tests.support.client import data
from tests.support.fakeclock import FakeClock
from tests.support.serving import serving_sources
from tests.vendors.cloudnest.conftest import Build, Hall, running

NOW = Freshness(max_age=0)
INVENTED = "/cn-api/invented-for-tests"
PATHS = {
    "plate_list": "plate/list",
    "material_list": "material/list",
    "scrap_hierarchy": "plate/scrap_hierarchy",
    "part_list": "part/list",
    "job_parts": "job/parts",
    "job_layouts": "job/layouts",
    "layout_details": "job/layout_details",
    "layout_drawings": "job/layout_drawings",
    "part_layouts": "job/part_layouts",
    "layout_parts": "layout/parts",
    "layout_job": "layout/job",
    "drawings": "drawing/query",
    "schedule": "job/schedule",
    "task_details": "production/task_details",
    "job_list": "job/list",
    "job_info": "job/info",
}


def at(*names: str) -> dict[str, dict[str, str]]:
    """The configuration of a user who was told these paths."""
    return {name: {"path": f"{INVENTED}/{PATHS[name]}"} for name in names}


def invented(hall: Hall) -> dict[str, int]:
    """Calls at paths that the vendor does not publish, by their names."""
    names = {f"{INVENTED}/{path}": name for name, path in PATHS.items()}
    return {names[path]: count for path, count in hall.calls().items() if path in names}


def where(by: By, *values: str) -> Where:
    return Where(by, frozenset(values))


def capability(source: CloudNestSource, name: Capability) -> CapabilityState:
    return next(state for state in source.capabilities() if state.name is name)


@pytest.fixture(scope="module")
def _planned() -> Iterator[Hall]:
    """A hall in which half of the layouts wait for tasks, and some jobs have no layouts."""
    with running(waiting_share=0.5, draft_share=0.2, scraps=6) as hall:
        yield hall


@pytest.fixture
def planned(_planned: Hall) -> Hall:
    return _planned.reset()


def layouts_of(hall: Hall) -> dict[str, dict[str, Any]]:
    return {one["guid"]: one for one in hall.state()["layouts"]}


def tasked(hall: Hall) -> set[str]:
    return {one["layout"] for one in hall.state()["tasks"]}


def test_the_names_of_all_calls_are_those_of_the_simulator() -> None:
    assert {name for name, one in ENDPOINTS.items() if one.path is None} >= PATHS.keys()


async def test_nothing_is_asked_at_paths_that_nobody_told(planned: Hall, source: Build) -> None:
    laser = source(planned)
    for kind in Kind:
        await laser.select(kind, EVERYTHING, NOW)
    await laser.examine()
    assert invented(planned) == {}
    found = await laser.select(Kind.LAYOUT, EVERYTHING, Freshness())
    assert {one.remote_id for one in found.items} == tasked(planned)
    assert "tasks were made of" in (capability(laser, Capability.LAYOUTS).reason or "")


@pytest.mark.parametrize("name", sorted(PATHS))
async def test_every_path_is_used_once_it_is_told(planned: Hall, source: Build, name: str) -> None:
    """Also those that only stand in for others: these are refused here."""
    instead = {"job_list": ["job_tree"], "schedule": ["plan_detail"]}
    planned.change(ungranted=instead.get(name, []))
    laser = source(planned, endpoints=at(name) | (at("plate_list") if name == "material_list" else {}))
    layouts = layouts_of(planned)
    some = next(iter(layouts))
    waiting = next(guid for guid in layouts if guid not in tasked(planned))
    task = planned.state()["tasks"][0]["guid"]
    questions = [
        (Kind.JOB, EVERYTHING),
        (Kind.JOB, where(By.ID, "laser:job:9999999")),
        (Kind.BATCH, EVERYTHING),
        (Kind.BATCH, where(By.PARENT, f"laser:batch:{layouts[some]['plate']}")),
    ]
    fresh = source(planned, endpoints=at(name))
    await fresh.select(Kind.LAYOUT, where(By.ID, f"laser:layout:{waiting}"), NOW)
    await fresh.select(Kind.JOB, where(By.ID, f"laser:job:{task}"), NOW)
    for kind, question in questions:
        await laser.select(kind, question, NOW)
    await laser.select(Kind.LAYOUT, EVERYTHING, NOW)
    await laser.select(Kind.PIECE, EVERYTHING, NOW)
    bare = next(one["layout"] for one in planned.state()["tasks"] if one["bare"])
    await laser.select(Kind.PIECE, where(By.LAYOUT, f"laser:layout:{bare}"), NOW)
    assert invented(planned).get(name, 0) >= 1
    assert laser.diagnostics.quarantined() == []


@pytest.mark.parametrize("names", [("layout_details",), ("job_layouts", "part_layouts", "job_parts")])
async def test_layouts_without_tasks_are_there_with_their_pieces_and_sheets(
    planned: Hall, source: Build, names: tuple[str, ...]
) -> None:
    laser = source(planned, endpoints=at(*names))
    expected = layouts_of(planned)
    found = {one.remote_id: one for one in (await laser.select(Kind.LAYOUT, EVERYTHING, NOW)).items}
    assert found.keys() == expected.keys()
    waiting = next(guid for guid in expected if guid not in tasked(planned))
    layout = found[waiting]
    assert layout.production_status is ProductionStatus.PENDING
    assert (layout.planned_copies, layout.finished_copies) == (None, 0)
    assert layout.piece_count == sum(expected[waiting]["parts"].values())
    assert f"laser:job:{expected[waiting]['job']}" in layout.job_ids
    assert {one.batch_id for one in found.values()} == {
        f"laser:batch:{one['plate']}" for one in expected.values()
    }
    pieces = await laser.select(Kind.PIECE, where(By.LAYOUT, layout.id), NOW)
    assert {one.remote_id for one in pieces.items} == set(expected[waiting]["parts"])
    job = expected[waiting]["job"]
    (nest,) = (await laser.select(Kind.JOB, where(By.ID, f"laser:job:{job}"), Freshness())).items
    assert layout.id in nest.layout_ids
    assert capability(laser, Capability.LAYOUTS).reason is None
    assert laser.diagnostics.drift_notes() == []


@pytest.mark.parametrize("name", ["job_parts", "part_list"])
async def test_all_parts_are_there_with_what_is_wanted_of_them(
    planned: Hall, source: Build, name: str
) -> None:
    laser = source(planned, endpoints=at(name))
    few = {one.remote_id for one in (await source(planned).select(Kind.PIECE, EVERYTHING, NOW)).items}
    pieces = {one.remote_id: one for one in (await laser.select(Kind.PIECE, EVERYTHING, NOW)).items}
    assert len(pieces) == planned.state()["parts"] > len(few)
    for guid, piece in pieces.items():
        assert None not in (piece.size_x_mm, piece.size_y_mm, piece.mass_kg)
        assert (piece.quantity or 0) > 0
        if guid not in few:
            assert piece.status is PieceStatus.PLANNED
    assert laser.diagnostics.drift_notes() == []


async def test_drawings_have_addresses(planned: Hall, source: Build) -> None:
    laser = source(planned, endpoints=at("layout_drawings", "drawings"))
    layouts = (await laser.select(Kind.LAYOUT, EVERYTHING, NOW)).items
    assert all((one.drawing_url or "").endswith(f"{one.remote_id}.dxf") for one in layouts)
    pieces = (await laser.select(Kind.PIECE, EVERYTHING, NOW)).items
    assert all((one.drawing_url or "").endswith(".dxf") for one in pieces)


async def test_scrap_knows_the_plate_it_was_cut_from(planned: Hall, source: Build) -> None:
    planned.step(0)
    laser = source(planned, endpoints=at("scrap_hierarchy"))
    parents = {one["guid"]: one["parent"] for one in planned.state()["plates"] if one["parent"]}
    assert parents
    child, parent = next(iter(parents.items()))
    found = await laser.select(Kind.BATCH, where(By.CHILD, f"laser:batch:{child}"), NOW)
    assert found.groups is not None
    assert [one.remote_id for one in found.groups[f"laser:batch:{child}"]] == [parent]
    async with serving_sources([laser]) as base_url:
        answer = await data(
            base_url,
            "query Kin($plate: ID!, $scrap: ID!) {"
            " plate: batch(id: $plate) { children { nodes { id kind } } }"
            " scrap: batch(id: $scrap) { parents { nodes { id } } } }",
            {"plate": f"laser:batch:{parent}", "scrap": f"laser:batch:{child}"},
        )
    assert {"id": f"laser:batch:{child}", "kind": "SCRAP_SHEET"} in answer["plate"]["children"]["nodes"]
    assert answer["scrap"]["parents"]["nodes"] == [{"id": f"laser:batch:{parent}"}]


async def test_the_list_of_jobs_stands_in_for_a_tree_that_is_not_granted(
    planned: Hall, source: Build
) -> None:
    planned.change(ungranted=["job_tree"])
    laser = source(planned, endpoints=at("job_list"))
    found = (await laser.select(Kind.JOB, EVERYTHING, NOW)).items
    leaves = {str(one["id"]) for one in planned.state()["nodes"] if one["type"] == 1}
    assert {one.remote_id for one in found if one.kind is JobKind.NEST} == leaves
    assert capability(laser, Capability.JOBS).available
    assert laser.condition().status is SourceStatus.DEGRADED, "folders are still missing"


async def test_the_schedule_stands_in_for_a_plan_that_is_not_granted(planned: Hall, source: Build) -> None:
    planned.change(ungranted=["plan_detail"])
    laser = source(planned, endpoints=at("schedule"))
    found = (await laser.select(Kind.JOB, EVERYTHING, NOW)).items
    tasks = {one["guid"] for one in planned.state()["tasks"]}
    assert {one.remote_id for one in found if one.kind is JobKind.TASK} == tasks
    owner = next(one["job"] for one in planned.state()["layouts"] if one["guid"] in tasked(planned))
    children = await laser.select(Kind.JOB, where(By.PARENT, f"laser:job:{owner}"), NOW)
    assert children.items, "whose they are takes a call for the job alone"


async def test_a_job_that_is_newer_than_the_tree_is_found_by_its_number(planned: Hall, source: Build) -> None:
    clock = FakeClock()
    laser = source(planned, SourceTools(clock=clock, sleep=clock.sleep), endpoints=at("job_info"))
    await laser.select(Kind.JOB, EVERYTHING, NOW)
    made = planned.change(add_jobs=[{"title": "Late"}])
    number = max(one["id"] for one in made["nodes"])
    (found,) = (await laser.select(Kind.JOB, where(By.ID, f"laser:job:{number}"), Freshness())).items
    assert (found.name, found.status is JobStatus.UNKNOWN) == ("Late", False)
    assert planned.calls()["/cn-api/api/open_platform/job/info/v2"] == 1


async def test_one_layout_or_task_leads_to_its_job_without_reading_all_jobs(source: Build) -> None:
    with running(jobs=117, machines=6) as big:
        task = next(one for one in big.state()["tasks"] if not one["bare"])
        layout = f"laser:layout:{task['layout']}"
        laser = source(big, endpoints=at("layout_job", "task_details"))
        await laser.select(Kind.JOB_FOLDER, EVERYTHING, NOW)
        big.forget_calls()
        (found,) = (await laser.select(Kind.LAYOUT, where(By.ID, layout), Freshness())).items
        assert found.id == layout
        assert big.calls()["/cn-api/api/job/plan_detail"] == 1
        other = source(big, endpoints=at("task_details"))
        big.forget_calls()
        (job,) = (await other.select(Kind.JOB, where(By.ID, f"laser:job:{task['guid']}"), Freshness())).items
        assert job.kind is JobKind.TASK
        assert big.calls()["/cn-api/api/job/plan_detail"] == 1


async def test_layouts_and_parts_are_polled_while_somebody_watches(planned: Hall, source: Build) -> None:
    laser = source(planned, endpoints=at("job_layouts", "part_list"), calls_per_day=1000)
    by_name = {feed.name: feed for feed in laser.feeds()}
    found = await laser.poll(by_name[feeds.LAYOUTS], NOW)
    waiting = next(guid for guid in layouts_of(planned) if guid not in tasked(planned))
    assert f"laser:layout:{waiting}" in {one.id for one in found[Kind.LAYOUT].records}
    found = await laser.poll(by_name[feeds.PARTS], NOW)
    assert len(found[Kind.PIECE].records) == planned.state()["parts"]
    again = await laser.poll(by_name[feeds.LAYOUTS], NOW)
    assert invented(planned) == {"job_layouts": 1, "part_list": 1}, "no more often than the quota allows"
    assert again[Kind.LAYOUT].records
    assert {line.feed for line in laser.plan()} >= {feeds.LAYOUTS, feeds.PARTS}


async def test_a_layouts_sheet_is_asked_for_when_it_is_selected(planned: Hall, source: Build) -> None:
    laser = source(planned)
    async with serving_sources([laser]) as base_url:
        await data(base_url, "{ layouts(first: 100) { nodes { id name } } }")
        assert "/cn-api/api/part/loc_info" not in planned.calls()
        answer = await data(base_url, "{ layouts(first: 3) { nodes { remoteId batch { remoteId name } } } }")
    plates = {guid: one["plate"] for guid, one in layouts_of(planned).items()}
    shown = answer["layouts"]["nodes"]
    assert {one["remoteId"]: one["batch"]["remoteId"] for one in shown} == {
        one["remoteId"]: plates[one["remoteId"]] for one in shown
    }
    assert planned.calls()["/cn-api/api/part/loc_info"] == 3


async def test_a_sheet_that_is_the_only_one_to_fit_needs_no_call(planned: Hall, source: Build) -> None:
    laser = source(planned)
    layouts = layouts_of(planned)
    by_job: dict[int, set[str]] = {}
    for one in layouts.values():
        by_job.setdefault(one["job"], set()).add(one["plate"])
    task = next(
        one
        for one in planned.state()["tasks"]
        if not one["bare"]
        and len(by_job[layouts[one["layout"]]["job"]]) == 1
        and layouts[one["layout"]]["jobs"] == [layouts[one["layout"]]["job"]]
    )
    layout = layouts[task["layout"]]
    await laser.select(Kind.BATCH, where(By.JOB, f"laser:job:{layout['job']}"), NOW)
    (found,) = (
        await laser.select(Kind.LAYOUT, where(By.ID, f"laser:layout:{layout['guid']}"), Freshness())
    ).items
    assert found.batch_id == f"laser:batch:{layout['plate']}"
    assert "/cn-api/api/part/loc_info" not in planned.calls()
    placed = await laser.parts(Part.PLACEMENTS, [found.id], Freshness())
    assert placed[found.id]
    (same,) = (await laser.select(Kind.LAYOUT, where(By.ID, found.id), Freshness())).items
    assert same.batch_id == found.batch_id, "the vendor's own word says the same"
