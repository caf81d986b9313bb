"""The site: it builds without a warning, holds every page, needs no other host, and can be searched."""

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from scripts.docs.blocks import DOCS, ROOT
from scripts.docs.roots import schema
from scripts.docs.schema_pages import documented
from scripts.docs.site import BESIDE, CONFIGURATION, build
from tests.browser.chromium import open_page
from tests.examples.processes import free_port, started
from tests.support.needs import needs_browser

LOADED = re.compile(r"<(?:script|img|source|iframe|link)\b[^>]*?(?:src|href)=\"?(?:https?:)?//[^\s>]+")
PAGES_OF_THE_SCHEMA = {"schema/operations.md", "schema/objects.md", "schema/inputs.md", "schema/words.md"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built with every warning an error: a link or an anchor that leads nowhere, for one."""
    target = tmp_path_factory.mktemp("site") / "site"
    build(target)
    return target


def navigation() -> set[str]:
    """The pages that the navigation names."""

    def walk(entry: Any) -> set[str]:
        if isinstance(entry, str):
            return {entry}
        inner = entry.values() if isinstance(entry, dict) else entry
        return set().union(*map(walk, inner))

    return walk(tomllib.loads((ROOT / CONFIGURATION).read_text(encoding="utf-8"))["project"]["nav"])


def test_every_page_is_in_the_navigation_and_built(site: Path) -> None:
    written = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}
    assert navigation() == written | set(BESIDE.values()) | PAGES_OF_THE_SCHEMA
    assert [page for page in navigation() if not (site / page).with_suffix(".html").is_file()] == []


def test_pages_load_nothing_from_elsewhere(site: Path) -> None:
    loaded = {
        found for page in site.rglob("*.html") for found in LOADED.findall(page.read_text(encoding="utf-8"))
    }
    assert loaded == set()


def test_the_reference_of_the_schema_has_every_type(site: Path) -> None:
    text = "".join((site / page).with_suffix(".html").read_text("utf-8") for page in PAGES_OF_THE_SCHEMA)
    names = [one.name for one in documented(schema())]
    assert {"Query", "Station", "StationFilter", "StationStatus", "DateTime"} <= set(names)
    assert [name for name in names if f'id="{name.lower()}"' not in text] == []


@pytest.mark.browser
async def test_people_can_read_and_search_it(site: Path, tmp_path: Path) -> None:
    browser = needs_browser()
    base_url = f"http://127.0.0.1:{free_port()}"
    serve = [sys.executable, "-m", "http.server", base_url.rpartition(":")[2], "--bind", "127.0.0.1"]
    log = tmp_path / "log"
    with started([*serve, "--directory", str(site)], tmp_path, log, {"PYTHONUNBUFFERED": "1"}) as words:
        words("Serving HTTP")
        async with open_page(browser) as (page, observed):
            await page.goto(f"{base_url}/index.html")
            await expect(page.get_by_role("heading", name="Floorgraph", level=1)).to_be_visible()
            await page.get_by_role("link", name="Delivery and freshness").first.click()
            await expect(page.get_by_role("heading", name="Subscriptions")).to_be_visible()
            await page.get_by_role("button", name=re.compile("Search")).first.click()
            await page.keyboard.type("refused_credentials_per_minute")
            await expect(page.get_by_role("option", name=re.compile("limits"))).to_be_visible()
            await page.screenshot(path=tmp_path / "site.png")
        assert not observed.foreign(base_url)
        assert not observed.complaints
