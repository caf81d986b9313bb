"""Every command that CWork takes, in every outcome, and what the simulator and the log say of it."""

import asyncio
from pathlib import Path

import pytest

from tests.end_to_end.commands.deeds import DEEDS, Deed, versions
from tests.end_to_end.commands.shop import Vendor, application, command, eventually, every_command
from tests.support.client import data, live, query
from tests.support.deadline import DEADLINE

EACH = pytest.mark.parametrize("deed", DEEDS, ids=[deed.name for deed in DEEDS])


def made_ready(vendor: Vendor, deed: Deed) -> None:
    if deed.prepare:
        vendor.change(**deed.prepare)
    vendor.step(60)


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def test_no_command_is_left_out() -> None:
    assert {deed.name for deed in DEEDS} | {"changeStationState"} == set(every_command("cwork"))


@EACH
async def test_confirmed(vendor: Vendor, deed: Deed) -> None:
    made_ready(vendor, deed)
    async with application(vendor, exchange_dir=str(vendor.exchange), **deed.table) as base_url:
        done = await deed.send(base_url, commandId="c1")
        assert (done["outcome"], done["userErrors"]) == ("CONFIRMED", [])
        assert done[deed.record] is not None
        assert await deed.seen(vendor, base_url)
        known = await command(base_url, "c1")
        assert (known["name"], known["outcome"]) == (deed.name, "CONFIRMED")
        assert known["records"]
    assert [call["label"] for call in vendor.writes()] == [deed.label]
    assert files(vendor.exchange) == []


@EACH
async def test_rejected_here(vendor: Vendor, deed: Deed) -> None:
    async with application(vendor, exchange_dir=str(vendor.exchange)) as base_url:
        done = await deed.send(base_url, **deed.wrong)
        assert done["outcome"] == "REJECTED"
        assert {error["code"] for error in done["userErrors"]} == {deed.wrong_code}
        (path,) = {tuple(error["field"]) for error in done["userErrors"]}
        assert path[0] == "input"
        assert path[1] in deed.wrong
    assert vendor.writes() == []


@EACH
async def test_the_vendor_is_away(vendor: Vendor, deed: Deed) -> None:
    vendor.fault("status", status=503)
    async with application(vendor, exchange_dir=str(vendor.exchange)) as base_url:
        done = await deed.send(base_url)
        assert done["outcome"] == "REJECTED"
        assert {error["code"] for error in done["userErrors"]} == {"SOURCE_UNAVAILABLE"}
    assert vendor.writes() == []


async def test_sending_in_the_background_is_accepted(vendor: Vendor) -> None:
    """CWork tells how it began and cannot be asked how it ends."""
    deed = next(deed for deed in DEEDS if deed.name == "sendProgram")
    vendor.step(60)
    async with application(vendor) as base_url:
        done = await deed.send(base_url, asynchronous=True, commandId="c1")
        assert done["outcome"] == "ACCEPTED"
        assert done["operation"]["status"] == "UNKNOWN"
        assert done["operation"]["result"]["Status"].startswith("0: File Sent")
        known = await command(base_url, "c1")
        assert known["operation"]["result"]["GUID"]


async def test_writing_over_needs_the_second_switch(vendor: Vendor) -> None:
    deed = next(deed for deed in DEEDS if deed.name == "sendProgram")
    async with application(vendor, destructive_commands=False) as base_url:
        done = await deed.send(base_url, override=True)
        assert [error["code"] for error in done["userErrors"]] == ["DESTRUCTIVE_DISABLED"]
        assert vendor.writes() == []
        assert (await deed.send(base_url))["outcome"] == "CONFIRMED"
        # The vendor says that sending failed, and not that nothing was sent.
        assert (await deed.send(base_url))["outcome"] == "OUTCOME_UNKNOWN"
    async with application(vendor) as base_url:
        assert (await deed.send(base_url, override=True))["outcome"] == "CONFIRMED"


async def test_an_extension_that_the_station_does_not_take(vendor: Vendor) -> None:
    text = """mutation { sendProgram(input: { stationId: "north:station:2", programId: "north:program:1" }) {
        outcome userErrors { code vendorCode } } }"""
    async with application(vendor) as base_url:
        done = (await data(base_url, text))["sendProgram"]
    assert done["outcome"] == "REJECTED"
    assert done["userErrors"][0]["vendorCode"] in ("2018", "2019")


async def test_a_program_that_is_there_already(vendor: Vendor) -> None:
    deed = next(deed for deed in DEEDS if deed.name == "createProgram")
    async with application(vendor) as base_url:
        done = await deed.send(base_url, reference="PGM0001", folder="")
    assert [error["code"] for error in done["userErrors"]] == ["CONFLICT"]
    assert vendor.writes() == []


async def test_versions_need_the_exchange_folder(vendor: Vendor, tmp_path: Path) -> None:
    deed = next(deed for deed in DEEDS if deed.name == "submitProgramVersion")
    async with application(vendor) as base_url:
        done = await deed.send(base_url)
        assert [error["code"] for error in done["userErrors"]] == ["UNSUPPORTED"]
        assert "exchange_dir" in done["userErrors"][0]["message"]
    async with application(vendor, exchange_dir=str(tmp_path)) as base_url:
        done = await deed.send(base_url)
        assert [error["vendorCode"] for error in done["userErrors"]] == ["2015"]
        assert "exchange_dir" in done["userErrors"][0]["message"]
    assert files(tmp_path) == []


async def test_what_is_submitted_is_what_is_kept(vendor: Vendor) -> None:
    deed = next(deed for deed in DEEDS if deed.name == "submitProgramVersion")
    content = "(PGM 1)\n" + "G01 X1.0\n" * 400
    async with application(vendor, exchange_dir=str(vendor.exchange)) as base_url:
        done = await deed.send(base_url, content=content, commandId="c1")
        text = "query ($id: ID!) { node(id: $id) { ... on ProgramVersion { content { text } } } }"
        kept = await query(base_url, text, {"id": done["programVersion"]["id"]})
        assert kept["data"]["node"]["content"]["text"] == content
        logged = (await command(base_url, "c1"))["input"]["content"]
    assert logged["sizeBytes"] == len(content)
    assert len(logged["sha256"]) == 64


async def test_certifying_adds_a_version_or_edits_it(vendor: Vendor) -> None:
    deed = next(deed for deed in DEEDS if deed.name == "certifyProgramVersion")
    async with application(vendor) as base_url:
        before = {one["id"] for one in await versions(base_url, "north:program:1")}
        done = await deed.send(base_url)
        assert done["programVersion"]["id"] not in before


async def test_a_machine_that_stops_deleting(vendor: Vendor) -> None:
    """FOCAS refuses the program at hand and stops there: what came before it is gone."""
    deed = next(deed for deed in DEEDS if deed.name == "deleteProgramRange")
    body = (
        '{"MacroStatus": {"StatusCode": 3, "StatusMessage": "3: Impossible to delete the document"}, '
        '"FileDeleteStatusDetail": {"FileName": "O7", "ErrorCode": 13, "ErrorMessage": "EW_REJECT"}}'
    )
    vendor.fault("status", endpoint=deed.label, status=500, body=body, content_type="application/json")
    async with application(vendor) as base_url:
        done = await deed.send(base_url)
    assert done["outcome"] == "OUTCOME_UNKNOWN"
    assert "O7" in done["userErrors"][0]["message"]


async def test_a_command_followed_live(vendor: Vendor) -> None:
    """First as it is known, then again when more is known, then the end."""
    deed = DEEDS[0]
    vendor.fault("hang", endpoint=deed.label, applied=True, count=1)
    async with application(vendor) as base_url, live(base_url) as socket:
        sending = asyncio.create_task(deed.send(base_url, commandId="c1"))
        await eventually(lambda: asyncio.to_thread(vendor.writes), lambda calls: len(calls) == 1)
        await socket.subscribe(
            "subscription ($id: ID!) { commandChanged(id: $id) { outcome sentAt } }", id="c1"
        )
        first = (await socket.next())["data"]["commandChanged"]
        assert first["outcome"] is None
        assert first["sentAt"] is not None
        await sending
        assert (await socket.next())["data"]["commandChanged"]["outcome"] == "OUTCOME_UNKNOWN"
        vendor.heal()
        assert (await socket.next())["data"]["commandChanged"]["outcome"] == "CONFIRMED"
        assert (await socket.receive())["type"] == "complete"
        await socket.subscribe('subscription { commandChanged(id: "nobody") { outcome } }', key="2")
        message = await socket.receive()
        told = message["payload"]["errors"] if message["type"] == "next" else message["payload"]
        assert told[0]["extensions"]["code"] == "BAD_ARGUMENT"


STATIONS = [
    deed for deed in DEEDS if deed.name in ("amendStationState", "resumeAutomaticState", "resetPartCount")
]


@pytest.mark.parametrize("deed", STATIONS, ids=[deed.name for deed in STATIONS])
@pytest.mark.parametrize("lost", [False, True], ids=["answered", "answer lost"])
async def test_the_change_that_confirms_a_command_carries_its_id(
    vendor: Vendor,
    deed: Deed,
    lost: bool,
) -> None:
    """Also when the answer was lost: then the change is how one learns that it was done."""
    made_ready(vendor, deed)
    text = """subscription { stationChanged(filter: { ids: ["north:station:1"] }) {
        kind cause commandId changedFields } }"""
    async with application(vendor) as base_url, live(base_url) as socket:
        await socket.subscribe(text)
        while (await socket.next())["data"]["stationChanged"]["kind"] != "CAUGHT_UP":
            pass
        if lost:
            vendor.fault("hang", endpoint=deed.label, applied=True, count=1)
        done = await deed.send(base_url, commandId="c-9")
        assert done["outcome"] == ("OUTCOME_UNKNOWN" if lost else "CONFIRMED")
        async with asyncio.timeout(DEADLINE):
            change = (await socket.next())["data"]["stationChanged"]
        assert (change["kind"], change["cause"], change["commandId"]) == ("UPDATED", "COMMAND", "c-9")
        assert set(change["changedFields"]) & {"state", "status", "partsSinceReset"}
