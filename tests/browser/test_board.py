"""The live board against the demo: what it shows, that it lives, and that it comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate
from playwright.async_api import expect

from tests.browser.board import faults, keep, open_board
from tests.browser.chromium import ColorScheme, open_page
from tests.browser.serving import ROOT
from tests.support.needs import needs_browser
from tests.support.program import running

pytestmark = pytest.mark.browser

DOCUMENTS = sorted((ROOT / "web" / "board" / "src" / "documents").glob("*.graphql"))
STATIONS = 54
WIDE = {"width": 1440, "height": 900}
LISTS = ("stations", "orders", "pieces", "batches", "layouts", "sources")
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def executable() -> str:
    return needs_browser()


@pytest.fixture(scope="module")
def demo(executable: str) -> Iterator[str]:
    with running(["demo", "--port", "0"]) as base_url:
        yield base_url


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_what_the_board_asks_is_valid(path: Path) -> None:
    schema = build_schema((ROOT / "schema.graphql").read_text("utf-8"))
    assert not validate(schema, parse(path.read_text("utf-8")))


@pytest.mark.parametrize("colors", ["light", "dark"])
async def test_every_station_of_every_source_is_a_tile(
    executable: str, demo: str, tmp_path: Path, colors: ColorScheme
) -> None:
    async with open_page(executable, colors=colors) as (page, observed):
        await open_board(page, demo)
        await expect(page.locator("a.tile")).to_have_count(STATIONS)
        for source in ("Additive hall", "Laser hall", "North plant", "South plant"):
            assert await page.locator("a.tile .where", has_text=source).count()
        words = await page.locator("a.tile").evaluate_all(
            "tiles => tiles.map(tile => [tile.dataset.status, tile.querySelector('.word').textContent,"
            " tile.querySelectorAll('.state svg').length])"
        )
        assert all(word.upper() == status and icons == 1 for status, word, icons in words)
        await keep(page, tmp_path, f"board-{colors}")
        await page.set_viewport_size({"width": 390, "height": 844})
        wider = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not await page.evaluate(wider)
        await keep(page, tmp_path, f"board-phone-{colors}")
    assert not observed.foreign(demo)
    assert not observed.complaints
    assert not observed.failed


async def test_a_change_of_state_arrives(executable: str, demo: str) -> None:
    async with open_page(executable) as (page, _):
        await open_board(page, demo)
        states = "[...document.querySelectorAll('a.tile')].map(t => t.dataset.id + t.dataset.status).join()"
        before = await page.evaluate(states)
        await page.wait_for_function(f"before => {states} !== before", arg=before)


async def test_filters_groups_and_search_narrow_the_board(executable: str, demo: str) -> None:
    async with open_page(executable) as (page, _):
        await open_board(page, demo)
        await page.locator("select[name=source]").select_option("north")
        await expect(page.locator("a.tile")).to_have_count(24)
        await page.locator("select[name=group]").select_option("workshop")
        await expect(page.locator("h2.group")).to_have_count(3)
        await page.keyboard.press("Escape")
        await page.locator("body").press("/")
        await page.keyboard.type("grinder")
        await expect(page.locator("a.tile .name").first).to_contain_text("Grinder")
        names = await page.locator("a.tile .name").all_text_contents()
        assert names
        assert all("grinder" in name.lower() for name in names)
        assert "source=north" in page.url
        await page.reload()
        await expect(page.locator("a.tile .name")).to_have_count(len(names))


async def test_a_status_narrows_the_board_and_the_keyboard_opens_a_station(
    executable: str, demo: str
) -> None:
    async with open_page(executable) as (page, _):
        await open_board(page, demo)
        await page.locator(".counts button[data-status=RUNNING]").click()
        shown = await page.locator("a.tile").evaluate_all("tiles => tiles.map(tile => tile.dataset.status)")
        assert set(shown) == {"RUNNING"}
        await page.locator("a.tile").first.focus()
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("Enter")
        await expect(page.locator(".hero .word")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("a.tile").first).to_be_visible()


async def test_the_wall_view_fits_the_screen_and_turns_its_pages(
    executable: str, demo: str, tmp_path: Path
) -> None:
    async with open_page(executable) as (page, _):
        await page.set_viewport_size({"width": 1920, "height": 1080})
        await open_board(page, demo)
        await page.keyboard.press("w")
        tiles = page.locator(".wall a.tile")
        await expect(tiles).to_have_count(20)
        assert "size=wall" in page.url
        await keep(page, tmp_path, "wall")
        root = "document.documentElement"
        assert await page.evaluate(
            f"() => {root}.scrollHeight <= innerHeight && {root}.scrollWidth <= innerWidth"
        )
        cut = "tiles => tiles.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"
        assert not await page.locator(".wall .name, .wall .word").evaluate_all(cut)
        assert not await tiles.evaluate_all(
            "all => all.filter(one => one.scrollHeight > one.clientHeight + 1)"
        )
        await expect(page.locator(".wall-bar")).to_contain_text("Page 2 of")
        await page.get_by_role("button", name="Stay on this page").click()
        await expect(page.get_by_role("button", name="Turn pages")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("a.tile")).to_have_count(STATIONS)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["desktop", "phone"])
async def test_every_page_shows_its_subject(
    executable: str, demo: str, tmp_path: Path, size: dict[str, int]
) -> None:
    name = "" if size is WIDE else "-phone"
    async with open_page(executable) as (page, observed):
        await page.set_viewport_size({"width": size["width"], "height": size["height"]})
        await open_board(page, demo, "#/station/north%3Astation%3A5")
        await expect(page.get_by_role("img", name="States from")).to_be_visible()
        await expect(page.get_by_role("img", name="OEE")).to_be_visible()
        await keep(page, tmp_path, f"station{name}")
        for place, row in (
            ("orders", ""),
            ("pieces", ""),
            ("batches", "Laser sinter"),
            ("layouts", "Build plate"),
        ):
            await page.goto(f"{demo}/#/{place}")
            record = page.locator("tbody tr", has_text=row).locator("th a").first
            await expect(record).to_be_visible()
            await expect(page.locator(".asking")).to_have_count(0)
            if place == "orders":
                await expect(page.get_by_role("progressbar").first).to_be_visible()
            await keep(page, tmp_path, f"{place}{name}")
            await record.click()
            await expect(page.locator(".panel").first).to_be_visible()
            if place in ("batches", "layouts"):
                await expect(page.locator("svg.graph, svg.drawing").first).to_be_visible()
            await keep(page, tmp_path, f"{place}-one{name}")
        await page.goto(f"{demo}/#/sources")
        await expect(page.locator("[data-source]")).to_have_count(4)
        await expect(page.get_by_role("cell", name="Active").first).to_be_visible()
        await keep(page, tmp_path, f"sources{name}")
    assert not observed.foreign(demo)
    assert not observed.complaints
    assert not observed.failed


async def test_a_lost_connection_is_shown_and_comes_back_by_cursor(
    executable: str, demo: str, tmp_path: Path
) -> None:
    sent: list[str] = []
    async with open_page(executable) as (page, _):
        page.on("websocket", lambda ws: ws.on("framesent", lambda frame: sent.append(str(frame))))
        await open_board(page, demo)
        await page.context.set_offline(True)
        await expect(page.get_by_role("alert")).to_contain_text("Connection lost")
        await expect(page.locator("a.tile.stale")).to_have_count(STATIONS)
        await keep(page, tmp_path, "lost")
        sent.clear()
        await page.context.set_offline(False)
        await expect(page.locator(".connection")).to_have_attribute("data-phase", "LIVE")
        await expect(page.locator("a.tile.stale")).to_have_count(0)
    resumed = [text for text in sent if "stationChanged" in text and '"after":"' in text]
    assert resumed


@pytest.mark.parametrize("colors", ["light", "dark"])
async def test_no_page_has_a_serious_fault_of_accessibility(
    executable: str, demo: str, axe: str, colors: ColorScheme
) -> None:
    found = {}
    async with open_page(executable, colors=colors) as (page, _):
        for place in (*LISTS, "station/north%3Astation%3A5", "stations?size=wall"):
            await open_board(page, demo, f"#/{place}")
            await expect(page.locator("a.tile, .panel").first).to_be_visible()
            found[place] = await faults(page, axe)
            if place not in ("stations", "sources") and place in LISTS:
                await page.locator("tbody th a").first.click()
                await expect(page.locator(".panels .panel").first).to_be_visible()
                found[f"one of {place}"] = await faults(page, axe)
        await page.keyboard.press("?")
        found["help"] = await faults(page, axe)
    assert not {place: faults for place, faults in found.items() if faults}
