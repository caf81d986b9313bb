"""The live board while the shop changes, a vendor's server goes away and comes back, and our own does too."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from floorgraph.simulators.cwork.states import BREAKDOWN
from tests.browser.board import click_through, faults, keep, open_board
from tests.browser.chromium import open_page
from tests.browser.floor import Floor, floor
from tests.support.needs import needs_browser

pytestmark = pytest.mark.browser

_PHASES = """() => {
  globalThis.phases = [];
  const look = () => {
    const phase = document.querySelector(".connection").dataset.phase;
    if (phases.at(-1) !== phase) phases.push(phase);
  };
  look();
  const whole = { attributes: true, childList: true, subtree: true };
  new MutationObserver(look).observe(document.querySelector(".bar"), whole);
}"""


@pytest.fixture
def executable() -> str:
    return needs_browser()


@pytest.fixture
def shop(executable: str, tmp_path: Path) -> Iterator[Floor]:
    with floor(tmp_path) as made:
        yield made


async def test_every_page_through_changes_and_the_loss_and_return_of_a_source(
    executable: str, shop: Floor, axe: str, tmp_path: Path
) -> None:
    with shop.serving() as base_url:
        async with open_page(executable) as (page, observed):
            await open_board(page, base_url)
            first = page.locator("a.tile[data-id^='north:']").first
            await expect(first).to_be_visible()
            await expect(page.locator(".tile.stale, .troubles")).to_have_count(0)
            await click_through(page)

            await asyncio.to_thread(shop.end, "north")
            await page.get_by_role("link", name="Stations", exact=True).click()
            await expect(page.locator("[data-source-in-trouble=north]")).to_be_visible()
            old = page.locator("a.tile[data-id^='north:'].stale")
            await expect(old).to_have_count(6)
            await expect(old.first).to_contain_text("Out of date")
            await expect(
                page.locator("a.tile[data-id^='am:'].stale, a.tile[data-id^='laser:'].stale")
            ).to_have_count(0)
            await keep(page, tmp_path, "source-lost")
            assert not await faults(page, axe)
            await click_through(page)
            row = page.locator("tbody tr.stale", has_text="North plant").first
            await page.get_by_role("link", name="Orders", exact=True).click()
            await expect(row).to_contain_text("Out of date")

            back = await asyncio.to_thread(shop.begin, "north")
            await expect(page.locator(".troubles")).to_have_count(0)
            await page.get_by_role("link", name="Stations", exact=True).click()
            await expect(page.locator("a.tile.stale")).to_have_count(0)
            await asyncio.to_thread(back.set_state, stations=[{"handle": 1, "state": BREAKDOWN}])
            tile = page.locator("a.tile[data-id='north:station:1']")
            await expect(tile).to_have_attribute("data-status", "FAULT")
        assert not observed.foreign(base_url)
        assert not [text for text in observed.complaints if not _is_a_picture_of(text, base_url, "north")]


def _is_a_picture_of(complaint: str, base_url: str, source: str) -> bool:
    """Whether a picture could not be had because its vendor's server was away, which browsers log."""
    return "502" in complaint and f"{base_url}/images/{source}" in complaint


async def test_the_server_ends_and_begins_again(executable: str, shop: Floor, tmp_path: Path) -> None:
    sent: list[str] = []
    async with open_page(executable) as (page, _):
        page.on("websocket", lambda ws: ws.on("framesent", lambda frame: sent.append(str(frame))))
        with shop.serving() as base_url:
            await open_board(page, base_url)
            await expect(page.locator("a.tile")).not_to_have_count(0)
            tiles = await page.locator("a.tile").count()
            await page.evaluate(_PHASES)
        await expect(page.get_by_role("alert")).to_contain_text("Connection lost")
        await expect(page.locator("a.tile.stale")).to_have_count(tiles)
        sent.clear()
        with shop.serving():
            await expect(page.locator(".connection")).to_have_attribute("data-phase", "LIVE")
            await expect(page.locator("a.tile.stale")).to_have_count(0)
            await expect(page.locator("a.tile")).to_have_count(tiles)
        phases = await page.evaluate("() => phases")
        await page.screenshot(path=tmp_path / "after-restart.png")
    assert phases[:1] == ["LIVE"]
    assert "LOST" in phases
    assert "CATCHING_UP" in phases[phases.index("LOST") :]
    assert [text for text in sent if "stationChanged" in text and '"after":"' in text]
