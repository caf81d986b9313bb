"""Values computed from observed answers, kept until one of the answers changes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

R = TypeVar("R")


@dataclass(slots=True)
class Derivations:
    """Remembers, per name, the last inputs by identity and what came of them.

    Mapping ten thousand payloads to records costs far more than looking at a
    pointer, and a snapshot is asked for far more often than it changes.
    """

    kept: dict[str, tuple[tuple[object, ...], Any]] = field(default_factory=dict)

    def of(self, name: str, inputs: tuple[object, ...], compute: Callable[[], R]) -> R:
        """The value for these inputs: remembered when they are the same objects, else computed."""
        known = self.kept.get(name)
        if known is not None and _same(known[0], inputs):
            result: R = known[1]
            return result
        fresh = compute()
        self.kept[name] = (inputs, fresh)
        return fresh


def _same(left: tuple[object, ...], right: tuple[object, ...]) -> bool:
    return len(left) == len(right) and all(a is b for a, b in zip(left, right, strict=True))
