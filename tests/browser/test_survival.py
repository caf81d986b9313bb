"""The live board outlives what happens to servers, tokens and networks, without being loaded again.

Time in the page runs ahead where nothing but time is to pass. `FLOORGRAPH_REAL_TIME=1` lets it pass.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Locator, Page, expect

from floorgraph.server import run
from floorgraph.settings import JwtSettings, Role, ServerSettings, Settings
from floorgraph.simulators.process import RunningSimulator, simulator_process
from tests.browser.chromium import open_page
from tests.deploy.proxies import free_port
from tests.support.client import data
from tests.support.deadline import DEADLINE
from tests.support.faultproxy import faults
from tests.support.identities import AUDIENCE, ISSUER, Provider
from tests.support.memory import MemorySource, station
from tests.support.needs import needs_browser
from tests.support.program import program
from tests.support.serving import serving_sources

pytestmark = pytest.mark.browser

REAL = os.environ.get("FLOORGRAPH_REAL_TIME") == "1"
CUT_SECONDS = 40
KEY = "key-of-the-vendor"
SUBSCRIBERS = '{ source(key: "north") { feeds { subscribers } } }'


@pytest.fixture(scope="module")
def executable() -> str:
    return needs_browser()


@asynccontextmanager
async def board(executable: str, base_url: str, *, clock: bool = False) -> AsyncIterator[Page]:
    """The board, which must not be loaded a second time; with `clock`, time in it can be made to pass."""
    async with open_page(executable) as (page, _):
        if clock:
            await page.clock.install()
        await page.goto(base_url)
        await page.evaluate("() => { window.loadedOnce = true; }")
        yield page
        assert await page.evaluate("() => window.loadedOnce === true"), "the page was loaded again"


def tile(page: Page, name: str) -> Locator:
    """The tile of a station of that name that is up to date."""
    return page.locator("a.tile:not(.stale) .name", has_text=name)


async def phase(page: Page, wanted: str) -> None:
    """Wait until the lamp says so."""
    lamp = page.locator(".connection")
    await expect(lamp).to_have_attribute("data-phase", wanted)


async def feeds(base_url: str) -> list[dict[str, int]]:
    found: list[dict[str, int]] = (await data(base_url, SUBSCRIBERS))["source"]["feeds"]
    return found


async def nobody_follows(base_url: str) -> None:
    """Wait until the server has given back the demand of those it lost."""
    async with asyncio.timeout(DEADLINE):
        while any(feed["subscribers"] for feed in await feeds(base_url)):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


def serve(folder: Path, vendor: RunningSimulator) -> list[str]:
    path = folder / "floorgraph.toml"
    path.write_text(
        f'[server]\nport = {free_port()}\ndrain_seconds = 0\n[[sources]]\nkey = "north"\n'
        f'vendor = "cwork"\nbase_url = "{vendor.base_url}/CAPI/REST"\napi_key = "{KEY}"\n',
        encoding="utf-8",
    )
    return ["serve", "--config", str(path)]


async def test_the_board_outlives_a_restart_of_the_server(executable: str, tmp_path: Path) -> None:
    with simulator_process("cwork", {"api_key": KEY, "stations": 3}) as vendor:
        command = serve(tmp_path, vendor)
        with program(command) as server:
            running = board(executable, server.base_url)
            page = await running.__aenter__()
            try:
                await phase(page, "LIVE")
                await expect(page.locator("a.tile:not(.stale)")).to_have_count(3)
                server.signal(signal.SIGTERM)
                assert await asyncio.to_thread(server.process.wait, DEADLINE) == 0
                await phase(page, "LOST")
                await expect(page.get_by_role("alert")).to_contain_text("Connection lost")
                await expect(page.locator("a.tile.stale")).to_have_count(3)
                with program(command):
                    await phase(page, "LIVE")
                    await expect(page.locator("a.tile:not(.stale)")).to_have_count(3)
                    await expect(page.get_by_role("alert")).to_have_count(0)
            finally:
                await running.__aexit__(None, None, None)


async def test_the_board_outlives_a_token_that_expires(executable: str, tmp_path: Path) -> None:
    provider, path = Provider(), tmp_path / "key.pem"
    path.write_text(provider.pem, "utf-8")
    jwt = JwtSettings(issuer=ISSUER, audience=AUDIENCE, key_file=path, leeway_seconds=0)
    settings = Settings(ServerSettings(anonymous_role=Role.NONE), jwt=jwt)
    source = MemorySource("north")
    async with serving_sources([source], settings=settings) as base_url, board(executable, base_url) as page:
        for seconds, name in ((15, "Before"), (600, "After")):
            source.put(station("1", name))
            await phase(page, "SIGN_IN")
            await page.get_by_label("API key or token").fill(provider.token(seconds))
            await page.get_by_role("button", name="Sign in").click()
            await phase(page, "LIVE")
            await expect(tile(page, name)).to_be_visible()


async def pass_time(page: Page, seconds: int) -> None:
    """Let time pass in the page, timer by timer."""
    if REAL:
        await asyncio.sleep(seconds)
    else:
        await page.clock.run_for(seconds * 1000)


async def test_the_board_outlives_a_cut_of_the_network(
    executable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not REAL:
        monkeypatch.setattr(run, "PING_SECONDS", 0.2)
        monkeypatch.setattr(run, "PONG_SECONDS", 0.3)
    source = MemorySource("north", [station("1", "Before"), station("2", "Lathe")])
    async with (
        serving_sources([source]) as base_url,
        faults(urlsplit(base_url).port or 0) as proxy,
        board(executable, proxy.url, clock=not REAL) as page,
    ):
        await phase(page, "LIVE")
        await expect(tile(page, "Before")).to_be_visible()
        # Nothing arrives any more, and nobody is told.
        proxy.hold()
        await pass_time(page, 20)
        await phase(page, "LOST")
        await expect(page.locator("a.tile.stale")).to_have_count(2)
        await nobody_follows(base_url)
        source.put(station("1", "After"))
        await pass_time(page, CUT_SECONDS - 20)
        proxy.release()
        await phase(page, "LIVE")
        await expect(tile(page, "After")).to_be_visible()
        await expect(tile(page, "Lathe")).to_be_visible()
        await expect(page.get_by_role("alert")).to_have_count(0)
