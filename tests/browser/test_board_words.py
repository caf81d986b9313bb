"""The live board with names and times that are hard to show: long, of other scripts, of digits."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import quote

import pytest
from playwright.async_api import Page, expect

from floorgraph.model.alarm import Alarm
from floorgraph.model.ids import Kind
from floorgraph.model.order import OrderStatus
from floorgraph.model.record import again
from floorgraph.model.station import Station, StationStatus, state_of
from tests.browser.board import open_board
from tests.browser.chromium import open_page
from tests.support.memory import MemorySource, common, job, live, order, piece, station
from tests.support.needs import needs_browser
from tests.support.serving import serving_sources

pytestmark = pytest.mark.browser

GERMAN = "Fünf-Achs-Bearbeitungszentrum Großteilefertigung Halle Nord Linie 4"
CHINESE = "五轴立式加工中心第三车间二号线"
AGES = (
    timedelta(seconds=42),
    timedelta(minutes=49),
    timedelta(hours=3, minutes=47),
    timedelta(days=12, hours=23),
)
DESKTOP, PHONE, WALL = (1440, 900), (390, 844), (1920, 1080)

# The word for a state is whole. So is its time, or, beside an alarm on the wall, it is not there.
_CUT = """(tiles, onWall) => tiles.filter((tile) => {
  const line = tile.querySelector(".state").getBoundingClientRect();
  const inside = (one) => one.left >= line.left - 1 && one.right <= line.right + 1
    && one.top >= line.top - 1 && one.bottom <= line.bottom + 1;
  const word = tile.querySelector(".word");
  const time = tile.querySelector(".for time").getBoundingClientRect();
  const cut = word.scrollWidth > word.clientWidth || !inside(word.getBoundingClientRect());
  const gone = onWall && tile.querySelector(".alarm") && time.top >= line.bottom - 1;
  return cut || !(gone || inside(time)) || tile.scrollHeight > tile.clientHeight + 1;
}).map((tile) => tile.textContent)"""
_WIDER = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


def alarm(number: str, of: Station) -> Alarm:
    return Alarm(
        **common(Kind.ALARM, number, of.source), station_id=of.id, code="0401", message="SERVO DRIVE"
    )


def floor() -> MemorySource:
    """A station in every state, each with another age; some have alarms, some names that are hard to show."""
    source = MemorySource("north")
    for number, status in enumerate(StationStatus):
        one = station(str(number), {0: GERMAN, 1: CHINESE}.get(number, f"Mill {number}"))
        source.put(one)
        since = source.clock.now() - AGES[number % len(AGES)]
        state = state_of(status, name=f"Vendor's word for {status.value}", since=since)
        alarms = (alarm(str(number), one),) if number % 2 else ()
        source.statuses[one.id] = again(live(one, status), state=state, alarms=alarms)
    source.put(order("1", name="588008", status=OrderStatus.PAUSED))
    source.put(job("1", name="10", order_id="north:order:1"), piece("1"))
    return source


@pytest.fixture
async def page() -> AsyncIterator[tuple[Page, str]]:
    executable = needs_browser()
    async with serving_sources([floor()]) as base_url, open_page(executable) as (opened, _):
        yield opened, base_url


@pytest.mark.parametrize("size", ["s", "m", "l", "wall"])
@pytest.mark.parametrize("screen", [DESKTOP, PHONE, WALL], ids=["desktop", "phone", "wall"])
async def test_no_state_and_no_time_is_cut(
    page: tuple[Page, str], size: str, screen: tuple[int, int]
) -> None:
    opened, base_url = page
    await opened.set_viewport_size({"width": screen[0], "height": screen[1]})
    await open_board(opened, base_url, f"#/?size={size}&order=attention")
    tiles = opened.locator("a.tile:has(.for time)")
    await expect(tiles).to_have_count(len(StationStatus))
    assert not await tiles.evaluate_all(_CUT, size == "wall")
    assert not await opened.evaluate(_WIDER)
    for name in (GERMAN, CHINESE):
        await expect(opened.locator(".name", has_text=name)).to_have_attribute("title", name)


async def test_what_needs_somebody_comes_first(page: tuple[Page, str]) -> None:
    opened, base_url = page
    await open_board(opened, base_url)
    first = opened.locator("a.tile").first
    await expect(opened.locator("a.tile[data-status=FAULT]")).to_be_visible()
    await expect(first).not_to_have_attribute("data-status", "FAULT")
    await opened.locator("select[name=order]").select_option("attention")
    await expect(first).to_have_attribute("data-status", "FAULT")
    assert "order=attention" in opened.url
    await opened.reload()
    await expect(first).to_have_attribute("data-status", "FAULT")


async def test_pages_say_what_they_are_about(page: tuple[Page, str]) -> None:
    opened, base_url = page
    await open_board(opened, base_url, "#/orders")
    await opened.get_by_role("link", name="588008").click()
    await expect(opened.get_by_role("heading", level=1)).to_have_text("Order 588008")
    await expect(opened).to_have_title("588008 · Order · Floorgraph")
    await open_board(opened, base_url, f"#/job/{quote('north:job:1', safe='')}")
    await expect(opened.get_by_role("heading", level=1)).to_have_text("Job 10")


async def test_columns_that_no_row_fills_take_no_room(page: tuple[Page, str]) -> None:
    opened, base_url = page
    await open_board(opened, base_url, "#/orders")
    await expect(opened.get_by_role("row")).to_have_count(2)
    assert await opened.get_by_role("columnheader").all_inner_texts() == ["Order", "Status", "Source"]
