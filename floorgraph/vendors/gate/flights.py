"""Single-flight: equal questions that are asked while one is under way share its answer."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, eq=False)
class Flight:
    """A question under way, and how many wait for its answer."""

    key: str
    waiters: int = 0
    task: asyncio.Task[Any] | None = field(default=None, repr=False)


class Closed(Exception):
    """The flights were ended before an answer came."""


class Flights:
    """The questions under way, and the owner of their tasks."""

    def __init__(self) -> None:
        self._by_key: dict[str, Flight] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    def current(self, key: str) -> Flight | None:
        """The flight that a question can join."""
        return self._by_key.get(key)

    def is_current(self, flight: Flight) -> bool:
        """Whether a flight's answer is still the one that new questions would join."""
        return self._by_key.get(flight.key) is flight

    def begin(self, key: str, name: str, work: Callable[[Flight], Awaitable[Any]]) -> Flight:
        """Start a flight that later questions join. Raises `Closed` after `close`."""
        if self._closed:
            raise Closed
        flight = Flight(key)
        flight.task = asyncio.create_task(self._run(flight, work), name=name)
        self._tasks.add(flight.task)
        flight.task.add_done_callback(self._landed)
        self._by_key[key] = flight
        return flight

    async def join(self, flight: Flight) -> Any:
        """Wait for a flight's answer.

        A waiter that is cancelled leaves the flight to the others; the last
        one to leave ends it. Raises what the flight raises, or `Closed`.
        """
        assert flight.task is not None  # noqa: S101 - set by `begin`
        flight.waiters += 1
        try:
            return await asyncio.shield(flight.task)
        except asyncio.CancelledError as error:
            waiter = asyncio.current_task()
            if flight.task.cancelled() and waiter is not None and not waiter.cancelling():
                raise Closed from error
            raise
        finally:
            flight.waiters -= 1
            if flight.waiters == 0 and not flight.task.done():
                self._remove(flight)
                flight.task.cancel()

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
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, flight: Flight, work: Callable[[Flight], Awaitable[Any]]) -> Any:
        try:
            return await work(flight)
        finally:
            self._remove(flight)

    def _remove(self, flight: Flight) -> None:
        if self.is_current(flight):
            del self._by_key[flight.key]

    def _landed(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that a flight which everybody left does not complain
