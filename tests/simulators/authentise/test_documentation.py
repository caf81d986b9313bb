"""docs/simulators/authentise.md names what there is."""

from pathlib import Path
from typing import get_args

import pytest

from floorgraph.simulators.authentise.options import AuthentiseOptions, Feature
from floorgraph.simulators.authentise.steering import Changes
from floorgraph.simulators.authentise.writes.runs import ALLOWED
from floorgraph.simulators.contract import SimulatorOptions

TEXT = (Path(__file__).parents[3] / "docs" / "simulators" / "authentise.md").read_text(encoding="utf-8")
OWN = [name for name in AuthentiseOptions.model_fields if name not in SimulatorOptions.model_fields]


@pytest.mark.parametrize("name", [*OWN, *Changes.model_fields, *get_args(Feature)])
def test_it_is_documented(name: str) -> None:
    assert f"`{name}`" in TEXT


@pytest.mark.parametrize("status", [status for status, then in ALLOWED.items() if then])
def test_transitions_are_documented(status: str) -> None:
    then = ", ".join(f"`{one}`" for one in ALLOWED[status])
    assert f"| `{status}` | {then} |" in TEXT
