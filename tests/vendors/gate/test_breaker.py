"""The breaker alone: when it opens, for how long, and who may try."""

from hypothesis import given
from hypothesis import strategies as st

from floorgraph.vendors.gate.breaker import Breaker, BreakerPolicy

POLICY = BreakerPolicy(consecutive=3, window=10, window_failures=6, base_seconds=4, cap_seconds=60)


def breaker(chance: float = 1.0) -> Breaker:
    return Breaker(POLICY, lambda: chance)


def fail(subject: Breaker, times: int, now: float = 0.0) -> None:
    for _ in range(times):
        subject.failed(now, trial=subject.starting())


def test_opens_after_a_run_of_failures() -> None:
    subject = breaker()
    fail(subject, 2)
    assert subject.blocked_until(0.0) is None
    fail(subject, 1)
    assert subject.blocked_until(0.0) == 4.0


def test_opens_when_most_of_the_window_failed_though_never_in_a_row() -> None:
    subject = breaker()
    for failures in (2, 2, 1):
        fail(subject, failures)
        subject.succeeded(0.0)
    assert subject.blocked_until(0.0) is None
    fail(subject, 1)
    assert subject.blocked_until(0.0) is not None


def test_lets_one_trial_through_at_a_time() -> None:
    subject = breaker()
    fail(subject, 3)
    assert subject.blocked_until(4.0) is None
    assert subject.starting() is True
    assert subject.blocked_until(4.0) == 5.0


def test_a_failed_trial_doubles_the_pause_and_the_cap_holds() -> None:
    subject = breaker()
    fail(subject, 3)
    now, pauses = 0.0, []
    for _ in range(6):
        until = subject.blocked_until(now)
        assert until is not None
        pauses.append(until - now)
        now = until
        subject.failed(now, trial=subject.starting())
    assert pauses == [4, 8, 16, 32, 60, 60]


def test_a_withdrawn_trial_leaves_room_for_another() -> None:
    subject = breaker()
    fail(subject, 3)
    trial = subject.starting()
    subject.withdrawn(trial=trial)
    assert subject.blocked_until(4.0) is None


def test_calls_from_before_the_opening_change_nothing() -> None:
    subject = breaker()
    fail(subject, 3)
    subject.failed(1.0)
    subject.succeeded(1.0)
    subject.withdrawn(trial=False)
    assert subject.blocked_until(1.0) == 4.0


def test_success_closes_and_forgives() -> None:
    subject = breaker()
    fail(subject, 3)
    subject.starting()
    subject.succeeded(4.0)
    assert subject.blocked_until(4.0) is None
    fail(subject, 3, now=4.0)
    assert subject.blocked_until(4.0) == 8.0


def test_a_vendors_pause_is_not_shortened_by_a_call_that_was_under_way() -> None:
    subject = breaker()
    subject.hold(100.0)
    subject.hold(50.0)
    subject.succeeded(10.0)
    assert subject.blocked_until(10.0) == 100.0
    assert subject.blocked_until(100.0) is None


def test_waits_longer_each_time_the_vendor_asks_without_saying_how_long() -> None:
    subject, now, pauses = breaker(), 0.0, []
    for _ in range(9):
        subject.limited(now, trial=subject.starting())
        until = subject.blocked_until(now)
        assert until is not None
        pauses.append(until - now)
        now = until
    assert pauses == [4, 8, 16, 32, 64, 128, 256, 512, 600]


@given(st.lists(st.tuples(st.sampled_from(["ok", "bad", "cancel", "limit"]), st.floats(0, 30)), max_size=80))
def test_never_more_than_one_trial_and_never_blocked_for_ever(steps: list[tuple[str, float]]) -> None:
    subject, now = breaker(0.5), 0.0
    for outcome, pause in steps:
        now += pause
        until = subject.blocked_until(now)
        if until is not None:
            assert now < until <= now + POLICY.limited_cap_seconds
            continue
        trial = subject.starting()
        if trial:
            assert subject.blocked_until(now) is not None, "a second trial was let through"
        if outcome == "ok":
            subject.succeeded(now)
            assert subject.blocked_until(now) is None
        elif outcome == "bad":
            subject.failed(now, trial=trial)
        elif outcome == "limit":
            subject.limited(now, trial=trial)
        else:
            subject.withdrawn(trial=trial)
        assert not subject.probing
        assert len(subject.recent) <= POLICY.window
