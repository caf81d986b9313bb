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
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vendor]:
    exchange = tmp_path_factory.mktemp("exchange")
    with simulator_process("cwork", OPTIONS | {"exchange_dir": str(exchange)}) as running:
        yield Vendor(running, exchange)


@pytest.fixture
def vendor(simulated: Vendor) -> Vendor:
    """A CWork server at its beginning."""
    simulated.reset()
    for file in simulated.exchange.iterdir():
        file.unlink()
    return simulated
