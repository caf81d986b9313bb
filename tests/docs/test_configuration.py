"""`docs/configuration.md` and the vendors' pages tell of every setting."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from floorgraph.settings import KeySettings, LimitSettings, ServerSettings
from floorgraph.settings.limits import LimitTable
from floorgraph.settings.reading import TABLES
from floorgraph.vendors.floor import manifests
from floorgraph.vendors.source_settings import SourceSettings

DOCS = Path(__file__).resolve().parents[2] / "docs"
CONFIGURATION = (DOCS / "configuration.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([a-z_.]+)` \|(?: `?(.*?)`? \|)?", re.MULTILINE)
MODELS: dict[str, type[BaseModel]] = {f"[{name}]": model for name, model in TABLES.items()} | {
    "[[keys]]": KeySettings,
    "[[sources]]": SourceSettings,
}


def section(heading: str) -> str:
    """What stands below a heading, up to the next one."""
    _, found, rest = CONFIGURATION.partition(f"## `{heading}`\n")
    assert found, f"docs/configuration.md has no section {heading}"
    return rest.partition("\n## ")[0]


@pytest.mark.parametrize(("heading", "model"), MODELS.items())
def test_every_setting_is_documented_and_nothing_else(heading: str, model: type[BaseModel]) -> None:
    documented = [name for name, _ in ROW.findall(section(heading))]
    assert sorted(documented) == sorted(model.model_fields)


@pytest.mark.parametrize(("heading", "model"), [("[server]", ServerSettings), ("[limits]", LimitSettings)])
def test_the_documented_defaults_are_those_of_the_code(heading: str, model: type[BaseModel]) -> None:
    told = dict(ROW.findall(section(heading)))
    for name, value in model().model_dump(mode="python").items():
        plain: Any = getattr(model(), name)
        shown = plain.most if isinstance(plain, LimitTable) else value
        if shown is not None:
            assert told[name] == written(shown), name


def written(value: Any) -> str:
    """A value as it stands in TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    return "[]" if value == () else str(value)


@pytest.mark.parametrize("vendor", sorted(manifests()))
def test_every_setting_of_a_vendor_is_documented_on_its_page(vendor: str) -> None:
    page = (DOCS / "vendors" / f"{vendor}.md").read_text(encoding="utf-8")
    own = manifests()[vendor].settings.model_fields.keys() - SourceSettings.model_fields.keys()
    assert [name for name in sorted(own) if not re.search(rf"`{name}[` =.]", page)] == []
