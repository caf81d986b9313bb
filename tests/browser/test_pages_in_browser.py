"""The pages in a real browser that can reach no other host: they load, obey their policy, and work."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.chromium import open_page
from tests.browser.graphiql import (
    is_run,
    open_graphiql,
    open_panel,
    response,
    run_tab,
    stop,
    tab_titles,
    write_headers,
)
from tests.browser.serving import served
from tests.support.needs import needs_browser

pytestmark = pytest.mark.browser

TABS = ["EveryStationNow", "StationInDepth", "OrdersAndPieces", "SourceHealth", "LiveStations"]


@pytest.fixture(scope="module")
def executable() -> str:
    return needs_browser()


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    with served("tests.browser.shop:shop") as address:
        yield address


async def test_graphiql_runs_a_query_and_a_subscription_without_any_other_host(
    executable: str, shop: str, tmp_path: Path
) -> None:
    async with open_page(executable) as (page, observed):
        await open_graphiql(page, shop)
        assert await page.title() == "GraphiQL · Floorgraph"
        assert await tab_titles(page) == TABS

        await run_tab(page, "EveryStationNow")
        answer = await response(page)
        assert [edge["node"]["name"] for edge in answer["data"]["stations"]["edges"]] == [
            "Lathe 1",
            "Mill 2",
            "Mill 3",
        ]
        await page.screenshot(path=tmp_path / "query.png")

        await run_tab(page, "LiveStations")
        first = await response(page)
        second = await response(page, other_than=first)
        assert first["data"]["stationChanged"]["cursor"] != second["data"]["stationChanged"]["cursor"]
        await page.screenshot(path=tmp_path / "subscription.png")
        await stop(page)

    assert not observed.foreign(shop)
    assert not observed.failed
    assert not observed.complaints
    assert f"{shop.replace('http', 'ws')}/graphql" in observed.requests
    assert (tmp_path / "query.png").stat().st_size > 10_000


async def test_headers_set_by_the_user_are_sent_and_not_kept(executable: str, shop: str) -> None:
    async with open_page(executable) as (page, _):
        await open_graphiql(page, shop)
        await write_headers(page, '{"Authorization": "Bearer made-up"}')
        async with page.expect_request(is_run) as sent:
            await run_tab(page, "EveryStationNow")
        assert (await (await sent.value).all_headers())["authorization"] == "Bearer made-up"
        await response(page)
        # The history is written a moment after the answer is there.
        await page.wait_for_function(
            "() => Object.keys(localStorage).some((key) => key.endsWith(':queries'))"
        )
        kept = await page.evaluate("() => JSON.stringify(globalThis.localStorage)")
    assert "floorgraph:graphiql:tabState" in kept
    at = kept.find("made-up")
    assert at < 0, kept[max(0, at - 300) : at + 50]


async def test_a_key_goes_with_queries_and_subscriptions_and_is_stored_nowhere(
    executable: str, shop: str
) -> None:
    frames: list[str] = []
    async with open_page(executable) as (page, _):
        page.on("websocket", lambda ws: ws.on("framesent", lambda frame: frames.append(str(frame))))
        await open_graphiql(page, shop)
        await open_panel(page, "Access and examples")
        await page.get_by_label("API key or token").fill("made-up")
        await page.get_by_role("button", name="Use it").click()
        await expect(page.get_by_role("button", name="Forget it")).to_be_visible()
        async with page.expect_request(is_run) as sent:
            await run_tab(page, "EveryStationNow")
        assert (await (await sent.value).all_headers())["authorization"] == "Bearer made-up"
        shown = await response(page)
        await run_tab(page, "LiveStations")
        await response(page, other_than=shown)
        await stop(page)
        kept = await page.evaluate(
            "() => JSON.stringify([globalThis.localStorage, globalThis.sessionStorage])"
        )
        await page.get_by_role("button", name="Forget it").click()
        await expect(page.get_by_label("API key or token")).to_have_value("")
    assert [frame for frame in frames if "connection_init" in frame and "Bearer made-up" in frame]
    assert "made-up" not in kept


async def test_a_server_that_asks_who_you_are_opens_the_place_for_the_key(executable: str) -> None:
    with served("tests.browser.shop:locked_shop") as shop:
        async with open_page(executable) as (page, _):
            await page.goto(f"{shop}/graphiql/")
            await expect(page.locator("#access [role=alert]")).to_be_visible()
            await page.get_by_label("API key or token").fill("let-me-in")
            await page.get_by_role("button", name="Use it").click()
            await expect(page.locator("#access [role=alert]")).to_have_count(0)
            await run_tab(page, "EveryStationNow")
            assert (await response(page))["data"]["stations"]["totalCount"] == 3


async def test_the_policy_holds_back_what_would_go_to_another_host(executable: str, shop: str) -> None:
    async with open_page(executable) as (page, observed):
        await open_graphiql(page, shop)
        assert not observed.complaints
        await page.evaluate("() => fetch('http://elsewhere.example/').catch(() => null)")
        await page.evaluate("() => import('http://elsewhere.example/a.js').catch(() => null)")
    for directive in ("connect-src", "script-src"):
        assert [text for text in observed.complaints if directive in text and "elsewhere.example" in text]


async def test_the_board_says_so_when_the_caller_is_not_let_in(executable: str) -> None:
    with served("tests.browser.shop:closed_shop") as shop:
        async with open_page(executable) as (page, _):
            await page.goto(shop)
            await expect(page.locator("#sign-in")).to_contain_text("sign in")
            await expect(page.locator("a.tile")).to_have_count(0)
            await page.keyboard.press("?")
            await expect(page.get_by_role("dialog")).to_contain_text("Schema")
            await expect(page.locator("#graphiql")).to_be_hidden()


async def test_the_stand_in_page_runs_a_query(executable: str, tmp_path: Path) -> None:
    with served("tests.browser.shop:shop_without_bundle") as shop:
        async with open_page(executable) as (page, observed):
            await page.goto(f"{shop}/graphiql")
            await page.get_by_role("button", name="Run").click()
            await expect(page.locator("#answer")).to_contain_text("North hall")
            await page.screenshot(path=tmp_path / "stand-in.png")
        assert not observed.foreign(shop)
        assert not observed.failed
        assert not observed.complaints
