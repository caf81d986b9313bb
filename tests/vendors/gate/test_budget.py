"""The budget alone: pace, daily count, reset, and what survives a restart."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floorgraph.vendors.gate.budget import Budget, BudgetPolicy

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_a_burst_goes_at_once_and_the_rest_at_the_pace() -> None:
    budget, now, waits = Budget(BudgetPolicy(per_second=2, burst=3)), 50.0, []
    for _ in range(6):
        wait = budget.delay(now)
        waits.append(round(wait, 9))
        now += wait
        budget.take(now, NOON)
    assert waits == [0, 0, 0, 0.5, 0.5, 0.5]


def test_no_limit_means_no_wait() -> None:
    budget = Budget(BudgetPolicy(per_second=None))
    for _ in range(100):
        assert budget.delay(0.0) == 0.0
        budget.take(0.0, NOON)
    assert budget.used == 100


@given(
    rate=st.floats(0.1, 50),
    burst=st.integers(1, 20),
    pauses=st.lists(st.floats(0, 5), min_size=1, max_size=120),
)
def test_no_window_ever_holds_more_than_burst_and_pace_allow(
    rate: float, burst: int, pauses: list[float]
) -> None:
    budget, now, sent = Budget(BudgetPolicy(per_second=rate, burst=burst)), 0.0, []
    for pause in pauses:
        now += pause
        now += budget.delay(now)
        budget.take(now, NOON)
        sent.append(now)
    for first in range(len(sent)):
        for last in range(first, len(sent)):
            allowed = burst + rate * (sent[last] - sent[first]) + 0.01
            assert last - first + 1 <= allowed


@given(limit=st.integers(1, 30), hours=st.lists(st.floats(0, 9), max_size=100))
def test_no_day_ever_has_more_calls_than_its_limit(limit: int, hours: list[float]) -> None:
    budget = Budget(BudgetPolicy(per_second=None, per_day=limit, day_offset=timedelta(hours=8)))
    wall = NOON
    days: dict[date, int] = {}
    for step in hours:
        wall += timedelta(hours=step)
        if budget.exhausted(wall) is None:
            budget.take(0.0, wall)
            day = (wall + timedelta(hours=8)).date()
            days[day] = days.get(day, 0) + 1
    assert max(days.values(), default=0) <= limit


def test_the_day_ends_at_the_vendors_midnight() -> None:
    budget = Budget(BudgetPolicy(per_day=1, day_offset=timedelta(hours=8)))
    budget.take(0.0, NOON)
    assert budget.exhausted(NOON) == datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    assert budget.exhausted(datetime(2026, 3, 2, 16, 0, tzinfo=UTC)) is None


def test_a_clock_set_back_over_midnight_gives_no_second_helping() -> None:
    budget = Budget(BudgetPolicy(per_day=1))
    after = datetime(2026, 3, 3, 0, 1, tzinfo=UTC)
    budget.take(0.0, after)
    assert budget.exhausted(after - timedelta(minutes=2)) is not None


def test_intervals_stretch_so_that_the_rest_lasts_to_the_reset() -> None:
    budget = Budget(BudgetPolicy(per_day=1000, reserve=0.1))
    assert budget.affordable_interval(NOON, 1) == pytest.approx(12 * 3600 / 900)
    budget.used = 800
    assert budget.affordable_interval(NOON, 2) == pytest.approx(12 * 3600 / 50)
    budget.used = 950
    assert budget.affordable_interval(NOON, 1) == 12 * 3600
    assert Budget(BudgetPolicy()).affordable_interval(NOON, 1) == 0.0


def test_a_budget_is_low_when_only_the_reserve_is_left() -> None:
    budget = Budget(BudgetPolicy(per_day=10, reserve=0.2))
    for used in range(11):
        budget.restore({"day": NOON.date().isoformat(), "used": used})
        assert budget.is_low(NOON) is (used >= 8)
    assert not budget.is_low(NOON + timedelta(days=1))
    assert not Budget(BudgetPolicy()).is_low(NOON)


def test_counters_survive_a_restart() -> None:
    budget = Budget(BudgetPolicy(per_day=10))
    budget.take(0.0, NOON)
    again = Budget(BudgetPolicy(per_day=10))
    again.restore(budget.saved())
    assert again.used_on(NOON) == 1
    assert again.used_on(NOON + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    "saved",
    [{}, {"day": "soon", "used": 3}, {"day": "2026-03-02", "used": True}, {"day": "2026-03-02", "used": -1}],
)
def test_unreadable_counters_are_ignored(saved: dict[str, object]) -> None:
    budget = Budget(BudgetPolicy(per_day=10))
    budget.restore(saved)
    assert budget.used_on(NOON) == 0


def test_a_clock_that_was_set_back_by_days_begins_the_day_anew() -> None:
    budget = Budget(BudgetPolicy(per_second=None, per_day=2))
    for _ in range(2):
        assert budget.goes(0.0, NOON)
    assert not budget.goes(0.0, NOON)
    assert not budget.goes(0.0, NOON - timedelta(days=1))
    assert budget.goes(0.0, NOON - timedelta(days=3))
    assert (budget.used, budget.day) == (1, NOON.date() - timedelta(days=3))


@settings(deadline=None)
@given(
    rate=st.none() | st.floats(0.1, 50),
    burst=st.integers(1, 5),
    per_day=st.none() | st.integers(0, 20),
    steps=st.lists(st.tuples(st.floats(0, 3), st.floats(-30, 30)), max_size=60),
)
def test_a_call_goes_at_once_where_it_need_not_wait_and_is_not_refused(
    rate: float | None, burst: int, per_day: int | None, steps: list[tuple[float, float]]
) -> None:
    policy = BudgetPolicy(per_second=rate, burst=burst, per_day=per_day, day_offset=timedelta(hours=8))
    asked, counted, now, wall = Budget(policy), Budget(policy), 0.0, NOON
    for seconds, hours in steps:
        now, wall = now + seconds, wall + timedelta(hours=hours)
        expected = counted.exhausted(wall) is None and not counted.delay(now)
        if expected:
            counted.take(now, wall)
        assert asked.goes(now, wall) is expected
        assert (asked.arrival, asked.used_on(wall), asked.day) == (
            counted.arrival,
            counted.used_on(wall),
            counted.day,
        )
