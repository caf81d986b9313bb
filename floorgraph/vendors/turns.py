"""Long work in turns: a list of fifty thousand is worked through on the event loop and keeps nobody waiting.

Work is a generator that yields between small steps, and tells with each how
much it did, in `UNIT`s. It goes on for some milliseconds, then everybody
else has their turn. Whatever else is to be worked through stands in line
meanwhile, so that a hundred long lists hold the loop no longer than one. Unlike in a
thread nothing else runs in the middle of a step, and the interpreter's lock
is not fought over.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar
from weakref import WeakKeyDictionary

R = TypeVar("R")
T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")

Steps = Generator[int, None, R]
"""Work that yields the units it did since it yielded last, and returns what came of it."""

UNIT: Final = 20e-6
"""Seconds that one unit takes, about: one record made of a vendor's payload."""
LENGTH: Final = 0.004
"""Seconds after which others have their turn; the less, the more work stands in line."""
SHORTEST: Final = 0.25
"""Part of that which is always given: going round costs time as well."""
STRIDE: Final = 32
"""Units between two looks at the clock. Work that is shorter is done in one go."""

MANY: Final = 1000
"""Things that take some milliseconds to go over, whatever little is done with each."""


async def _pause() -> None:
    await asyncio.sleep(0)


def _nothing() -> None:
    pass


@dataclass(slots=True, eq=False)
class _Line:
    """Who has the turn on one event loop, and who waits for it, in order."""

    taken: bool = False
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)

    async def enter(self) -> bool:
        """Take the turn, once nobody else has it; whether it was waited for. Cancelled, others have it."""
        if not self.taken:
            self.taken = True
            return False
        turn = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave()
            raise
        return True

    def leave(self) -> None:
        """Hand the turn on: who is next goes on in the next round of the loop."""
        while self.waiting:
            turn = self.waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self.taken = False


@dataclass(slots=True, eq=False)
class Turns:
    """Shares the time of one event loop between long work and everything else."""

    length: float = LENGTH
    clock: Callable[[], float] = time.perf_counter
    pause: Callable[[], Awaitable[None]] = _pause
    after: Callable[[], object] = _nothing
    """Called after each turn of work that is not at its end."""
    _lines: WeakKeyDictionary[asyncio.AbstractEventLoop, _Line] = field(
        default_factory=WeakKeyDictionary, init=False
    )

    async def through(self, steps: Steps[R]) -> R:
        """Do the work, and return what came of it. Cancelled, it is left where it was.

        Work that is shorter than a stride waits for nobody.
        """
        try:
            began, done = self.clock(), 0
            while done < STRIDE:
                done += next(steps)
        except StopIteration as end:
            result: R = end.value
            return result
        else:
            return await self._in_line(steps, began)
        finally:
            steps.close()

    async def breathe(self, count: int) -> None:
        """Let others have their turn between two passes over so many things, each of them short."""
        if count >= MANY:
            await self.pause()

    async def _in_line(self, steps: Steps[R], began: float) -> R:
        line, rested = self._line(), False
        while True:
            if await line.enter():
                began, rested = self.clock(), True
            try:
                while rested or self.clock() - began < self._share(line):
                    done, rested = 0, False
                    while done < STRIDE:
                        done += next(steps)
                self.after()
                if not line.waiting:
                    await self.pause()
                    began, rested = self.clock(), True
            except StopIteration as end:
                result: R = end.value
                return result
            finally:
                line.leave()

    def _share(self, line: _Line) -> float:
        """Seconds that a turn lasts: with many in line everybody's next one comes sooner."""
        return self.length * max(SHORTEST, 1 / (1 + len(line.waiting)))

    def _line(self) -> _Line:
        loop = asyncio.get_running_loop()
        found = self._lines.get(loop)
        if found is None:
            found = self._lines[loop] = _Line()
        return found


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


def paired(items: Iterable[T], pair: Callable[[T], tuple[K, V] | None], units: int = 1) -> Steps[dict[K, V]]:
    """What is made of each item as a key and its value, where anything is; of one key the last one counts."""
    made: dict[K, V] = {}
    for item in items:
        found = pair(item)
        if found is not None:
            made[found[0]] = found[1]
        yield units
    return made


def letting_go(items: list[T], per_step: int = 64, units: int = 8) -> Steps[None]:
    """Empty the list in steps: what nobody else has would otherwise all be freed in one go."""
    while items:
        del items[-per_step:]
        yield units


def parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items in parts of at most so many."""
    return (items[start : start + size] for start in range(0, len(items), size))
