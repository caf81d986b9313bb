"""Subscriptions that begin and end in the same moment, a few at a time, over real websockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from floorgraph.server.pinging import Pinger
from floorgraph.server.transport import TransportHandler
from floorgraph.server.turnstile import Turnstile
from floorgraph.settings import LimitSettings, Role, ServerSettings, Settings
from tests.support.client import live
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource, station
from tests.support.serving import serving_sources

STATIONS = "subscription { stationChanged { kind } }"


class Gatekeeping:
    """Counts who asks to go through turnstiles, and lets nobody through while it is closed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = 0
        self._news = asyncio.Condition()
        self.opened = asyncio.Event()
        self.opened.set()
        passed = Turnstile.passed

        async def watched(turnstile: Turnstile) -> None:
            async with self._news:
                self.asked += 1
                self._news.notify_all()
            await self.opened.wait()
            await passed(turnstile)

        monkeypatch.setattr(Turnstile, "passed", watched)

    async def heard(self, times: int) -> None:
        """Return once it was asked that often."""
        async with asyncio.timeout(DEADLINE), self._news:
            await self._news.wait_for(lambda: self.asked == times)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gatekeeping:
    return Gatekeeping(monkeypatch)


@pytest.fixture
async def base_url() -> AsyncIterator[str]:
    limits = LimitSettings(requests_per_second=1e6, requests_per_second_per_address=1e6)
    settings = Settings(ServerSettings(anonymous_role=Role.VIEWER), limits=limits)
    async with serving_sources([MemorySource("north", [station("1", "Mill 1")])], settings=settings) as url:
        yield url


async def test_each_subscription_waits_for_its_turn_to_begin_and_each_socket_to_end(
    gate: Gatekeeping, base_url: str
) -> None:
    async with live(base_url) as client:
        gate.opened.clear()
        for key in "123":
            await client.subscribe(STATIONS, key=key)
        await client.send({"type": "ping"})
        # Nothing was told yet, and whoever waits keeps nobody from being answered.
        assert (await client.receive())["type"] == "pong"
        assert gate.asked == 3
        gate.opened.set()
        told = [await client.receive() for _ in range(6)]
        assert sorted(message["id"] for message in told) == ["1", "1", "2", "2", "3", "3"]
    await gate.heard(4)


async def test_whoever_ends_one_operation_goes_on_being_answered(gate: Gatekeeping, base_url: str) -> None:
    async with live(base_url) as client:
        await client.subscribe(STATIONS)
        assert [(await client.receive())["type"] for _ in range(2)] == ["next", "next"]
        gate.opened.clear()
        await client.send({"type": "complete", "id": "1"})
        await client.send({"type": "ping"})
        assert (await client.receive())["type"] == "pong"
        gate.opened.set()


async def test_a_thousand_who_come_at_once_are_all_told(base_url: str) -> None:
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(live(base_url)) for _ in range(40)]
        async with asyncio.timeout(DEADLINE):
            await asyncio.gather(
                *(client.subscribe(STATIONS, key=str(key)) for client in clients for key in range(25))
            )
            for client in clients:
                ends = set[str]()
                while len(ends) < 25:
                    message = await client.receive()
                    assert message["type"] == "next"
                    if message["payload"]["data"]["stationChanged"]["kind"] == "CAUGHT_UP":
                        ends.add(message["id"])


async def test_a_socket_that_is_cancelled_while_it_waits_for_its_turn_ends_all_its_operations(
    gate: Gatekeeping,
) -> None:
    view: Any = SimpleNamespace(turnstile=Turnstile(), pinger=Pinger())
    nothing: Any = None
    handler = TransportHandler(
        view=view,
        websocket=nothing,
        context=None,
        root_value=None,
        schema=nothing,
        connection_init_wait_timeout=timedelta(seconds=60),
    )
    tasks = [asyncio.create_task(asyncio.Event().wait()) for _ in range(3)]
    operations: Any = {str(number): SimpleNamespace(task=task) for number, task in enumerate(tasks)}
    handler.operations.update(operations)
    gate.opened.clear()
    leaving = asyncio.create_task(handler.shutdown())
    await asyncio.sleep(0)
    assert gate.asked == 1
    assert not any(task.cancelling() for task in tasks)
    leaving.cancel()
    await asyncio.wait((leaving, *tasks), timeout=DEADLINE)
    assert all(task.cancelled() for task in tasks)
