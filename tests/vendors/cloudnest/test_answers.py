"""Answers end to end: the vendor's own example as a tree, and the habits that a client has to bear."""

from collections.abc import Iterator
from typing import Any

import pytest

from floorgraph.model.ids import Kind
from floorgraph.model.job import JobKind
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING, By, Where
from tests.support.client import data
from tests.support.serving import serving_sources
from tests.vendors.cloudnest.conftest import Build, Hall, running

NOW = Freshness(max_age=0)
TREE_QUERY = """
{ jobFolders(filter: {roots: true}, first: 5) { nodes { ...level
    children(first: 5) { nodes { ...level
      children(first: 5) { nodes { ...level
        children(first: 5) { nodes { ...level } } } } } } } } }
fragment level on JobFolder {
  id name position
  jobs(first: 5, filter: {kinds: [NEST]}, orderBy: [{field: POSITION}]) { nodes { id name position } } }
"""


def drawn(folder: dict[str, Any], depth: int = 0) -> list[str]:
    """A folder as an indented list, in the order of positions."""
    inside: list[tuple[int, list[str]]] = [
        (job["position"], ["  " * (depth + 1) + job["name"]]) for job in folder["jobs"]["nodes"]
    ]
    inside += [
        (one["position"], drawn(one, depth + 1)) for one in folder.get("children", {"nodes": []})["nodes"]
    ]
    return ["  " * depth + folder["name"] + "/"] + [line for _, lines in sorted(inside) for line in lines]


async def test_the_vendors_example_is_answered_as_a_tree(example: Hall, source: Build) -> None:
    async with serving_sources([source(example.reset())]) as base_url:
        answer = await data(base_url, TREE_QUERY)
    (root,) = answer["jobFolders"]["nodes"]
    assert drawn(root) == [
        "hc测试/",
        "  20230710",
        "  20230809",
        "  1-1/",
        "    1-2/",
        "  2-1/",
        "    2-2/",
        "      2-1 002",
        "    2-1 001",
    ]


async def test_one_query_asks_for_everything_and_costs_a_call_for_each_50(hall: Hall, source: Build) -> None:
    laser = source(hall)
    await laser.select(Kind.STATION, EVERYTHING, Freshness())
    hall.forget_calls()
    async with serving_sources([laser]) as base_url:
        # The server probes its sources when it starts; these answers serve the query as well.
        answer = await data(
            base_url,
            """{ stations { nodes { id status state { since } currentJob { name } } }
                 jobs(first: 200) { totalCount unavailableSources nodes {
                   id kind status progress { done total }
                   parents(first: 5) { nodes { id } } children(first: 10) { nodes { id station { id } } }
                   layouts(first: 10) { nodes { id pieces(first: 20) { nodes { id quantity } } } } } } }""",
        )
    calls = hall.calls()
    assert calls["/cn-api/api/job/plan_detail"] == 1
    assert calls["/cn-api/api/open_platform/job/info/v2"] == 1
    assert calls["/api/user_devices/current_state"] == 1
    assert set(calls) <= {
        "/cn-api/api/job/plan_detail",
        "/cn-api/api/open_platform/job/info/v2",
        "/api/user_devices/current_state",
        "/api/user_devices",
    }
    assert answer["jobs"]["unavailableSources"] == []
    by_id = {job["id"]: job for job in answer["jobs"]["nodes"]}
    tasks = {task["guid"]: task for task in hall.state()["tasks"]}
    layouts = {one["guid"]: one for one in hall.state()["layouts"]}
    found = {key for key, job in by_id.items() if job["kind"] == "TASK"}
    assert found == {f"laser:job:{guid}" for guid in tasks}
    for guid, task in tasks.items():
        if not task["bare"]:
            parents = {one["id"] for one in by_id[f"laser:job:{guid}"]["parents"]["nodes"]}
            parts = layouts[task["layout"]]["parts"]
            assert parents <= {f"laser:job:{job}" for job in layouts[task["layout"]]["jobs"]}
            assert parents
            for parent in parents:
                assert f"laser:job:{guid}" in {one["id"] for one in by_id[parent]["children"]["nodes"]}
                placed = next(
                    one
                    for one in by_id[parent]["layouts"]["nodes"]
                    if one["id"] == f"laser:layout:{task['layout']}"
                )
                assert {one["id"] for one in placed["pieces"]["nodes"]} == {
                    f"laser:piece:{part}" for part in parts
                }


@pytest.fixture(scope="module", params=["plain", "odd"])
def habits(request: pytest.FixtureRequest) -> Iterator[Hall]:
    """The same hall told plainly and with every habit."""
    odd: dict[str, object] = {
        "guid_case": "mixed",
        "oddities": ["props-object", "repeated-tasks", "string-numbers", "missing-fields", "plc-periods"],
        "software": "2.0",
        "zone_id": "ignored",
    }
    with running(bare_tasks=0, **(odd if request.param == "odd" else {})) as hall:
        yield hall


async def test_habits_of_the_vendor_change_nothing(habits: Hall, source: Build) -> None:
    """What was sent in other cases, types and shapes is the same floor."""
    laser = source(habits)
    jobs = (await laser.select(Kind.JOB, EVERYTHING, NOW)).items
    again = (await laser.select(Kind.JOB, EVERYTHING, NOW)).items
    assert [job.id for job in jobs] == [job.id for job in again], "GUIDs in other cases are the same jobs"
    state = habits.state()
    assert {job.remote_id for job in jobs if job.kind is JobKind.TASK} == {
        one["guid"] for one in state["tasks"]
    }
    layouts = (await laser.select(Kind.LAYOUT, EVERYTHING, NOW)).items
    tasked = {one["layout"] for one in state["tasks"]}
    assert {one.remote_id for one in layouts} == tasked
    assert all(isinstance(one.thickness_mm, float) for one in layouts)
    pieces = (await laser.select(Kind.PIECE, EVERYTHING, NOW)).items
    assert {name for one in pieces for name in [entry.name for entry in one.properties]} == {
        "customer",
        "order",
    }
    assert laser.diagnostics.quarantined() == []
    kinds = {note.change for note in laser.diagnostics.drift_notes()}
    assert kinds <= {"gone"}, laser.diagnostics.drift_notes()


async def test_the_pieces_of_a_task_are_those_of_its_layout(hall: Hall, source: Build) -> None:
    laser = source(hall)
    await laser.select(Kind.JOB, EVERYTHING, NOW)
    state = hall.state()
    task = next(one for one in state["tasks"] if not one["bare"])
    layout = next(one for one in state["layouts"] if one["guid"] == task["layout"])
    by_task = Where(By.JOB, frozenset({f"laser:job:{task['guid']}"}))
    found = await laser.select(Kind.PIECE, by_task, Freshness())
    assert {one.remote_id for one in found.items} == set(layout["parts"])
    by_layout = Where(By.LAYOUT, frozenset({f"laser:layout:{layout['guid']}"}))
    same = await laser.select(Kind.PIECE, by_layout, Freshness())
    assert [one.id for one in same.items] == [one.id for one in found.items]
    by_machine = Where(By.STATION, frozenset({f"laser:station:{task['gmid']}"}))
    there = await laser.select(Kind.PIECE, by_machine, Freshness())
    assert there.groups is not None
    assert set(layout["parts"]) <= {one.remote_id for one in there.groups[f"laser:station:{task['gmid']}"]}


async def test_trees_that_are_none_are_borne(source: Build) -> None:
    oddities = [
        "cycle",
        "self-parent",
        "orphan",
        "late-parent",
        "empty-folder",
        "same-titles",
        "unknown-type",
    ]
    with running(tree_oddities=oddities, draft_share=0) as bent:
        laser = source(bent)
        jobs = (await laser.select(Kind.JOB, EVERYTHING, NOW)).items
        folders = {one.id: one for one in (await laser.select(Kind.JOB_FOLDER, EVERYTHING, NOW)).items}
        nodes = bent.state()["nodes"]
        assert {job.remote_id for job in jobs if job.kind is JobKind.NEST} == {
            str(node["id"]) for node in nodes if node["type"] != 0
        }
        assert {one.remote_id for one in folders.values()} == {
            str(node["id"]) for node in nodes if node["type"] == 0
        }
        for folder in folders.values():
            seen: set[str | None] = set()
            above: str | None = folder.id
            while above is not None:
                assert above not in seen, "nobody is their own ancestor"
                seen.add(above)
                above = folders[above].parent_id
        assert {note.change for note in laser.diagnostics.drift_notes()} == {"orphan", "cycle"}
        assert {word.word for word in laser.diagnostics.unmapped_words()} == {"7"}


async def test_a_job_that_is_deleted_takes_its_work_with_it(hall: Hall, source: Build) -> None:
    laser = source(hall)
    before = (await laser.select(Kind.JOB, EVERYTHING, NOW)).items
    owners = {one["job"] for one in hall.state()["layouts"] if len(one["jobs"]) == 1}
    gone = next(job for job in before if job.kind is JobKind.NEST and int(job.remote_id) in owners)
    hall.change(remove_nodes=[int(gone.remote_id)])
    after = await laser.select(Kind.JOB, EVERYTHING, NOW)
    assert gone.id not in {job.id for job in after.items}
    assert {job.remote_id for job in after.items if job.kind is JobKind.TASK} == {
        one["guid"] for one in hall.state()["tasks"]
    }


async def test_unchanged_jobs_keep_the_time_of_their_last_change(hall: Hall, source: Build) -> None:
    laser = source(hall)
    before = {job.id: job for job in (await laser.select(Kind.JOB, EVERYTHING, NOW)).items}
    task = next(one for one in hall.state()["tasks"] if one["finished"] + 1 < one["total"])
    hall.change(tasks=[{"guid": task["guid"], "finished": task["finished"] + 1}])
    after = {job.id: job for job in (await laser.select(Kind.JOB, EVERYTHING, NOW)).items}
    moved = {key for key, job in after.items() if job.updated_at != before[key].updated_at}
    assert f"laser:job:{task['guid']}" in moved
    assert len(moved) <= 4, "the task and the nests that it is part of"
    assert all(job.observed_at > before[key].observed_at for key, job in after.items())


async def test_machines_are_asked_one_by_one_only_when_a_query_selects_what_takes_it(
    hall: Hall, source: Build
) -> None:
    hall.change(machines=[{"gmid": gmid, "state": "IDLE"} for gmid in range(14, 18)])
    hall.change(machines=[{"gmid": 12, "state": "WORKING"}, {"gmid": 13, "state": "ALARMING"}])
    laser = source(hall)
    async with serving_sources([laser]) as base_url:
        await data(base_url, "{ stations { nodes { id status state { name } } } }")
        assert not {path.rpartition("/")[2] for path in hall.calls()} & {"cut_system_state", "current_alarms"}
        answer = await data(
            base_url,
            "{ stations { nodes { remoteId status progress { percent } alarms { code } laser { gas } } } }",
        )
    calls = {path.rpartition("/")[2]: count for path, count in hall.calls().items()}
    assert (calls["cut_system_state"], calls["current_alarms"]) == (1, 1)
    found = {one["remoteId"]: one for one in answer["stations"]["nodes"]}
    assert found["12"]["progress"] is not None
    assert found["13"]["alarms"]
    assert (found["14"]["progress"], found["14"]["alarms"]) == (None, [])
