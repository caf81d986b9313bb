"""What is found out about a server: the header it takes, its version, its licences."""

from collections.abc import Iterator

import pytest

from floorgraph.model import JobKind, Kind
from floorgraph.model.source import Capability, SourceStatus
from floorgraph.vendors.cwork.source import CWorkSource
from floorgraph.vendors.failures import (
    AuthRequired,
    Forbidden,
    SourceFailure,
    Unreachable,
    Unsupported,
    VendorFailure,
)
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING
from tests.support.fakeclock import FakeClock
from tests.vendors.cwork.conftest import Build, Shop, running

C = Capability
ALWAYS = {C.STATIONS, C.LIVE_STATUS}
SINCE_1_4 = {*ALWAYS, C.STATION_IMAGES, C.KPIS, C.PROGRAMS}
SINCE_1_6 = {*SINCE_1_4, C.ALARMS, C.ALARM_HISTORY, C.PROTOCOLS}
SINCE_1_10 = {*SINCE_1_6, C.STATE_HISTORY, C.USERS}
SINCE_1_11 = {*SINCE_1_10, C.PROGRAM_RUNS}
SINCE_1_12 = {*SINCE_1_11, C.LIVE_STATUS_BATCH, C.PART_COUNTS}
SINCE_1_13 = {*SINCE_1_12, C.JOBS, C.ORDERS, C.PIECES}
NOT_EXCLUDED_BELOW_1_6 = {C.KPIS, C.STATION_IMAGES, C.PROGRAMS}


def available(source: CWorkSource) -> set[Capability]:
    return {state.name for state in source.capabilities() if state.available}


def reason(source: CWorkSource, name: Capability) -> str | None:
    return next(state.reason for state in source.capabilities() if state.name is name)


@pytest.mark.parametrize(
    ("version", "found", "capabilities"),
    [
        ("1.0", ">=1.0 <1.3", ALWAYS),
        ("1.2", ">=1.1 <1.3", ALWAYS),
        ("1.4", ">=1.3 <1.6", SINCE_1_4),
        ("1.6", ">=1.6 <1.10", SINCE_1_6),
        ("1.10", "1.10", SINCE_1_10),
        ("1.11", "1.11", SINCE_1_11),
        ("1.12", "1.12", SINCE_1_12),
        ("1.13", ">=1.13 <1.16", {*SINCE_1_13, C.PROGRAM_CONTENT}),
        ("1.16", ">=1.16", {*SINCE_1_13, C.PROGRAM_CONTENT}),
    ],
)
async def test_the_version_shows_in_what_the_server_answers(
    shop: Shop, source: Build, version: str, found: str, capabilities: set[Capability]
) -> None:
    shop.change(version=version)
    north = source(shop)
    assert not north.version
    await north.probe()
    assert north.version == found
    assert available(north) == capabilities
    assert north.condition().status is SourceStatus.UP


async def test_what_a_version_lacks_is_explained(shop: Shop, source: Build) -> None:
    shop.change(version="1.11")
    north = source(shop)
    await north.probe()
    expected = "needs CWork API 1.13; this server answers 1.11"
    assert reason(north, C.ORDERS) == expected
    assert reason(north, C.JOBS) == f"{expected}; jobs are known only by the names that stations report"
    assert reason(north, C.LAYOUTS) == "CWork has no layouts of pieces on stock"
    assert reason(north, C.BATCHES) == "CWork does not track material"


async def test_before_the_first_question_nothing_is_known(shop: Shop, source: Build) -> None:
    north = source(shop)
    assert north.condition().status is SourceStatus.STARTING
    assert available(north) == set()
    assert reason(north, C.STATIONS) == "not asked yet"
    assert {state.name for state in north.capabilities()} == set(Capability)
    assert shop.calls() == {}


@pytest.mark.parametrize(
    ("licences", "missing"),
    [
        (
            ["monitor", "dnc"],
            {C.JOBS: "prod", C.ORDERS: "prod", C.PIECES: "prod"},
        ),
        (
            ["monitor", "prod"],
            {C.PROGRAMS: "dnc", C.PROGRAM_CONTENT: "dnc"},
        ),
        (["dnc", "prod"], {C.LIVE_STATUS: "monitor", C.ALARMS: "monitor"}),
    ],
)
async def test_a_missing_licence_switches_off_what_it_covers(
    shop: Shop, source: Build, licences: list[str], missing: dict[Capability, str]
) -> None:
    shop.change(licences=licences)
    north = source(shop)
    await north.probe()
    for name, licence in missing.items():
        text = reason(north, name)
        assert text is not None
        assert f"licence {licence} is missing" in text
    assert not missing.keys() & available(north)
    assert C.STATIONS in available(north)
    assert north.condition().status is SourceStatus.UP


async def test_without_the_monitor_licence_stations_have_no_state(shop: Shop, source: Build) -> None:
    shop.change(licences=["dnc", "prod"])
    north = source(shop)
    live = await north.live(["north:station:1"], Freshness())
    state = getattr(live["north:station:1"], "state", None)
    assert state is not None
    assert state.reason == "NO_LICENCE"
    (feed,) = (feed for feed in north.feeds() if feed.name == "live")
    assert feed.interval == 600.0
    shop.forget_calls()
    found = await north.poll(feed, Freshness(max_age=0))
    assert len(found[Kind.STATION].records) == 12
    assert shop.calls() == {"GET /stations": 1}


async def test_without_any_licence_the_source_says_so(shop: Shop, source: Build) -> None:
    shop.change(licences=[])
    north = source(shop)
    with pytest.raises(Forbidden) as caught:
        await north.select(Kind.STATION, EVERYTHING, Freshness())
    assert caught.value.vendor_code == "3001"
    condition = north.condition()
    assert (condition.status, condition.failure_code) == (SourceStatus.DEGRADED, "UPSTREAM_FORBIDDEN")


async def test_a_licence_that_goes_is_noticed_when_it_is_needed(shop: Shop, source: Build) -> None:
    north = source(shop)
    await north.probe()
    shop.change(licences=["monitor", "dnc"])
    changes: list[str] = []
    north.on_change = lambda: changes.append("changed")
    with pytest.raises(Forbidden):
        await north.select(Kind.ORDER, EVERYTHING, Freshness(max_age=0))
    assert changes
    assert not {C.ORDERS, C.JOBS, C.PIECES} & available(north)
    shop.forget_calls()
    assert not (await north.select(Kind.ORDER, EVERYTHING, Freshness(max_age=0))).items
    jobs = await north.select(Kind.JOB, EVERYTHING, Freshness(max_age=0))
    assert {job.kind for job in jobs.items} == {JobKind.REPORTED}
    assert not {"GET /orders", "GET /operations"} & shop.calls().keys(), "known to be refused"


async def test_a_function_that_turns_out_missing_is_not_asked_for_again(shop: Shop, source: Build) -> None:
    shop.change(version="1.13")
    north = source(shop)
    await north.probe()
    assert C.PROGRAM_CONTENT in available(north), "1.13 to 1.15 cannot be told apart"
    programs = await north.select(Kind.PROGRAM, EVERYTHING, Freshness())
    version = f"north:program-version:{programs.items[0].remote_id}"
    assert await north.content(version, Freshness()) is None
    assert reason(north, C.PROGRAM_CONTENT) == "the server does not know this function"
    shop.forget_calls()
    assert await north.content(version, Freshness(max_age=0)) is None
    assert shop.calls() == {}


@pytest.fixture(scope="session", params=["full", "exact"])
def picky(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """Servers that do not take `application/json+v1` for their newest version."""
    yield from running(accept=request.param, version="1.13")


async def test_a_server_that_wants_a_full_version_gets_its_newest(picky: Shop, source: Build) -> None:
    picky.reset().change(version="1.13")
    north = source(picky)
    await north.probe()
    assert north.version == "1.13"
    assert C.ORDERS in available(north)


async def test_a_configured_version_comes_first(shop: Shop, source: Build) -> None:
    north = source(shop, accept="application/json+v1.12")
    await north.probe()
    assert north.version == "1.12"
    assert C.ORDERS not in available(north)
    assert shop.calls()["GET /stations"] == 1


async def test_a_version_that_nobody_has_ends_in_a_clear_failure(shop: Shop, source: Build) -> None:
    shop.fault("status", endpoint="GET /stations", status=406, body="1003: No version selected.")
    north = source(shop)
    with pytest.raises(Unsupported) as caught:
        await north.probe()
    assert caught.value.vendor_code == "1003"
    assert "Accept" in str(caught.value)
    condition = north.condition()
    assert (condition.status, condition.failure_code) == (SourceStatus.DEGRADED, "UNSUPPORTED")
    assert reason(north, C.STATIONS) == condition.failure
    shop.heal()
    await north.probe()
    assert north.condition().status is SourceStatus.UP


@pytest.fixture(scope="session", params=[404, 1004, 1008, 2004])
def terse(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """Servers that refuse unknown functions each in their way."""
    yield from running(missing_function=request.param, version="1.11")


async def test_however_a_function_is_refused_the_version_is_found(terse: Shop, source: Build) -> None:
    terse.reset().change(version="1.11")
    north = source(terse)
    await north.probe()
    assert north.version == "1.11"
    assert available(north) == SINCE_1_11


async def test_a_list_of_statuses_that_does_not_say_whose_they_are_is_not_used(source: Build) -> None:
    for nameless in running(oddities=["no-batch-handle"], stations=4):
        north = source(nameless)
        await north.probe()
        assert reason(north, C.LIVE_STATUS_BATCH) == (
            "the server's list of live statuses does not say whose they are"
        )
        live = await north.live(["north:station:1", "north:station:2"], Freshness())
        assert {getattr(one, "remote_id", None) for one in live.values()} == {"1", "2"}
        assert nameless.calls()["GET /station_statuses/{id}"] == 2
        (feed,) = (feed for feed in north.feeds() if feed.name == "live")
        assert feed.interval == 20.0


async def test_a_wrong_key_is_tried_once(shop: Shop, source: Build) -> None:
    north = source(shop, api_key="wrong")
    with pytest.raises(AuthRequired) as caught:
        await north.probe()
    assert "wrong" not in str(caught.value)
    assert north.condition().status is SourceStatus.AUTH_REQUIRED
    calls = shop.calls()
    with pytest.raises(SourceFailure):
        await north.select(Kind.STATION, EVERYTHING, Freshness(max_age=0))
    assert shop.calls() == calls


async def test_1_0_needs_no_key(shop: Shop, source: Build) -> None:
    shop.change(version="1.0")
    north = source(shop, api_key=None)
    found = await north.select(Kind.STATION, EVERYTHING, Freshness())
    assert len(found.items) == 12


async def test_an_unreachable_server_is_down_and_comes_back_with_its_abilities(source: Build) -> None:
    for mortal in running(stations=3):
        base = mortal
        north = source(base)
        await north.probe()
        version = north.version
    assert version == ">=1.16"
    with pytest.raises(Unreachable):
        await north.select(Kind.PROGRAM, EVERYTHING, Freshness(max_age=0))
    stale = await north.select(Kind.STATION, EVERYTHING, Freshness(max_age=0))
    assert [station.stale for station in stale.items] == [True] * 3
    assert isinstance(stale.failure, Unreachable)
    assert north.version == version


async def test_after_an_outage_the_server_is_probed_again(shop: Shop, source: Build) -> None:
    clock = FakeClock()
    shop.change(version="1.12")
    north = source(shop, clock)
    await north.probe()
    assert north.version == "1.12"
    shop.fault("status", status=500, body="")
    live = north.feeds()[0]
    for _ in range(3):
        clock.advance(30)
        with pytest.raises(VendorFailure):
            await north.poll(live, Freshness(max_age=0))
    assert north.condition().status is SourceStatus.DOWN
    assert north.version == "1.12", "what was known goes on"
    shop.heal()
    shop.change(version="1.16")
    clock.advance(600)
    await north.poll(live, Freshness(max_age=0))
    assert north.condition().status is SourceStatus.UP
    await north.select(Kind.ORDER, EVERYTHING, Freshness())
    assert north.version == ">=1.16"


@pytest.mark.parametrize("polled", [False, True])
async def test_an_upgrade_is_noticed_within_the_hour(shop: Shop, source: Build, polled: bool) -> None:
    clock = FakeClock()
    shop.change(version="1.12")
    north = source(shop, clock)
    await north.probe()
    shop.change(version="1.16")
    clock.advance(1800)
    await north.probe()
    assert north.version == "1.12"
    clock.advance(1801)
    if polled:
        await north.poll(north.feeds()[0], Freshness(max_age=0))
    else:
        await north.probe()
    assert north.version == ">=1.16"


@pytest.mark.parametrize(
    ("key", "user", "expected"),
    [
        ("simulator-key", "APIUser", "group 'Administrators'; may change a station's state"),
        ("method-key", "method", "may not change a station's state, return a station"),
        ("operator-key", "Operator", "may not send programs, create programs"),
        ("simulator-key", "Nobody", "the user 'Nobody' is not among the users"),
        ("simulator-key", None, None),
    ],
)
async def test_the_rights_of_the_configured_user_are_shown(
    shop: Shop, source: Build, key: str, user: str | None, expected: str | None
) -> None:
    north = source(shop, api_key=key, user=user)
    await north.probe()
    text = reason(north, C.USERS)
    assert (text is None) == (expected is None)
    assert (expected or "") in (text or "")


async def test_the_servers_clock_is_compared_with_ours(shop: Shop, source: Build) -> None:
    def skew(of: CWorkSource) -> float | None:
        return of.clock_skew_seconds

    north = source(shop)
    assert skew(north) is None
    shop.fault("skew", seconds=7200)
    await north.probe()
    before = skew(north)
    shop.heal()
    await north.select(Kind.STATION, EVERYTHING, Freshness(max_age=0))
    after = skew(north)
    assert before is not None
    assert after is not None
    assert before - after == pytest.approx(7200, abs=5)
