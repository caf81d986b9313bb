"""Writes: jobs, parts, drawings, plates, and what goes to a machine."""

from typing import Any

import orjson
import pytest

from tests.simulators.cloudnest.client import INVENTED, TREE, CloudNestClient, cloudnest

PARAMETER, NOT_FOUND, IN_USE, OFFLINE = 2001, 2002, 2004, 2005
PLATE = {
    "plate_type": 0, "plate_name": "New", "remain_amount": -1, "width": 1500, "height": 3000,
    "material_id": 1, "thickness": 0.8, "gap": 5,
}  # fmt: skip


async def new_job(client: CloudNestClient) -> int:
    """An empty job below the root."""
    return int((await client.read(f"{INVENTED}/job/add", {"title": "Mine"}))["id"])


def smart_part(job: int, **other: Any) -> dict[str, Any]:
    """The documented body of a part drawn from a shape."""
    return {
        "partName": "Ring", "material": "304", "thickness": 1, "gas": "N2", "amount": 7,
        "fillColor": "800000", "rotateLock": 1, "jobId": job, "props": {"order": "17"},
        "argument": {"L1": "50", "L2": "20"}, **other,
    }  # fmt: skip


async def test_from_an_empty_job_to_a_sheet_on_the_machine() -> None:
    async with cloudnest() as client:
        job = await new_job(client)
        part = (await client.read(f"{INVENTED}/part/draw", smart_part(job)))["guid"]
        [found] = await client.read(f"{INVENTED}/job/parts", {"job_id": [job]})
        assert (found["guid"], found["width"], found["amount"]) == (part, 50, 7)
        assert found["props"] == [{"prop_name": "order", "prop_value": "17"}]
        await client.read(f"{INVENTED}/job/boost", {"job_id": job})
        assert await client.read(f"{INVENTED}/job/layouts", {"job_id": [job]}) == []
        await client.step(30)
        [layout] = await client.read(f"{INVENTED}/job/layouts", {"job_id": [job]})
        await client.change(machines=[{"gmid": 12, "state": "IDLE"}])
        pushed = {"guid": layout["guid"], "gmid": 12, "amount": 2}
        task = (await client.read(f"{INVENTED}/production/push", pushed))["guid"]
        [shown] = await client.tasks([job])
        assert (shown["guid"], shown["gmid"], shown["total_plate_amount"]) == (task, 12, 2)
        assert task in (await client.hall())["machines"][0]["queue"]


async def test_nothing_goes_to_a_machine_that_is_off() -> None:
    async with cloudnest() as client:
        await client.change(machines=[{"gmid": 12, "state": "CLOSE"}])
        layout = (await client.tasks(await client.jobs()))[0]["result_guid"]
        body = {"guid": layout, "gmid": 12, "amount": 1}
        assert await client.code(f"{INVENTED}/production/push", body) == OFFLINE


async def test_a_file_is_uploaded_to_a_machine_and_cut() -> None:
    path = "/upload/api/device_tasks/upload/cut"
    data = {"cardId": "210000000001", "taskName": "mine.lxds", "taskAmount": "1"}
    async with cloudnest(jobs=0, new_jobs=False) as client:
        before = await client.hall()
        assert await client.code(path, org=None, data=data, files={"file": ("mine.lxds", b"")}) == OFFLINE
        await client.step(60)
        await client.change(machines=[{"gmid": 12, "state": "IDLE"}, {"gmid": 12, "release": True}])
        assert await client.read(path, org=None, data=data, files={"file": ("mine.lxds", b"G0")}) is None
        names = set()
        for _ in range(60):
            await client.step(10)
            work = await client.read("/api/user_devices/current_work", {"cardId": data["cardId"]})
            names.add(work and work["filename"])
        assert "mine.lxds" in names
        assert (
            await client.code(path, data={**data, "taskAmount": "x"}, files={"file": ("m", b"")}) == PARAMETER
        )
        assert await client.code(path, data) == PARAMETER
        assert (await client.hall())["nodes"] == before["nodes"]


async def test_parts_from_drawings() -> None:
    async with cloudnest() as client:
        job = await new_job(client)
        listed = [
            {
                "datas": {
                    "part_name": "Plate", "material": "304", "thickness": 2, "amount": 3, "prop": {"a": "b"},
                },
                "filename": "plate.dxf",
                "jobId": job,
                "optimization_parm": [{"type": "optimize", "RemoveTrivial": {"Enable": True}}],
            }
        ]  # fmt: skip
        form = {"data": {"parts": orjson.dumps(listed).decode()}, "files": {"file": ("plate.dxf", b"0\nEOF")}}
        [made] = await client.read(f"{INVENTED}/part/import_dxf", **form)
        [found] = await client.read(f"{INVENTED}/job/parts", {"job_id": [job]})
        assert (found["guid"], found["drawing_name"]) == (made["guid"], "plate.dxf")
        missing = {**form, "files": {"file": ("other.dxf", b"")}}
        assert await client.code(f"{INVENTED}/part/import_dxf", **missing) == PARAMETER


@pytest.mark.parametrize(
    "wrong", [{"material": "gold"}, {"thickness": 0}, {"amount": "7"}, {"argument": {"L1": "wide"}}]
)
async def test_a_part_must_make_sense(wrong: dict[str, Any]) -> None:
    async with cloudnest() as client:
        body = smart_part(await new_job(client), **wrong)
        assert await client.code(f"{INVENTED}/part/draw", body) == PARAMETER


async def test_parts_are_copied_changed_and_deleted() -> None:
    async with cloudnest() as client:
        job = await new_job(client)
        guid = (await client.read(f"{INVENTED}/part/draw", smart_part(job)))["guid"].upper()
        copy = (await client.read(f"{INVENTED}/part/copy", {"guid": guid}))["guid"]
        await client.read(f"{INVENTED}/part/update", {"guid": copy, "part_name": "Other", "amount": 2})
        await client.read(f"{INVENTED}/part/properties", {"guid": copy, "props": {"x": "y"}})
        found = await client.read(f"{INVENTED}/job/parts", {"job_id": [job]})
        assert [(one["part_name"], one["amount"]) for one in found] == [("Ring", 7), ("Other", 2)]
        assert found[1]["props"] == [{"prop_name": "x", "prop_value": "y"}]
        await client.read(f"{INVENTED}/part/update", {"guid": copy, "delete": True})
        assert len(await client.read(f"{INVENTED}/job/parts", {"job_id": [job]})) == 1
        used = next(one for one in await client.tasks(await client.jobs()) if one["parts"])["parts"][0][
            "guid"
        ]
        assert await client.code(f"{INVENTED}/part/update", {"guid": used, "delete": True}) == IN_USE


async def test_drawings_are_uploaded_processed_and_deleted() -> None:
    async with cloudnest() as client:
        job = await new_job(client)
        files = {"file": ("a.dxf", b"0")}
        [made] = await client.read(f"{INVENTED}/drawing/upload", data={"job_id": str(job)}, files=files)
        await client.read(f"{INVENTED}/drawing/fetch", {"job_id": job, "url": "https://example.com/b.dxf"})
        listed = await client.read(f"{INVENTED}/drawing/query", {"job_id": [job]})
        assert [one["drawing_name"] for one in listed] == ["a.dxf", "b.dxf"]
        assert await client.code(f"{INVENTED}/drawing/delete", {"guid": made["guid"]}) == IN_USE
        await client.read(f"{INVENTED}/drawing/force_delete", {"guid": made["guid"]})
        await client.step(20)
        states = await client.read(f"{INVENTED}/job/drawing_status", {"job_id": [job]})
        assert [one["status"] for one in states] == [1]
        await client.read(f"{INVENTED}/drawing/delete", {"guid": listed[1]["guid"]})
        assert await client.read(f"{INVENTED}/drawing/query", {"job_id": [job]}) == []


async def test_jobs_and_nestings_are_deleted() -> None:
    async with cloudnest() as client:
        tasks = await client.tasks(await client.jobs())
        begun = next(one for one in tasks if one["start_time"])
        waiting = next(one for one in tasks if not one["start_time"])
        body = {"guid": [begun["result_guid"]]}
        assert await client.code(f"{INVENTED}/job/delete_nesting", body) == IN_USE
        await client.read(f"{INVENTED}/job/delete_nesting", {"guid": [waiting["result_guid"]]})
        left = {one["guid"] for one in await client.tasks(await client.jobs())}
        assert waiting["guid"] not in left
        job = (await client.jobs())[0]
        await client.read(f"{INVENTED}/job/delete", {"job_id": [job]})
        assert job not in {node["id"] for node in await client.read(TREE)}
        assert await client.code(f"{INVENTED}/job/delete", {"job_id": [job]}) == NOT_FOUND
        await client.step(86_400)
        assert await client.jobs()


async def test_plates_and_materials_are_added_and_changed() -> None:
    async with cloudnest() as client:
        made = await client.read(f"{INVENTED}/material/add", {"material_name": "Titanium"})
        guid = (await client.read(f"{INVENTED}/plate/add", {**PLATE, "material_id": made["id"]}))["guid"]
        await client.read(f"{INVENTED}/plate/update", {"guid": guid, "remain_amount": 4})
        found = next(one for one in await client.read(f"{INVENTED}/plate/list") if one["guid"] == guid)
        assert (found["material"], found["remain_amount"], found["gap"]) == ("Titanium", 4, 5)
        for wrong in ({"width": 0}, {"remain_amount": -2}, {"plate_type": 2}):
            assert await client.code(f"{INVENTED}/plate/add", {**PLATE, **wrong}) == PARAMETER


async def test_a_job_goes_into_a_folder_not_into_a_job() -> None:
    async with cloudnest() as client:
        job = await new_job(client)
        body = {"title": "Below", "parent_id": job}
        assert await client.code(f"{INVENTED}/job/add", body) == NOT_FOUND
