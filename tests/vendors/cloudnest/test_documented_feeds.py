"""The vendor's page names every feed, with the endpoint that it asks."""

import re

from floorgraph.vendors.cloudnest.feeds import SORTS
from scripts.docs.blocks import DOCS

ROW = re.compile(r"^\| `(\w+)` \| (`\w+`[^|]*) \|.* (?:s|h)\b.* \|", re.MULTILINE)


def test_every_feed_stands_in_the_table_of_the_page() -> None:
    page = (DOCS / "vendors" / "cloudnest.md").read_text(encoding="utf-8")
    _, _, quota = page.partition("\n## Quota\n")
    rows = dict(ROW.findall(quota.partition("\n## ")[0]))
    assert rows.keys() == {sort.name for sort in SORTS}
    assert [sort for sort in SORTS if f"`{sort.endpoint}`" not in rows[sort.name]] == []
