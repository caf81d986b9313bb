import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import cycle, pairwise

import pytest
from structlog.testing import capture_logs

from floorgraph.model.source import SourceCondition, SourceStatus
from floorgraph.vendors.failures import AuthRequired, RateLimited
from subscriptions.heartbeat import next_probe
from subscriptions.policy import EnginePolicy
from tests.subscriptions.faketime import START, FakeTime
from tests.subscriptions.listening import STATIONS, listening, running
from tests.subscriptions.toy import STATIONS as STATIONS_FEED
from tests.subscriptions.toy import Toy, unreachable


@pytest.mark.parametrize(
    ("status", "failures", "asked", "wait"),
    [
        (SourceStatus.UP, 0, 0.0, 60),
        (SourceStatus.DOWN, 1, 0.0, 5),
        (SourceStatus.DOWN, 3, 0.0, 20),
        (SourceStatus.DOWN, 5000, 0.0, 60),
        (SourceStatus.DOWN, 1, 40.0, 40),
        (SourceStatus.PAUSED, 0, 1800.0, 1800),
        (SourceStatus.AUTH_REQUIRED, 1, 0.0, 300),
    ],
)
def test_probes_are_slow_and_slower_when_the_source_asks_for_it(
    status: SourceStatus, failures: int, asked: float, wait: float
) -> None:
    assert next_probe(EnginePolicy(), SourceCondition(status=status), failures, asked, 0.5) == pytest.approx(
        wait
    )


def test_probes_of_many_sources_drift_apart() -> None:
    policy, up = EnginePolicy(), SourceCondition(status=SourceStatus.UP)
    assert next_probe(policy, up, 0, 0.0, 0.0) == pytest.approx(54)
    assert next_probe(policy, up, 0, 0.0, 1.0) == pytest.approx(66)


async def test_every_source_is_probed_at_the_start_and_then_slowly() -> None:
    time = FakeTime()
    toys = [Toy(time, f"s{number}") for number in range(5)]
    async with running(time, *toys):
        assert [len(toy.probes) for toy in toys] == [1] * 5
        assert len({toy.probes[0] for toy in toys}) == 5
        await time.advance(600)
        assert all(len(toy.probes) == 11 for toy in toys)


async def test_a_source_that_is_polled_is_not_probed() -> None:
    time = FakeTime()
    north, south = Toy(time), Toy(time, "south", feeds=())
    async with running(time, north, south) as engine:
        async with listening(engine):
            await time.advance(600)
            assert (len(north.probes), len(south.probes)) == (1, 11)
        await time.advance(200)
        assert len(north.probes) >= 2


async def test_a_source_that_is_polled_rarely_is_probed_as_one_that_is_not() -> None:
    time = FakeTime()
    north = Toy(time)
    async with running(time, north) as engine, listening(engine, replace(STATIONS, max_age=3600.0)):
        await time.advance(600)
        assert len(north.polls) == 1
        assert 10 <= len(north.probes) <= 11
        assert min(later - sooner for sooner, later in pairwise(north.probes)) >= 54


def _drifting() -> Callable[[], float]:
    """Chance by which what comes equally often does not come at the same moments for ever."""
    return cycle((0.1, 0.9, 0.7, 0.2, 1.0, 0.0, 0.4)).__next__


@pytest.mark.parametrize("interval", [10.0, 60.0])
async def test_polls_that_come_as_often_as_probes_make_them_needless(interval: float) -> None:
    time = FakeTime()
    north = Toy(time, feeds=[replace(STATIONS_FEED, interval=interval)])
    async with running(time, north, chance=_drifting()) as engine, listening(engine):
        await time.advance(20_000)
        # The first two polls are further apart.
        assert len(north.probes) <= 2


async def test_a_poll_that_takes_its_time_is_a_sign_of_life_that_is_waited_for() -> None:
    time = FakeTime()
    north = Toy(time)
    async with running(time, north) as engine, listening(engine):
        await time.advance(30)
        north.gate = asyncio.Event()
        probes = len(north.probes)
        await time.advance(300)
        assert len(north.probes) == probes
        north.gate.set()
        north.gate = None


async def test_a_source_whose_polls_are_held_back_is_still_probed() -> None:
    time = FakeTime()
    north = Toy(time)
    with capture_logs():
        async with running(time, north) as engine, listening(engine):
            north.failure = RateLimited(
                source="north", endpoint="stations", detail="slow", retry_after=1000.0
            )
            await time.advance(20)
            polls, probes = len(north.polls), len(north.probes)
            await time.advance(600)
            assert len(north.polls) == polls
            assert 8 <= len(north.probes) - probes <= 10


async def test_credentials_that_were_refused_are_tried_by_polls_or_by_probes_but_not_by_both() -> None:
    time = FakeTime()
    north = Toy(time)
    with capture_logs():
        async with running(time, north, chance=_drifting()) as engine, listening(engine):
            north.failure = AuthRequired(source="north", endpoint="stations", detail="refused")
            north.state = SourceCondition(status=SourceStatus.AUTH_REQUIRED)
            await time.advance(200)
            probes = len(north.probes)
            await time.advance(20_000)
            assert len(north.probes) == probes


async def test_a_source_that_is_down_at_the_start_is_tried_soon_again() -> None:  # D11
    time = FakeTime()
    north = Toy(time)
    north.probe_failure = unreachable()
    with capture_logs() as logs:
        async with running(time, north):
            await time.advance(36)
            assert len(north.probes) == 4
            await time.advance(600)
            assert len(north.probes) <= 4 + 11
    assert logs == []


async def test_what_the_source_itself_wants_to_wait_is_waited() -> None:
    time = FakeTime()
    north = Toy(time)
    north.probe_failure = unreachable()
    north.state = SourceCondition(
        status=SourceStatus.AUTH_REQUIRED, next_attempt_at=START + timedelta(seconds=400)
    )
    async with running(time, north):
        await time.advance(398)
        assert len(north.probes) == 1
        await time.advance(2)
        assert len(north.probes) == 2


async def test_a_defect_in_a_probe_ends_nothing() -> None:  # D7
    time = FakeTime()
    north, odd = Toy(time), Toy(time, "odd")

    async def probe() -> None:
        raise KeyError("a defect")

    def condition() -> SourceCondition:
        raise KeyError("another")

    odd.probe, odd.condition = probe, condition  # type: ignore[method-assign]
    with capture_logs() as logs:
        async with running(time, odd, north) as engine, listening(engine) as listener:
            north.put("1")
            await time.advance(200)
            assert listener.told() == ["CAUGHT_UP", "ADDED 1"]
    assert {entry["event"] for entry in logs} >= {"probe broken", "condition unknown"}
