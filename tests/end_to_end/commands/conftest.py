"""Simulators that commands are sent to."""

from collections.abc import Iterator

import pytest

from floorgraph.simulators.process import simulator_process
from tests.end_to_end.commands.shop import Vendor

OPTIONS: dict[str, object] = {
    "seed": 7,
    "frozen": True,
    "start": "2026-03-02T08:00:00+00:00",
    "version": "1.16",
    "api_key": "k-1",
}


@pytest.fixture(scope="module")
def simulated() -> Iterator[Vendor]:
    with simulator_process("cwork", OPTIONS) as running:
        yield Vendor(running)


@pytest.fixture
def vendor(simulated: Vendor) -> Vendor:
    """A CWork server at its beginning."""
    simulated.reset()
    return simulated
