"""Subscribers of cohorts: outlets that can be blocked, and a rendering that counts."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from subscriptions.change import Change, ChangeKind
from subscriptions.engine import Engine
from subscriptions.outlet import Batch, Event
from subscriptions.topic import Topic
from tests.subscriptions.faketime import settle
from tests.subscriptions.listening import STATIONS, told


class Rendering:
    """Renders changes as numbers under which it remembers them."""

    def __init__(self) -> None:
        self.changes: list[Any] = []
        self.rounds: list[int] = []
        self.held: asyncio.Event | None = None
        self.failure: Exception | None = None

    async def __call__(self, changes: Sequence[Any]) -> list[Event]:
        self.rounds.append(len(changes))
        if self.held is not None:
            await self.held.wait()
        if self.failure is not None:
            raise self.failure
        first = len(self.changes)
        self.changes.extend(changes)
        return [Event(change.cursor, b"%d" % (first + place)) for place, change in enumerate(changes)]


class Desk:
    """Where one subscriber's events arrive; takes nothing while it is blocked."""

    def __init__(self, rendering: Rendering) -> None:
        self.batches: list[Batch] = []
        self.error: Exception | None = None
        self.cursor: str | None = None
        self._rendering = rendering
        self._free = asyncio.Event()
        self._free.set()

    @property
    def clear(self) -> bool:
        return self._free.is_set()

    def write(self, batch: Batch) -> None:
        self.batches.append(batch)

    async def drained(self) -> None:
        await self._free.wait()

    def block(self) -> None:
        self._free.clear()

    def unblock(self) -> None:
        self._free.set()

    def changes(self) -> list[Change]:
        """What arrived since the last time."""
        batches, self.batches = self.batches, []
        events = [event for batch in batches for event in batch.events]
        if events:
            self.cursor = events[-1].cursor
        return [self._rendering.changes[int(event.payload)] for event in events]

    def told(self) -> list[str]:
        """Kind and remote id of what arrived since the last time."""
        return [told(change) for change in self.changes()]


@asynccontextmanager
async def following(
    engine: Engine, rendering: Rendering, topic: Topic = STATIONS, key: str = "all"
) -> AsyncIterator[Desk]:
    desk = Desk(rendering)

    async def follow() -> None:
        try:
            await engine.follow(key, topic, rendering, desk)
        except Exception as error:  # noqa: BLE001  tests look at it
            desk.error = error

    task = asyncio.create_task(follow())
    await settle()
    try:
        yield desk
    finally:
        task.cancel()
        await asyncio.wait((task,))


def missed_in(changes: Sequence[Change]) -> int:
    return sum(change.missed or 0 for change in changes if change.kind is ChangeKind.LAGGED)
