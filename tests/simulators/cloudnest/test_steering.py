"""The hall and the gateway, steered from outside."""

from typing import Any

import pytest

from tests.simulators.cloudnest.client import DEVICES, TREE, cloudnest, signed

FIRST = {"cardId": "210000000001"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"machines": [{"gmid": 1}]}, "machines.0.gmid"),
        ({"machines": [{"gmid": 12, "state": "ASLEEP"}]}, "machines.0.state"),
        ({"tasks": [{"guid": "none"}]}, "tasks.0.guid"),
        ({"remove_nodes": [5]}, "remove_nodes.0"),
        ({"surprise": 1}, "surprise"),
    ],
)
async def test_a_change_that_makes_no_sense_changes_nothing(changes: dict[str, Any], field: str) -> None:
    async with cloudnest() as client:
        before = await client.hall()
        answer = await client.control("POST", "/state", {"clock_skew": 5, **changes})
        assert (answer.status_code, answer.json()["field"]) == (400, field)
        assert await client.hall() == before


async def test_nodes_come_move_and_go() -> None:
    async with cloudnest() as client:
        [folder] = (await client.change(add_folders=[{"title": "F"}]))["added_folders"]
        [job] = (await client.change(add_jobs=[{"title": "J", "parent": folder, "layouts": 0}]))["added_jobs"]
        await client.change(nodes=[{"id": job, "title": "K", "position": 5, "status": 3}])
        [node] = await client.read(TREE, {"job_id": [job]})
        assert node == {"id": job, "parent_id": folder, "title": "K", "type": 1, "status": 3, "position": 5}
        await client.change(remove_nodes=[folder])
        [orphan] = await client.read(TREE, {"job_id": [job]})
        assert orphan["parent_id"] == folder


async def test_tasks_are_added_and_changed() -> None:
    async with cloudnest() as client:
        [job] = (await client.change(add_jobs=[{"gmid": 13, "plates": 4}]))["added_jobs"]
        [task] = await client.tasks([job])
        assert (task["gmid"], task["total_plate_amount"], task["start_time"]) == (13, 4, None)
        await client.change(tasks=[{"guid": task["guid"].upper(), "finished": 4, "comments": "done by hand"}])
        [task] = await client.tasks([job])
        assert (task["status"], task["comments"]) == ("completed", "done by hand")
        assert task["finish_time"] == "2026-03-02 16:00:00"
        [added] = (await client.change(add_tasks=[{"layout": task["result_guid"], "gmid": 12, "plates": 2}]))[
            "added_tasks"
        ]
        assert added in {one["guid"] for one in await client.tasks([job])}
        await client.change(remove_layouts=[task["result_guid"]])
        assert await client.tasks([job]) == []


async def test_a_sheet_is_finished_at_once() -> None:
    async with cloudnest() as client:
        await client.change(machines=[{"gmid": 12, "state": "WORKING"}])
        one = (await client.hall())["machines"][0]
        before = next(task for task in (await client.hall())["tasks"] if task["guid"] == one["task"])
        await client.change(machines=[{"gmid": 12, "finish_sheet": True}])
        after = next(task for task in (await client.hall())["tasks"] if task["guid"] == one["task"])
        assert after["finished"] == before["finished"] + 1
        assert not (await client.hall())["machines"][0]["cutting"]


async def test_a_task_is_not_cut_more_often_than_planned() -> None:
    async with cloudnest() as client:
        await client.change(machines=[{"gmid": 12, "state": "WORKING"}])
        guid = (await client.hall())["machines"][0]["task"]
        task = next(task for task in (await client.hall())["tasks"] if task["guid"] == guid)
        await client.change(tasks=[{"guid": guid, "finished": task["total"]}])
        found = await client.change(machines=[{"gmid": 12, "finish_sheet": True}])
        after = next(task for task in found["tasks"] if task["guid"] == guid)
        assert after["finished"] == task["total"]


async def test_alarms_are_raised_and_cleared() -> None:
    async with cloudnest() as client:
        await client.change(machines=[{"gmid": 12, "state": "WORKING"}])
        raised = [{"gmid": 12, "code": "7", "text": "Hot"}, {"gmid": 12, "code": "8"}]
        await client.change(raise_alarms=raised)
        await client.step(60)
        found = await client.read(f"{DEVICES}/current_alarms", FIRST)
        assert [(one["alarmCode"], one["alarmDesc"]) for one in found] == [("7", "Hot"), ("8", "")]
        await client.change(clear_alarms=[{"gmid": 12, "code": "7"}])
        found = await client.read(f"{DEVICES}/current_alarms", FIRST)
        assert [one["alarmCode"] for one in found] == ["8"]


async def test_a_raised_alarm_outlives_the_alarm_of_the_machine() -> None:
    async with cloudnest() as client:
        await client.change(machines=[{"gmid": 12, "state": "ALARMING"}])
        await client.change(raise_alarms=[{"gmid": 12, "code": "7"}])
        await client.change(machines=[{"gmid": 12, "state": "IDLE"}])
        found = await client.read(f"{DEVICES}/current_alarms", FIRST)
        assert [one["alarmCode"] for one in found] == ["7"]


async def test_machines_come_go_and_are_renamed() -> None:
    async with cloudnest(machines=2) as client:
        added = (await client.change(add_machines=1))["added_machines"]
        assert added == [14]
        await client.change(remove_machines=[12], machines=[{"gmid": 13, "nickname": "B"}])
        assert [one["nickname"] for one in await client.read(DEVICES)] == ["B", "Laser 3"]
        await client.step(3600)
        assert (await client.hall())["machines"][1]["state"] != "OFFLINE"


async def test_permissions_and_the_clock_change_while_it_runs() -> None:
    async with cloudnest() as client:
        await client.change(
            ungranted=["devices"],
            granted_machines=[13],
            org_codes=["OTHER"],
            app_secret="new",
            clock_skew=900,
        )
        headers = signed(client.now + 900, secret="new")
        assert await client.code(DEVICES, headers=headers) == 1007
        assert await client.code(TREE, headers=headers) == 1009
        assert await client.read(TREE, headers=headers, org="OTHER")
        assert await client.code(TREE, headers=signed(client.now + 900)) == 1003
        assert await client.code(f"{DEVICES}/detail", FIRST, headers=headers) == 1010
        await client.change(granted_machines="all", clock_skew=0)
        assert await client.read(f"{DEVICES}/detail", FIRST, headers=signed(client.now, secret="new"))


async def test_plates_change() -> None:
    async with cloudnest() as client:
        guid = (await client.hall())["plates"][0]["guid"]
        found = await client.change(plates=[{"guid": guid, "remaining": 3, "name": "Last ones"}])
        assert found["plates"][0] == {
            "guid": guid,
            "name": "Last ones",
            "type": 0,
            "remaining": 3,
            "parent": None,
        }


async def test_stock_goes_down_and_is_delivered_anew() -> None:
    async with cloudnest(pace=5) as client:
        before = (await client.hall())["plates"]
        wanted = [{"guid": str(one["guid"]), "remaining": 2} for one in before if one["type"] == 0]
        await client.change(plates=wanted)
        await client.step(86_400)
        after = {one["guid"]: one["remaining"] for one in (await client.hall())["plates"]}
    left = [after[str(one["guid"])] for one in wanted]
    assert min(left) > 0
    assert max(left) > 2
