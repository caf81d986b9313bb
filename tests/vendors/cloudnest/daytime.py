"""A day that passes as fast as the answers come: fake time for us, stepped time for the simulator."""

import asyncio
import heapq
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from floorgraph.vendors.cloudnest.client import Payload
from floorgraph.vendors.cloudnest.source import CloudNestSource
from tests.subscriptions.faketime import FakeTime, settle
from tests.vendors.cloudnest.conftest import Hall


class HallTime(FakeTime):
    """Time that stands still while answers are under way, and that the simulator follows at every call."""

    def __init__(self, hall: Hall, start: datetime) -> None:
        super().__init__()
        self._hall = hall
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
                if self.seconds > self._stepped:
                    self._hall.step(self.seconds - self._stepped)
                    self._stepped = self.seconds
                return await ask(name, body)
            finally:
                self._asking -= 1

        client.ask = stepped  # type: ignore[method-assign]

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
        await settle()
        while self._asking:
            await asyncio.sleep(0.0005)
            if not self._asking:
                await settle()
