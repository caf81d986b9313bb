"""What a failing CWork server costs: its own records grow old, and everything says so."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from floorgraph.model import Kind, LiveStatus, Station, StationStatus
from floorgraph.model.source import SourceStatus
from floorgraph.vendors.cwork.source import CWorkSource
from floorgraph.vendors.failures import Malformed, SourceFailure, TimedOut, VendorFailure
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING, By, Where
from tests.support.deadline import DEADLINE
from tests.support.fakeclock import FakeClock
from tests.vendors.cwork.conftest import Build, Shop

AGAIN = Freshness(max_age=0)
NOW = Freshness()


async def stations_of(source: CWorkSource, freshness: Freshness = NOW) -> Sequence[Station]:
    found = await source.select(Kind.STATION, EVERYTHING, freshness)
    items: Sequence[Station] = found.items
    return items


FAULTS: list[tuple[dict[str, Any], type[SourceFailure]]] = [
    ({"kind": "malformed", "how": "cut_text"}, Malformed),
    ({"kind": "html"}, Malformed),
    ({"kind": "cut"}, Malformed),
    ({"kind": "status", "status": 200, "body": ""}, Malformed),
    ({"kind": "status", "status": 200, "body": '"later"', "content_type": "application/json"}, Malformed),
    ({"kind": "status", "status": 500, "body": "4000: Unexpected Error"}, VendorFailure),
    ({"kind": "status", "status": 200, "body": '{"ErrorCode": 4000, "Message": "x"}'}, VendorFailure),
    ({"kind": "status", "status": 503, "body": "1012"}, VendorFailure),
    ({"kind": "hang"}, TimedOut),
]


@pytest.mark.parametrize(("fault", "expected"), FAULTS, ids=lambda value: str(value)[:60])
async def test_the_last_known_records_are_served_as_stale_with_the_failure(
    shop: Shop, source: Build, fault: dict[str, Any], expected: type[SourceFailure]
) -> None:
    north = source(shop, timeouts={"connect": 3.0, "read": 3.0, "total": 3.0})
    before = await stations_of(north)
    shop.fault(endpoint="GET /stations", **fault)
    found = await north.select(Kind.STATION, EVERYTHING, AGAIN)
    shop.heal()
    assert type(found.failure) is expected
    assert [one.stale for one in found.items] == [True] * len(before)
    assert [one.name for one in found.items] == [one.name for one in before]
    assert not any(one.stale for one in before), "records are never changed after they are built"
    fresh = await stations_of(north, AGAIN)
    assert not any(one.stale for one in fresh)


@pytest.mark.parametrize(("fault", "expected"), FAULTS[:6])
async def test_without_a_last_known_answer_the_failure_is_raised(
    shop: Shop, source: Build, fault: dict[str, Any], expected: type[SourceFailure]
) -> None:
    north = source(shop)
    await north.select(Kind.STATION, EVERYTHING, NOW)
    shop.fault(endpoint="GET /orders", **fault)
    with pytest.raises(expected):
        await north.select(Kind.ORDER, EVERYTHING, NOW)


async def test_a_failing_endpoint_costs_only_what_it_brings(shop: Shop, source: Build) -> None:
    north = source(shop)
    await stations_of(north)
    shop.fault("status", endpoint="GET /orders", status=500, body="")
    pieces = await north.select(Kind.PIECE, EVERYTHING, AGAIN)
    assert isinstance(pieces.failure, VendorFailure)
    assert pieces.items
    assert {one.reference for one in pieces.items} == {None}
    jobs = await north.select(Kind.JOB, EVERYTHING, AGAIN)
    assert jobs.failure is None
    current = await north.current_jobs([one.id for one in await stations_of(north)], AGAIN)
    assert current


async def test_stations_are_listed_where_only_their_statuses_fail(shop: Shop, source: Build) -> None:
    shop.fault("status", endpoint="GET /station_statuses*", status=500, body="")
    north = source(shop)
    found = await north.select(Kind.STATION, EVERYTHING, NOW)
    assert (len(found.items), found.failure) == (12, None)
    with pytest.raises(VendorFailure):
        await north.live(["north:station:1"], NOW)


async def test_without_state_definitions_statuses_are_still_understood(shop: Shop, source: Build) -> None:
    shop.change(stations=[{"handle": 1, "state": 0}, {"handle": 2, "state": 8}])
    shop.fault("status", endpoint="GET /states", status=500, body="")
    live = await source(shop).live(["north:station:1", "north:station:2"], NOW)
    states = [one.state for one in live.values() if isinstance(one, LiveStatus)]
    assert [state.status if state else None for state in states] == [
        StationStatus.RUNNING,
        StationStatus.STOPPED,  # a grandchild of a built-in state: only its category is known
    ]
    shop.heal()
    live = await source(shop).live(["north:station:2"], NOW)
    (state,) = (one.state for one in live.values() if isinstance(one, LiveStatus))
    assert state is not None
    assert state.status is StationStatus.SETUP


async def test_a_state_that_was_defined_meanwhile_is_looked_up_once(shop: Shop, source: Build) -> None:
    shop.fault("truncate", endpoint="GET /states", keep=5)
    shop.change(stations=[{"handle": 1, "state": 8}])
    north = source(shop)
    await north.live(["north:station:1"], NOW)
    assert shop.calls()["GET /states"] == 2, "its parent was missing, and is asked for once more"
    await north.live(["north:station:1"], AGAIN)
    assert shop.calls()["GET /states"] == 2, "what does not exist is not asked for with every poll"


async def test_a_poll_that_gets_no_fresh_answer_fails(shop: Shop, source: Build) -> None:
    north = source(shop)
    await north.probe()
    for feed in north.feeds():
        await north.poll(feed, AGAIN)
    shop.fault("status", status=500, body="")
    for feed in north.feeds():
        with pytest.raises(VendorFailure):
            await north.poll(feed, AGAIN)
    live = await north.live(["north:station:1"], AGAIN)
    status = live["north:station:1"]
    assert isinstance(status, LiveStatus)
    assert status.stale


async def test_the_condition_worsens_step_by_step_and_recovers(shop: Shop, source: Build) -> None:
    clock = FakeClock()
    north = source(shop, clock)
    await north.probe()
    seen: list[SourceStatus] = []

    def note() -> None:
        status = north.condition().status
        if not seen or seen[-1] is not status:
            seen.append(status)

    north.on_change = note
    shop.fault("status", status=500, body="")
    for _ in range(4):
        clock.advance(60)
        with pytest.raises(SourceFailure):
            await north.poll(north.feeds()[0], AGAIN)
    condition = north.condition()
    assert condition.status is SourceStatus.DOWN
    assert condition.failure_code == "VENDOR_FAILURE"
    assert condition.failing_since is not None
    shop.heal()
    clock.advance(600)
    await north.poll(north.feeds()[0], AGAIN)
    # Between the first endpoint that answers again and the last one the server answers in part.
    down, up = seen.index(SourceStatus.DOWN), seen.index(SourceStatus.UP)
    assert set(seen[:down]) == {SourceStatus.DEGRADED}
    assert set(seen[down + 1 : up]) <= {SourceStatus.DEGRADED}
    assert seen[-1] is SourceStatus.UP


async def test_a_record_that_does_not_say_which_it_is_makes_the_list_incomplete(
    shop: Shop, source: Build
) -> None:
    north = source(shop)
    before = await stations_of(north)
    # The first handle becomes words without quotes: repaired to a text, and no handle.
    shop.fault("malformed", endpoint="GET /stations", how="bare_word")
    found = await north.select(Kind.STATION, EVERYTHING, AGAIN)
    assert [one.id for one in found.items] == [one.id for one in before[1:]]
    assert not found.complete
    assert len(north.diagnostics.quarantined()) == 1
    assert found.failure is None


async def test_one_bad_record_never_costs_its_list(shop: Shop, source: Build) -> None:
    north = source(shop)
    before = await stations_of(north)
    assert len(before) == 12
    body = (
        '[{"Handle": 1, "Name": "Good", "MDCMode": true}, {"Handle": 2, "Name": "Bad" "Workshop": 3 4 "x},'
        ' {"Handle": 3, "Name": "Fine", "MDCMode": true}, {"Name": "Nobody"}]'
    )
    shop.fault("status", endpoint="GET /stations", status=200, body=body, content_type="application/json")
    found = await north.select(Kind.STATION, EVERYTHING, AGAIN)
    assert [(one.remote_id, one.stale) for one in found.items] == [("1", False), ("3", False), ("2", True)]
    assert not found.complete, "one record could be any of those that are missing"
    reasons = {(one.payload, one.remote_id) for one in north.diagnostics.quarantined()}
    assert reasons == {("station", "2"), ("station", None)}
    assert north.condition().status is SourceStatus.DEGRADED
    shop.heal()
    assert len(await stations_of(north, AGAIN)) == 12
    assert north.condition().status is SourceStatus.UP


async def test_a_retyped_identity_keeps_the_record_out_and_the_others_in(shop: Shop, source: Build) -> None:
    north = source(shop)
    body = '[{"Handle": {"id": 1}, "Name": "A"}, {"Handle": "2", "Name": "B"}, {"Handle": 2, "Name": "C"}, 5]'
    shop.fault("status", endpoint="GET /stations", status=200, body=body, content_type="application/json")
    found = await north.select(Kind.STATION, EVERYTHING, NOW)
    assert [(one.remote_id, one.name) for one in found.items] == [("2", "C")], "of duplicates the last wins"
    notes = {(note.payload, note.change) for note in north.diagnostics.drift_notes()}
    assert {("station", "duplicate"), ("station", "retyped")} <= notes


@pytest.mark.parametrize(
    ("action", "change"), [("drop", "gone"), ("rename", "new"), ("retype", "unreadable")]
)
async def test_drift_is_counted_and_costs_only_its_field(
    shop: Shop, source: Build, action: str, change: str
) -> None:
    shop.fault("drift", endpoint="GET /operations", field="PartsMade", action=action, to="PartsDone")
    north = source(shop)
    jobs = await north.select(Kind.JOB, EVERYTHING, NOW)
    assert len(jobs.items) == 30
    notes = {(note.payload, note.change) for note in north.diagnostics.drift_notes()}
    assert ("operation", change) in notes
    assert all(one.progress is None for one in jobs.items)


async def test_a_shorter_list_is_passed_on_for_the_engine_to_judge(shop: Shop, source: Build) -> None:
    north = source(shop)
    await north.probe()
    live = north.feeds()[0]
    shop.fault("truncate", endpoint="GET /station_statuses", keep=3)
    found = await north.poll(live, AGAIN)
    stations = found[Kind.STATION].records
    assert len(stations) == 12, "stations come from their own list"
    states = [
        one.live.state.reason for one in stations if isinstance(one, Station) and one.live and one.live.state
    ]
    assert states.count("NOT_REPORTED") == 7
    assert states.count("NOT_MONITORED") == 1


async def test_a_status_that_does_not_say_whose_it_is_silences_nobody(shop: Shop, source: Build) -> None:
    shop.change(raise_alarms=[{"station": 2, "code": "0042", "message": "DOOR"}])
    north = source(shop)
    await north.probe()
    live = north.feeds()[0]
    before = await north.poll(live, AGAIN)
    body = '[{"Handle": 1, "State": {"Handle": 0}, "Alarms": []}, {"Handle": {"of": 2}}]'
    shop.fault(
        "status", endpoint="GET /station_statuses", body=body, content_type="application/json", status=200
    )
    after = await north.poll(live, AGAIN)
    assert not after[Kind.ALARM].complete, "an alarm that is missing is not known to be over"
    stale = {one.remote_id for one in after[Kind.STATION].records if one.stale}
    assert "1" not in stale
    assert {"2", "3"} <= stale
    assert (
        {one.id for one in before[Kind.ALARM].records}
        >= {one.id for one in after[Kind.ALARM].records}
        != set()
    )


async def test_below_1_12_a_station_that_fails_keeps_its_last_status(shop: Shop, source: Build) -> None:
    shop.change(version="1.11")
    north = source(shop)
    await north.probe()
    live = north.feeds()[0]
    await north.poll(live, AGAIN)
    shop.fault(
        "status", endpoint="GET /station_statuses/{id}", path="/CAPI/REST/station_statuses/3", status=500
    )
    found = await north.poll(live, AGAIN)
    stale = [one.remote_id for one in found[Kind.STATION].records if one.stale]
    assert stale == ["3"]
    assert found[Kind.STATION].complete
    shop.fault("status", endpoint="GET /station_statuses/{id}", status=500)
    with pytest.raises(SourceFailure):
        await north.poll(live, AGAIN)


async def test_below_1_12_a_station_never_heard_of_fails_alone(shop: Shop, source: Build) -> None:
    shop.change(version="1.11")
    shop.fault(
        "status", endpoint="GET /station_statuses/{id}", path="/CAPI/REST/station_statuses/3", status=500
    )
    live = await source(shop).live(["north:station:2", "north:station:3"], NOW)
    assert isinstance(live["north:station:2"], LiveStatus)
    assert isinstance(live["north:station:3"], VendorFailure)


async def test_below_1_12_an_unmonitored_station_is_no_failure(shop: Shop, source: Build) -> None:
    shop.change(version="1.11")
    north = source(shop)
    await stations_of(north)
    # Switched off at the server after the definitions were read.
    shop.change(stations=[{"handle": 1, "mdc_mode": False}])
    live = await north.live(["north:station:1"], AGAIN)
    status = live["north:station:1"]
    assert isinstance(status, LiveStatus)
    assert status.state is not None
    assert (status.state.status, status.state.reason) == (StationStatus.UNKNOWN, "NOT_MONITORED")


async def test_the_engine_behind_the_server_may_be_away(shop: Shop, source: Build) -> None:
    north = source(shop)
    await north.live(["north:station:1"], NOW)
    shop.change(engine_up=False)
    live = await north.live(["north:station:1"], AGAIN)
    status = live["north:station:1"]
    assert isinstance(status, LiveStatus)
    assert status.stale, "the last known status, not a guess"


async def test_a_slow_answer_is_waited_for_by_all_and_asked_for_once(shop: Shop, source: Build) -> None:
    north = source(shop)
    await stations_of(north)
    shop.forget_calls()
    shop.fault("latency", endpoint="GET /orders", ms=200)
    await asyncio.gather(*(north.select(Kind.ORDER, EVERYTHING, AGAIN) for _ in range(10)))
    assert shop.calls()["GET /orders"] == 1


async def test_what_does_not_exist_is_left_out(shop: Shop, source: Build) -> None:
    north = source(shop)
    for kind in (Kind.STATION, Kind.JOB, Kind.ORDER, Kind.PIECE, Kind.PROGRAM, Kind.PROGRAM_VERSION):
        wanted = Where(By.ID, frozenset({f"north:{kind}:987654", f"north:{kind}:x/y/z"}))
        found = await north.select(kind, wanted, NOW)
        assert (list(found.items), found.failure) == ([], None), kind


async def test_an_archived_order_is_found_one_by_one(shop: Shop, source: Build) -> None:
    shop.change(orders=[{"id": 1, "archived": True}, {"id": 2, "valid": False}])
    north = source(shop)
    listed = await north.select(Kind.ORDER, EVERYTHING, NOW)
    assert not {"1", "2"} & {one.remote_id for one in listed.items}
    wanted = Where(By.ID, frozenset({"north:order:1", "north:order:2", "north:order:3"}))
    found = await north.select(Kind.ORDER, wanted, NOW)
    by_id = {one.remote_id: one for one in found.items}
    assert by_id.keys() == {"1", "2", "3"}
    assert (by_id["1"].archived, by_id["1"].valid) == (True, True)
    assert by_id["2"].valid is False
    assert shop.calls()["GET /orders/{id}"] == 2


async def test_a_picture_that_does_not_exist_is_null(shop: Shop, source: Build) -> None:
    north = source(shop)
    for code in (2001, 2002):
        shop.fault("status", endpoint="GET /stations/{id}/img", status=404, body=f"{code}: No image", count=1)
        assert await north.image("north:station:1", AGAIN) is None
    shop.fault("html", endpoint="GET /stations/{id}/img", count=1)
    with pytest.raises(Malformed):
        await north.image("north:station:1", AGAIN)
    found = await north.image("north:station:1", AGAIN)
    assert found is not None
    assert (found.media_type, found.content[:4]) == ("image/png", b"\x89PNG")


async def test_closing_ends_calls_in_flight(shop: Shop, source: Build) -> None:
    north = source(shop)
    await stations_of(north)
    shop.fault("hang", endpoint="GET /orders")
    waiting = asyncio.create_task(north.select(Kind.ORDER, EVERYTHING, NOW))
    async with asyncio.timeout(DEADLINE):
        while not [call for call in shop.log() if call["path"].endswith("/orders")]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await north.close()
    with pytest.raises((SourceFailure, asyncio.CancelledError)):
        await waiting
    shop.heal()
