"""docs/simulators.md names what there is."""

from pathlib import Path
from typing import get_args

import pytest

from floorgraph.simulators.cwork.changes import Changes
from floorgraph.simulators.cwork.options import CWorkOptions, Oddity
from floorgraph.simulators.faults import FAULT

TEXT = (Path(__file__).parents[2] / "docs" / "simulators.md").read_text(encoding="utf-8")
KINDS = list(FAULT.json_schema()["discriminator"]["mapping"])


@pytest.mark.parametrize(
    "name", [*CWorkOptions.model_fields, *get_args(Oddity), *KINDS, *Changes.model_fields]
)
def test_it_is_documented(name: str) -> None:
    assert f"`{name}`" in TEXT


@pytest.mark.parametrize(
    "fault", FAULT.json_schema()["$defs"].values(), ids=lambda fault: str(fault["title"])
)
def test_settings_of_faults_are_documented(fault: dict[str, dict[str, object]]) -> None:
    assert [name for name in fault["properties"] if f"`{name}`" not in TEXT and name != "kind"] == []
