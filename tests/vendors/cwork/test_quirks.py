"""The twenty contradictions of CWork's document and servers, one test each, in the order of the list."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from floorgraph.model import JobKind, Kind, LiveStatus, StationStatus, Window
from floorgraph.model.source import Capability
from floorgraph.model.time import SystemClock
from floorgraph.vendors.coerce import Fields
from floorgraph.vendors.cwork.mapping.frame import Frame
from floorgraph.vendors.cwork.mapping.live import STATUS, live_status
from floorgraph.vendors.cwork.mapping.program import DOCUMENT, program
from floorgraph.vendors.cwork.mapping.state import STATE, StateTable, definition
from floorgraph.vendors.cwork.mapping.station import STATION, station
from floorgraph.vendors.cwork.payload import Payload
from floorgraph.vendors.cwork.question import kpi, protocol, tops
from floorgraph.vendors.diagnostics import Diagnostics
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING, By, Where
from tests.vendors.cwork.conftest import START, Build, Shop

NOW = Freshness()
AT = datetime.fromisoformat(START)
WINDOW = Window(AT - timedelta(hours=2), AT)


def frame() -> Frame:
    return Frame("north", AT, Diagnostics(clock=SystemClock()))


def read_station(**fields: Any) -> Any:
    here = frame()
    payload = {"Handle": 7, "Name": "HSC70", "MDCMode": True, **fields}
    return station(Fields(payload, STATION, diagnostics=here.diagnostics), here)


def read_live(**fields: Any) -> LiveStatus:
    here = frame()
    table = StateTable({}, {}, here.diagnostics)
    return live_status(Fields(fields, STATUS, diagnostics=here.diagnostics), here, read_station(), table)


@pytest.mark.parametrize("name", ["DNCGroup", "DNCgroup", "dncgroup"])
def test_quirk_1_the_dnc_group_is_spelt_in_two_ways(name: str) -> None:
    found = read_station(**{name: "HSCGroup", "MDCGroups": ["Milling", "HSCGroup", ""]})
    assert found.groups == ("HSCGroup", "Milling")


async def test_quirk_2_versions_and_licences_that_the_document_does_not_list(
    shop: Shop, source: Build
) -> None:
    shop.change(licences=["monitor", "dnc"])
    north = source(shop)
    await north.probe()
    assert north.version == ">=1.16", "the document's table of versions ends with 1.15"
    reasons = {state.name: state.reason or "" for state in north.capabilities()}
    assert "licence prod is missing" in reasons[Capability.ORDERS], "its list of licences lacks prod"


def test_quirk_3_tpm_is_the_oee_category() -> None:
    for name in ("OEECategory", "TPM"):
        fields = Fields({"Handle": 40, name: 4}, STATE, diagnostics=frame().diagnostics)
        assert definition(fields).category == 4


@pytest.mark.parametrize(
    ("fields", "running", "selected"),
    [
        ({"RunningProgram": {"Name": "A"}, "SelectedProgram": {"Name": "B"}}, "A", "B"),
        ({"ActiveProgram": {"Name": "A"}}, "A", None),
        ({"ActiveProgram": {"Name": "C"}, "RunningProgram": {"Name": "A"}}, "A", None),
        ({"RunningProgram": {}, "SelectedProgram": {}}, None, None),
        ({"RunningProgram": {"Name": ""}, "ActiveProgram": {}}, None, None),
        ({"RunningProgram": None, "SelectedProgram": ""}, None, None),
    ],
)
def test_quirk_4_the_program_stands_under_three_names(
    fields: dict[str, Any], running: str | None, selected: str | None
) -> None:
    found = read_live(**fields)
    assert (found.running_program, found.selected_program) == (running, selected)


async def test_quirk_5_json_written_by_hand_is_repaired_and_counted(odd: Shop, source: Build) -> None:
    north = source(odd.reset(), user="APIUser")
    await north.probe()
    jobs = await north.select(Kind.JOB, EVERYTHING, NOW)
    programs = await north.select(Kind.PROGRAM, EVERYTHING, NOW)
    assert jobs.items
    assert any(one.folder == "folder1" for one in programs.items)
    repairs = {(note.payload, note.change) for note in north.diagnostics.drift_notes()}
    assert {
        ("users", "empty value"),
        ("operations", "surplus comma"),
        ("documents", "lone backslash"),
    } <= repairs
    assert not north.diagnostics.has_quarantined


async def test_quirk_5_a_status_with_stray_text_is_repaired(odd: Shop, source: Build) -> None:
    odd.reset().change(version="1.11")
    north = source(odd)
    live = await north.live(["north:station:1"], NOW)
    assert isinstance(live["north:station:1"], LiveStatus)
    repairs = {(note.payload, note.change) for note in north.diagnostics.drift_notes()}
    assert ("statuses", "stray text") in repairs


@pytest.mark.parametrize(
    "value",
    [
        {"OrderId": 3, "Name": "x"},
        [{"OrderId": 3, "Name": "x"}],
        {"Orders": [{"OrderId": 3, "Name": "x"}]},
        [{"OrderId": 2, "Name": "y"}, {"OrderId": "3", "Name": "x"}],
    ],
)
def test_quirk_6_single_records_come_wrapped_in_many_ways(value: Any) -> None:
    assert Payload(value).single("OrderId", "3")["Name"] == "x"


def test_quirk_6_lists_come_wrapped_or_not() -> None:
    group = {"GroupId": "1", "GroupName": "a"}
    assert Payload({"Groups": [group]}).elements() == [group]
    assert Payload([group]).elements() == [group]
    assert Payload(group).elements() == [group]
    assert Payload([]).elements() == Payload({}).elements() == []
    station_payload = {"Handle": 7, "MDCGroups": ["Milling"]}
    assert Payload(station_payload).elements() == [station_payload], "its list is not the answer"


async def test_quirk_7_an_answer_about_something_else_is_not_taken_for_what_was_asked(
    replay: Shop, source: Build
) -> None:
    north = source(replay)
    # `/documents/4` answers with document 7.
    found = await north.select(Kind.PROGRAM, Where(By.ID, frozenset({"north:program:4"})), NOW)
    assert not found.items


@pytest.mark.parametrize(
    "text",
    [
        "2018-08-28T:09:20.000Z",
        "2015-06-38T17:19:00.000Z",
        "2015-06-30T17:19:00.000Z:00",
        "03/09/2024 11:42:22",
        "",
        None,
        0,
    ],
)
def test_quirk_8_a_malformed_date_is_null_and_counted(text: object) -> None:
    here = frame()
    payload = {"DocumentId": 7, "Reference": "HSC70", "MDate": text}
    found = program(Fields(payload, "document", diagnostics=here.diagnostics), here, {})
    assert found.modified_at is None
    assert found.updated_at == AT
    counted = [note for note in here.diagnostics.drift_notes() if note.field == "MDate"]
    assert bool(counted) == bool(text or text == 0)


def test_quirk_9_checksums_of_any_length_stay_in_the_payload() -> None:
    # Files are not exchanged here; the "md5" with the 40 digits of a SHA-1 must only do no harm.
    payload = {"DocumentId": 7, "Reference": "A", "File": {"url": "x", "md5": "6" * 40}}
    here = frame()
    found = program(Fields(payload, DOCUMENT, diagnostics=here.diagnostics), here, {})
    assert found.raw["File"]["md5"] == "6" * 40


async def test_quirk_10_rates_called_percent_are_ratios_and_may_be_strings(odd: Shop, source: Build) -> None:
    found = await source(odd.reset()).kpis("north:station:1", WINDOW, NOW)
    assert found is not None
    assert found.oee is not None
    assert 0 < found.oee <= 1
    assert isinstance(found.total_time_seconds, float)


@pytest.mark.parametrize(("cycle", "count"), [("5894", "50"), (5894, 50), ("5894.0", "50.0")])
def test_quirk_11_numbers_may_be_strings(cycle: object, count: object) -> None:
    found = read_live(JobCycleTime=cycle, PartCount=count)
    assert (found.job_cycle_time_seconds, found.job_parts_to_make) == (5894.0, 50)


def test_quirk_11_the_captured_defaults_mean_no_job() -> None:
    found = read_live(Reference="", Order="", Job="", JobCycleTime=0, PartCount=0)
    assert (found.part_reference, found.order_name, found.job_name) == (None, None, None)


async def test_quirk_12_the_statuses_of_all_stations_say_whose_they_are(shop: Shop, source: Build) -> None:
    north = source(shop)
    stations = await north.select(Kind.STATION, EVERYTHING, NOW)
    live = await north.live([one.id for one in stations.items], NOW)
    expected = {str(one["handle"]): one for one in shop.state()["stations"]}
    for one in live.values():
        assert isinstance(one, LiveStatus)
        assert one.state is not None
        if one.state.remote_id is not None:
            assert int(one.state.remote_id) == expected[one.remote_id]["state"]


async def test_quirk_13_the_protocol_is_asked_for_with_a_station_only(shop: Shop, source: Build) -> None:
    assert protocol("7").path == "/stations/7/returnCNCProtocol"
    found = await source(shop).protocol("north:station:1", NOW)
    assert found == next(one["protocol"] for one in shop.state()["stations"] if one["handle"] == 1)


async def test_quirk_14_text_under_a_media_type_of_its_own_is_read_as_text(shop: Shop, source: Build) -> None:
    north = source(shop)
    programs = await north.select(Kind.PROGRAM, EVERYTHING, NOW)
    where = Where(By.PROGRAM, frozenset({programs.items[0].id}))
    versions = await north.select(Kind.PROGRAM_VERSION, where, NOW)
    found = await north.content(versions.items[0].id, NOW)
    assert found is not None
    assert found.text.startswith("(")
    assert (found.size_bytes, found.truncated) == (versions.items[0].size_bytes, False)


async def test_quirk_15_paths_with_the_verb_at_the_root_are_never_asked(shop: Shop, source: Build) -> None:
    north = source(shop)
    await north.probe()
    for feed in north.feeds():
        await north.poll(feed, Freshness(max_age=0))
    assert all(label.startswith("GET /") for label in shop.calls()), "reads change nothing"
    assert not [label for label in shop.calls() if "Reset" in label or "send" in label]


async def test_quirk_16_the_documents_of_a_station_are_its_own(shop: Shop, source: Build) -> None:
    north = source(shop)
    where = Where(By.STATION, frozenset({"north:station:1"}))
    await north.select(Kind.STATION, EVERYTHING, NOW)
    found = await north.select(Kind.PROGRAM, where, Freshness(max_age=0))
    everything = await north.select(Kind.PROGRAM, EVERYTHING, NOW)
    expected = {one.id for one in everything.items if one.station_id == "north:station:1"}
    assert {one.id for one in found.items} == expected
    assert expected


@pytest.mark.parametrize("written", ["folder1\\", "folder1/", "folder1", "\\folder1\\"])
def test_quirk_17_folders_have_forward_slashes_however_they_are_written(written: str) -> None:
    here = frame()
    payload = {"DocumentId": 7, "Reference": "A", "Folder": written}
    found = program(Fields(payload, DOCUMENT, diagnostics=here.diagnostics), here, {})
    assert found.folder == "folder1"


@pytest.mark.parametrize("captured", [False, True])
async def test_quirk_18_the_categories_of_two_servers_lead_to_the_same_words(
    shop: Shop, odd: Shop, source: Build, captured: bool
) -> None:
    server = odd if captured else shop
    server.reset().change(stations=[{"handle": handle + 1, "state": handle} for handle in range(5)])
    live = await source(server).live([f"north:station:{n}" for n in range(1, 6)], NOW)
    found = [one.state.status for one in live.values() if isinstance(one, LiveStatus) and one.state]
    assert found == [
        StationStatus.RUNNING,
        StationStatus.FAULT,
        StationStatus.SETUP,
        StationStatus.IDLE,
        StationStatus.CLOSED,
    ]


@pytest.mark.parametrize("empty", [None, [], {}, ""])
def test_no_alarms_is_not_the_same_as_alarms_not_reported(empty: object) -> None:
    assert read_live(Alarms=empty).alarms == ()
    assert read_live().alarms is None


def test_quirk_19_codes_with_leading_zeros_stay_text() -> None:
    found = read_live(Alarms=[{"Code": "0139", "Message": "X", "StartDate": None}, {"Code": 15}])
    assert found.alarms is not None
    assert {one.code for one in found.alarms} == {"0139", "15"}


async def test_quirk_20_order_and_job_of_a_status_are_names(shop: Shop, source: Build) -> None:
    north = source(shop)
    shop_now = shop.state()
    working = next(one for one in shop_now["stations"] if one["operation"])
    operation = next(one for one in shop_now["operations"] if one["id"] == working["operation"])
    station_id = f"north:station:{working['handle']}"
    current = await north.current_jobs([station_id], NOW)
    assert current == {station_id: f"north:job:{operation['id']}"}


async def test_a_name_that_no_operation_has_makes_a_reported_job(shop: Shop, source: Build) -> None:
    north = source(shop)
    await north.select(Kind.JOB, EVERYTHING, NOW)
    working = next(one for one in shop.state()["stations"] if one["operation"])
    station_id = f"north:station:{working['handle']}"
    shop.change(operations=[{"id": working["operation"], "name": "a/b"}])
    live = await north.live([station_id], Freshness(max_age=0))
    status = live[station_id]
    assert isinstance(status, LiveStatus)
    current = await north.current_jobs([station_id], Freshness(max_age=None))
    remote = current[station_id].split(":", 2)[2]
    assert remote == f"{working['handle']}/{status.order_name}/a%2Fb"
    found = await north.select(Kind.JOB, Where(By.ID, frozenset(current.values())), NOW)
    (job,) = found.items
    assert (job.kind, job.name, job.order_name) == (JobKind.REPORTED, "a/b", status.order_name)
    assert job.progress is not None
    assert job.progress.estimated


def test_windows_are_unix_seconds_for_tops_and_iso_elsewhere() -> None:
    window = Window(AT + timedelta(milliseconds=500), AT + timedelta(hours=1, milliseconds=1))
    params = tops("7", window, AT, 2).params
    assert params["startdate"] == int(AT.timestamp())
    assert params["enddate"] == int(AT.timestamp()) + 3601
    assert (params["station"], params["limit"], params["page"], params["nbtopbefore"]) == ("7", 3000, 2, 1)
    assert kpi("7", window, AT).params == {
        "dstart": "2026-03-02T08:00:00.500Z",
        "dend": "2026-03-02T09:00:00.001Z",
    }
