"""How a test works the live board: open it, go through its pages, keep pictures."""

import os
import shutil
from pathlib import Path

from playwright.async_api import Page, expect

PAGES = ("Stations", "Orders", "Pieces", "Material", "Layouts", "Sources")


async def open_board(page: Page, base_url: str, place: str = "") -> None:
    """Load the board, or go to another place of it, and wait until its streams are current."""
    await page.goto(f"{base_url}/{place}")
    await expect(page.locator(".connection")).to_have_attribute("data-phase", "LIVE")


async def click_through(page: Page) -> list[str]:
    """Every page by its link, and the first record of each; gives the titles of the records seen.

    Fails where a page shows nothing, or a record's page no panel.
    """
    seen = []
    for title in PAGES:
        await page.get_by_role("link", name=title, exact=True).click()
        await expect(page.get_by_role("link", name=title, exact=True)).to_have_attribute(
            "aria-current", "page"
        )
        if title == "Sources":
            await expect(page.locator("[data-source]").first).to_be_visible()
            continue
        record = page.locator("a.tile" if title == "Stations" else "tbody th a").first
        await expect(record).to_be_visible()
        await record.click()
        await expect(page.locator(".panel, .hero").first).to_be_visible()
        seen.append(await page.locator("h1").inner_text())
        await page.keyboard.press("Escape")
        await expect(page.locator("a.tile, tbody th a").first).to_be_visible()
    return seen


async def keep(page: Page, folder: Path, name: str) -> None:
    """A picture of the page; with FLOORGRAPH_DOCS_IMAGES also in that folder, for the documentation."""
    picture = folder / f"{name}.png"
    await page.screenshot(path=picture)
    assert picture.stat().st_size > 10_000
    kept = os.environ.get("FLOORGRAPH_DOCS_IMAGES")
    if kept:
        shutil.copy(picture, Path(kept) / picture.name)


_STILL = """() => Promise.all(
  document.getAnimations()
    .filter((one) => one.playState === "running" && Number.isFinite(one.effect.getComputedTiming().endTime))
    .map((one) => one.finished.catch(() => null)))"""
"""What fades in has its colours only when it has come."""
_AUDIT = """() => {
  const shape = (row) => [row, ...row.querySelectorAll("*")].map((one) => [
    one.tagName, one.getAttribute("class"), one.role, one.dataset.status, one.attributes.length
  ].join(" ")).join("\\n");
  const seen = new Set();
  const again = [...document.querySelectorAll("tbody tr, a.tile")].filter((row) => {
    const found = shape(row);
    return seen.has(found) || !seen.add(found);
  });
  return axe.run({ include: [document], exclude: again });
}"""


async def faults(page: Page, axe: str) -> list[tuple[str, list[object]]]:
    """What axe finds that is serious or worse, with the first places where it is.

    Of rows that are built and coloured alike it looks at one: a table has hundreds, and takes a minute.
    """
    await page.evaluate(_STILL)
    await page.evaluate(axe)
    result = await page.evaluate(_AUDIT)
    return [
        (one["id"], [node["target"] for node in one["nodes"]][:3])
        for one in result["violations"]
        if one["impact"] in ("serious", "critical")
    ]
