"""Memory that comes and goes: when Python looks for cycles, and what goes back to the system.

Records and payloads come and go in tens of thousands and form no cycles;
counting references frees them at once. A look for cycles stops everything for as long as
it takes, up to a microsecond for each object, so that it must be at few
objects. Where there are few, as Python does it: new ones are looked at once and
again, and then seldom. What long work makes is set aside as it is made, and what
was in use when a look took long: neither is looked at again. A large
answer is made of fewer objects than lead to a look, and gone before there are as many.

What was set aside is looked at when the process has grown much in an hour,
which it does not by what it works with, or sooner when it has become twice as
large. That look takes as long as it takes.

What is freed is wanted again with the next answer. Given back to the system
in between, each page of it would have to be asked for and cleared anew, which
takes as long as reading the answer.
"""

import asyncio
import ctypes
import gc
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from floorgraph.vendors.turns import TURNS

YOUNG: Final = 25_000
"""Objects made, less those freed, between two looks at the youngest. There may be more of them than that:
freeing older ones counts as well."""
OLDER: Final = 1
"""Looks at the youngest between two at those that outlived one."""
OLDEST: Final = 1_000
"""Looks at those between two at everything that was not set aside."""
LONG: Final = 0.008
"""Processor seconds of a look after which what is in use is set aside."""
WORKED: Final = 5
"""Turns of long work after which what is in use is set aside: some ten thousand objects."""
OFTEN: Final = 300.0
"""Seconds between two times at which it is looked whether the process has grown."""
MUCH: Final = 2.0
"""Times the memory of the last look at everything, from which it is looked at everything at once."""
EVERY: Final = 3600.0
"""Seconds after such a look from which less is enough."""
GROWN: Final = 1.25
"""Times the memory of the last look, from which everything is looked at then."""

KEPT_BYTES: Final = 64 * 1024 * 1024
"""Freed memory at the end of the heap that stays with the process."""
MAPPED_BYTES: Final = 32 * 1024 * 1024
"""Size from which a piece of memory is asked for, and given back, by itself; glibc allows no more."""
_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3


def settle() -> None:
    """What is there now stays; to be called once, when the application is made and before it serves."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, OLDER, OLDEST)
    if not any(isinstance(known, Looks) for known in gc.callbacks):
        looks = Looks()
        gc.callbacks.append(looks)
        TURNS.after = looks.worked
    _keep_what_is_freed()


def _resident() -> int | None:
    """Pages of memory in use; None where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return None


def _everything() -> None:
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@dataclass(slots=True)
class Looks:
    """Follows Python's looks for cycles, as one of `gc.callbacks`, and long work, as `Turns.after`."""

    freeze: Callable[[], None] = gc.freeze
    everything: Callable[[], None] = _everything
    memory: Callable[[], int | None] = _resident
    clock: Callable[[], float] = time.monotonic
    used: Callable[[], float] = time.thread_time
    _began: float = field(default=0.0, init=False)
    _turns: int = field(default=0, init=False)
    _due: float | None = field(default=None, init=False)
    _known: int | None = field(default=None, init=False)
    """Memory when everything was looked at last, or at the first time it was looked whether to."""
    _since: float = field(default=0.0, init=False)
    """When that was; at first, when the process began."""

    def __call__(self, phase: str, info: dict[str, Any]) -> None:
        """A look begins or has ended."""
        del info
        if phase == "start":
            self._began = self.used()
            return
        if self.used() - self._began > LONG:
            self.freeze()
        self._review()

    def worked(self) -> None:
        """A turn of long work has ended."""
        self._turns += 1
        if self._turns == WORKED:
            self._turns = 0
            self.freeze()
            self._review()

    def _review(self) -> None:
        """See to it that everything is looked at when it is time to; not during a look."""
        now = self.clock()
        if self._due is None:
            self._due, self._since = now + OFTEN, now
        if now < self._due:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            # A thread beside the loop; the loop's own looks come as well.
            return
        self._due, memory = now + OFTEN, self.memory()
        if self._known is None and memory is not None:
            self._known, self._since = memory, now
        elif self._is_time(now, memory):
            self._since = now
            loop.call_soon(self._look)

    def _is_time(self, now: float, memory: int | None) -> bool:
        """Whether everything should be looked at."""
        times = MUCH if now - self._since < EVERY else GROWN
        if memory is None or self._known is None:
            return times == GROWN
        return memory > times * self._known

    def _look(self) -> None:
        self.everything()
        self._known = self.memory()


def _keep_what_is_freed() -> None:
    """Tell the C library, where it is glibc; others have ways of their own."""
    if not sys.platform.startswith("linux"):
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return
    mallopt(_TRIM_THRESHOLD, KEPT_BYTES)
    mallopt(_MMAP_THRESHOLD, MAPPED_BYTES)
