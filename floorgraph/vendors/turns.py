"""Long work in turns: a list of fifty thousand is worked through on the event loop and keeps nobody waiting.

Work is a generator that yields between small steps, and tells with each how
much it did, in `UNIT`s. It goes on for some milliseconds, then everybody
else has their turn. Unlike in a thread nothing else runs in the middle of a
step, and the interpreter's lock is not fought over.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

R = TypeVar("R")
T = TypeVar("T")

Steps = Generator[int, None, R]
"""Work that yields the units it did since it yielded last, and returns what came of it."""

UNIT: Final = 20e-6
"""Seconds that one unit takes, about: one record made of a vendor's payload."""
LENGTH: Final = 0.004
"""Seconds after which others have their turn; shared by all work that is under way."""
STRIDE: Final = 32
"""Units between two looks at the clock. Work that is shorter is done in one go."""

MANY: Final = 1000
"""Things that take some milliseconds to go over, whatever little is done with each."""


async def _pause() -> None:
    await asyncio.sleep(0)


@dataclass(slots=True, eq=False)
class Turns:
    """Shares the time of one event loop between long work and everything else."""

    length: float = LENGTH
    clock: Callable[[], float] = time.perf_counter
    pause: Callable[[], Awaitable[None]] = _pause
    _under_way: int = field(default=0, init=False)

    async def through(self, steps: Steps[R]) -> R:
        """Do the work, and return what came of it. Cancelled, it is left where it was."""
        self._under_way += 1
        try:
            return await self._through(steps)
        finally:
            self._under_way -= 1
            steps.close()

    async def breathe(self, count: int) -> None:
        """Let others have their turn between two passes over so many things, each of them short."""
        if count >= MANY:
            await self.pause()

    async def _through(self, steps: Steps[R]) -> R:
        began, done = self.clock(), 0
        while True:
            try:
                done += next(steps)
            except StopIteration as end:
                result: R = end.value
                return result
            if done < STRIDE:
                continue
            done = 0
            if self.clock() - began >= self.length / self._under_way:
                await self.pause()
                began = self.clock()


TURNS: Final = Turns()
"""The turns of this process, which runs one event loop."""


def at_once(steps: Steps[R]) -> R:
    """Do the work without a break."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: R = end.value
            return result


def mapped(items: Iterable[T], make: Callable[[T], R], units: int = 1) -> Steps[list[R]]:
    """What is made of each item, as work of so many units for each."""
    made: list[R] = []
    for item in items:
        made.append(make(item))
        yield units
    return made


def parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items in parts of at most so many."""
    return (items[start : start + size] for start in range(0, len(items), size))
