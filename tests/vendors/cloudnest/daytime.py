"""A day that passes as fast as the answers come: fake time for us, stepped time for the simulator."""

import asyncio
import heapq
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx2

from floorgraph.vendors.cloudnest.client import Payload
from floorgraph.vendors.cloudnest.source import CloudNestSource
from tests.subscriptions.faketime import FakeTime
from tests.support.deadline import DEADLINE
from tests.vendors.cloudnest.conftest import Hall


class HallTime(FakeTime):
    """Time that stands still while answers are under way, and that the simulator follows at every call."""

    def __init__(self, hall: Hall, start: datetime) -> None:
        super().__init__()
        # One connection for thousands of steps.
        self._control = httpx2.Client(base_url=f"{hall.base_url}/_control", timeout=DEADLINE, trust_env=False)
        self._start = start
        self._stepped = self.seconds
        self._asking = 0
        self.calls = 0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.seconds - 1000.0)

    def follow(self, source: CloudNestSource) -> None:
        """Bring the simulator to this time before each call of a source."""
        client = source._gateway.client
        ask = client.ask

        async def stepped(name: str, body: Mapping[str, Any]) -> Payload:
            self._asking += 1
            self.calls += 1
            try:
                self.catch_up()
                return await ask(name, body)
            finally:
                self._asking -= 1

        client.ask = stepped  # type: ignore[method-assign]

    def close(self) -> None:
        self._control.close()

    def catch_up(self) -> None:
        """Bring the simulator to this time."""
        if self.seconds > self._stepped:
            self._control.post("/step", json={"seconds": self.seconds - self._stepped}).raise_for_status()
            self._stepped = self.seconds

    async def advance(self, seconds: float) -> None:
        end = self.seconds + seconds
        await self._quiet()
        while self._sleepers and self._sleepers[0][0] <= end:
            at, _, future = heapq.heappop(self._sleepers)
            self.seconds = max(self.seconds, at)
            if not future.done():
                future.set_result(None)
                await self._quiet()
        self.seconds = end
        await self._quiet()

    async def _quiet(self) -> None:
        """Until nothing can happen without time passing; answers come over real sockets."""
        await _turned()
        while self._asking:
            await asyncio.sleep(0.0005)
            if not self._asking:
                await _turned()


async def _turned() -> None:
    """Until nobody has anything left to do now; a fixed number of turns would be most of a day's work."""
    waiting: Collection[object] = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    while waiting:  # noqa: ASYNC110  nothing tells when it has run empty
        await asyncio.sleep(0)
