"""How a test works GraphiQL: open it, run one of its tabs, read the answer.

async with open_page(needs_browser()) as (page, observed):
    await open_graphiql(page, base_url)
    await run_tab(page, "EveryStationNow")
    answer = await response(page)
"""

import asyncio
import json
import re
from typing import Any

from playwright.async_api import Page, Request, expect

from tests.support.deadline import DEADLINE

_RESPONSE = """() => {
  const models = globalThis.__MONACO?.editor.getModels() ?? [];
  return models.find((model) => model.uri.path.endsWith("response.json"))?.getValue() ?? "";
}"""

_WRITTEN = """(word) => {
  const models = globalThis.__MONACO.editor.getModels();
  return models.find((model) => model.uri.path.endsWith("operation.graphql")).getValue().includes(word);
}"""

_HEADERS = """(text) => globalThis.__MONACO.editor.getModels().some((model) => model.getValue() === text)"""

_NOTED = """(title) => {
  const models = globalThis.__MONACO.editor.getModels();
  const shown = models.find((model) => model.uri.path.endsWith("operation.graphql")).getValue();
  return shown.includes(` ${title}`) && localStorage.getItem("floorgraph:graphiql:query") === shown;
}"""


async def open_graphiql(page: Page, base_url: str) -> None:
    """Load the page and wait until its editors stand and the schema is known."""
    async with page.expect_response("**/graphql"):  # what it asks first is the schema
        await page.goto(f"{base_url}/graphiql")
    await expect(page.locator(".graphiql-query-editor .view-lines")).to_be_visible()
    await expect(page.locator(".graphiql-spinner")).to_have_count(0)


async def tab_titles(page: Page) -> list[str]:
    """The titles of the tabs, from left to right."""
    return await page.locator(".graphiql-tab-button").all_inner_texts()


async def run_tab(page: Page, title: str) -> None:
    """Bring the tab to the front and press the run button; a running operation is stopped first."""
    await stop(page)
    await _bring_to_front(page, title)
    await page.get_by_role("button", name=re.compile("^Execute query")).click()


async def write_headers(page: Page, text: str) -> None:
    """Write into the Headers pane, and wait until it holds that."""
    await page.get_by_role("button", name="Headers").click()
    await page.locator(".graphiql-editor-tool .monaco-editor:visible").click()
    await page.keyboard.insert_text(text)
    await page.wait_for_function(_HEADERS, arg=text)


def is_run(request: Request) -> bool:
    """Whether a request runs an operation, and does not just ask for its price."""
    return request.url.endswith("/graphql") and "x-floorgraph-dry-run" not in request.headers


async def _bring_to_front(page: Page, title: str) -> None:
    tab = page.locator(".graphiql-tab").filter(has=page.locator(f'button[title="{title}"]'))
    if await tab.get_attribute("aria-selected") == "true":
        return
    await tab.locator(".graphiql-tab-button").click()
    # GraphiQL takes note of a changed query, and of which operation it holds, a moment later
    # than it shows it; what it took note of it stores.
    await page.wait_for_function(_NOTED, arg=title)


async def open_panel(page: Page, title: str) -> None:
    """Show a panel on the left, such as "Access and examples"."""
    button = page.get_by_role("button", name=f"Show {title}")
    if await button.count():
        await button.click()


async def open_example(page: Page, title: str) -> None:
    """Open an example of the panel in a tab of its own; a running operation is stopped first."""
    await stop(page)
    await open_panel(page, "Access and examples")
    await page.locator(".floorgraph-guide").get_by_role("button", name=title, exact=True).click()


async def run_example(page: Page, title: str, operation: str) -> None:
    """Open an example and run it as soon as GraphiQL has taken note of it."""
    await open_example(page, title)
    await page.wait_for_function(_NOTED, arg=operation)
    await page.get_by_role("button", name=re.compile("^Execute query")).click()


async def stop(page: Page) -> None:
    """End the operation that runs, if one does."""
    button = page.get_by_role("button", name=re.compile("^Stop query"))
    if await button.count():
        await button.click()
        await expect(button).to_have_count(0)


async def written(page: Page, word: str) -> None:
    """Wait until the query in the editor has a word, in sight or not."""
    await page.wait_for_function(_WRITTEN, arg=word)


async def response_text(page: Page) -> str:
    """What the response editor holds right now, whole, whatever part of it is in sight."""
    text: str = await page.evaluate(_RESPONSE)
    return text


async def response(page: Page, *, other_than: object = None) -> dict[str, Any]:
    """The next answer that differs from `other_than`; fails with the text when none comes."""
    text = ""
    try:
        async with asyncio.timeout(DEADLINE):
            # The page announces nothing, so this has to look again.
            while True:
                text = await response_text(page)
                if text.strip():
                    answer: dict[str, Any] = json.loads(text)
                    if answer != other_than:
                        return answer
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"No other answer came than this: {text or '(nothing)'}") from None
