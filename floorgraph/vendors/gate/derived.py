"""Values computed from observed answers, kept until one of the answers changes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

R = TypeVar("R")

LONG: Final = 500
"""Payloads from which a list is mapped in a thread, so that the event loop goes on."""


@dataclass(slots=True)
class Derivations:
    """Remembers, per name, the last inputs by identity and what came of them.

    Mapping ten thousand payloads to records costs far more than looking at a
    pointer, and a snapshot is asked for far more often than it changes.
    """

    kept: dict[str, tuple[tuple[object, ...], Any]] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _under_way: set[asyncio.Task[Any]] = field(default_factory=set)

    def of(self, name: str, inputs: tuple[object, ...], compute: Callable[[], R]) -> R:
        """The value for these inputs: remembered when they are the same objects, else computed."""
        known = self.kept.get(name)
        if known is not None and _same(known[0], inputs):
            result: R = known[1]
            return result
        fresh = compute()
        self.kept[name] = (inputs, fresh)
        return fresh

    async def of_many(self, name: str, inputs: tuple[object, ...], count: int, compute: Callable[[], R]) -> R:
        """As `of`, for a list of so many payloads: a long one is worked through in a thread.

        One thread at a time for all values kept here: what computes them may
        keep things between one time and the next.
        """
        known = self.kept.get(name)
        same = known is not None and _same(known[0], inputs)
        if not same and (count >= LONG or self._turn.locked()):
            task = asyncio.create_task(self._in_turn(name, inputs, compute), name=f"derive {name}")
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            # A thread cannot be stopped: whoever gives up leaves it to finish in its turn.
            return await asyncio.shield(task)
        return self.of(name, inputs, compute)

    async def _in_turn(self, name: str, inputs: tuple[object, ...], compute: Callable[[], R]) -> R:
        async with self._turn:
            return await asyncio.to_thread(self.of, name, inputs, compute)


def _same(left: tuple[object, ...], right: tuple[object, ...]) -> bool:
    return len(left) == len(right) and all(a is b for a, b in zip(left, right, strict=True))
