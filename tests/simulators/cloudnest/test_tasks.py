"""Production tasks, plates used, parts in order, finished work: and whose they are."""

from collections import Counter
from typing import Any

import pytest

from tests.simulators.cloudnest.client import (
    BEIJING,
    INVENTED,
    PART_ORDER,
    PLATES_USED,
    RESULTS,
    TASKS,
    cloudnest,
)

PARAMETER, NOT_FOUND, TOO_MANY = 2001, 2002, 2003
WINDOW = {"start_time": "2026-03-02 00:00:00", "end_time": BEIJING}


async def test_a_task_has_the_documented_fields() -> None:
    async with cloudnest() as client:
        task = next(one for one in await client.tasks(await client.jobs()) if one["parts"])
    assert list(task) == [
        "guid", "result_guid", "plate_name", "gmid", "width", "height", "material", "thickness",
        "part_amount", "total_plate_amount", "finish_plate_amount", "comments", "start_time", "finish_time",
        "status", "parts",
    ]  # fmt: skip
    assert list(task["parts"][0]) == [
        "guid", "material", "thickness", "amount", "part_name", "props", "drawing_name", "drawing_guid",
        "job_id",
    ]  # fmt: skip
    assert sum(part["amount"] for part in task["parts"]) == task["part_amount"]
    assert task["guid"] == task["guid"].lower()
    assert task["result_guid"] == task["result_guid"].upper()
    assert list(task["parts"][0]["props"][0]) == ["prop_name", "prop_value"]


async def test_tasks_are_done_under_way_and_waiting() -> None:
    async with cloudnest() as client:
        tasks = await client.tasks(await client.jobs())
    seen = Counter((bool(one["start_time"]), bool(one["finish_time"]), one["status"]) for one in tasks)
    assert set(seen) == {
        (True, True, "completed"),
        (True, False, "uncompleted"),
        (False, False, "uncompleted"),
    }
    assert all(one["finish_plate_amount"] <= one["total_plate_amount"] for one in tasks)


async def test_a_batch_says_whose_tasks_are_only_in_their_parts() -> None:
    async with cloudnest(mixed_share=0.5, bare_tasks=0) as client:
        jobs = await client.jobs()
        alone = {job: {one["guid"] for one in await client.tasks([job])} for job in jobs}
        together = await client.tasks(jobs)
        regrouped: dict[int, set[str]] = {job: set() for job in jobs}
        for task in together:
            assert "job_id" not in task
            for part in task["parts"]:
                regrouped[part["job_id"]].add(task["guid"])
    assert len(together) == len({task["guid"] for task in together})
    assert any(len({part["job_id"] for part in task["parts"]}) > 1 for task in together)
    assert regrouped == alone


async def test_a_task_without_parts_is_found_only_by_asking_for_one_job() -> None:
    async with cloudnest(bare_tasks=1) as client:
        jobs = await client.jobs()
        [bare] = [task for task in await client.tasks(jobs) if not task["parts"]]
        owners = [job for job in jobs if bare["guid"] in {one["guid"] for one in await client.tasks([job])}]
    assert len(owners) == 1
    assert bare["part_amount"] > 0


async def test_a_task_may_come_once_per_job() -> None:
    async with cloudnest(mixed_share=1, oddities=["repeated-tasks"]) as client:
        guids = [one["guid"] for one in await client.tasks(await client.jobs())]
    assert len(guids) > len(set(guids))


@pytest.mark.parametrize(("count", "works"), [(50, True), (51, False)])
async def test_one_call_names_fifty_jobs_at_most(count: int, works: bool) -> None:
    async with cloudnest(jobs=60) as client:
        jobs = (await client.jobs())[:count]
        answer = (await client.send(TASKS, {"job_id": jobs})).json()
    assert answer["status"] == (0 if works else TOO_MANY)


@pytest.mark.parametrize("body", [{}, {"job_id": 5}, {"job_id": ["5"]}, {"job_id": [True]}, []])
async def test_a_wrong_body_is_a_wrong_parameter(body: Any) -> None:
    async with cloudnest() as client:
        assert await client.code(TASKS, body) == PARAMETER


async def test_plates_used_add_up_and_do_not_say_for_which_job() -> None:
    async with cloudnest() as client:
        jobs = await client.jobs()
        together = {one["guid"]: one["amount"] for one in await client.read(PLATES_USED, {"job_id": jobs})}
        apart: Counter[str] = Counter()
        for job in jobs:
            for one in await client.read(PLATES_USED, {"job_id": [job]}):
                assert "job_id" not in one
                assert (one["file_url"] is not None) is (one["plate_type"] == 1)
                apart[one["guid"]] += one["amount"]
    assert together == apart


async def test_a_plate_counts_for_the_job_its_layout_belongs_to() -> None:
    async with cloudnest(mixed_share=1) as client:
        hall = await client.hall()
        mixed = next(one for one in hall["layouts"] if len(one["jobs"]) > 1)
        for job in mixed["jobs"]:
            expected: Counter[str] = Counter()
            for layout in hall["layouts"]:
                if layout["job"] == job:
                    planned = sum(one["total"] for one in hall["tasks"] if one["layout"] == layout["guid"])
                    expected[layout["plate"]] += planned or 1
            used = await client.read(PLATES_USED, {"job_id": [job]})
            assert {one["guid"]: one["amount"] for one in used} == expected


async def test_parts_can_be_ordered_by_the_other_axis() -> None:
    async with cloudnest() as client:
        task = (await client.tasks(await client.jobs()))[0]
        body = {"type": "SingleResult", "guid": task["result_guid"]}
        orders = [
            (await client.read(PART_ORDER, {**body, **axis}))["nest_result"][0]["part_list"]
            for axis in ({}, {"order_by": "x"}, {"order_by": "y"})
        ]
        assert await client.code(PART_ORDER, {**body, "order_by": "z"}) == PARAMETER
    assert orders[0] == orders[1] != orders[2]
    assert Counter(orders[0]) == Counter(orders[2])


@pytest.mark.parametrize("kind", ["SingleResult", "task"])
async def test_parts_come_in_order_one_guid_per_copy(kind: str) -> None:
    async with cloudnest(bare_tasks=0) as client:
        task = (await client.tasks(await client.jobs()))[0]
        body = {"type": "SingleResult", "guid": task["result_guid"].lower(), "order_by": "x"}
        found = await client.read(PART_ORDER, body)
        if kind == "task":
            found = await client.read(PART_ORDER, {**body, "type": "task", "guid": found["guid"].upper()})
        [layout] = [one for one in found["nest_result"] if one["guid"].lower() == body["guid"]]
    wanted = {part["guid"]: part["amount"] for part in task["parts"]}
    assert Counter(layout["part_list"]) == wanted
    assert layout["part_list"] != sorted(layout["part_list"])
    assert layout["plate_name"] == task["plate_name"]


@pytest.mark.parametrize(("software", "kind"), [("1.0", "SingleResult"), ("2.0", "task")])
async def test_the_two_softwares_take_different_guids(software: str, kind: str) -> None:
    async with cloudnest(software=software) as client:
        task = (await client.tasks(await client.jobs()))[0]
        assert await client.code(PART_ORDER, {"type": kind, "guid": task["result_guid"]}) == PARAMETER


async def test_an_unknown_layout_is_not_found() -> None:
    async with cloudnest() as client:
        assert await client.code(PART_ORDER, {"type": "SingleResult", "guid": "none"}) == NOT_FOUND


async def test_finished_tasks_are_results_of_their_machine() -> None:
    async with cloudnest(bare_tasks=0) as client:
        done = [one for one in await client.tasks(await client.jobs()) if one["status"] == "completed"]
        found = []
        for gmid in range(12, 18):
            rows = await client.read(RESULTS, {"gmid": gmid, **WINDOW})
            found += [(gmid, row["uuid"].lower(), row["amount"]) for row in rows]
    assert found
    expected = [(one["gmid"], one["result_guid"].lower(), one["total_plate_amount"]) for one in done]
    assert Counter(found) == Counter(expected)


async def test_results_know_only_their_window() -> None:
    async with cloudnest(oddities=["result-times"]) as client:
        rows = await client.read(RESULTS, {"gmid": 12, **WINDOW})
        last = max(row["finish_time"] for row in rows)
        window = {"start_time": last, "end_time": last}
        assert [one["finish_time"] for one in await client.read(RESULTS, {"gmid": 12, **window})] == [last]
        assert await client.code(RESULTS, {"gmid": 12, "start_time": last, "end_time": "today"}) == PARAMETER


async def test_results_of_deleted_jobs_stay() -> None:
    async with cloudnest() as client:
        before = await client.read(RESULTS, {"gmid": 12, **WINDOW})
        for start in range(0, 30, 50):
            jobs = (await client.jobs())[start : start + 50]
            await client.read(f"{INVENTED}/job/delete", {"job_id": jobs})
        assert await client.jobs() == []
        assert await client.read(RESULTS, {"gmid": 12, **WINDOW}) == before


async def test_guids_may_come_in_any_case() -> None:
    async with cloudnest(guid_case="mixed") as client:
        jobs = await client.jobs()
        first = [one["result_guid"] for one in await client.tasks(jobs)]
        second = [one["result_guid"] for one in await client.tasks(jobs)]
    assert first != second
    assert [one.lower() for one in first] == [one.lower() for one in second]


async def test_numbers_may_be_text_props_an_object_and_nulls_gone() -> None:
    async with cloudnest(oddities=["string-numbers", "props-object", "missing-fields"]) as client:
        tasks = await client.tasks(await client.jobs())
    assert all(isinstance(one["gmid"], str) and isinstance(one["thickness"], str) for one in tasks)
    assert all(isinstance(part["props"], dict) for one in tasks for part in one["parts"])
    assert any("start_time" not in one for one in tasks)
    assert None not in [value for one in tasks for value in one.values()]
