"""GraphiQL where there is little room: long lines are broken, and on a phone all of it is in sight."""

from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from tests.browser.chromium import open_page
from tests.browser.graphiql import open_graphiql, open_panel, response, run_example
from tests.browser.serving import served
from tests.support.deadline import DEADLINE_MS
from tests.support.needs import needs_browser

pytestmark = pytest.mark.browser

PHONE = (390, 844)
DESK = (1440, 900)
PARTS = (".graphiql-query-editor", ".graphiql-execute-button", ".graphiql-response", ".floorgraph-price")
_TOO_WIDE = """() => {
  const editors = globalThis.__MONACO.editor.getEditors();
  const shown = editors.find((one) => one.getModel()?.uri.path.endsWith("operation.graphql"));
  return shown.getScrollWidth() > shown.getLayoutInfo().contentWidth + 1;
}"""


@pytest.fixture(scope="module")
def executable() -> str:
    return needs_browser()


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    with served("tests.browser.shop:shop") as address:
        yield address


async def sized(page: Page, size: tuple[int, int]) -> None:
    await page.set_viewport_size({"width": size[0], "height": size[1]})


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_long_lines_of_a_query_are_broken(executable: str, shop: str, size: tuple[int, int]) -> None:
    async with open_page(executable) as (page, _):
        await sized(page, size)
        await open_graphiql(page, shop)
        await open_panel(page, "Access and examples")
        await page.wait_for_function(f"() => !({_TOO_WIDE})()", timeout=DEADLINE_MS)


async def test_on_a_phone_an_example_is_opened_run_and_read(executable: str, shop: str) -> None:
    async with open_page(executable) as (page, observed):
        await sized(page, PHONE)
        await open_graphiql(page, shop)
        await open_panel(page, "Access and examples")
        await expect(page.locator("#access")).to_be_in_viewport()
        await run_example(page, "What needs somebody", "WhatNeedsSomebody")
        assert "data" in await response(page)
        await expect(page.locator("#access")).not_to_be_in_viewport()
        for part in PARTS:
            await expect(page.locator(part)).to_be_in_viewport(ratio=1, timeout=DEADLINE_MS)
        assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        assert not observed.complaints
