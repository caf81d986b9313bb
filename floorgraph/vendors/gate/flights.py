"""Single-flight: equal questions that are asked while one is under way share its answer."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

Landed = asyncio.Future[Any]


@dataclass(slots=True, eq=False)
class Flight:
    """A question under way, and who waits for its answer."""

    key: str
    due: float
    """When its time is up, by the loop's clock."""
    waiters: dict[Landed, None] = field(default_factory=dict, repr=False)
    task: asyncio.Task[Any] | None = field(default=None, repr=False)
    late: bool = False
    """Whether it was ended because its time was up."""

    def left(self) -> float:
        """Seconds until its time is up."""
        return self.due - asyncio.get_running_loop().time()

    def is_late(self) -> bool:
        """To be asked by a flight that was cancelled: whether that was for its time alone. True once."""
        late, self.late = self.late, False
        return late and self.task is not None and self.task.uncancel() == 0


class Closed(Exception):
    """The flights were ended before an answer came."""


class Flights:
    """The questions under way, and the owner of their tasks.

    Each has `limit` seconds. As that is the same for all, they run out in
    the order in which they began, and one timer watches over all of them.
    """

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._by_key: dict[str, Flight] = {}
        self._under_way: dict[asyncio.Task[Any], Flight] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    def current(self, key: str) -> Flight | None:
        """The flight that a question can join."""
        return self._by_key.get(key)

    def begin(self, key: str, name: str, work: Callable[[Flight], Coroutine[Any, Any, Any]]) -> Flight:
        """Start a flight that later questions join; whoever calls this joins it at once.

        Raises `Closed` after `close`.
        """
        if self._closed:
            raise Closed
        loop = asyncio.get_running_loop()
        flight = Flight(key, loop.time() + self._limit)
        task = flight.task = loop.create_task(work(flight), name=name)
        task.add_done_callback(self._landed)
        self._under_way[task] = self._by_key[key] = flight
        if self._timer is None or self._loop is not loop:
            self._loop = loop
            self._timer = loop.call_at(flight.due, self._look)
        return flight

    async def join(self, flight: Flight) -> Any:
        """Wait for a flight's answer.

        A waiter that is cancelled leaves the flight to the others; the last
        one to leave ends it. Raises what the flight raises, or `Closed`.
        """
        waiter: Landed = asyncio.get_running_loop().create_future()
        flight.waiters[waiter] = None
        try:
            return await waiter
        except asyncio.CancelledError:
            flight.waiters.pop(waiter, None)
            task = flight.task
            if not flight.waiters and task is not None and not task.done():
                self.ended(flight)
                task.cancel()
            raise

    def ended(self, flight: Flight) -> bool:
        """Let no more questions join a flight; whether any would have until now."""
        if self._by_key.get(flight.key) is not flight:
            return False
        del self._by_key[flight.key]
        return True

    def detach(self, key: str) -> None:
        """Let the next question start anew; those who wait already still get their answer."""
        self._by_key.pop(key, None)

    def keys(self) -> list[str]:
        """The questions that are under way."""
        return list(self._by_key)

    async def close(self) -> None:
        """End all flights and wait until they are gone; no more can begin."""
        self._closed = True
        self._by_key.clear()
        tasks = list(self._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _landed(self, task: asyncio.Task[Any]) -> None:
        """Tell all who wait."""
        flight = self._under_way.pop(task)
        self.ended(flight)
        # Looked at in any case, so that a flight which everybody left does not complain.
        failure = Closed() if task.cancelled() else task.exception()
        for waiter in flight.waiters:
            if waiter.done():
                continue
            if failure is None:
                waiter.set_result(task.result())
            else:
                waiter.set_exception(failure)

    def _look(self) -> None:
        # Behind all that is to run already: a loop that was late itself ends nothing that it has not begun.
        asyncio.get_running_loop().call_soon(self._end_late)

    def _end_late(self) -> None:
        """End the flights whose time is up, and look again when the next one's is."""
        self._timer, loop = None, asyncio.get_running_loop()
        now = loop.time()
        for task, flight in self._under_way.items():
            if flight.due > now:
                self._timer = loop.call_at(flight.due, self._look)
                return
            if not flight.late and not task.done():
                flight.late = True
                task.cancel()
