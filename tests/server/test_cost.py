"""What a websocket keeps for as long as it lives: there are thousands, so each thing counts."""

import asyncio
import gc
from collections import Counter
from contextlib import AsyncExitStack
from typing import Any

from starlette.datastructures import Headers
from starlette.websockets import WebSocket

from floorgraph.server.http import HttpProtocol
from tests.support.client import live
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource, station
from tests.support.serving import serving_sources

SOCKETS = 8
FOLLOW = "subscription { stationChanged(maxAge: 0.2) { kind } }"


def kept() -> list[asyncio.Task[Any]]:
    """The tasks of this process but for those of the tests' clients."""
    return [task for task in asyncio.all_tasks() if "websockets/asyncio" not in _file(task)]


def _file(task: asyncio.Task[Any]) -> str:
    code = getattr(task.get_coro(), "cr_code", None)
    return "" if code is None else str(code.co_filename)


def _name(task: asyncio.Task[Any]) -> str:
    return getattr(task.get_coro(), "__qualname__", "")


def for_each_socket() -> dict[str, int]:
    """Names of what tasks run of which there are as many as sockets, and how many."""
    return {name: count for name, count in Counter(map(_name, kept())).items() if count >= SOCKETS}


def depth(task: asyncio.Task[Any]) -> int:
    """How many coroutines lie between a task and what it waits for."""
    found, inner = 0, task.get_coro()
    while inner is not None and hasattr(inner, "cr_await"):
        found, inner = found + 1, inner.cr_await
    return found


async def test_a_socket_with_a_subscription_keeps_two_tasks_and_few_coroutines() -> None:
    source = MemorySource("north", [station("1")])
    async with serving_sources([source]) as base_url, AsyncExitStack() as stack:
        for _ in range(SOCKETS):
            client = await stack.enter_async_context(live(base_url))
            await client.subscribe(FOLLOW)
            while (await client.next())["data"]["stationChanged"]["kind"] != "CAUGHT_UP":
                pass
        expected = {"WebSocketsSansIOProtocol.run_asgi": SOCKETS, "TransportHandler.run_operation": SOCKETS}
        async with asyncio.timeout(DEADLINE):
            while for_each_socket() != expected:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert sum(depth(task) for task in kept() if _name(task) in expected) <= 9 * SOCKETS


async def test_nothing_of_a_handshake_is_kept() -> None:
    def there() -> Counter[str]:
        kinds = (HttpProtocol, WebSocket, Headers)
        return Counter(type(one).__name__ for one in gc.get_objects() if isinstance(one, kinds))

    async with serving_sources([MemorySource("north")]) as base_url, AsyncExitStack() as stack:
        await stack.enter_async_context(live(base_url))
        gc.collect()
        gc.disable()
        try:
            before = there()
            for _ in range(SOCKETS):
                await stack.enter_async_context(live(base_url))
            assert there() - before == Counter()
        finally:
            gc.enable()
