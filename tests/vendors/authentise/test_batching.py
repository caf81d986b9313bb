"""Exact numbers of calls: they depend on how many comma sets of 20 there are, and not on the records."""

from collections.abc import Iterable
from typing import Any

import pytest

from floorgraph.model.ids import Kind
from floorgraph.model.station import LiveStatus
from floorgraph.vendors.authentise.source import AuthentiseSource
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING, By, Part, Where
from tests.vendors.authentise.conftest import Build
from tests.vendors.authentise.hall import KEY, Hall


def linked(records: Iterable[Any], name: str) -> set[str]:
    """What a field of the vendor's payloads leads to, over all records."""
    values = [one.raw[name] for one in records if one.raw.get(name)]
    return {link for value in values for link in (value if isinstance(value, list) else [value])}


NOWHERE = "00000000-0000-4000-8000-000000000000"


def sets(many: int) -> int:
    return -(-many // 20)


def one_operation(source: AuthentiseSource) -> Freshness:
    """What one GraphQL operation asks with: anything seen since its start will do."""
    return Freshness(max_age=0, since=source.clock.monotonic())


@pytest.mark.parametrize("many", [1, 20, 21, 45])
async def test_everything_about_printers(large: Hall, source: Build, many: int) -> None:
    am = source(large)
    ids = large.ids(Kind.STATION, "printer")[:many]
    assert len(ids) == many
    wanted, fresh = frozenset(ids), one_operation(am)
    stations = await am.select(Kind.STATION, Where(By.ID, wanted), fresh)
    live = await am.live(ids, fresh)
    current = await am.current_jobs(ids, fresh)
    await am.select(Kind.JOB, Where(By.ID, frozenset(current.values())), fresh)
    batches = await am.select(Kind.BATCH, Where(By.STATION, wanted), fresh)
    calls = large.calls()
    assert len(stations.items) == many
    assert set(live) == wanted
    assert all(isinstance(one, LiveStatus) for one in live.values())
    assert batches.groups is not None
    assert set(batches.groups) == wanted
    by_station = {"printer", "downtime", "run", "material-batch"}
    assert {name: calls[name] for name in by_station} == dict.fromkeys(by_station, sets(many))
    assert calls.get("modeler", 0) == sets(len(linked(stations.items, "modeler")))
    assert calls.get("run-actuals", 0) == sets(len(current))
    assert calls.get("material-lot", 0) == sets(len(linked(batches.items, "material_lots")))
    assert calls.get("material-container", 0) == sets(len(linked(batches.items, "containers")))
    # Builds are asked for by what machines run now, and by run.
    assert calls.get("build", 0) <= sets(many) + sets(len(current))
    once = {"printer-type", "manufacturer", "sensor", "sensor-data", "material"}
    assert all(calls.get(name, 0) <= 1 for name in once)
    # Places are looked up for the stations, and once more for what the batches add.
    assert max(calls["location"], calls["sub-location"]) <= 2
    assert sum(calls.values()) <= 11 * sets(many) + 9


@pytest.mark.parametrize("many", [1, 20, 60])
async def test_everything_about_pieces(large: Hall, source: Build, many: int) -> None:
    am = source(large)
    ids = large.ids(Kind.PIECE, "piece")[:many]
    fresh = one_operation(am)
    pieces = (await am.select(Kind.PIECE, Where(By.ID, frozenset(ids)), fresh)).items
    jobs = {one.job_id for one in pieces if one.job_id}
    stations = {one.station_id for one in pieces if one.station_id}
    orders = {one.order_id for one in pieces if one.order_id}
    await am.select(Kind.JOB, Where(By.ID, frozenset(jobs)), fresh)
    await am.select(Kind.STATION, Where(By.ID, frozenset(stations)), fresh)
    await am.select(Kind.ORDER, Where(By.ID, frozenset(orders)), fresh)
    calls = large.calls()
    assert len(pieces) == many
    assert calls["piece"] == calls["piece-actuals"] == sets(many)
    prints = sum(1 for piece in large.state()["piece"][:many] if piece["current_print"])
    assert calls.get("print", 0) == sets(prints)
    assert calls.get("run", 0) == sets(len(jobs))
    assert (
        calls.get("run-actuals", 0) == calls.get("build", 0) == calls.get("build-file", 0) == sets(len(jobs))
    )
    assert calls["order"] == sets(len(orders))
    assert calls["workflow"] == calls["process-step"] == 1
    # Places are looked up for the pieces, and once more for what the stations add.
    assert calls["location"] <= 2


async def test_the_steps_of_pieces(large: Hall, source: Build) -> None:
    am = source(large)
    ids = large.ids(Kind.PIECE, "piece")[:45]
    found = await am.parts(Part.PIECE_STEPS, ids, Freshness(max_age=0))
    assert set(found) == set(ids)
    assert large.calls() == {"print": 3, "piece": 3, "process-step": 1}


async def test_placements_are_one_call_per_layout_once(hall: Hall, source: Build) -> None:
    am = source(hall)
    layouts = (await am.select(Kind.LAYOUT, EVERYTHING, Freshness(max_age=0))).items
    plates = [one.id for one in layouts if one.remote_id.startswith("layout/")]
    assert hall.calls()["layout/{uuid}"] == len(plates)
    hall.forget_calls()
    # Layouts never change; models may, and are asked for again by who wants nothing old.
    for max_age, calls in ((0, {"model": 1}), (0, {"model": 1}), (60, {})):
        placed = await am.parts(Part.PLACEMENTS, plates, Freshness(max_age=max_age))
        assert set(placed) == set(plates)
        assert hall.calls() == calls
        hall.forget_calls()


@pytest.mark.parametrize(
    ("kind", "resource"),
    [
        (Kind.STATION, "printer"),
        (Kind.PIECE, "piece"),
        (Kind.BATCH, "material-batch"),
        (Kind.JOB, "run"),
        (Kind.ORDER, "order"),
    ],
)
async def test_an_unknown_uuid_is_null_and_spoils_no_other(
    hall: Hall, source: Build, kind: Kind, resource: str
) -> None:
    known = hall.ids(kind, resource)[0]
    wanted = frozenset({known, f"{KEY}:{kind}:{resource}/{NOWHERE}", f"{KEY}:{kind}:{resource}/no-uuid"})
    answer = await source(hall).select(kind, Where(By.ID, wanted), Freshness(max_age=0))
    assert [one.id for one in answer.items] == [known]
    assert answer.failure is None
    assert hall.calls()[resource] == 1


async def test_a_record_that_may_not_be_seen_is_null(hall: Hall, source: Build) -> None:
    first, second = hall.ids(Kind.PIECE, "piece")[:2]
    hall.change(hide=[f"/piece/{first.rpartition('/')[2]}/"])
    answer = await source(hall).select(
        Kind.PIECE, Where(By.ID, frozenset({first, second})), Freshness(max_age=0)
    )
    assert [one.id for one in answer.items] == [second]


async def test_a_record_that_is_deleted_is_null_when_it_is_asked_for(hall: Hall, source: Build) -> None:
    am = source(hall)
    first, second = hall.ids(Kind.PIECE, "piece")[:2]
    await am.select(Kind.PIECE, EVERYTHING, Freshness())
    hall.change(remove=[f"/piece/{first.rpartition('/')[2]}/"])
    answer = await am.select(Kind.PIECE, Where(By.ID, frozenset({first, second})), Freshness(max_age=0))
    assert [one.id for one in answer.items] == [second]


async def test_one_operation_never_asks_twice(hall: Hall, source: Build) -> None:
    am = source(hall)
    fresh, wanted = one_operation(am), frozenset(hall.ids(Kind.STATION, "printer"))
    for _ in range(3):
        await am.select(Kind.STATION, Where(By.ID, wanted), fresh)
        await am.live(wanted, fresh)
    calls = hall.calls()
    assert calls["printer"] == calls["modeler"] == calls["run"] == 1


async def test_ids_of_a_list_that_is_kept_up_to_date_cost_nothing(hall: Hall, source: Build) -> None:
    am = source(hall)
    pieces = (await am.select(Kind.PIECE, EVERYTHING, Freshness())).items
    hall.forget_calls()
    again = await am.select(Kind.PIECE, Where(By.ID, frozenset(one.id for one in pieces)), Freshness())
    assert {one.id for one in again.items} == {one.id for one in pieces}
    assert again.items[0] in pieces
    assert hall.calls() == {}


async def test_by_id_and_by_list_a_piece_is_the_same(hall: Hall, source: Build) -> None:
    by_list = {one.id: one for one in (await source(hall).select(Kind.PIECE, EVERYTHING, Freshness())).items}
    by_id = await source(hall).select(Kind.PIECE, Where(By.ID, frozenset(by_list)), Freshness())
    assert len(by_id.items) == len(by_list) > 100
    for one in by_id.items:
        other = by_list[one.id]
        assert (one.job_id, one.station_id, one.step_name, one.step_count, one.layout_ids) == (
            other.job_id,
            other.station_id,
            other.step_name,
            other.step_count,
            other.layout_ids,
        )
