"""The React pages: built as their README says, opened in a real browser, alive while machines break down."""

import re
import subprocess
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.chromium import open_page
from tests.examples.conftest import Shop
from tests.examples.processes import EXAMPLES, started
from tests.node.npm import installed
from tests.support.deadline import DEADLINE
from tests.support.needs import needs_browser

pytestmark = [pytest.mark.browser, pytest.mark.node]

PAGES = ("react-apollo", "react-urql")
VITE_NEEDS = (20, 19)
TYPES = ("node_modules/typescript/bin/tsc", "--noEmit")
BUILD = ("node_modules/vite/bin/vite.js", "build")
PREVIEW = ("node_modules/vite/bin/vite.js", "preview", "--port", "0")


@pytest.fixture(params=PAGES)
def example(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def built(example: str) -> tuple[str, Path]:
    """Node.js, and the folder of an example whose page is built."""
    folder = EXAMPLES / example
    node = installed(folder, VITE_NEEDS)
    for script in (TYPES, BUILD):
        done = subprocess.run(
            [node, *script], cwd=folder, capture_output=True, text=True, timeout=DEADLINE, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return node, folder


async def test_a_page_asks_for_a_key_then_lists_stations_and_follows_them(
    shop: Shop, built: tuple[str, Path], tmp_path: Path
) -> None:
    browser = needs_browser()
    node, folder = built
    environment = {"FLOORGRAPH_URL": shop.base_url}
    with started([node, *PREVIEW], folder, tmp_path / "log", environment) as words:
        base_url = words(r"(http://127\.0\.0\.1:\d+)/")[1]
        async with open_page(browser) as (page, observed):
            await page.goto(base_url)
            await expect(page.get_by_role("alert").first).to_be_visible()
            await page.get_by_label("API key").fill(shop.key)
            await page.get_by_role("button").click()
            await shows_all(page, shop)
            observed.failed.clear()
            observed.complaints.clear()
            name = re.compile(rf"^{shop.break_down()} North plant")
            row = page.get_by_role("row", name=name)
            await expect(row).to_have_attribute("data-status", "FAULT")
            await page.screenshot(path=tmp_path / "page.png")
        assert not observed.foreign(base_url)
        assert not observed.complaints


async def shows_all(page: Page, shop: Shop) -> None:
    """Wait until every station is there and changes come in."""
    told = page.get_by_role("status")
    await expect(told).to_contain_text(f"{shop.stations} stations, live")
    await expect(page.locator("tr[data-id]")).to_have_count(shop.stations)
