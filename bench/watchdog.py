"""How late the event loop runs, and who holds it: a timer on the loop, and a thread that looks at its stack.

`late` is how much later than asked for a timer of 1 ms ran. On a machine
that others keep busy that is theirs as well, so beside it stands `held`: the
processor time that this process used until the timer ran. A thread notices
that much was used and looks every few milliseconds where the loop's thread
stands, at the innermost place of this product and the one that is running;
one hold may be many short things in one round of the loop. Looks for cycles
(`gc`) are timed by themselves: they stop whatever runs.
"""

import asyncio
import gc
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

NOTABLE = 0.015
"""Seconds of processor time from which it is asked who holds the loop."""
LOOK = 0.004
"""Seconds between two looks."""
PLACES = 3
"""Places that are shown of a hold."""
OURS = ("floorgraph", "subscriptions", "schema", "resolvers", "loaders")


@dataclass
class Watchdog:
    """Watches one event loop while its block runs."""

    late: list[float] = field(default_factory=list)
    """Milliseconds, one for each tick."""
    held: list[float] = field(default_factory=list)
    """Milliseconds of processor time, one for each tick."""
    holds: list[tuple[float, Counter[str]]] = field(default_factory=list)
    """Milliseconds of processor time of each notable hold, and how often the loop was seen where."""
    collections: list[tuple[int, float, int]] = field(default_factory=list)
    """Generation, milliseconds of processor time and objects of each look for cycles."""
    _used: float = float("inf")
    _thread: int = 0
    _over: threading.Event = field(default_factory=threading.Event)
    _collecting: float = 0.0
    _looked_at: int = 0
    _counting: float = 0.0
    """Seconds that counting what is looked at took since the last tick; no part of what is measured."""

    @contextmanager
    def watching(self) -> Iterator["Watchdog"]:
        """Watch the running loop."""
        self._thread = threading.get_ident()
        ticking = asyncio.get_running_loop().create_task(self._tick())
        looking = threading.Thread(target=self._look, daemon=True)
        looking.start()
        gc.callbacks.append(self._collected)
        try:
            yield self
        finally:
            gc.callbacks.remove(self._collected)
            ticking.cancel()
            self._over.set()
            looking.join()

    def shown(self) -> str:
        """Both in words, and the looks for cycles."""
        return f"late {_spread(self.late)}, held {_spread(self.held)}, cycles {self._cycles() or 'never'}"

    def worst_places(self, count: int = 5) -> list[str]:
        """Who held the loop longest: each of the longest holds, with the places that were seen most."""
        ordered = sorted(self.holds, key=lambda hold: -hold[0])
        return [
            f"{held:6.1f} ms: "
            + "; ".join(f"{times} x {place}" for place, times in places.most_common(PLACES))
            for held, places in ordered[:count]
        ]

    def _cycles(self) -> str:
        """For each generation how often it was looked at, and the longest look."""
        found: dict[int, list[tuple[float, int]]] = {}
        for generation, spent, objects in self.collections:
            found.setdefault(generation, []).append((spent, objects))
        shown = []
        for generation, looks in sorted(found.items()):
            spent, objects = max(looks)
            times = f"generation {generation} {len(looks)} times"
            shown.append(f"{times}, at most {spent:.0f} ms at {objects} objects")
        return ", ".join(shown)

    async def _tick(self) -> None:
        while True:
            due, self._used, self._counting = time.perf_counter() + 0.001, time.process_time(), 0.0
            await asyncio.sleep(0.001)
            self.late.append((time.perf_counter() - due) * 1000)
            self.held.append((time.process_time() - self._used - self._counting) * 1000)

    def _look(self) -> None:
        seen, held, places = 0.0, 0.0, Counter[str]()
        while not self._over.wait(LOOK):
            began = self._used
            if began != seen:
                if places:
                    self.holds.append((held * 1000, places))
                seen, places = began, Counter()
            used = time.process_time() - began
            if used > NOTABLE:
                places[_place(sys._current_frames().get(self._thread))] += 1  # noqa: SLF001
                held = used

    def _collected(self, phase: str, info: dict[str, Any]) -> None:
        generation: int = info["generation"]
        if phase == "start":
            # A look at one generation is one at the younger ones as well.
            began = time.process_time()
            self._looked_at = sum(len(gc.get_objects(each)) for each in range(generation + 1))
            self._collecting = time.process_time()
            self._counting += self._collecting - began
        else:
            spent = (time.process_time() - self._collecting) * 1000
            self.collections.append((generation, spent, self._looked_at))


def _spread(values: list[float]) -> str:
    ordered = sorted(values) or [0.0]
    return f"99 % {ordered[len(ordered) * 99 // 100]:.0f} ms, at most {ordered[-1]:.0f} ms"


def _place(frame: FrameType | None) -> str:
    inner = _name(frame)
    while frame is not None and not frame.f_globals.get("__name__", "").startswith(OURS):
        frame = frame.f_back
    outer = _name(frame)
    return inner if frame is None or inner == outer else f"{outer} > {inner}"


def _name(frame: FrameType | None) -> str:
    if frame is None:
        return "?"
    module = frame.f_globals.get("__name__", "?")
    return f"{module}.{frame.f_code.co_qualname}:{frame.f_lineno}"
