"""What the page about the simulator lists is what there is."""

from pathlib import Path

import pytest

from floorgraph.simulators.cloudnest.app import ENDPOINTS
from floorgraph.simulators.cloudnest.changes import Changes
from floorgraph.simulators.cloudnest.errors import CODES
from floorgraph.simulators.cloudnest.options import CloudNestOptions
from floorgraph.simulators.contract import SimulatorOptions
from tests.simulators.cloudnest.client import INVENTED

PAGE = (Path(__file__).parents[3] / "docs" / "simulators" / "cloudnest.md").read_text("utf-8")


@pytest.mark.parametrize(
    "names",
    [
        pytest.param([one.name for one in ENDPOINTS], id="endpoints"),
        pytest.param(
            [one.path.removeprefix(f"{INVENTED}/") for one in ENDPOINTS if one.invented], id="invented paths"
        ),
        pytest.param(
            [one.path for one in ENDPOINTS if not one.invented and "/daily/" not in one.path], id="paths"
        ),
        pytest.param(
            sorted(set(CloudNestOptions.model_fields) - set(SimulatorOptions.model_fields)), id="options"
        ),
        pytest.param(list(Changes.model_fields), id="changes"),
        pytest.param(list(CODES), id="conditions"),
    ],
)
def test_everything_is_listed(names: list[str]) -> None:
    assert [name for name in names if f"`{name}`" not in PAGE] == []
