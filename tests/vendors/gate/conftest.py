"""A standing clock, a vendor made of functions, and gates that are closed at the end."""

from collections.abc import AsyncIterator

import pytest

from floorgraph.vendors.gate import Gate, GatePolicy
from tests.support.fakeclock import FakeClock
from tests.vendors.gate.vendor import Make, Vendor


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


@pytest.fixture
async def make(clock: FakeClock) -> AsyncIterator[Make]:
    gates: list[Gate] = []

    def build(**policy: object) -> Gate:
        settings = GatePolicy(**{"retries": 0, **policy})  # type: ignore[arg-type]
        gates.append(Gate("north", settings, clock=clock, sleep=clock.sleep, chance=lambda: 1.0))
        return gates[-1]

    yield build
    for gate in gates:
        await gate.close()
