"""Polls: what changed is told, what one tick costs, and when a listing counts as complete."""

from collections.abc import Mapping
from typing import Any

import pytest

from floorgraph.model.ids import Kind
from floorgraph.model.layout import LayoutStatus
from floorgraph.model.station import StationStatus
from floorgraph.vendors.answers import Listing
from floorgraph.vendors.authentise.source import AuthentiseSource
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate import Freshness
from subscriptions.comparison import Comparison
from tests.vendors.authentise.conftest import Build
from tests.vendors.authentise.hall import Hall, ShiftedClock

TICK: Mapping[str, dict[str, int]] = {
    "stations": {"event": 1, "printer": 1, "post-processor": 1, "modeler": 1, "run": 1, "build": 1},
    "jobs": {"run": 1, "service-provider-job": 1, "run-actuals": 1, "build": 1, "build-file": 1},
    "pieces": {"piece": 1, "run": 1, "piece-actuals": 1, "build-file": 1},
    "orders": {"order": 1},
    "layouts": {"event": 1, "build-file": 1, "run": 1},
    "batches": {"material-batch": 1, "material-lot": 1, "material-container": 1},
}
"""What a tick of each feed costs while little changes."""
KINDS = {
    "stations": Kind.STATION,
    "jobs": Kind.JOB,
    "pieces": Kind.PIECE,
    "orders": Kind.ORDER,
    "layouts": Kind.LAYOUT,
    "batches": Kind.BATCH,
}


async def poll(am: AuthentiseSource, name: str) -> Listing:
    feed = next(feed for feed in am.feeds() if feed.name == name)
    return (await am.poll(feed, Freshness(max_age=0.0)))[KINDS[name]]


def by_id(listing: Listing) -> dict[str, Any]:
    return {record.id: record for record in listing.records}


@pytest.mark.parametrize("name", list(TICK))
async def test_a_tick_costs_the_same_for_few_and_many_records(
    hall: Hall, large: Hall, source: Build, name: str
) -> None:
    costs = []
    for one in (hall, large):
        am = source(one)
        first = await poll(am, name)
        await poll(am, name)
        one.forget_calls()
        again = await poll(am, name)
        costs.append(one.calls())
        assert len(again.records) == len(first.records) > 0
    assert costs == [TICK[name], TICK[name]]


@pytest.mark.parametrize("name", list(TICK))
async def test_only_a_list_that_was_read_whole_is_complete(hall: Hall, source: Build, name: str) -> None:
    am = source(hall)
    assert (await poll(am, name)).complete
    assert not (await poll(am, name)).complete


async def test_changed_pieces_are_told_and_cost_no_more(large: Hall, source: Build) -> None:
    am = source(large)
    before = by_id(await poll(am, "pieces"))
    await poll(am, "pieces")
    large.step(30)
    touched = large.change(touch=50)["touched"]
    large.forget_calls()
    after = by_id(await poll(am, "pieces"))
    changed = {one.remote_id for one in after.values() if one != before[one.id]}
    assert changed == {f"piece/{uuid}" for uuid in touched}
    assert len(changed) > 40
    assert large.calls() == TICK["pieces"]
    unchanged = [one for one in after.values() if one.remote_id not in changed]
    assert all(one is before[one.id] for one in unchanged)


async def test_a_removal_is_told_only_by_whole_lists_and_confirmed(hall: Hall, source: Build) -> None:
    clock = ShiftedClock()
    am = source(hall, clock, intervals={"full_sweep": 300})
    comparison, known = Comparison(), dict[str, Any]()
    told: list[str] = []
    uuid = hall.uuids("piece")[3]
    for round_ in range(8):
        if round_ == 2:
            hall.change(remove=[f"/piece/{uuid}/"])
        if round_ == 4:
            clock.advance(400.0)
        clock.advance(15.0)
        hall.step(15)
        compared = comparison.compare(known, await poll(am, "pieces"))
        known = dict(compared.records)
        told += [f"{round_} {one.id}" for one in compared.differences if one.kind.name == "REMOVED"]
    # Gone in round 2; round 4 reads the whole list, round 5 confirms it.
    assert told == [f"5 am:piece:piece/{uuid}"]


async def test_events_tell_of_resources_without_updated(hall: Hall, source: Build) -> None:
    am = source(hall)
    await poll(am, "stations")
    printer = hall.uuids("printer")[0]
    hall.step(20)
    downtime = {
        "printer": f"/printer/{printer}/",
        "start": "2026-03-01T00:00:00+00:00",
        "status": "in_progress",
    }
    added = hall.change(add=[{"resource": "downtime", "values": downtime}])["added"]
    hall.forget_calls()
    found = by_id(await poll(am, "stations"))[f"am:station:printer/{printer}"]
    assert found.live.state.status is StationStatus.MAINTENANCE
    assert hall.calls() == TICK["stations"] | {"downtime": 1}
    hall.step(20)
    hall.change(set={added[0]: {"status": "complete"}})
    found = by_id(await poll(am, "stations"))[f"am:station:printer/{printer}"]
    assert found.live.state.status is not StationStatus.MAINTENANCE


async def test_an_event_counts_once_though_it_is_read_again(hall: Hall, source: Build) -> None:
    am = source(hall)
    await poll(am, "stations")
    shipping = next(one for one in by_id(await poll(am, "stations")).values() if "shipping/" in one.remote_id)
    hall.step(2)
    hall.change(set={f"/{shipping.remote_id}/": {"name": "Gate 9"}})
    hall.forget_calls()
    assert by_id(await poll(am, "stations"))[shipping.id].name == "Gate 9"
    assert hall.calls()["shipping"] == 1
    hall.forget_calls()
    await poll(am, "stations")
    assert hall.calls() == TICK["stations"]


async def test_a_flood_of_events_is_not_waded_through(large: Hall, source: Build) -> None:
    am = source(large, page_size=20)
    await poll(am, "stations")
    large.step(1)
    large.change(touch=300)
    large.forget_calls()
    await poll(am, "stations")
    assert large.calls()["event"] == 11
    assert large.calls()["shipping"] == 1
    large.step(1)
    large.forget_calls()
    await poll(am, "stations")
    assert large.calls()["event"] <= 11


async def test_layouts_are_read_again_only_while_they_are_computed(hall: Hall, source: Build) -> None:
    am = source(hall)
    plates = [one for one in by_id(await poll(am, "layouts")).values() if one.remote_id.startswith("layout/")]
    done, computing = plates[0], plates[1]
    assert done.status is LayoutStatus.READY
    hall.change(set={f"/{computing.remote_id}/": {"status": "processing"}})
    fresh = source(hall)
    await poll(fresh, "layouts")
    hall.forget_calls()
    found = by_id(await poll(fresh, "layouts"))
    assert found[computing.id].status is LayoutStatus.COMPUTING
    assert hall.calls() == TICK["layouts"] | {"layout/{uuid}": 1}
    hall.change(set={f"/{computing.remote_id}/": {"status": "complete"}})
    await poll(fresh, "layouts")
    hall.forget_calls()
    assert by_id(await poll(fresh, "layouts"))[computing.id].status is LayoutStatus.READY
    assert hall.calls() == TICK["layouts"]


async def test_two_feeds_share_what_both_need(hall: Hall, source: Build) -> None:
    am = source(hall)
    await poll(am, "pieces")
    hall.forget_calls()
    feed = next(feed for feed in am.feeds() if feed.name == "jobs")
    await am.poll(feed, Freshness(max_age=5.0))
    assert "run" not in hall.calls()


async def test_what_was_young_enough_at_the_beginning_stays_so_while_others_are_waited_for(
    hall: Hall, source: Build
) -> None:
    am = source(hall)
    await poll(am, "pieces")
    await poll(am, "jobs")
    hall.fault("latency", ms=1000, endpoint="GET /piece/")
    hall.forget_calls()
    feed = next(feed for feed in am.feeds() if feed.name == "pieces")
    await am.poll(feed, Freshness(max_age=0.8))
    assert set(hall.calls()) <= {"piece", "piece-actuals", "build-file", "run"}
    assert "print" not in hall.calls()


async def test_a_failing_part_fails_the_poll_and_the_next_one_heals(hall: Hall, source: Build) -> None:
    am = source(hall)
    await poll(am, "pieces")
    hall.fault("status", status=500, endpoint="GET /run/")
    with pytest.raises(SourceFailure):
        await poll(am, "pieces")
    hall.heal()
    assert (await poll(am, "pieces")).records


def told(payload: dict[str, Any]) -> dict[str, Any]:
    """A payload without what the vendor derives from other records: no stamp tells when that changes."""
    derived = {"workstation_queue_position", "completed_quantity", "line_item_status"}
    return {name: value for name, value in payload.items() if name not in derived}


async def test_the_work_of_a_living_shop_ends_as_the_vendor_has_it(source: Build, hall: Hall) -> None:
    hall.change(alive=True, late_share=0.3, late_seconds=8)
    clock = ShiftedClock()
    am = source(hall, clock)
    for _ in range(12):
        hall.step(20)
        for name in KINDS:
            await poll(am, name)
    hall.change(alive=False, late_share=0.0)
    hall.step(60)
    other = source(hall)
    for name in ("jobs", "pieces", "orders", "batches"):
        ours, theirs = by_id(await poll(am, name)), by_id(await poll(other, name))
        assert ours.keys() == theirs.keys()
        for key, record in ours.items():
            assert told(record.raw) == told(theirs[key].raw)
    clock.advance(1000.0)
    ours, theirs = by_id(await poll(am, "jobs")), by_id(await poll(other, "jobs"))
    assert {key: one.raw for key, one in ours.items()} == {key: one.raw for key, one in theirs.items()}
