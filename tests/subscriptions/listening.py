"""Engines over toys, and subscribers that listen to them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

from floorgraph.model.ids import Kind
from floorgraph.vendors.floor import Floor
from subscriptions.change import Change
from subscriptions.engine import Engine
from subscriptions.policy import EnginePolicy
from subscriptions.topic import Topic
from tests.subscriptions.faketime import FakeTime, settle
from tests.subscriptions.toy import Toy

STATIONS = Topic(kind=Kind.STATION)


class Listener:
    """A subscriber that reads all it can get."""

    def __init__(self, stream: AsyncGenerator[Change, None]) -> None:
        self.heard: list[Change] = []
        self.error: Exception | None = None
        self.cursor: str | None = None
        self._stream = stream
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async with aclosing(self._stream) as stream:
                async for change in stream:
                    self.cursor = change.cursor
                    self.heard.append(change)
        except Exception as error:  # noqa: BLE001  tests look at it
            self.error = error

    def changes(self) -> list[Change]:
        """What was heard since the last time."""
        heard, self.heard = self.heard, []
        return heard

    def told(self) -> list[str]:
        """Kind and remote id of what was heard since the last time."""
        return [told(change) for change in self.changes()]

    async def leave(self) -> None:
        self.task.cancel()
        await asyncio.wait((self.task,))


def told(change: Change) -> str:
    return change.kind.name if change.id is None else f"{change.kind.name} {change.id.rpartition(':')[2]}"


@asynccontextmanager
async def running(
    time: FakeTime, *toys: Toy, policy: EnginePolicy | None = None, chance: Callable[[], float] = lambda: 0.5
) -> AsyncIterator[Engine]:
    """An engine that has heard from its sources."""
    engine = Engine(Floor(toys), clock=time, sleep=time.sleep, chance=chance, policy=policy)
    async with engine.running():
        await time.advance(1)
        yield engine


@asynccontextmanager
async def listening(engine: Engine, topic: Topic = STATIONS) -> AsyncIterator[Listener]:
    listener = Listener(engine.subscribe(topic))
    await settle()
    try:
        yield listener
    finally:
        await listener.leave()
