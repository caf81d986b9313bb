"""What is wrong is said clearly: credentials, clock, organisation, permissions, paths."""

from collections.abc import Iterator

import pytest

from floorgraph.model.ids import Kind
from floorgraph.model.source import Capability, CapabilityState, SourceStatus
from floorgraph.model.station import LiveStatus, StationKind, StationStatus
from floorgraph.vendors.cloudnest.source import CloudNestSource
from floorgraph.vendors.contract import SourceTools
from floorgraph.vendors.failures import AuthRequired, Forbidden, VendorFailure
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING
from tests.support.fakeclock import FakeClock
from tests.vendors.cloudnest.conftest import Build, Hall, running

SECRET = "not-the-right-secret"


def capability(source: CloudNestSource, name: Capability) -> CapabilityState:
    return next(state for state in source.capabilities() if state.name is name)


async def test_all_is_well(hall: Hall, source: Build) -> None:
    laser = source(hall)
    await laser.examine()
    assert laser.condition().status is SourceStatus.UP
    off = {state.name for state in laser.capabilities() if not state.available}
    assert off.isdisjoint({Capability.JOBS, Capability.LAYOUTS, Capability.KPIS, Capability.ALARMS})
    assert all(state.reason for state in laser.capabilities() if not state.available)
    assert laser.diagnostics.drift_notes() == []
    assert laser.diagnostics.unmapped_words() == []
    assert hall.state()["gateway"]["secrets_seen"] == 0, "the secret is never on the wire"


async def test_a_wrong_secret_needs_authentication_and_is_not_tried_over_and_over(
    hall: Hall, source: Build
) -> None:
    clock = FakeClock()
    laser = source(hall, SourceTools(clock=clock, sleep=clock.sleep), app_secret=SECRET)
    with pytest.raises(AuthRequired) as raised:
        await laser.probe()
    assert "check app_id and app_secret" in str(raised.value)
    assert SECRET not in str(raised.value)
    condition = laser.condition()
    assert condition.status is SourceStatus.AUTH_REQUIRED
    assert "app_secret" in (condition.failure or "")
    calls = sum(hall.calls().values())
    with pytest.raises(AuthRequired):
        await laser.probe()
    assert sum(hall.calls().values()) == calls
    assert calls <= 2


@pytest.mark.parametrize("skew", [-86_400.0, -3600.0, 3600.0, 86_400.0 * 400])
async def test_a_skewed_clock_is_learned_from_the_first_answer(
    hall: Hall, source: Build, skew: float
) -> None:
    hall.change(clock_skew=skew)
    clock = FakeClock()
    laser = source(hall, SourceTools(clock=clock, sleep=clock.sleep))
    await laser.probe()
    assert laser.condition().status is SourceStatus.UP
    assert laser.clock_skew_seconds == pytest.approx(skew, abs=2)
    assert sum(hall.calls().values()) == 3, "one attempt in vain, one again, and the job tree at once"
    used = {budget.endpoint: budget.used for budget in laser.budgets()}
    assert used["devices"] == 2, "the attempt in vain counts as well"


async def test_a_clock_within_ten_minutes_needs_no_second_attempt(hall: Hall, source: Build) -> None:
    hall.change(clock_skew=400.0)
    clock = FakeClock()
    laser = source(hall, SourceTools(clock=clock, sleep=clock.sleep))
    await laser.probe()
    assert sum(hall.calls().values()) == 2


async def test_without_an_organisation_code_there_are_machines_and_a_clear_condition(
    hall: Hall, source: Build
) -> None:
    laser = source(hall, org_code=None)
    await laser.probe()
    condition = laser.condition()
    assert condition.status is SourceStatus.DEGRADED
    assert "org_code is not configured" in (condition.failure or "")
    assert "org_code" in (capability(laser, Capability.JOBS).reason or "")
    assert not capability(laser, Capability.JOBS).available
    assert capability(laser, Capability.LIVE_STATUS).available
    assert (await laser.select(Kind.JOB, EVERYTHING, Freshness())).items == ()
    assert len((await laser.select(Kind.STATION, EVERYTHING, Freshness())).items) == 6
    assert set(hall.calls()) == {"/api/user_devices"}, "nothing of CloudNest was asked in vain"


async def test_only_machines_on_purpose_is_no_trouble(hall: Hall, source: Build) -> None:
    laser = source(hall, org_code=None, cloudnest=False)
    await laser.probe()
    assert laser.condition().status is SourceStatus.UP
    assert "cloudnest = false" in (capability(laser, Capability.JOBS).reason or "")


async def test_an_organisation_that_the_vendor_does_not_know_is_said_to_be_refused(
    hall: Hall, source: Build
) -> None:
    laser = source(hall, org_code="TEAM999")
    await laser.probe()
    condition = laser.condition()
    assert condition.status is SourceStatus.DEGRADED
    assert "check org_code" in (condition.failure or "")
    with pytest.raises(Forbidden):
        await laser.select(Kind.JOB, EVERYTHING, Freshness())
    assert "org_code" in (capability(laser, Capability.JOBS).reason or "")


async def test_an_endpoint_that_is_not_granted_is_switched_off_alone(hall: Hall, source: Build) -> None:
    hall.change(ungranted=["statistics", "plan_detail"])
    clock = FakeClock()
    laser = source(hall, SourceTools(clock=clock, sleep=clock.sleep))
    await laser.examine()
    condition = laser.condition()
    assert condition.status is SourceStatus.DEGRADED
    assert "plan_detail" in (condition.failure or "") or "statistics" in (condition.failure or "")
    assert "1007" in (condition.failure or "")
    kpis, layouts = capability(laser, Capability.KPIS), capability(laser, Capability.LAYOUTS)
    assert (kpis.available, layouts.available) == (False, False)
    assert "may not call" in (kpis.reason or "")
    assert capability(laser, Capability.JOBS).available
    assert {feed.name for feed in laser.feeds()} >= {"states", "tree", "machines"}
    assert "tasks" not in {feed.name for feed in laser.feeds()}
    hall.forget_calls()
    jobs = await laser.select(Kind.JOB, EVERYTHING, Freshness(max_age=0))
    assert isinstance(jobs.failure, Forbidden)
    assert jobs.items, "the tree is there, without states"
    with pytest.raises(Forbidden):
        await laser.select(Kind.LAYOUT, EVERYTHING, Freshness(max_age=0))
    assert "/cn-api/api/job/plan_detail" not in hall.calls(), "it is not asked again for an hour"
    hall.change(ungranted=[])
    clock.advance(3601)
    assert (await laser.select(Kind.LAYOUT, EVERYTHING, Freshness(max_age=0))).items
    assert capability(laser, Capability.LAYOUTS).available


async def test_without_the_machines_api_machines_are_those_of_the_tasks(hall: Hall, source: Build) -> None:
    hall.change(ungranted=["/api/*", "/statistics/*"])
    laser = source(hall, machines=[])
    await laser.probe()
    stations = (await laser.select(Kind.STATION, EVERYTHING, Freshness())).items
    gmids = {str(one["gmid"]) for one in hall.state()["tasks"]}
    assert {station.remote_id for station in stations} == gmids
    lives = await laser.live([station.id for station in stations], Freshness())
    for live in lives.values():
        assert isinstance(live, LiveStatus)
        assert live.state is not None
        assert live.state.status is StationStatus.UNKNOWN
    assert "production tasks" in (capability(laser, Capability.STATIONS).reason or "")
    assert not capability(laser, Capability.LIVE_STATUS).available


async def test_states_that_are_not_granted_leave_machines_unknown(hall: Hall, source: Build) -> None:
    hall.change(ungranted=["device_states"])
    clock = FakeClock()
    laser = source(hall, SourceTools(clock=clock, sleep=clock.sleep))
    lives = await laser.live(["laser:station:12"], Freshness())
    (live,) = lives.values()
    assert isinstance(live, LiveStatus)
    assert live.state is not None
    assert (live.state.status, live.state.reason) == (StationStatus.UNKNOWN, "NOT_GRANTED")
    assert "states" not in {feed.name for feed in laser.feeds()}
    clock.advance(3601)
    assert "states" in {feed.name for feed in laser.feeds()}, "it is tried again after an hour"


async def test_nothing_granted_at_all_fails_the_probe(hall: Hall, source: Build) -> None:
    hall.change(ungranted=["*"])
    with pytest.raises(Forbidden):
        await source(hall).probe()


async def test_a_path_at_which_nothing_lies_says_which_setting_is_wrong(hall: Hall, source: Build) -> None:
    laser = source(hall, endpoints={"job_tree": {"path": "/cn-api/api/nowhere"}})
    await laser.probe()
    condition = laser.condition()
    assert condition.status is SourceStatus.DEGRADED
    assert "endpoints.job_tree.path" in (condition.failure or "")


async def test_a_path_that_is_not_known_is_never_called(hall: Hall, source: Build) -> None:
    laser = source(hall)
    await laser.examine()
    await laser.select(Kind.BATCH, EVERYTHING, Freshness())
    assert not [path for path in hall.calls() if "invented" in path]
    assert "endpoints.plate_list.path" in (capability(laser, Capability.BATCHES).reason or "")


async def test_a_configured_path_brings_plates_in_stock_and_names_of_materials(
    hall: Hall, source: Build
) -> None:
    invented = "/cn-api/invented-for-tests"
    endpoints = {
        "plate_list": {"path": f"{invented}/plate/list"},
        "material_list": {"path": f"{invented}/material/list"},
    }
    clock = FakeClock()
    laser = source(hall, SourceTools(clock=clock, sleep=clock.sleep), endpoints=endpoints)
    found = await laser.select(Kind.BATCH, EVERYTHING, Freshness())
    stock = {one["guid"]: one for one in hall.state()["plates"] if one["remaining"]}
    by_guid = {plate.remote_id: plate for plate in found.items}
    assert stock.keys() <= by_guid.keys()
    for guid, plate in stock.items():
        left = None if plate["remaining"] == -1 else plate["remaining"]
        assert by_guid[guid].quantity == left
        assert (by_guid[guid].thumbnail_url is not None) == (plate["type"] == 1)
    assert capability(laser, Capability.BATCHES).reason is None
    assert hall.calls()[f"{invented}/plate/list"] == 1


async def test_a_status_number_can_be_given_a_meaning(source: Build) -> None:
    with running(codes={"org-unknown": 4711}, messages={"org-unknown": "E-4711"}) as other:
        laser = source(other, org_code="TEAM999")
        with pytest.raises(VendorFailure):
            await laser.select(Kind.JOB, EVERYTHING, Freshness())
        told = source(other, org_code="TEAM999", errors={4711: "organisation"})
        with pytest.raises(Forbidden):
            await told.select(Kind.JOB, EVERYTHING, Freshness())


@pytest.fixture(scope="module")
def camel() -> Iterator[Hall]:
    with running(header_styles=["camel"], welders=1) as hall:
        yield hall


async def test_the_other_spelling_of_the_headers_can_be_chosen(camel: Hall, source: Build) -> None:
    laser = source(camel, header_style="camel")
    stations = (await laser.select(Kind.STATION, EVERYTHING, Freshness())).items
    assert {station.kind for station in stations} == {StationKind.LASER_CUTTER, StationKind.LASER_WELDER}
    assert camel.state()["gateway"]["secrets_seen"] == 0
