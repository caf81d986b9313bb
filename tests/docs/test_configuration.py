"""The vendors' pages tell of every setting; `docs/configuration.md` is made from them."""

import re

import pytest

from floorgraph.vendors.floor import manifests
from floorgraph.vendors.source_settings import SourceSettings
from scripts.docs.blocks import BLOCK, DOCS
from scripts.docs.settings import models


def test_every_table_of_the_configuration_is_shown() -> None:
    text = (DOCS / "configuration.md").read_text(encoding="utf-8")
    assert sorted(found[2] for found in BLOCK.finditer(text)) == sorted(models())


@pytest.mark.parametrize("table", sorted(models()))
def test_every_setting_says_what_it_is(table: str) -> None:
    fields = models()[table].model_fields
    assert [name for name, field in fields.items() if not field.description] == []


@pytest.mark.parametrize("vendor", sorted(manifests()))
def test_every_setting_of_a_vendor_is_explained_on_its_page(vendor: str) -> None:
    page = (DOCS / "vendors" / f"{vendor}.md").read_text(encoding="utf-8")
    own = manifests()[vendor].settings.model_fields.keys() - SourceSettings.model_fields.keys()
    assert [name for name in sorted(own) if not re.search(rf"`{name}[` =.]", page)] == []
