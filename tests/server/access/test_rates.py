"""Counting operations and places."""

import pytest

from floorgraph.server.access.bounds import Bounds
from floorgraph.server.access.places import Places
from floorgraph.server.access.rates import Buckets, Rate
from floorgraph.server.access.refusals import TooManySockets
from floorgraph.settings import LimitSettings
from tests.support.fakeclock import FakeClock


def test_a_burst_and_then_the_rate() -> None:
    clock = FakeClock()
    buckets = Buckets(Rate(2, 4), clock)
    assert [buckets.take("a") for _ in range(4)] == [None] * 4
    assert buckets.take("a") == pytest.approx(0.5)
    assert buckets.take("b") is None
    clock.advance(0.5)
    assert buckets.empty("a") is None
    assert buckets.take("a") is None
    assert buckets.take("a") is not None


def test_a_rest_fills_no_more_than_the_burst() -> None:
    clock = FakeClock()
    buckets = Buckets(Rate(2, 4), clock)
    buckets.take("a")
    clock.advance(1000)
    assert [buckets.take("a") for _ in range(5)].count(None) == 4


def test_asking_too_early_costs_nothing() -> None:
    clock = FakeClock()
    buckets = Buckets(Rate(1, 1), clock)
    buckets.take("a")
    for _ in range(10):
        assert buckets.take("a") is not None
    clock.advance(1)
    assert buckets.take("a") is None


def test_memory_is_bounded() -> None:
    buckets = Buckets(Rate(1, 1), FakeClock(), most=10)
    for number in range(1000):
        buckets.take(str(number))
    assert len(buckets) == 10
    assert buckets.take("999") is not None


def test_places_are_counted_and_given_back() -> None:
    places = Places(Bounds(LimitSettings(sockets=3, sockets_per_address=2, sockets_per_identity=1)))
    places.enter("a")
    places.enter("a")
    with pytest.raises(TooManySockets):
        places.enter("a")
    places.enter("b")
    with pytest.raises(TooManySockets):
        places.enter("c")
    places.leave("a")
    places.enter("c")
    places.name("x")
    with pytest.raises(TooManySockets):
        places.name("x")
    places.unname("x")
    places.name("x")
    assert len(places) == 3
