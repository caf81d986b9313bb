"""Endpoints whose paths the vendor does not publish."""

from collections import Counter

import pytest

from floorgraph.simulators.cloudnest.app import ENDPOINTS, CloudNestServer
from floorgraph.simulators.cloudnest.options import CloudNestOptions
from tests.simulators.cloudnest.client import INVENTED, PLATES_USED, cloudnest


def test_names_and_paths_are_unique() -> None:
    assert max(Counter(one.name for one in ENDPOINTS).values()) == 1
    assert max(Counter((one.method, one.path) for one in ENDPOINTS).values()) == 1


def test_an_invented_path_says_so() -> None:
    assert {one.path.startswith(INVENTED) for one in ENDPOINTS if one.invented} == {True}
    assert {one.path.startswith(INVENTED) for one in ENDPOINTS if not one.invented} == {False}


async def test_an_endpoint_can_be_put_elsewhere() -> None:
    async with cloudnest(paths={"job_list": "/cn-api/api/somewhere"}) as client:
        listed = await client.read("/cn-api/api/somewhere")
        assert [one["id"] for one in listed] == await client.jobs()
        assert (await client.send(f"{INVENTED}/job/list")).status_code == 404
        calls = (await client.control("GET", "/calls")).json()["labels"]
        assert calls["POST /cn-api/api/somewhere"] == 1


def test_an_unknown_endpoint_cannot_be_put_anywhere() -> None:
    with pytest.raises(ValueError, match="no_such"):
        CloudNestServer(CloudNestOptions(paths={"no_such": "/x"}))


async def test_jobs_parts_and_layouts_agree_with_the_tasks() -> None:
    async with cloudnest(bare_tasks=0) as client:
        jobs = await client.jobs()
        assert [one["id"] for one in await client.read(f"{INVENTED}/job/info", {"job_id": jobs[:3]})] == jobs[
            :3
        ]
        parts = {one["guid"]: one for one in await client.read(f"{INVENTED}/job/parts", {"job_id": jobs})}
        layouts = await client.read(f"{INVENTED}/job/layout_details", {"job_id": jobs})
        tasks = await client.tasks(jobs)
        by_guid = {one["guid"]: one for one in layouts}
        for task in tasks:
            layout = by_guid[task["result_guid"]]
            assert layout["parts"] == task["parts"]
            assert layout["part_amount"] == task["part_amount"]
            assert {part["guid"] for part in task["parts"]} <= set(parts)
        assert {one["job_id"] for one in layouts} <= set(jobs)
        brief = await client.read(f"{INVENTED}/job/layouts", {"job_id": jobs})
        assert [one["guid"] for one in brief] == [one["guid"] for one in layouts]
        schedule = await client.read(f"{INVENTED}/job/schedule", {"job_id": jobs})
        assert [one["guid"] for one in schedule] == [one["guid"] for one in tasks]
        again = await client.read(f"{INVENTED}/production/task_details", {"guid": [tasks[0]["guid"].upper()]})
        assert again == tasks[:1]


async def test_one_layout_leads_to_its_job_and_parts() -> None:
    async with cloudnest(bare_tasks=0) as client:
        task = (await client.tasks(await client.jobs()))[0]
        body = {"guid": task["result_guid"]}
        job = await client.read(f"{INVENTED}/layout/job", body)
        assert job["job_id"] in {part["job_id"] for part in task["parts"]}
        assert job["material"] == task["material"]
        assert await client.read(f"{INVENTED}/layout/parts", body) == task["parts"]


async def test_placements_and_drawings_of_jobs() -> None:
    async with cloudnest() as client:
        jobs = await client.jobs()
        placed = await client.read(f"{INVENTED}/job/part_layouts", {"job_id": jobs})
        drawn = await client.read(f"{INVENTED}/job/layout_drawings", {"job_id": jobs})
        amounts = Counter[str]()
        for layout in drawn:
            amounts.update({part["guid"]: part["amount"] for part in layout["parts"]})
        assert {
            one["guid"]: sum(x["amount"] for x in one["layouts"]) for one in placed if one["layouts"]
        } == {**amounts}
        drawings = await client.read(f"{INVENTED}/drawing/query", {"job_id": jobs})
        states = await client.read(f"{INVENTED}/job/drawing_status", {"job_id": jobs})
        assert [one["guid"] for one in drawings] == [one["drawing_guid"] for one in states]
        assert {one["status"] for one in states} == {1}


async def test_a_title_is_searched_exactly() -> None:
    async with cloudnest(tree_oddities=["same-titles"]) as client:
        assert len(await client.read(f"{INVENTED}/job/search", {"title": "Sample"})) == 2
        assert await client.read(f"{INVENTED}/job/search", {"title": "Sampl"}) == []


async def test_stock() -> None:
    async with cloudnest() as client:
        plates = await client.read(f"{INVENTED}/plate/list")
        scraps = await client.read(f"{INVENTED}/plate/list", {"plate_type": 1})
        materials = await client.read(f"{INVENTED}/material/list", method="GET")
        parents = await client.read(f"{INVENTED}/plate/scrap_hierarchy", method="GET")
        used = await client.read(PLATES_USED, {"job_id": await client.jobs()})
    assert {one["plate_type"] for one in plates} == {0, 1}
    assert -1 in {one["remain_amount"] for one in plates}
    assert scraps == [one for one in plates if one["plate_type"] == 1]
    assert {one["material_id"] for one in plates} <= {one["id"] for one in materials}
    assert all(one["plate_type"] == 1 for parent in parents for one in parent["children"])
    assert parents
    assert {one["guid"] for one in used if one["plate_type"] == 0} <= {one["guid"] for one in plates}


async def test_all_parts() -> None:
    async with cloudnest() as client:
        assert len(await client.read(f"{INVENTED}/part/list")) == (await client.hall())["parts"]
