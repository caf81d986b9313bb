"""The demo: every vendor's simulators in their own processes, and the server in front of them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from floorgraph.server.app import create_app
from floorgraph.server.run import server_for
from floorgraph.settings import Settings, settings_of
from floorgraph.settings.server import is_loopback
from floorgraph.simulators.contract import DemoInstance
from floorgraph.simulators.process import start_simulator
from floorgraph.simulators.registry import simulators

Announce = Callable[[str], None]


def demo_instances() -> list[DemoInstance]:
    """The simulated servers of all vendors."""
    return [instance for found in simulators().values() for instance in found.demo]


@asynccontextmanager
async def simulated_shop(
    host: str, port: int, told: Callable[[DemoInstance, str], None]
) -> AsyncIterator[Settings]:
    """The settings for a server in front of running simulators; they end with the block.

    `told` is called with each simulator and where it listens.
    """
    async with AsyncExitStack() as stack:
        tables: list[dict[str, Any]] = []
        for instance in demo_instances():
            running = await stack.enter_async_context(start_simulator(instance.vendor, instance.options))
            told(instance, running.base_url)
            tables.append(instance.source_settings(running.base_url))
        # Everything in the demo is made up, so whoever sits here may see vendors' payloads and traces.
        role = "admin" if is_loopback(host) else "viewer"
        server = {"host": host, "port": port, "anonymous_role": role}
        yield settings_of({"server": server, "sources": tables}, "the demo")


async def run_demo(
    host: str, port: int, told: Callable[[DemoInstance, str], None], announce: Announce
) -> None:
    """Run simulators and server until the process is told to stop."""
    async with simulated_shop(host, port, told) as settings:
        app = create_app(settings)
        await server_for(app, host, port, announce, lifecycle=app.state.lifecycle).serve()
