"""Relations both ways, compared with each other."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from floorgraph.model.downtime import DowntimeStatus
from floorgraph.model.ids import Kind
from floorgraph.model.record import Record
from floorgraph.vendors.authentise.source import AuthentiseSource
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING, By, Part, Where
from tests.vendors.authentise.conftest import Build
from tests.vendors.authentise.hall import Hall

NOW = Freshness(max_age=0)


async def all_of(am: AuthentiseSource, kind: Kind) -> dict[str, Any]:
    return {one.id: one for one in (await am.select(kind, EVERYTHING, NOW)).items}


async def groups(am: AuthentiseSource, kind: Kind, by: By, parents: Iterable[str]) -> dict[str, set[str]]:
    answer = await am.select(kind, Where(by, frozenset(parents)), NOW)
    assert answer.groups is not None
    dealt = {parent: {one.id for one in part} for parent, part in answer.groups.items()}
    assert {one.id for one in answer.items} == {one for part in dealt.values() for one in part}
    return dealt


def turned(found: dict[str, set[str]]) -> set[tuple[str, str]]:
    return {(child, parent) for parent, children in found.items() for child in children}


async def test_jobs_of_stations_name_their_station(hall: Hall, source: Build) -> None:
    jobs, am = await all_of(source(hall), Kind.JOB), source(hall)
    stations = await all_of(am, Kind.STATION)
    found = await groups(am, Kind.JOB, By.STATION, stations)
    assert turned(found) == {(job.id, job.station_id) for job in jobs.values() if job.station_id}


async def test_jobs_of_orders_and_outsourced_ones(hall: Hall, source: Build) -> None:
    am = source(hall)
    jobs, orders = await all_of(am, Kind.JOB), await all_of(am, Kind.ORDER)
    found = await groups(source(hall), Kind.JOB, By.ORDER, orders)
    expected = {(job.id, order) for job in jobs.values() for order in By.ORDER.values_of(job)}
    assert turned(found) == expected
    assert any(job.kind.value == "OUTSOURCED" for job in jobs.values())


async def test_outsourced_jobs_are_children_of_their_run(hall: Hall, source: Build) -> None:
    am = source(hall)
    jobs = await all_of(am, Kind.JOB)
    found = await groups(am, Kind.JOB, By.PARENT, [one for one in jobs if ":run/" in one])
    assert turned(found) == {(job.id, parent) for job in jobs.values() for parent in job.parent_ids}
    assert turned(found)


async def test_pieces_of_jobs_include_those_that_went_on(hall: Hall, source: Build) -> None:
    am = source(hall)
    jobs, pieces = await all_of(am, Kind.JOB), await all_of(am, Kind.PIECE)
    answer = await am.select(Kind.PIECE, Where(By.JOB, frozenset(jobs)), NOW)
    assert answer.groups is not None
    found = {job: {one.id for one in part} for job, part in answer.groups.items()}
    for piece in pieces.values():
        if piece.job_id:
            assert piece.id in found[piece.job_id]
    for job, part in answer.groups.items():
        assert all(job in By.JOB.values_of(one) for one in part)
    gone_on = [one for part in answer.groups.values() for one in part if one.job_id not in one.job_ids]
    assert gone_on


async def test_pieces_of_orders_and_stations(hall: Hall, source: Build) -> None:
    am = source(hall)
    pieces = await all_of(am, Kind.PIECE)
    by_order = await groups(source(hall), Kind.PIECE, By.ORDER, await all_of(am, Kind.ORDER))
    assert turned(by_order) == {(one.id, one.order_id) for one in pieces.values() if one.order_id}
    by_station = await groups(source(hall), Kind.PIECE, By.STATION, await all_of(am, Kind.STATION))
    under_way = {"QUEUED", "IN_PROGRESS", "READY_TO_SHIP", "SHIPPING"}
    assert turned(by_station) >= {
        (one.id, one.station_id)
        for one in pieces.values()
        if one.station_id and one.status.value in under_way
    }


async def test_layouts_and_jobs_meet_in_build_files(hall: Hall, source: Build) -> None:
    am = source(hall)
    layouts = await all_of(am, Kind.LAYOUT)
    jobs = {job for one in layouts.values() for job in one.job_ids}
    assert jobs
    by_job = await groups(source(hall), Kind.LAYOUT, By.JOB, jobs)
    by_layout = await groups(source(hall), Kind.JOB, By.LAYOUT, layouts)
    expected = {(one.id, job) for one in layouts.values() for job in one.job_ids}
    assert turned(by_job) == expected
    assert {(layout, job) for job, layout in turned(by_layout)} == expected


async def test_pieces_on_layouts_are_those_of_its_jobs(hall: Hall, source: Build) -> None:
    am = source(hall)
    layouts = await all_of(am, Kind.LAYOUT)
    on_layouts = await groups(am, Kind.PIECE, By.LAYOUT, layouts)
    jobs = {job for one in layouts.values() for job in one.job_ids}
    of_jobs = await groups(am, Kind.PIECE, By.JOB, jobs)
    for layout in layouts.values():
        if layout.job_ids and layout.remote_id.startswith("layout/"):
            assert on_layouts[layout.id] == set().union(*(of_jobs[job] for job in layout.job_ids))
    answer = await am.select(Kind.PIECE, Where(By.LAYOUT, frozenset(layouts)), NOW)
    for layout_id, part in (answer.groups or {}).items():
        assert all(layout_id in one.layout_ids for one in part)


async def test_batches_and_jobs_meet_in_actuals(hall: Hall, source: Build) -> None:
    am = source(hall)
    batches, jobs = await all_of(am, Kind.BATCH), await all_of(am, Kind.JOB)
    by_job = await groups(am, Kind.BATCH, By.JOB, [one for one in jobs if ":run/" in one])
    by_batch = await groups(am, Kind.JOB, By.BATCH, batches)
    assert {(job, batch) for batch, job in turned(by_job)} == turned(by_batch)
    assert turned(by_batch)


async def test_batches_are_where_they_are_loaded(hall: Hall, source: Build) -> None:
    am = source(hall)
    batches = await all_of(source(hall), Kind.BATCH)
    found = await groups(am, Kind.BATCH, By.STATION, await all_of(am, Kind.STATION))
    assert turned(found) == {(one.id, one.station_id) for one in batches.values() if one.station_id}
    assert turned(found)


async def test_genealogy_goes_both_ways(hall: Hall, source: Build) -> None:
    am = source(hall)
    batches = await all_of(am, Kind.BATCH)
    parents = await groups(am, Kind.BATCH, By.CHILD, batches)
    children = await groups(am, Kind.BATCH, By.PARENT, batches)
    assert turned(parents) == {(parent, child) for child, parent in turned(children)}
    assert turned(parents)


async def test_actions_of_batches_are_told_oldest_first(hall: Hall, source: Build) -> None:
    am = source(hall)
    batches = await all_of(am, Kind.BATCH)
    found = await am.parts(Part.BATCH_ACTIONS, batches, NOW)
    every: list[Any] = [one for part in found.values() if isinstance(part, list) for one in part]
    assert every
    assert any(one.station_id for one in every if one.kind == "machine_load")
    assert any(one.counterpart_id in batches for one in every)
    for part in found.values():
        assert isinstance(part, list)
        moments = [one.at for one in part]
        assert moments == sorted(moments)


async def test_the_climate_around_batches_is_told_earliest_first(hall: Hall, source: Build) -> None:
    am = source(hall)
    found: Mapping[str, Any] = await am.parts(Part.BATCH_CLIMATE, await all_of(am, Kind.BATCH), NOW)
    every = [one for part in found.values() for one in part]
    assert len(every) == hall.state()["counts"]["material_batch_sensor_data"] > 0
    assert all(one.temperature_celsius is not None and one.measured_at is not None for one in every)
    for part in found.values():
        moments = [one.measured_at for one in part]
        assert moments == sorted(moments)


async def test_jobs_run_the_build_file_made_last(hall: Hall, source: Build) -> None:
    am = source(hall)
    jobs, programs = await all_of(am, Kind.JOB), await all_of(am, Kind.PROGRAM)
    running = {job.program_id for job in jobs.values() if job.program_id}
    assert running
    assert running <= set(programs)
    for job in jobs.values():
        if job.program_id:
            assert job.remote_id in programs[job.program_id].raw["run"]


async def test_line_items_of_every_use_are_there(hall: Hall, source: Build) -> None:
    am = source(hall)
    orders = await all_of(am, Kind.ORDER)
    found = await am.parts(Part.LINE_ITEMS, orders, NOW)
    counted = sum(len(part) for part in found.values() if isinstance(part, list))
    assert counted == hall.state()["counts"]["line-item"]


async def test_placements_keep_the_vendors_form(hall: Hall, source: Build) -> None:
    am = source(hall)
    layouts = await all_of(am, Kind.LAYOUT)
    found = await am.parts(Part.PLACEMENTS, layouts, NOW)
    plates = [one for one in layouts.values() if one.remote_id.startswith("layout/") and one.piece_count]
    assert plates
    for plate in plates:
        part = found[plate.id]
        assert isinstance(part, list)
        assert [one.position for one in part] == list(range(len(part)))
        assert len(part) == max(plate.piece_count, len(plate.raw["positions"]))
        assert [one.geometry for one in part if one.geometry is not None] == plate.raw["positions"]


async def test_placements_tell_what_their_models_are_and_how_large(hall: Hall, source: Build) -> None:
    am = source(hall)
    layouts = (await all_of(am, Kind.LAYOUT)).values()
    plates = {urlsplit(one.raw["models"][0]).path: one for one in layouts if one.raw.get("models")}
    (model, plate), (gone, other) = list(plates.items())[:2]
    changed = {"name": "bracket.stl", "size": {"x": 40.5, "y": 30, "z": -1}}
    hall.change(set={model: changed}, remove=[gone])
    found = await am.parts(Part.PLACEMENTS, [plate.id, other.id], NOW)
    part, rest = found[plate.id], found[other.id]
    assert isinstance(part, list)
    assert isinstance(rest, list)
    first = part[0]
    assert (first.name, first.width_mm, first.depth_mm, first.height_mm) == ("bracket.stl", 40.5, 30.0, None)
    assert (rest[0].name, rest[0].width_mm) == (gone.strip("/"), None)


async def test_downtimes_of_stations(hall: Hall, source: Build) -> None:
    printer, other = (f"/printer/{uuid}/" for uuid in hall.uuids("printer")[:2])
    past = {"printer": printer, "start": "2026-01-01T00:00:00+00:00", "status": "complete"}
    coming = {"printer": printer, "start": "2026-04-01T00:00:00+00:00", "status": "scheduled"}
    strange = {
        "printer": other,
        "start": "2026-04-01T00:00:00+00:00",
        "status": "scheduled",
        "description": "x",
    }
    hall.change(add=[{"resource": "downtime", "values": one} for one in (coming, past, strange)])
    am = source(hall)
    first, second, third = hall.ids(Kind.STATION, "printer")[:3]
    found: Mapping[str, Any] = await am.parts(Part.DOWNTIMES, [first, second, third], NOW)
    assert [one.status for one in found[first]] == [DowntimeStatus.ENDED, DowntimeStatus.SCHEDULED]
    assert [one.reason for one in found[second]] == ["x"]
    assert found[third] == []


@pytest.mark.parametrize("kind", [Kind.JOB_FOLDER, Kind.ALARM, Kind.PROGRAM_VERSION])
async def test_what_the_vendor_does_not_have_is_empty_without_a_call(
    hall: Hall, source: Build, kind: Kind
) -> None:
    answer = await source(hall).select(kind, EVERYTHING, NOW)
    assert list(answer.items) == []
    assert hall.calls() == {}


async def test_every_record_can_be_asked_for_by_its_id(hall: Hall, source: Build) -> None:
    am, other = source(hall), source(hall)
    for kind in (Kind.STATION, Kind.JOB, Kind.ORDER, Kind.PIECE, Kind.LAYOUT, Kind.BATCH, Kind.PROGRAM):
        found = await all_of(am, kind)
        by_id = await other.select(kind, Where(By.ID, frozenset(found)), NOW)
        assert {one.id for one in by_id.items} == set(found)
        record: Record
        for record in by_id.items:
            assert record.kind_word is kind
            assert record.id == f"am:{kind}:{record.remote_id}"
