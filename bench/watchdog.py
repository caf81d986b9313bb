"""How late the event loop runs, and who holds it: a timer on the loop, and a thread that looks at its stack.

`late` is how much later than asked for a timer of 1 ms ran. On a machine
that others keep busy that is theirs as well, so beside it stands `held`: the
processor time that this process used until the timer ran. A thread notices
that much was used and takes the place where the loop's thread stands, the
innermost one of this product and the one that is running. Looks for cycles
(`gc`) are timed by themselves: they stop whatever runs.
"""

import asyncio
import gc
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

NOTABLE = 0.015
"""Seconds of processor time from which it is asked who holds the loop."""
LOOK = 0.004
"""Seconds between two looks."""
OURS = ("floorgraph", "subscriptions", "schema", "resolvers", "loaders")


@dataclass
class Watchdog:
    """Watches one event loop while its block runs."""

    late: list[float] = field(default_factory=list)
    """Milliseconds, one for each tick."""
    held: list[float] = field(default_factory=list)
    """Milliseconds of processor time, one for each tick."""
    places: dict[str, list[float]] = field(default_factory=dict)
    """Where the loop stood -> milliseconds of processor time that were used by then, one for each time."""
    collections: list[tuple[int, float]] = field(default_factory=list)
    """Generation and milliseconds of each look for cycles."""
    _used: float = float("inf")
    _thread: int = 0
    _over: threading.Event = field(default_factory=threading.Event)
    _collecting: float = 0.0

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
        """Both in words."""
        cycles = max((spent for _, spent in self.collections), default=0.0)
        return f"late {_spread(self.late)}, held {_spread(self.held)}, cycles {cycles:.0f} ms"

    def worst_places(self, count: int = 5) -> list[str]:
        """Who held the loop longest."""
        ordered = sorted(self.places.items(), key=lambda one: -max(one[1]))
        return [f"{max(late):6.1f} ms, {len(late)} times: {place}" for place, late in ordered[:count]]

    async def _tick(self) -> None:
        while True:
            due, self._used = time.perf_counter() + 0.001, time.process_time()
            await asyncio.sleep(0.001)
            self.late.append((time.perf_counter() - due) * 1000)
            self.held.append((time.process_time() - self._used) * 1000)

    def _look(self) -> None:
        seen, place, held = 0.0, "", 0.0
        while not self._over.wait(LOOK):
            began = self._used
            if began != seen:
                if place:
                    self.places.setdefault(place, []).append(held * 1000)
                seen, place = began, ""
            used = time.process_time() - began
            if used > NOTABLE:
                place, held = place or _place(sys._current_frames().get(self._thread)), used  # noqa: SLF001

    def _collected(self, phase: str, info: dict[str, Any]) -> None:
        if phase == "start":
            self._collecting = time.process_time()
        else:
            self.collections.append((info["generation"], (time.process_time() - self._collecting) * 1000))


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
