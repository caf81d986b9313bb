"""GraphiQL against the demo: each example answers without an error and has its price; the explorer writes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, OperationType, parse
from playwright.async_api import expect

from tests.browser.board import faults, keep
from tests.browser.chromium import ColorScheme, open_page
from tests.browser.graphiql import (
    open_example,
    open_graphiql,
    open_panel,
    response,
    run_example,
    run_tab,
    written,
)
from tests.browser.serving import ROOT
from tests.support.needs import needs_browser
from tests.support.program import running

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def executable() -> str:
    return needs_browser()


@pytest.fixture(scope="module")
def demo(executable: str) -> Iterator[str]:
    with running(["demo", "--port", "0"]) as base_url:
        yield base_url


def operations() -> dict[str, OperationType]:
    """The operation of each example by its name."""
    found = {}
    for path in (ROOT / "web" / "graphiql" / "examples").glob("*.graphql"):
        (operation,) = parse(path.read_text("utf-8")).definitions
        assert isinstance(operation, OperationDefinitionNode)
        assert operation.name
        found[operation.name.value] = operation.operation
    return found


async def test_every_example_of_the_panel_runs_and_says_its_price(
    executable: str, demo: str, tmp_path: Path
) -> None:
    kinds = operations()
    async with open_page(executable) as (page, observed):
        await open_graphiql(page, demo)
        await open_panel(page, "Access and examples")
        buttons = page.locator(".floorgraph-guide li button")
        examples = await buttons.evaluate_all("all => all.map(one => [one.textContent, one.title])")
        price = page.get_by_role("status", name="Price of this operation")
        shown: object = None
        seen = set()
        asked = []
        page.on("request", lambda request: asked.append(request.post_data or ""))
        for title, name in examples:
            if kinds[name] is OperationType.MUTATION:
                await open_example(page, title)
                await expect(price).to_contain_text("nothing of it is sent")
                seen.add(name)
                continue
            await run_example(page, title, name)
            answer = await response(page, other_than=shown)
            assert "errors" not in answer, (title, json.dumps(answer["errors"])[:500])
            shown = answer
            seen.add(name)
            words = "has no price" if kinds[name] is OperationType.SUBSCRIPTION else "to the vendors"
            await expect(price).to_contain_text(words)
            if name == "WhatNeedsSomebody":
                await keep(page, tmp_path, "graphiql")
    assert seen == set(kinds)
    assert not [body for body in asked if "ChangeState" in body]
    assert not observed.foreign(demo)
    assert not observed.complaints


async def test_the_price_follows_what_is_written(executable: str, demo: str) -> None:
    async with open_page(executable) as (page, _):
        await open_graphiql(page, demo)
        price = page.get_by_role("status", name="Price of this operation")
        await run_tab(page, "EveryStationNow")
        await expect(price).to_contain_text("to the vendors")
        before = await price.inner_text()
        await page.locator(".graphiql-query-editor .view-lines").click()
        await page.keyboard.press("ControlOrMeta+a")
        await page.keyboard.insert_text("query Few { sources { key } }")
        await expect(price).to_contain_text("At most 0 calls")
        assert await price.inner_text() != before


async def test_the_explorer_adds_a_field_to_the_query(executable: str, demo: str) -> None:
    async with open_page(executable) as (page, _):
        await open_graphiql(page, demo)
        await open_panel(page, "GraphiQL Explorer")
        await page.locator("[data-field-name=sources]").first.click()
        await written(page, "sources")


@pytest.mark.parametrize("colors", ["light", "dark"])
async def test_graphiql_has_no_serious_fault_of_accessibility(
    executable: str, demo: str, axe: str, colors: ColorScheme
) -> None:
    async with open_page(executable, colors=colors) as (page, _):
        await open_graphiql(page, demo)
        await open_panel(page, "Access and examples")
        await expect(page.locator("#access")).to_be_visible()
        await expect(page.locator(".graphiql-tab-button[aria-current=true]")).to_have_count(1)
        assert not await faults(page, axe)
        await page.locator(".graphiql-tab-button").nth(1).click()
        await expect(page.locator(".graphiql-tab-button").nth(1)).to_have_attribute("aria-current", "true")
        assert not await faults(page, axe)
