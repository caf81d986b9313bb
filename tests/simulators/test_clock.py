"""The simulated clock."""

import pytest

from floorgraph.simulators.clock import SimulatedClock


class Monotonic:
    """A monotonic clock that tests move."""

    def __init__(self) -> None:
        self.seconds = 50.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize(("speed", "expected"), [(1.0, 1010.0), (60.0, 1600.0), (0.5, 1005.0)])
def test_it_runs_at_its_speed(speed: float, expected: float) -> None:
    monotonic = Monotonic()
    clock = SimulatedClock(start=1000.0, speed=speed, monotonic=monotonic)
    monotonic.seconds += 10
    assert clock.now() == expected


def test_frozen_it_moves_by_steps_only() -> None:
    monotonic = Monotonic()
    clock = SimulatedClock(start=1000.0, frozen=True, monotonic=monotonic)
    monotonic.seconds += 10
    assert clock.now() == 1000.0
    assert clock.step(2.5) == 1002.5
    assert clock.now() == 1002.5


def test_running_it_can_be_stepped_too() -> None:
    monotonic = Monotonic()
    clock = SimulatedClock(start=1000.0, monotonic=monotonic)
    clock.step(100)
    monotonic.seconds += 1
    assert clock.now() == 1101.0


def test_it_starts_now_unless_told_otherwise() -> None:
    assert SimulatedClock(wall=lambda: 77.0, frozen=True).now() == 77.0


def test_time_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="does not go back"):
        SimulatedClock(start=0, frozen=True).step(-1)
