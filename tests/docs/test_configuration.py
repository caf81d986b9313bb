"""Every setting of every table is documented, from what it says of itself."""

import pytest

from floorgraph.vendors.floor import manifests
from scripts.docs.blocks import BLOCK, DOCS
from scripts.docs.settings import models


def shown(page: str) -> list[str]:
    """The tables that a page shows."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return sorted(found[2] for found in BLOCK.finditer(text) if found[1] == "settings")


def test_every_table_of_the_configuration_is_shown() -> None:
    own = {f"sources {vendor}" for vendor in manifests()}
    assert shown("configuration.md") == sorted(models().keys() - own)


@pytest.mark.parametrize("vendor", sorted(manifests()))
def test_a_vendors_own_settings_are_shown_on_its_page(vendor: str) -> None:
    assert shown(f"vendors/{vendor}.md") == [f"sources {vendor}"]


def test_every_vendor_has_its_column_in_the_overview() -> None:
    text = (DOCS / "vendors" / "index.md").read_text(encoding="utf-8")
    assert [vendor for vendor in manifests() if f"]({vendor}.md)" not in text] == []


@pytest.mark.parametrize("table", sorted(models()))
def test_every_setting_says_what_it_is(table: str) -> None:
    fields = models()[table].model_fields
    assert [name for name, field in fields.items() if not field.description] == []
