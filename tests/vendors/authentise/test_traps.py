"""The traps of the vendor's API, each as a test named after it; docs/vendors/authentise.md lists them."""

import inspect
from typing import Any

import pytest

from floorgraph.model.batch import BatchStatus
from floorgraph.model.errors import BadArgument
from floorgraph.model.ids import Kind
from floorgraph.model.job import JobKind, JobStatus
from floorgraph.model.piece import PieceStatus
from floorgraph.model.progress import ProgressUnit
from floorgraph.model.source import Capability
from floorgraph.vendors.authentise import reliance
from floorgraph.vendors.authentise.mapping import batch, job, layout, line_item, order, piece, station
from floorgraph.vendors.authentise.resources import MANDATORY, resources
from floorgraph.vendors.authentise.source import AuthentiseSource
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING, By, Part, Where
from tests.vendors.authentise.conftest import Build
from tests.vendors.authentise.hall import KEY, Hall, running

NOW = Freshness(max_age=0)


async def all_of(am: AuthentiseSource, kind: Kind) -> dict[str, Any]:
    return {one.id: one for one in (await am.select(kind, EVERYTHING, NOW)).items}


async def test_trap_1_job_is_the_outgoing_callback_queue_and_no_job(hall: Hall, source: Build) -> None:
    await all_of(source(hall), Kind.JOB)
    assert not {"job", "part", "capture-type"} & set(hall.calls())
    assert "job" not in reliance.RELIED_ON


async def test_trap_2_read_only_resources_are_only_read(hall: Hall, source: Build) -> None:
    am = source(hall)
    for kind in (Kind.STATION, Kind.JOB, Kind.ORDER, Kind.PIECE, Kind.LAYOUT, Kind.BATCH):
        await all_of(am, kind)
    assert {entry["method"] for entry in hall.log()} == {"GET"}


async def test_trap_3_line_items_of_every_type_are_asked_for(hall: Hall, source: Build) -> None:
    am = source(hall)
    orders = await all_of(am, Kind.ORDER)
    found = await am.parts(Part.LINE_ITEMS, orders, NOW)
    counted = sum(len(part) for part in found.values() if isinstance(part, list))
    products = await am.resource("line-item", {}, 1000, None)
    assert counted == hall.state()["counts"]["line-item"] > len(products.items)


@pytest.mark.parametrize("options", [{}, {"unknown_counts": True}, {"page_maximum": 7}])
async def test_trap_4_every_page_is_read_whatever_links_and_count_say(
    source: Build, options: dict[str, object]
) -> None:
    with running(pieces=120, printers=3, **options) as hall:
        am = source(hall, page_size=20)
        pieces = await all_of(am, Kind.PIECE)
        assert len(pieces) == hall.state()["counts"]["piece"] > 100
        assert set(pieces) == set(hall.ids(Kind.PIECE, "piece"))


async def test_trap_4_filters_and_sort_are_sent_with_every_page(hall: Hall, source: Build) -> None:
    await all_of(source(hall, page_size=20), Kind.PIECE)
    pages = [entry for entry in hall.log() if entry["path"].startswith("/piece/")]
    assert len(pages) > 4
    queries = [entry["query"] for entry in pages]
    assert all("sort=created" in query for query in queries)
    assert all("page%5Blimit%5D=20" in query and "page%5Boffset%5D=" in query for query in queries)


async def test_trap_5_current_jobs_do_not_come_from_in_progress_of_a_list(hall: Hall, source: Build) -> None:
    am = source(hall)
    stations = await all_of(am, Kind.STATION)
    assert all(not one.raw.get("in_progress") for one in stations.values())
    active = {link.strip("/"): runs for link, runs in hall.state()["active"].items() if runs}
    assert active
    current = await am.current_jobs(stations, NOW)
    assert {one.removeprefix("am:station:") for one in current} == set(active)
    assert all(
        run.removeprefix("am:job:") in str(active[one.removeprefix("am:station:")])
        for one, run in current.items()
    )


async def test_trap_6_archived_printers_are_there_and_disabled(hall: Hall, source: Build) -> None:
    printer = hall.uuids("printer")[2]
    hall.change(set={f"/printer/{printer}/": {"archived": "2026-02-01T00:00:00+00:00"}})
    am, key = source(hall), f"{KEY}:{Kind.STATION}:printer/{printer}"
    stations = await all_of(am, Kind.STATION)
    assert not stations[key].enabled
    by_id = await source(hall).select(Kind.STATION, Where(By.ID, frozenset({key})), NOW)
    assert len(by_id.items) == 1
    live: Any = (await am.live([key], NOW))[key]
    assert live.state.status.value == "DISABLED"


async def test_trap_6_custom_workflows_and_archived_containers_are_found(hall: Hall, source: Build) -> None:
    am = source(hall)
    pieces = await all_of(am, Kind.PIECE)
    assert all(one.step_count for one in pieces.values())
    batches = await all_of(am, Kind.BATCH)
    assert all(len(one.containers) == len(one.raw["containers"]) for one in batches.values())


def test_trap_7_filter_only_fields_are_never_read_as_data() -> None:
    only_filters = {
        "by_order", "by_line_item", "available_for_printer", "filter_by_line_item_status", "work_needed",
        "include_archived", "include_piece_count", "include_custom_workflows", "run_status",
        "used_material_families", "shipping_type", "highest_only", "name_ilike", "text_ilike",
    }  # fmt: skip
    for module in (batch, job, layout, line_item, order, piece, station):
        assert not [name for name in only_filters if f'"{name}"' in inspect.getsource(module)]


@pytest.mark.parametrize("resource", sorted(MANDATORY))
async def test_trap_8_lists_with_a_mandatory_filter_say_so(hall: Hall, source: Build, resource: str) -> None:
    with pytest.raises(BadArgument, match=MANDATORY[resource]):
        await source(hall).resource(resource, {}, 10, None)
    assert hall.calls() == {}


async def test_trap_9_words_with_hyphens_and_underscores_mean_the_same(hall: Hall, source: Build) -> None:
    run, other = hall.uuids("run")[:2]
    hall.change(set={f"/run/{run}/": {"status": "in_progress"}, f"/run/{other}/": {"status": "queued-ready"}})
    am = source(hall)
    jobs = await all_of(am, Kind.JOB)
    assert jobs[f"am:job:run/{run}"].status is JobStatus.RUNNING
    assert jobs[f"am:job:run/{run}"].vendor_status == "in_progress"
    assert jobs[f"am:job:run/{other}"].status is JobStatus.READY
    assert am.diagnostics.unmapped_words() == []


async def test_trap_10_a_print_is_a_step_of_a_piece(hall: Hall, source: Build) -> None:
    am = source(hall)
    pieces = await all_of(am, Kind.PIECE)
    found = await am.parts(Part.PIECE_STEPS, pieces, NOW)
    counted = sum(len(part) for part in found.values() if isinstance(part, list))
    assert counted == hall.state()["counts"]["print"] > len(pieces)
    for one in pieces.values():
        steps = found[one.id]
        assert isinstance(steps, list)
        assert [step.position for step in steps] == sorted(step.position for step in steps)
        current = [step for step in steps if step.current]
        assert len(current) <= 1
        if one.job_id:
            assert [step.job_id for step in current] == [one.job_id]
            assert [step.position for step in current] == [one.step_position]


async def test_trap_11_progress_comes_from_builds_and_size_is_no_extent(hall: Hall, source: Build) -> None:
    am = source(hall)
    jobs, pieces = await all_of(am, Kind.JOB), await all_of(am, Kind.PIECE)
    progress = [one.progress for one in jobs.values() if one.progress]
    assert progress
    assert {one.unit for one in progress} == {ProgressUnit.LAYERS}
    sized = [one for one in pieces.values() if one.raw["size"]]
    assert sized
    assert all(one.size_x_mm is None and one.mass_kg is None for one in sized)
    assert {"size"} <= {each.name for one in sized for each in one.properties}


async def test_trap_12_quantities_are_in_the_batchs_own_units(hall: Hall, source: Build) -> None:
    batches = await all_of(source(hall), Kind.BATCH)
    assert {one.unit for one in batches.values()} >= {"kg", "l"}
    for one in batches.values():
        assert (one.quantity, one.unit) == (one.raw["quantity"], one.raw["units"])


async def test_trap_13_times_of_a_run_are_those_of_its_present_actuals(hall: Hall, source: Build) -> None:
    run = hall.uuids("run")[0]
    values = {"run": None, "start_in_progress_time": "2020-01-01T00:00:00+00:00"}
    old = hall.change(add=[{"resource": "run-actuals", "values": values}])["added"][0]
    present = {"run": f"/run/{run}/", "previous": old, "start_in_progress_time": "2026-03-02T07:00:00+00:00"}
    hall.step(1)
    hall.change(add=[{"resource": "run-actuals", "values": present}])
    for am in (source(hall), source(hall)):
        job = (await am.select(Kind.JOB, Where(By.ID, frozenset({f"am:job:run/{run}"})), NOW)).items[0]
        assert job.started_at.isoformat() == "2026-03-02T07:00:00+00:00"


async def test_trap_14_pieces_of_deleted_orders_stay_and_say_so(hall: Hall, source: Build) -> None:
    uuid = hall.uuids("piece")[0]
    hall.change(set={f"/piece/{uuid}/": {"is_order_deleted": True}})
    piece = (await all_of(source(hall), Kind.PIECE))[f"am:piece:piece/{uuid}"]
    assert ("is_order_deleted", "true") in {(one.name, one.value) for one in piece.properties}


async def test_trap_15_nothing_is_filtered_by_bureau(hall: Hall, source: Build) -> None:
    am = source(hall)
    for kind in (Kind.STATION, Kind.JOB, Kind.PIECE, Kind.BATCH):
        await all_of(am, kind)
    assert not [entry for entry in hall.log() if "bureau" in str(entry["query"])]


@pytest.mark.parametrize("status", [403, 404, 405])
async def test_trap_16_features_that_are_off_are_empty_and_no_errors(source: Build, status: int) -> None:
    off = ["material-management", "jeni-cluster", "sensors"]
    with running(disabled_features=off, disabled_status=status, pieces=20, printers=3) as hall:
        for probed in (True, False):
            am = source(hall)
            if probed:
                await am.probe()
            hall.forget_calls()
            answer = await am.select(Kind.BATCH, EVERYTHING, NOW)
            assert list(answer.items) == []
            assert answer.failure is None
            stations = await am.select(Kind.STATION, EVERYTHING, NOW)
            assert stations.items
            assert stations.failure is None
            live = await am.live([one.id for one in stations.items], NOW)
            assert len(live) == len(stations.items)
            states = {state.name: state for state in am.capabilities()}
            assert not states[Capability.BATCHES].available
            assert states[Capability.BATCHES].reason
            assert states[Capability.STATIONS].available
            assert "batches" not in {feed.name for feed in am.feeds()}
            asked = hall.calls().get("material-batch", 0)
            assert asked == (0 if probed else 1)


async def test_trap_16_a_resource_that_is_switched_off_later_removes_nothing(
    hall: Hall, source: Build
) -> None:
    am = source(hall)
    feed = next(feed for feed in am.feeds() if feed.name == "batches")
    assert (await am.poll(feed, NOW))[Kind.BATCH].records
    hall.change(disabled_features=["material-management"])
    listing = (await am.poll(feed, NOW))[Kind.BATCH]
    assert not listing.complete


async def test_trap_17_options_tell_what_the_document_cannot(hall: Hall, source: Build) -> None:
    assert list(await source(hall).assumptions()) == []
    asked = {entry["path"] for entry in hall.log() if entry["method"] == "OPTIONS"}
    assert asked == {f"/{name}/" for name in reliance.RELIED_ON}


async def test_trap_18_what_is_computed_is_told_as_such(hall: Hall, source: Build) -> None:
    piece, printer = hall.uuids("piece")[0], hall.uuids("printer")[0]
    values = {"pieces": [f"/piece/{piece}/"], "printer": f"/printer/{printer}/", "status": "processing"}
    added = hall.change(add=[{"resource": "packing-process", "values": values}])["added"][0]
    layout = (await all_of(source(hall), Kind.LAYOUT))[f"am:layout:{added.strip('/')}"]
    assert (layout.status.value, layout.kind.value, layout.vendor_status) == (
        "COMPUTING",
        "PACKING",
        "processing",
    )


def test_trap_19_names_of_2018_are_not_relied_on() -> None:
    gone = {"template", "third-party", "run-document", "order-document"}
    assert not gone & set(reliance.RELIED_ON)
    assert not gone & set(resources())


async def test_trap_20_the_newest_state_wins_as_there_are_no_versions(hall: Hall, source: Build) -> None:
    am = source(hall)
    uuid = hall.uuids("piece")[0]
    key = f"am:piece:piece/{uuid}"
    for priority in (11, 12):
        hall.step(1)
        hall.change(set={f"/piece/{uuid}/": {"priority": priority}})
        assert (await all_of(am, Kind.PIECE))[key].priority == priority


async def test_unknown_words_are_unknown_and_listed(hall: Hall, source: Build) -> None:
    run, piece, batch = hall.uuids("run")[0], hall.uuids("piece")[0], hall.uuids("material-batch")[0]
    hall.change(
        set={
            f"/run/{run}/": {"status": "daydreaming"},
            f"/piece/{piece}/": {"status": "melted"},
            f"/material-batch/{batch}/": {"status": "cursed"},
        }
    )
    am = source(hall)
    assert (await all_of(am, Kind.JOB))[f"am:job:run/{run}"].status is JobStatus.UNKNOWN
    assert (await all_of(am, Kind.PIECE))[f"am:piece:piece/{piece}"].status is PieceStatus.UNKNOWN
    assert (await all_of(am, Kind.BATCH))[f"am:batch:material-batch/{batch}"].status is BatchStatus.UNKNOWN
    assert {one.word for one in am.diagnostics.unmapped_words()} == {"daydreaming", "melted", "cursed"}


async def test_words_can_be_given_another_meaning(hall: Hall, source: Build) -> None:
    run = hall.uuids("run")[0]
    hall.change(set={f"/run/{run}/": {"status": "daydreaming"}})
    am = source(hall, statuses={"job": {"daydreaming": "STOPPED"}})
    assert (await all_of(am, Kind.JOB))[f"am:job:run/{run}"].status is JobStatus.STOPPED
    assert am.diagnostics.unmapped_words() == []


async def test_links_with_former_hosts_lead_to_the_same_records(source: Build) -> None:
    with running(old_hosts=True, pieces=60, printers=4) as hall:
        pieces = await all_of(source(hall), Kind.PIECE)
        by_id = await source(hall).select(Kind.PIECE, Where(By.ID, frozenset(pieces)), NOW)
        assert {one.id for one in by_id.items} == set(pieces) == set(hall.ids(Kind.PIECE, "piece"))
        assert {one.job_id for one in by_id.items} == {one.job_id for one in pieces.values()}


async def test_runs_without_a_machine_have_no_station(hall: Hall, source: Build) -> None:
    jobs = await all_of(source(hall), Kind.JOB)
    waiting = [
        one
        for one in jobs.values()
        if one.kind is JobKind.RUN
        and not any(one.raw.get(name) for name in ("printer", "post_processor", "shipping"))
    ]
    assert all(one.station_id is None for one in waiting)


async def test_planned_times_come_from_the_resource_that_is_configured(hall: Hall, source: Build) -> None:
    without = await all_of(source(hall), Kind.JOB)
    assert all(one.planned_start_at is None for one in without.values())
    planned = await all_of(source(hall, schedule_resource="run-schedule-summary"), Kind.JOB)
    known = frozenset(one.id for one in planned.values() if one.planned_start_at)
    assert known
    again = await source(hall, schedule_resource="run-schedule-summary").select(
        Kind.JOB, Where(By.ID, known), NOW
    )
    assert again.failure is None
    assert {one.id: one.planned_start_at for one in again.items} == {
        one: planned[one].planned_start_at for one in known
    }
    whole = await source(hall, schedule_resource="run-schedule-summary").select(Kind.JOB, EVERYTHING, NOW)
    assert whole.failure is None
    hall.forget_calls()
    missing = await all_of(source(hall, schedule_resource="nothing-here"), Kind.JOB)
    assert set(missing) == set(without)
