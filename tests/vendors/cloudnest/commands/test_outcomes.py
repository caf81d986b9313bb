"""Every command in every outcome, and what the simulator and the log say of it."""

import asyncio

import pytest

from tests.end_to_end.commands.shop import command
from tests.support.client import live
from tests.support.deadline import DEADLINE
from tests.vendors.cloudnest.commands.conftest import application, every_command, writes
from tests.vendors.cloudnest.commands.deeds import DEEDS, Deed
from tests.vendors.cloudnest.conftest import Hall

EACH = pytest.mark.parametrize("deed", DEEDS, ids=[deed.label.rpartition("/")[2] for deed in DEEDS])


def test_no_command_is_left_out() -> None:
    assert {deed.name for deed in DEEDS} == set(every_command())


@EACH
async def test_done(workshop: Hall, deed: Deed) -> None:
    deed.prepare(workshop)
    before = workshop.state()
    async with application(workshop) as base_url:
        done = await deed.send(base_url, before, commandId="c1")
        assert (done["outcome"], done["userErrors"]) == ("ACCEPTED" if deed.accepted else "CONFIRMED", [])
        assert done[deed.record] is not None or deed.name == "deleteNestJob"
        workshop.step(60 if deed.accepted else 0)
        assert deed.seen(before, workshop.state())
        known = await command(base_url, "c1")
        assert known["sentAt"] is not None
        assert known["vendorAnswer"] is not None or deed.name in (
            "deleteNestJob",
            "autoNest",
            "uploadCutTask",
        )
    assert writes(workshop) == [deed.label]


@EACH
async def test_rejected_here(workshop: Hall, deed: Deed) -> None:
    deed.prepare(workshop)
    before = workshop.state()
    async with application(workshop) as base_url:
        done = await deed.send(base_url, before, **deed.wrong)
    assert done["outcome"] == "REJECTED"
    assert {error["code"] for error in done["userErrors"]} == {deed.wrong_code}
    (path,) = {tuple(error["field"][:2]) for error in done["userErrors"]}
    assert path == ("input", next(iter(deed.wrong)))
    assert writes(workshop) == []


@EACH
@pytest.mark.parametrize(
    ("body", "code", "vendor_code"),
    [
        ('{"status": 1007, "msg": "no", "data": null}', "REFUSED_BY_VENDOR", "1007"),
        ('{"status": 2004, "msg": "The data is in use", "data": null}', "CONFLICT", "2004"),
        ('{"status": 2006, "msg": "The task is already assigned", "data": null}', "CONFLICT", "2006"),
        ('{"status": 2001, "msg": "Parameter error: width", "data": null}', "INVALID", "2001"),
        ('{"status": 2005, "msg": "The machine is offline", "data": null}', "NOT_POSSIBLE_NOW", "2005"),
    ],
)
async def test_rejected_by_the_vendor(
    workshop: Hall, deed: Deed, body: str, code: str, vendor_code: str
) -> None:
    deed.prepare(workshop)
    before = workshop.state()
    workshop.fault("status", endpoint=deed.label, status=200, body=body, content_type="application/json")
    async with application(workshop) as base_url:
        done = await deed.send(base_url, before, commandId="c1")
        assert done["outcome"] == "REJECTED"
        (error,) = done["userErrors"]
        assert (error["code"], error["vendorCode"]) == (code, vendor_code)
        assert (await command(base_url, "c1"))["sentAt"] is not None
    assert writes(workshop) == [deed.label]


@EACH
@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
async def test_the_vendor_failed_inside(workshop: Hall, deed: Deed, status: int) -> None:
    """What it did until then nobody knows."""
    deed.prepare(workshop)
    before = workshop.state()
    workshop.fault("status", endpoint=deed.label, status=status)
    async with application(workshop) as base_url:
        done = await deed.send(base_url, before)
        assert done["outcome"] == "OUTCOME_UNKNOWN"
    assert writes(workshop) == [deed.label]


@EACH
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, '{"status": 500, "msg": "invalid response from upstream", "data": null}'),
        (503, '{"status": 2004, "msg": "The data is in use", "data": null}'),
        (408, '{"status": 2002, "msg": "The data does not exist", "data": null}'),
    ],
)
async def test_words_of_a_gateway_that_failed_inside_prove_nothing(
    workshop: Hall, deed: Deed, status: int, body: str
) -> None:
    deed.prepare(workshop)
    before = workshop.state()
    workshop.fault("status", endpoint=deed.label, status=status, body=body, content_type="application/json")
    async with application(workshop) as base_url:
        done = await deed.send(base_url, before)
        assert done["outcome"] == "OUTCOME_UNKNOWN"
    assert writes(workshop) == [deed.label]


@EACH
async def test_the_vendor_is_away(workshop: Hall, deed: Deed) -> None:
    deed.prepare(workshop)
    before = workshop.state()
    workshop.fault("status", status=503)
    async with application(workshop) as base_url:
        done = await deed.send(base_url, before)
        assert done["outcome"] == "REJECTED"
        assert {error["code"] for error in done["userErrors"]} == {"SOURCE_UNAVAILABLE"}
    assert writes(workshop) == []


@EACH
async def test_without_the_path_it_cannot_be_sent(workshop: Hall, deed: Deed) -> None:
    off = {"upload_cut": {"path": ""}} if deed.name == "uploadCutTask" else {}
    before = workshop.state()
    async with application(workshop, endpoints=off) as base_url:
        done = await deed.send(base_url, before)
    assert done["outcome"] == "REJECTED"
    (error,) = done["userErrors"]
    assert error["code"] == "UNSUPPORTED"
    assert "endpoints." in error["message"]
    assert writes(workshop) == []


async def test_a_change_carries_the_id_of_its_command(workshop: Hall) -> None:
    deed = next(deed for deed in DEEDS if deed.name == "pushLayoutToStation")
    deed.prepare(workshop)
    before = workshop.state()
    async with application(workshop) as base_url, live(base_url) as socket:
        await socket.subscribe(
            "subscription { jobChanged { kind id commandId job { kind station { id } } } }"
        )
        while (await socket.next())["data"]["jobChanged"]["kind"] != "CAUGHT_UP":
            pass
        done = await deed.send(base_url, before, commandId="c1")
        made = done["job"]["id"]
        async with asyncio.timeout(DEADLINE):
            while (change := (await socket.next())["data"]["jobChanged"])["id"] != made:
                pass
    assert (change["kind"], change["commandId"]) == ("ADDED", "c1")
    assert change["job"] == {"kind": "TASK", "station": {"id": "laser:station:13"}}
