"""Values computed from observed answers, kept until one of the answers changes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import is_
from typing import Any, TypeVar

from floorgraph.vendors.turns import TURNS, Steps, Turns

R = TypeVar("R")


@dataclass(slots=True)
class Derivations:
    """Remembers, per name, the last inputs by identity and what came of them.

    Mapping ten thousand payloads to records costs far more than looking at a
    pointer, and a snapshot is asked for far more often than it changes.
    """

    turns: Turns = TURNS
    kept: dict[str, tuple[tuple[object, ...], Any]] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def of(self, name: str, inputs: tuple[object, ...], compute: Callable[[], R]) -> R:
        """The value for these inputs: remembered when they are the same objects, else computed."""
        known = self.kept.get(name)
        if known is not None and _same(known[0], inputs):
            result: R = known[1]
            return result
        fresh = compute()
        self.kept[name] = (inputs, fresh)
        return fresh

    async def of_many(self, name: str, inputs: tuple[object, ...], steps: Callable[[], Steps[R]]) -> R:
        """As `of`, for what is worked out of a list: a long one in turns with everybody else.

        One at a time of all values kept here: what works them out may keep
        things between one time and the next.
        """
        known = self.kept.get(name)
        if known is None or not _same(known[0], inputs):
            async with self._turn:
                known = self.kept.get(name)
                if known is None or not _same(known[0], inputs):
                    known = self.kept[name] = (inputs, await self.turns.through(steps()))
        result: R = known[1]
        return result


def _same(left: tuple[object, ...], right: tuple[object, ...]) -> bool:
    return len(left) == len(right) and all(map(is_, left, right))
