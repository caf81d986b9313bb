"""The demo as a person meets it: GraphiQL in a browser without any other host, a query and a subscription."""

from pathlib import Path

from tests.browser.chromium import open_page
from tests.browser.graphiql import open_graphiql, response, run_tab, stop, tab_titles
from tests.support.needs import needs_browser
from tests.support.program import running


async def test_graphiql_runs_the_examples_against_the_demo(tmp_path: Path) -> None:
    browser = needs_browser()
    with running(["demo", "--port", "0"]) as base_url:
        async with open_page(browser) as (page, observed):
            await open_graphiql(page, base_url)
            titles = await tab_titles(page)
            answers = {}
            shown: object = None
            for title in titles[:-1]:
                await run_tab(page, title)
                answers[title] = shown = await response(page, other_than=shown)
                await page.screenshot(path=tmp_path / f"{title}.png")
            await run_tab(page, "LiveStations")
            events = [await response(page, other_than=shown)]
            while events[-1]["data"]["stationChanged"]["kind"] != "UPDATED":
                events.append(await response(page, other_than=events[-1]))
            await page.screenshot(path=tmp_path / "LiveStations.png")
            await stop(page)
            await page.goto(base_url)
            await page.locator("a.tile", has_text="North plant").first.wait_for()
            await page.screenshot(path=tmp_path / "start.png")
        assert not observed.foreign(base_url)
        assert not observed.complaints
        assert not observed.failed
    assert {title: answer.get("errors") for title, answer in answers.items()} == dict.fromkeys(titles[:-1])
    stations = answers["EveryStationNow"]["data"]["stations"]
    assert len(stations["edges"]) == min(50, stations["totalCount"]) > 32
    assert events[-1]["data"]["stationChanged"]["changedFields"]
