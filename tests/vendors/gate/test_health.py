"""Health alone: one failure marks nothing, two degrade, three bring down, one success restores."""

from datetime import UTC, datetime, timedelta

import pytest

from floorgraph.model.source import SourceStatus
from floorgraph.vendors.failures import (
    AuthRequired,
    BudgetExhausted,
    RateLimited,
    SourceFailure,
    Unreachable,
    VendorFailure,
)
from floorgraph.vendors.gate.health import Health

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def failure(kind: type[SourceFailure] = VendorFailure) -> SourceFailure:
    return kind(source="north", endpoint="live", detail="broken")


def status(health: Health, seconds: float = 100) -> SourceStatus:
    return health.condition(at(seconds)).status


def test_starts_as_starting_and_is_down_at_the_first_failure() -> None:
    health = Health()
    assert status(health) is SourceStatus.STARTING
    health.failed("live", failure(Unreachable), START)
    assert status(health) is SourceStatus.DOWN


def test_goes_down_in_steps_and_comes_back_at_once() -> None:
    health = Health()
    health.succeeded("live", START)
    seen = []
    for second in range(1, 4):
        health.failed("live", failure(), at(second))
        seen.append(status(health))
    assert seen == [SourceStatus.UP, SourceStatus.DEGRADED, SourceStatus.DOWN]
    condition = health.condition(at(5), at(9))
    assert condition.failing_since == at(1)
    assert condition.next_attempt_at == at(9)
    assert condition.failure_code == "VENDOR_FAILURE"
    health.succeeded("live", at(10))
    condition = health.condition(at(10), at(20))
    assert condition.status is SourceStatus.UP
    assert (condition.failing_since, condition.next_attempt_at, condition.failure) == (None, None, None)
    assert condition.last_answer_at == at(10)


def test_another_endpoint_that_answers_keeps_the_source_from_being_down() -> None:
    health = Health()
    health.succeeded("lists", START)
    for second in range(1, 9):
        health.failed("live", failure(), at(second))
    health.succeeded("lists", at(9))
    assert status(health) is SourceStatus.DEGRADED
    health.failed("lists", failure(), at(10))
    assert status(health) is SourceStatus.DOWN, "nothing answers any more"


def test_an_old_answer_of_an_endpoint_nobody_calls_does_not_speak_for_ever() -> None:
    health = Health()
    health.succeeded("live", START)
    health.failed("live", failure(), at(1))
    health.succeeded("kpi", at(2))
    for second in range(3, 9):
        health.failed("live", failure(), at(second))
    assert status(health, 10) is SourceStatus.DEGRADED
    assert status(health, 700) is SourceStatus.DOWN


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (AuthRequired, SourceStatus.AUTH_REQUIRED),
        (RateLimited, SourceStatus.PAUSED),
        (BudgetExhausted, SourceStatus.PAUSED),
    ],
)
def test_some_failures_have_a_status_of_their_own(kind: type[SourceFailure], expected: SourceStatus) -> None:
    health = Health()
    health.succeeded("lists", START)
    health.failed("live", failure(kind), at(1))
    assert status(health) is expected


def test_records_left_out_degrade() -> None:
    health = Health()
    health.succeeded("live", START)
    health.data_trouble = True
    assert status(health) is SourceStatus.DEGRADED
