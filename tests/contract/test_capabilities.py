"""What a vendor's manifest promises at best is what its simulator offers when nothing is missing."""

import pytest

from floorgraph.model.source import Capability
from floorgraph.settings import settings_of
from floorgraph.simulators.process import start_simulator
from floorgraph.simulators.registry import simulator
from floorgraph.vendors.floor import manifests


@pytest.mark.parametrize("vendor", sorted(manifests()))
async def test_a_source_that_lacks_nothing_can_do_what_its_manifest_says(vendor: str) -> None:
    # The first instance of each vendor in the demo is the one that lacks nothing.
    instance = simulator(vendor).demo[0]
    async with start_simulator(vendor, instance.options) as running:
        floor = settings_of({"sources": [instance.source_settings(running.base_url)]}, "a test").floor()
        try:
            (source,) = floor
            await source.examine()
            states = source.capabilities()
        finally:
            await floor.close()
    assert {state.name for state in states} == set(Capability)
    available = {state.name: state.reason for state in states if state.available}
    assert available.keys() == manifests()[vendor].capabilities.keys()
