"""What single commands say no to, what they send, and how long ones go on."""

from typing import Any

import pytest

from tests.end_to_end.commands.shop import command, eventually
from tests.support.client import data, query
from tests.vendors.cloudnest.commands.conftest import TOLD, application, writes
from tests.vendors.cloudnest.commands.deeds import DEEDS, DRAWN, SHAPE, Deed, job, job_of, layout_of
from tests.vendors.cloudnest.conftest import Hall


def deed(name: str, index: int = 0) -> Deed:
    return [one for one in DEEDS if one.name == name][index]


def told_without(*names: str) -> dict[str, Any]:
    return {name: path for name, path in TOLD.items() if name not in names}


async def errors(base_url: str, name: str, state: dict[str, Any], **given: Any) -> list[tuple[str, str]]:
    done = await deed(name).send(base_url, state, **given)
    assert done["outcome"] == "REJECTED"
    return [(error["code"], error["message"]) for error in done["userErrors"]]


async def test_a_job_is_not_deleted_while_a_machine_cuts_for_it(workshop: Hall) -> None:
    workshop.change(machines=[{"gmid": 12, "state": "WORKING"}])
    state = workshop.state()
    begun = next(task for task in state["tasks"] if task["start"] and task["finished"] < task["total"])
    busy = next(one["job"] for one in state["layouts"] if one["guid"] == begun["layout"])
    async with application(workshop) as base_url:
        ((code, message),) = await errors(base_url, "deleteNestJob", state, jobId=f"laser:job:{busy}")
        assert code == "NOT_POSSIBLE_NOW"
        assert "laser:station:" in message
        ((code, _),) = await errors(base_url, "deleteNestJob", state, jobId=f"laser:job:{begun['guid']}")
        assert code == "INVALID", "a production task is no nesting job"
    assert writes(workshop) == []


async def test_deleting_needs_the_second_switch(workshop: Hall) -> None:
    async with application(workshop, destructive_commands=False) as base_url:
        ((code, _),) = await errors(base_url, "deleteNestJob", workshop.state())
    assert code == "DESTRUCTIVE_DISABLED"
    assert writes(workshop) == []


@pytest.mark.parametrize(
    ("station", "state", "code", "words"),
    [
        ("laser:station:13", "OFFLINE", "NOT_POSSIBLE_NOW", "it is offline"),
        ("laser:station:13", "CLOSE", "NOT_POSSIBLE_NOW", "its software is closed"),
        ("laser:station:18", "IDLE", "NOT_POSSIBLE_NOW", "welds"),
        ("laser:station:99", "IDLE", "NOT_FOUND", "There is no station"),
    ],
)
@pytest.mark.parametrize("name", ["pushLayoutToStation", "uploadCutTask"])
async def test_a_machine_that_takes_nothing(
    workshop: Hall, name: str, station: str, state: str, code: str, words: str
) -> None:
    workshop.change(machines=[{"gmid": 13, "state": state}])
    async with application(workshop) as base_url:
        ((found, message),) = await errors(base_url, name, workshop.state(), stationId=station)
    assert found == code
    assert words in message
    assert writes(workshop) == []


async def test_a_machine_without_its_number_in_cloudnest(workshop: Hall) -> None:
    cards = [{"card_id": "210000000002"}]
    async with application(workshop, machines=cards) as base_url:
        state = workshop.state()
        where = {"stationId": "laser:station:210000000002"}
        ((code, message),) = await errors(base_url, "pushLayoutToStation", state, **where)
    assert code == "NOT_POSSIBLE_NOW"
    assert "gmid" in message


async def test_materials_are_named_where_they_can_be_listed(workshop: Hall) -> None:
    state = workshop.state()
    async with application(workshop) as base_url:
        ((code, message),) = await errors(base_url, "addPlate", state, material="Tin")
        assert (code, "5052 (3)" in message) == ("INVALID", True)
        ((code, message),) = await errors(base_url, "addParts", state, shape=SHAPE | {"material": "Tin"})
        assert (code, "304" in message) == ("INVALID", True)
    async with application(workshop, endpoints=told_without("material_list")) as base_url:
        ((code, message),) = await errors(base_url, "addPlate", state, material="DC01")
        assert (code, "by the vendor's number" in message) == ("INVALID", True)
        done = await deed("addPlate").send(base_url, state, material="3")
        assert done["outcome"] == "CONFIRMED"
    plate = workshop.state()["plates"][-1]
    assert (plate["name"], plate["type"], plate["remaining"]) == ("New plates", 0, 25)


async def test_plates_without_end_and_leftovers(workshop: Hall) -> None:
    async with application(workshop) as base_url:
        done = await deed("addPlate").send(base_url, workshop.state(), quantity=None, kind="SCRAP")
    assert done["outcome"] == "CONFIRMED"
    plate = workshop.state()["plates"][-1]
    assert (plate["type"], plate["remaining"]) == (1, -1)


async def test_parts_are_either_of_a_shape_or_drawn(workshop: Hall) -> None:
    state = workshop.state()
    async with application(workshop) as base_url:
        both = {"shape": SHAPE, "drawings": [DRAWN]}
        assert [code for code, _ in await errors(base_url, "addParts", state, **both)] == ["INVALID"]
        many = {"shape": None, "drawings": [DRAWN] * 21}
        assert [code for code, _ in await errors(base_url, "addParts", state, **many)] == ["INVALID"]
    async with application(workshop, endpoints=told_without("import_parts")) as base_url:
        drawn = {"shape": None, "drawings": [DRAWN]}
        ((code, message),) = await errors(base_url, "addParts", state, **drawn)
        assert (code, "endpoints.import_parts.path" in message) == ("UNSUPPORTED", True)
    assert writes(workshop) == []


async def test_a_part_is_as_it_was_asked_for(workshop: Hall) -> None:
    state = workshop.state()
    async with application(workshop) as base_url:
        await deed("addParts").send(base_url, state)
        await deed("addParts", 1).send(base_url, state)
        answer = await data(
            base_url,
            "query ($job: ID!) { pieces(first: 1000, maxAge: 0, filter: {job: $job}) { nodes {"
            " name quantity material thicknessMm sizeXMm sizeYMm drawing properties { name value } } } }",
            {"job": job(state)["jobId"]},
        )
    made = {one["name"]: one for one in answer["pieces"]["nodes"]}
    washer = made["Washer"]
    assert (washer["quantity"], washer["material"], washer["thicknessMm"]) == (12, "304", 0.8)
    assert (washer["sizeXMm"], washer["sizeYMm"]) == (50, 40)
    assert washer["properties"] == [{"name": "customer", "value": "C7"}]
    assert (made["Flange"]["quantity"], made["Flange"]["drawing"]) == (2, "1-Flange.dxf")
    assert made["Lid"]["drawing"] == "2-Lid.dxf"


async def test_what_was_confirmed_is_in_the_next_answer(workshop: Hall) -> None:
    """Without `maxAge`: nothing that was kept from before is served."""
    state = workshop.state()
    of_job = "query ($id: ID!) { job(id: $id) { name folder { id } } }"
    async with application(workshop) as base_url:
        before = await data(base_url, "{ jobs(first: 1000) { nodes { id } } }")
        made = await deed("createNestJob").send(base_url, state)
        found = await data(base_url, of_job, {"id": made["job"]["id"]})
        assert found["job"]["name"] == "Late order"
        after = await data(base_url, "{ jobs(first: 1000) { nodes { id } } }")
        known = {one["id"] for one in before["jobs"]["nodes"]}
        assert {one["id"] for one in after["jobs"]["nodes"]} - known == {made["job"]["id"]}
        await deed("deleteNestJob").send(base_url, state, jobId=made["job"]["id"])
        gone = await query(base_url, of_job, {"id": made["job"]["id"]})
        assert gone["data"]["job"] is None


async def test_nesting_ends_with_the_first_new_layout(workshop: Hall) -> None:
    before = workshop.state()
    async with application(workshop) as base_url:
        done = await deed("autoNest").send(base_url, before, commandId="c1")
        assert done["operation"]["status"] == "RUNNING"
        workshop.step(60)
        known = await eventually(
            lambda: command(base_url, "c1"), lambda found: found["operation"]["status"] != "RUNNING"
        )
    operation = known["operation"]
    fresh = {one["guid"] for one in workshop.state()["layouts"]} - {one["guid"] for one in before["layouts"]}
    assert (operation["status"], operation["progress"]) == ("SUCCEEDED", 1.0)
    assert operation["result"]["layouts"] == [f"laser:layout:{guid}" for guid in sorted(fresh)]
    assert writes(workshop) == [deed("autoNest").label]


async def test_nesting_that_nobody_can_watch_says_so(workshop: Hall) -> None:
    async with application(workshop, endpoints=told_without("job_layouts")) as base_url:
        done = await deed("autoNest").send(base_url, workshop.state())
    assert (done["outcome"], done["operation"]["status"]) == ("ACCEPTED", "UNKNOWN")


async def test_an_empty_job_has_nothing_to_nest(workshop: Hall) -> None:
    state = workshop.state()
    async with application(workshop) as base_url:
        made = await deed("createNestJob").send(base_url, state)
        ((code, _),) = await errors(base_url, "autoNest", state, jobId=made["job"]["id"])
    assert code == "NOT_POSSIBLE_NOW"


async def test_a_drawing_is_done_when_it_is_processed(workshop: Hall) -> None:
    async with application(workshop) as base_url:
        done = await deed("uploadDrawing").send(base_url, workshop.state(), commandId="c1")
        assert done["operation"]["status"] == "RUNNING"
        workshop.step(30)
        known = await eventually(
            lambda: command(base_url, "c1"), lambda found: found["operation"]["status"] != "RUNNING"
        )
    assert known["operation"]["status"] == "SUCCEEDED"
    async with application(workshop, endpoints=told_without("drawing_status")) as base_url:
        done = await deed("uploadDrawing").send(base_url, workshop.state())
    assert done["outcome"] == "CONFIRMED"


async def test_the_number_of_a_job_may_be_found_by_its_title(workshop: Hall) -> None:
    search = {"job_search": {"path": "/cn-api/invented-for-tests/job/search"}}
    state = workshop.state()
    for told in (TOLD, TOLD | search):
        workshop.reset()
        silent = {"body": '{"status": 0, "msg": "ok", "data": null}', "content_type": "application/json"}
        label = deed("createNestJob").label
        workshop.fault("status", endpoint=label, status=200, applied=True, **silent)
        async with application(workshop, endpoints=told) as base_url:
            done = await deed("createNestJob").send(base_url, state)
        made = max(node["id"] for node in workshop.state()["nodes"])
        assert (done["outcome"], done["job"]) == ("CONFIRMED", {"id": f"laser:job:{made}"})


async def test_a_layout_is_pushed_by_the_guid_as_the_vendor_writes_it(workshop: Hall) -> None:
    workshop.change(machines=[{"gmid": 13, "state": "IDLE"}])
    state = workshop.state()
    async with application(workshop) as base_url:
        done = await deed("pushLayoutToStation").send(base_url, state, commandId="c1")
        task = await data(
            base_url,
            "query ($id: ID!) { job(id: $id) { kind status progress { total } layouts { nodes { id } } } }",
            {"id": done["job"]["id"]},
        )
    assert task["job"]["kind"] == "TASK"
    assert task["job"]["progress"] == {"total": 3}
    assert task["job"]["layouts"]["nodes"] == [{"id": f"laser:layout:{layout_of(state)}"}]
    assert job_of(state)


async def test_commands_count_against_their_own_quota(workshop: Hall) -> None:
    limited = TOLD | {"add_plate": {"path": TOLD["add_plate"]["path"], "calls_per_day": 1}}
    async with application(workshop, endpoints=limited) as base_url:
        assert (await deed("addPlate").send(base_url, workshop.state()))["outcome"] == "CONFIRMED"
        ((code, _),) = await errors(base_url, "addPlate", workshop.state())
        shown = await data(base_url, "{ sources { budget { endpoint limit used } } }")
    assert code == "SOURCE_UNAVAILABLE"
    assert {"endpoint": "add_plate", "limit": 1, "used": 1} in shown["sources"][0]["budget"]
    assert writes(workshop) == [deed("addPlate").label]
