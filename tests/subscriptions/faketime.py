"""Time that moves only when a test says so."""

import asyncio
import heapq
import itertools
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MOST_ROUNDS = 1000
"""Turns of the event loop after which somebody is taken to be busy for ever."""


class FakeTime:
    """A clock and the sleep that belongs to it; `advance` moves both."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.wall_ahead = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds - 1000.0 + self.wall_ahead)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.seconds + max(0.0, seconds), next(self._order), future))
        await future

    async def advance(self, seconds: float) -> None:
        """Let time pass, stopping wherever somebody wakes up."""
        end = self.seconds + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            at, _, future = heapq.heappop(self._sleepers)
            self.seconds = max(self.seconds, at)
            if not future.done():
                future.set_result(None)
                await settle()
        self.seconds = end
        await settle()


async def settle() -> None:
    """Until everything has happened that can happen without time passing: nobody waits for a turn."""
    waiting: Collection[object] = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    for _ in range(MOST_ROUNDS):
        await asyncio.sleep(0)
        if not waiting:
            return
