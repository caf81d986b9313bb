"""Serving an app on a real socket inside the test's own event loop."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from floorgraph.server.app import app_over
from floorgraph.server.run import server_for
from floorgraph.settings import Role, ServerSettings, Settings
from floorgraph.vendors.contract import Source
from floorgraph.vendors.floor import Floor


@asynccontextmanager
async def serving(
    app: ASGIApp, port: int = 0, *, trusted_proxies: tuple[str, ...] = ()
) -> AsyncIterator[str]:
    """The base URL of the app while the block lasts; port 0 takes a free one."""
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    lifecycle = getattr(getattr(app, "state", None), "lifecycle", None)
    server = server_for(app, "127.0.0.1", port, told.set_result, trusted_proxies, lifecycle=lifecycle)
    # `_serve` is `serve` without taking over the signals of the test's process.
    task = asyncio.create_task(server._serve())
    try:
        task.add_done_callback(lambda _ended: told.done() or told.cancel())
        yield await told
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def serving_sources(
    sources: Sequence[Source], *, role: Role = Role.ADMIN, settings: Settings | None = None
) -> AsyncIterator[str]:
    """The base URL of the whole application over some sources; `settings` take the place of `role`."""
    chosen = settings or Settings(ServerSettings(anonymous_role=role))
    app = app_over(Floor(sources), chosen)
    async with serving(app, trusted_proxies=chosen.server.trusted_proxies) as base_url:
        yield base_url
