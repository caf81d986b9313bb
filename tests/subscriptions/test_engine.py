"""The engine as a whole, over sources that live in memory and a clock that stands still."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import TypeVar

from floorgraph.model.ids import Kind
from floorgraph.vendors.floor import Floor
from subscriptions.change import Change, ChangeKind
from subscriptions.engine import Engine
from subscriptions.policy import EnginePolicy
from subscriptions.topic import Topic
from tests.subscriptions.faketime import FakeTime, settle
from tests.subscriptions.toy import Toy

T = TypeVar("T")
STATION = Topic(kind=Kind.STATION)


class Listener:
    """A subscriber that reads all it can get."""

    def __init__(self, stream: AsyncGenerator[Change, None]) -> None:
        self.heard: list[Change] = []
        self.error: Exception | None = None
        self._stream = stream
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async with aclosing(self._stream) as stream:
                async for change in stream:
                    self.heard.append(change)
        except Exception as error:  # noqa: BLE001  the test looks at it
            self.error = error

    def told(self) -> list[tuple[str, str | None]]:
        """Kind and remote id of what was heard since the last time."""
        heard, self.heard = self.heard, []
        return [(change.kind.name, change.id and change.id.rpartition(":")[2]) for change in heard]

    async def leave(self) -> None:
        self.task.cancel()
        await asyncio.wait((self.task,))


@asynccontextmanager
async def running(time: FakeTime, *toys: Toy, policy: EnginePolicy | None = None) -> AsyncIterator[Engine]:
    engine = Engine(Floor(toys), clock=time, sleep=time.sleep, chance=lambda: 0.5, policy=policy)
    async with engine.running():
        await settle()
        yield engine


async def test_a_new_subscriber_gets_the_snapshot_then_changes() -> None:
    time = FakeTime()
    north = Toy(time)
    north.put("10")
    north.put("2")
    async with running(time, north) as engine:
        listener = Listener(engine.subscribe(STATION))
        await time.advance(1)
        assert listener.told() == [("SNAPSHOT", "2"), ("SNAPSHOT", "10"), ("CAUGHT_UP", None)]
        north.put("2", "Lathe")
        north.put("3")
        await time.advance(20)
        assert listener.told() == [("UPDATED", "2"), ("ADDED", "3")]
        await listener.leave()
