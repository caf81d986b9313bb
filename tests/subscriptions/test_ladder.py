import random
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from floorgraph.model.source import Feed
from floorgraph.vendors.failures import (
    AuthRequired,
    BreakerOpen,
    BudgetExhausted,
    RateLimited,
    SourceFailure,
    VendorFailure,
)
from subscriptions.demand import Wanted
from subscriptions.ladder import Ladder
from subscriptions.policy import LadderPolicy
from subscriptions.polling import phase
from tests.subscriptions.faketime import START
from tests.subscriptions.toy import STATIONS

ACTIVE = Wanted(10.0, 1)
LINGERING = Wanted(10.0, 0, until=500.0)


def failure(of: type[SourceFailure], retry_after: float | None = None) -> SourceFailure:
    return of(source="north", endpoint="stations", detail="no", retry_after=retry_after)


def ladder(chance: float = 0.5, place: float = 0.0) -> Ladder:
    return Ladder(LadderPolicy(), lambda: chance, place)


def polled(found: Ladder, began: float, ended: float | None = None) -> None:
    found.began(began)
    found.succeeded(ACTIVE, began if ended is None else ended, START)


def settled(chance: float = 0.5) -> Ladder:
    """A ladder whose last poll ended at 100 and which is past its start."""
    found = ladder(chance)
    polled(found, 50)
    polled(found, 100)
    return found


def test_nothing_is_due_while_nobody_wants_it() -> None:
    found = ladder()
    assert found.next_start(STATIONS, None, 0) is None
    state = found.state(STATIONS, None)
    assert (state.reason, state.interval_seconds, state.subscribers) == ("idle", None, 0)


def test_the_first_poll_is_soon_and_the_next_a_period_after_the_end() -> None:
    found = settled()
    assert ladder().next_start(STATIONS, ACTIVE, 7) == 7
    assert ladder(place=0.4).next_start(STATIONS, ACTIVE, 7) == 7.4
    assert found.next_start(STATIONS, ACTIVE, 101) == 110
    assert found.next_start(STATIONS, Wanted(3.0, 2), 101) == 103


def test_a_slow_poll_moves_the_next_one_and_is_counted() -> None:  # D1
    found = settled()
    polled(found, 110, 125)
    assert found.next_start(STATIONS, ACTIVE, 125) == 135
    assert found.overruns == 1
    polled(found, 135, 144)
    assert found.overruns == 1


def test_jitter_stays_within_its_share_and_the_minimum() -> None:
    assert settled(0.0).next_start(STATIONS, ACTIVE, 100) == pytest.approx(109.5)
    assert settled(1.0).next_start(STATIONS, ACTIVE, 100) == pytest.approx(110.5)
    assert settled(0.0).next_start(STATIONS, Wanted(2.0, 1), 100) == 102


def test_a_feed_without_a_minimum_is_not_polled_without_pause() -> None:
    feed = Feed("wild", STATIONS.kinds, interval=0.0, minimum=0.0)
    assert settled().next_start(feed, Wanted(0.0, 1), 100) == pytest.approx(100.1)


def test_backoff_doubles_to_its_cap_with_full_jitter() -> None:
    found, waits, now = ladder(1.0), [], 1000.0
    for _ in range(11):
        found.failed(STATIONS, ACTIVE, failure(VendorFailure), now, START)
        start = found.next_start(STATIONS, ACTIVE, now)
        assert start is not None
        waits.append(start - now)
        now = start
    assert waits == [2, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert found.rung(ACTIVE).value == "backoff"
    half = ladder(0.5)
    half.failed(STATIONS, ACTIVE, failure(VendorFailure), 1000, START)
    for _ in range(5):
        half.failed(STATIONS, ACTIVE, failure(VendorFailure), 1100, START)
    assert half.next_start(STATIONS, ACTIVE, 1100) == 1132


def test_after_a_short_trouble_nobody_waits_longer_than_it_took() -> None:
    found = ladder(1.0)
    # What the breaker did not let through counts as failures, and says nothing new.
    for second in range(10):
        found.failed(STATIONS, ACTIVE, failure(BreakerOpen, 1.0), 1000 + second, START)
    found.failed(STATIONS, ACTIVE, failure(VendorFailure), 1010, START)
    assert found.next_start(STATIONS, ACTIVE, 1010) == 1020
    found.succeeded(ACTIVE, 1020, START)
    found.failed(STATIONS, ACTIVE, failure(VendorFailure), 2000, START)
    assert found.next_start(STATIONS, ACTIVE, 2000) == 2002


def test_no_number_of_failures_breaks_the_arithmetic_or_the_minimum() -> None:
    found = ladder(0.0)
    for _ in range(3000):
        found.failed(STATIONS, ACTIVE, failure(VendorFailure), 1000, START)
    assert found.next_start(STATIONS, ACTIVE, 1000) == 1002


def test_success_ends_backoff() -> None:
    found = settled()
    found.failed(STATIONS, ACTIVE, failure(VendorFailure), 110, START)
    assert found.state(STATIONS, ACTIVE).consecutive_failures == 1
    polled(found, 112)
    assert found.rung(ACTIVE).value == "active"
    assert found.state(STATIONS, ACTIVE).consecutive_failures == 0
    assert found.next_start(STATIONS, ACTIVE, 112) == 122


@pytest.mark.parametrize(
    ("error", "wait", "rung"),
    [
        (failure(AuthRequired), 300, "paused"),
        (failure(RateLimited, 42), 42, "paused"),
        (failure(RateLimited, 1e9), 3600, "paused"),
        (failure(RateLimited, -5), 2, "paused"),
        (failure(BudgetExhausted, 1800), 1800, "paused"),
        (failure(BreakerOpen, 17), 17, "backoff"),
        (ValueError("a mapper broke"), 2, "backoff"),
        (TimeoutError(), 2, "backoff"),
    ],
)
def test_what_went_wrong_says_how_long_to_wait(error: Exception, wait: float, rung: str) -> None:
    found = ladder()
    found.failed(STATIONS, ACTIVE, error, 1000, START)
    assert found.next_start(STATIONS, ACTIVE, 1000) == 1000 + wait
    state = found.state(STATIONS, ACTIVE)
    assert (state.reason, state.interval_seconds, state.last_polled_at) == (rung, wait, START)


def test_a_burst_is_fast_bounded_and_respects_the_minimum() -> None:  # D9
    found = settled()
    found.burst(101)
    starts: list[float] = []
    while found.burst_left:
        assert found.rung(ACTIVE).value == "burst"
        start = found.next_start(STATIONS, ACTIVE, 101)
        assert start is not None
        starts.append(start)
        polled(found, start)
    assert starts == [102, 104, 106, 108, 110]
    assert found.next_start(STATIONS, ACTIVE, 110) == 120


def test_a_slow_feed_is_asked_at_once_after_a_command() -> None:
    found, slow = settled(), replace(STATIONS, minimum=300.0, burst=2.0)
    found.burst(101)
    assert found.next_start(slow, ACTIVE, 101) == 102
    found.calm()
    waits = found.next_start(slow, ACTIVE, 101)
    assert waits is not None
    assert waits >= 400


def test_a_poll_sent_before_the_command_does_not_use_up_the_burst() -> None:  # D9
    found = settled()
    found.began(100.5)
    found.burst(101)
    found.succeeded(ACTIVE, 103, START)
    assert found.burst_left == LadderPolicy().burst_polls


def test_a_burst_ends_early_and_does_not_override_a_pause() -> None:
    found = settled()
    found.burst(101)
    found.failed(STATIONS, ACTIVE, failure(RateLimited, 42), 102, START)
    assert found.next_start(STATIONS, ACTIVE, 102) == 144
    found.calm()
    assert found.burst_left == 0


def test_hurry_makes_the_next_poll_due_but_respects_a_pause() -> None:  # C19
    found = settled()
    found.hurry(5000)
    assert found.next_start(STATIONS, ACTIVE, 5000) == 5000
    found.failed(STATIONS, ACTIVE, failure(VendorFailure), 5000, START)
    found.hurry(5000)
    assert found.next_start(STATIONS, ACTIVE, 5000) == 5000
    found.failed(STATIONS, ACTIVE, failure(RateLimited, 42), 5000, START)
    found.hurry(5001)
    assert found.next_start(STATIONS, ACTIVE, 5001) == 5042


def test_a_retry_cuts_backoff_short_and_no_pause() -> None:
    found = settled()
    found.failed(STATIONS, ACTIVE, failure(BreakerOpen, 200), 110, START)
    found.retry(120)
    assert found.next_start(STATIONS, ACTIVE, 120) == 120
    found.failed(STATIONS, ACTIVE, failure(BudgetExhausted, 200), 120, START)
    found.retry(121)
    assert found.next_start(STATIONS, ACTIVE, 121) == 320


def test_lingering_is_told_apart_from_active() -> None:
    assert settled().state(STATIONS, LINGERING).reason == "lingering"
    assert settled().state(STATIONS, ACTIVE).reason == "active"


@pytest.mark.parametrize("feed", [STATIONS, Feed("tight", STATIONS.kinds, interval=10.0, minimum=10.0)])
def test_sixty_feeds_that_start_together_are_spread_over_the_period(feed: Feed) -> None:  # D13
    chance = random.Random(7).random  # noqa: S311  dice, not secrets
    starts: list[float] = []
    for index in range(60):
        found, now = Ladder(LadderPolicy(), chance, phase(index)), 0.0
        for _ in range(7):
            start = found.next_start(feed, ACTIVE, now)
            assert start is not None
            starts.append(start)
            now = start
            polled(found, start)
    buckets = Counter(int(start // 2) for start in starts if 20 <= start < 60)
    mean = sum(buckets.values()) / 20
    assert max(buckets.values()) <= 1.5 * mean


def test_runs_never_overlap_whatever_the_demand_does() -> None:  # D1
    found, dice, now = ladder(), random.Random(3), 0.0  # noqa: S311  dice, not secrets
    spans: list[tuple[float, float]] = []
    for _ in range(200):
        start = found.next_start(STATIONS, Wanted(dice.choice([2.0, 5.0, 30.0]), 1), now)
        assert start is not None
        begin = max(now, start)
        end = begin + dice.choice([0.0, 1.0, 40.0])
        found.began(begin)
        if dice.random() < 0.3:
            found.failed(STATIONS, ACTIVE, failure(VendorFailure), end, START)
        else:
            found.succeeded(ACTIVE, end, START)
        if dice.random() < 0.1:
            found.burst(end)
        spans.append((begin, end))
        now = end
    assert all(later[0] >= earlier[1] + STATIONS.minimum for earlier, later in pairwise(spans[1:]))
