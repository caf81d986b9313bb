"""The vendor document's own examples, replayed by a server: every fact in them arrives.

The examples do not fit together (`/documents/4` shows document 7, tops of
station 1 are those of station 0), so each is asked for by what it contains.
"""

from datetime import UTC, datetime

import pytest

from floorgraph.model import (
    JobStatus,
    Kind,
    LiveStatus,
    OrderStatus,
    PieceStatus,
    ProgramRunKind,
    Quality,
    StationStatus,
    Window,
)
from floorgraph.vendors.cwork.collection import parts
from floorgraph.vendors.cwork.mapping.timeline import TOP, history, top
from floorgraph.vendors.cwork.paging import all_pages
from floorgraph.vendors.cwork.question import Question, operation, order, tops
from floorgraph.vendors.cwork.source import CWorkSource
from floorgraph.vendors.failures import Malformed
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING, By, Where
from tests.vendors.cwork.conftest import Build, Shop

NOW = Freshness()
WINDOW = Window(datetime(2018, 8, 28, 8, tzinfo=UTC), datetime(2018, 8, 29, 12, tzinfo=UTC))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def ids(*values: str) -> Where:
    return Where(By.ID, frozenset(values))


@pytest.fixture
def north(replay: Shop, source: Build) -> CWorkSource:
    return source(replay, user="Operator")


async def test_stations(north: CWorkSource) -> None:
    found = await north.select(Kind.STATION, EVERYTHING, NOW)
    hsc, dmu = found.items
    assert (hsc.id, hsc.name, hsc.description, hsc.workshop) == (
        "north:station:7",
        "HSC70",
        None,
        "Building A",
    )
    assert hsc.groups == ("HSCGroup", "Milling", "Line4")
    assert (hsc.enabled, hsc.monitored, hsc.program_transfer) == (True, True, True)
    assert (dmu.remote_id, dmu.name, dmu.groups) == ("8", "DMU50", ("DMU50", "Line3"))


async def test_live_status(replay: Shop, source: Build) -> None:
    # Only the status of one station is shown; a server below 1.12 is asked for just that.
    replay.change(version="1.11")
    try:
        north = source(replay)
        live = (await north.live(["north:station:7"], NOW))["north:station:7"]
    finally:
        replay.change(version="1.16")
    assert isinstance(live, LiveStatus)
    assert live.state is not None
    assert (live.state.status, live.state.quality) == (StationStatus.SETUP, Quality.VALID)
    assert (live.state.name, live.state.color, live.state.remote_id) == ("Setting", "#0000FF", "2")
    assert live.state.since == utc(2015, 10, 29, 15, 58)
    assert live.state.comment == "Setting for next job (588558-30)"
    assert (live.part_reference, live.order_name, live.job_name) == ("C138568-304", "588558", "30")
    assert (live.job_cycle_time_seconds, live.job_parts_to_make) == (5894.0, 50)
    assert (live.running_program, live.selected_program) == ("PGM001", "PGM001-2")
    assert (live.parts_total, live.parts_since_reset) == (892, 50)
    assert live.alarms is not None
    first, second = live.alarms
    assert (first.code, first.message) == ("0139", "CANNOT CHANGE PMC CONTROL AXIS")
    assert first.started_at == utc(2018, 7, 31, 8, 8, 20)
    assert (second.code, second.message) == ("0146", "ILLEGAL USE OF G-CODE")
    assert second.started_at == utc(2018, 7, 31, 9, 9, 5)
    assert (first.active, first.ended_at, first.station_id) == (True, None, "north:station:7")
    changes = {(note.payload, note.change) for note in north.diagnostics.drift_notes()}
    assert ("statuses", "stray text") in changes


async def test_orders(north: CWorkSource) -> None:
    found = await north.select(Kind.ORDER, EVERYTHING, NOW)
    one, two, three = found.items
    assert [order.name for order in found.items] == ["Order 1", "Order 2", "Order 3"]
    assert [order.part_reference for order in found.items] == ["5678", "9123", "1234"]
    assert one.created_at == utc(2023, 7, 12, 9, 42, 8)
    assert two.created_at == utc(2023, 7, 12, 9, 43, 34)
    assert three.created_at == utc(2023, 7, 5, 11, 5, 48)
    assert one.description == "This is a description for the order 1"
    assert (one.customer, one.status, one.vendor_status) == ("Client1234", OrderStatus.RELEASED, "-1")
    assert (one.valid, one.archived) == (True, False)


async def test_jobs_and_pieces(north: CWorkSource) -> None:
    found = await north.select(Kind.JOB, EVERYTHING, NOW)
    two, three = found.items
    assert (two.id, two.name, three.name) == ("north:job:2", "HyperOperation", "HyperOperation 2")
    assert (two.station_id, three.station_id) == ("north:station:1", "north:station:2")
    assert (two.order_id, two.program_id, two.status) == ("north:order:2", None, JobStatus.PLANNED)
    assert two.created_at == utc(2023, 7, 12, 9, 48, 25)
    assert two.description == "Operation for the part 1234"
    assert (two.parts_per_cycle, two.cycle_time_seconds) == (8, 3200.0)
    assert (three.parts_per_cycle, three.cycle_time_seconds) == (4, 68000.0)
    assert two.progress is not None
    assert (two.progress.done, two.progress.total, two.progress.percent) == (34, 460, 7.39)
    pieces = await north.select(Kind.PIECE, EVERYTHING, NOW)
    piece = pieces.items[0]
    assert (piece.reference, piece.quantity, piece.status) == ("9123", 460, PieceStatus.PLANNED)
    assert (piece.serialised, piece.job_id) == (False, "north:job:2")


async def test_a_single_operation_comes_in_a_list_of_one(replay: Shop, source: Build) -> None:
    north = source(replay)
    # Operation 3 is in the list as well; the single read shows with its own cycle time.
    listed = await north.select(Kind.JOB, ids("north:job:3"), NOW)
    assert listed.items[0].cycle_time_seconds == 68000.0
    single = (await north._server.read(operation("3"), NOW)).value.single("OperationId", "3")
    assert single["CycleTime"] == 1200
    single = (await north._server.read(order("3"), NOW)).value.single("OrderId", "3")
    assert single["PartReference"] == "1234"


async def test_documents_with_the_customers_labels(north: CWorkSource) -> None:
    found = await north.select(Kind.PROGRAM, EVERYTHING, NOW)
    seven, eight = found.items
    assert (seven.id, seven.name, seven.reference, seven.extension) == (
        "north:program:7",
        "HSC80.MPF",
        "HSC80",
        "MPF",
    )
    assert (seven.folder, eight.folder) == (None, "random-folder")
    assert (seven.vendor_status, seven.version_label, seven.size_bytes) == ("VALIDATED", "A/5", 13453)
    assert (eight.vendor_status, eight.version_label, eight.size_bytes) == ("TESTING", "B/2", 1453)
    assert (seven.priority, eight.priority) == (2, 0)
    assert (seven.protected, eight.protected, seven.archived) == (True, False, False)
    assert (seven.alias_of_id, eight.alias_of_id) == (None, "north:program:7")
    assert seven.station_id == "north:station:17"
    assert seven.created_at == utc(2015, 6, 28, 17, 19)
    assert seven.modified_at == seven.updated_at == utc(2015, 6, 30, 17, 0, 7)
    assert [(one.name, one.label, one.value) for one in seven.custom_fields] == [
        ("Custom1", "Description", "foo"),
        ("Custom2", "Title", "bar"),
        ("Custom3", "Subject", "alpha"),
        ("Custom4", "Category", "beta"),
        ("Custom5", "Manual Index", "omega"),
    ]


async def test_a_single_document(north: CWorkSource) -> None:
    found = await north.select(Kind.PROGRAM, ids("north:program:7"), NOW)
    assert found.items[0].reference == "HSC70"


async def test_versions(north: CWorkSource) -> None:
    wanted = Where(By.PROGRAM, frozenset({"north:program:27"}))
    found = await north.select(Kind.PROGRAM_VERSION, wanted, NOW)
    first, second = found.items
    assert (first.id, first.label, second.label) == ("north:program-version:38", "B/9", "B/10")
    assert (first.primary_index, first.secondary_index) == ("B", "9")
    assert (first.vendor_status, second.vendor_status) == ("VALIDATED", "TESTING")
    assert (first.comment, second.comment) == ("foo", "bar")
    assert (first.size_bytes, second.size_bytes) == (15898, 15695)
    assert first.created_at == utc(2015, 6, 28, 17, 19)
    assert first.modified_at == utc(2015, 6, 30, 17, 0, 7)
    assert first.received_at == utc(2015, 5, 30, 17, 0, 7)
    assert first.sent_at == utc(2015, 6, 21, 17, 0, 7)
    assert first.program_id == "north:program:27"


async def test_a_single_version(north: CWorkSource) -> None:
    # The example is shown under the longer of the two paths that the document gives for it.
    await north.probe()
    question = Question("versions", "/documents/27/versions/38", 60.0)
    observed = await north._server.read(question, NOW)
    (found,) = north._versions._map(observed, [observed.value.single("VersionId", "38")]).items
    assert (found.id, found.label, found.size_bytes) == ("north:program-version:38", "B/9", 15898)
    assert found.raw["File"] == {"url": "rGBV84pC3a", "md5": "60D48FC210A6AF24F9845DBF3645623BFDC793AB"}


async def test_the_text_of_a_version(north: CWorkSource) -> None:
    await north.probe()
    question = Question("content", "/documents/27/versions/38/download", 60.0, {"json": "false"})
    found = (await north._server.read_as(question, NOW, north._versions._text)).value
    assert [line.strip() for line in found.text.strip().splitlines()] == [
        "G00 X70.0 Z2.0;",
        "G42;",
        "G70 P100 Q200;",
        "G00 X70.0 Z5.0;",
        "G53 X0.0 Z-210.0 M09;",
    ]
    assert not found.truncated


async def test_alarms_of_a_window(north: CWorkSource) -> None:
    found = await north.alarms("north:station:7", WINDOW, NOW)
    assert [(one.code, one.message) for one in found] == [
        ("0015", "TOO MANY SIMULTANEOUS AXIS"),
        ("0060", "SEQUENCE NUMBER NOT FOUND"),
        ("5010", "END OF RECORD"),
    ]
    assert [one.started_at for one in found] == [
        utc(2018, 8, 28, 8, 6, 20),
        utc(2018, 8, 29, 9, 0, 34),
        utc(2018, 9, 29, 10, 0, 45),
    ]
    assert [one.ended_at for one in found] == [
        utc(2018, 8, 28, 12, 9, 20),
        utc(2018, 8, 29, 11, 31, 19),
        utc(2018, 9, 29, 15, 1, 11),
    ]
    assert not any(one.active for one in found)


@pytest.mark.parametrize("kind", list(ProgramRunKind))
async def test_program_runs(north: CWorkSource, kind: ProgramRunKind) -> None:
    first, second = await north.program_runs("north:station:7", kind, WINDOW, NOW)
    assert (first.kind, first.name, first.context) == (kind, "PGM0001", "BOUCHON_AR")
    assert first.started_at == utc(2018, 8, 28, 8, 6, 20)
    assert first.ended_at is None, "the document writes 2018-08-28T:09:20.000Z"
    assert (second.name, second.context) == ("PGM0014", "COLONNE")
    assert (second.started_at, second.ended_at) == (
        utc(2018, 8, 29, 10, 0, 20),
        utc(2018, 8, 29, 11, 31, 19),
    )


async def test_kpis(north: CWorkSource) -> None:
    found = await north.kpis("north:station:7", WINDOW, NOW)
    assert found is not None
    rates = (found.teep, found.gee, found.oee, found.performance, found.quality, found.availability)
    assert rates == (0.45, 0.6, 0.68, 0.9, 0.95, 0.8)
    others = (found.requisition, found.load, found.involvement, found.hardware_availability)
    assert others == (0.6, 0.8, 0.9, 0.98)
    times = (
        found.total_time_seconds,
        found.opening_time_seconds,
        found.planned_production_time_seconds,
        found.run_time_seconds,
        found.net_run_time_seconds,
        found.fully_productive_time_seconds,
        found.failure_time_seconds,
        found.mean_time_between_failures_seconds,
        found.mean_time_to_repair_seconds,
    )
    assert times == (4678489, 2278489, 578489, 438489, 278489, 118484, 22455, 21134, 5678)


async def test_tops(north: CWorkSource) -> None:
    await north.probe()
    server = north._server
    now = north.clock.now()
    pages = await all_pages(
        server,
        lambda page: tops("1", WINDOW, now, page),
        NOW,
        lambda item: item["topstartdatefield"],
    )
    # The example announces more for ever, and a replay has nothing more.
    assert isinstance(pages.failure, Malformed)
    assert "pagination_loop" in str(pages.failure)
    table = await north._stations.states.table(NOW, set())
    first, second = history(parts(pages.elements, TOP, top, north.diagnostics), table)
    assert (first.state.status, second.state.status) == (StationStatus.IDLE, StationStatus.CLOSED)
    assert (first.state.name, second.state.name) == ("Waiting", "Disengagement")
    assert (first.comment, second.comment) == ("TOP 239998", "TOP 239999")
    assert (first.started_at, first.ended_at) == (utc(2021, 6, 16, 13, 58), utc(2021, 6, 16, 13, 59))
    assert (second.duration_seconds, second.ongoing) == (60.0, False)
    with pytest.raises(Malformed, match="pagination_loop"):
        await north.state_history("north:station:1", WINDOW, NOW)


async def test_states(north: CWorkSource) -> None:
    await north.probe()
    table = await north._stations.states.table(NOW, set())
    assert {handle: table.state(handle).status for handle in table.definitions} == {
        0: StationStatus.RUNNING,
        1: StationStatus.FAULT,
        2: StationStatus.SETUP,
        3: StationStatus.IDLE,
        4: StationStatus.CLOSED,
    }
    colors = [state.color for state in table.definitions.values()]
    assert colors == ["#008000", "#FF0000", "#0000FF", "#FFFF00", "#808080"]


async def test_protocol_and_picture(north: CWorkSource) -> None:
    assert await north.protocol("north:station:4", NOW) == "FTP"
    assert await north.has_image("north:station:7", NOW) is True


async def test_users_and_groups(north: CWorkSource) -> None:
    await north.probe()
    assert north._server.abilities is not None
    rights = north._server.abilities.rights
    assert rights == "the group of the user 'Operator' is not among the groups that the server lists"


async def test_users_without_logins_are_known_by_name(replay: Shop, source: Build) -> None:
    north = source(replay, user="apiuser")
    await north.probe()
    assert north._server.abilities is not None
    rights = north._server.abilities.rights
    assert rights is not None
    assert rights.startswith("user 'apiuser', group 'Administrateurs'; may change a station's state")
    repairs = {(note.payload, note.change) for note in north.diagnostics.drift_notes()}
    assert ("users", "empty value") in repairs


async def test_the_examples_need_repair_and_lose_nothing(north: CWorkSource) -> None:
    await north.probe()
    for feed in north.feeds():
        if feed.name != "live":
            for listing in (await north.poll(feed, Freshness(max_age=0))).values():
                assert listing.complete
    assert north.diagnostics.quarantined() == []
