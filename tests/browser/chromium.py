"""A headless Chromium that can reach nothing but this machine, and a record of what its page did."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from playwright.async_api import ConsoleMessage, Page, Request, WebSocket, async_playwright, expect

from tests.support.deadline import DEADLINE_MS

ColorScheme = Literal["light", "dark"]

# Playwright's own are five seconds for an expectation and thirty for all else.
expect.set_options(timeout=DEADLINE_MS)

_FLAGS = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-sandbox",
    "--disable-dev-shm-usage",
)


@dataclass(slots=True)
class Observed:
    """What a page asked for and complained about, from its first request on."""

    requests: list[str] = field(default_factory=list)
    """Every address asked for, websockets included."""
    failed: list[str] = field(default_factory=list)
    """What the browser could not get, with its reason, and answers of 400 and above.

    Not what the page itself broke off, as it does with questions of a place that it leaves.
    """
    complaints: list[str] = field(default_factory=list)
    """Errors in the console, violations of the content security policy included, and uncaught ones.

    Each ends with the address of what it is about, where the browser tells it.
    """

    def foreign(self, base_url: str) -> list[str]:
        """Addresses of another host or port than that of `base_url`."""
        own = urlsplit(base_url).netloc
        fetched = [url for url in self.requests if urlsplit(url).scheme not in ("data", "blob")]
        return [url for url in fetched if urlsplit(url).netloc != own]


@asynccontextmanager
async def open_page(
    executable: str, *, colors: ColorScheme = "light"
) -> AsyncIterator[tuple[Page, Observed]]:
    """A fresh page in a fresh browser of its own, gone at the end."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable, args=list(_FLAGS), timeout=DEADLINE_MS
        )
        try:
            page = await browser.new_page(color_scheme=colors, viewport={"width": 1440, "height": 900})
            page.set_default_timeout(DEADLINE_MS)
            yield page, _observe(page)
        finally:
            await browser.close()


def _observe(page: Page) -> Observed:
    observed = Observed()

    def on_request(request: Request) -> None:
        observed.requests.append(request.url)

    def on_websocket(websocket: WebSocket) -> None:
        observed.requests.append(websocket.url)

    def on_failure(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":
            observed.failed.append(f"{request.url}: {request.failure}")

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            observed.complaints.append(f"{message.text} {message.location['url']}".rstrip())

    page.on("request", on_request)
    page.on("websocket", on_websocket)
    page.on("requestfailed", on_failure)
    page.on("console", on_console)
    page.on("pageerror", lambda error: observed.complaints.append(str(error)))
    return observed
