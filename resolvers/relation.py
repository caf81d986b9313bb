"""Relations between records, declared as data.

A declaration names the loader, the key that a parent gives it, and the shape
of the result. From it come the form that graphql-core calls once per parent
(`one`) and the level-wise form (`many`: all parents in, all results out).
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from floorgraph.model.errors import FloorgraphError
from loaders.base import Loader
from loaders.scope import Scope

Key = Callable[..., Hashable | None]
"""parent, arguments by name -> the loader's key, or None when there is nothing to load."""


def _itself(value: Any) -> Any:
    return value


def _nothing(_parent: Any) -> Any:
    return None


@dataclass(frozen=True, slots=True)
class Relation:
    """How to get from a parent to what it is related to.

    `pinned` gives what a parent carries with it, so that an event tells of
    the moment it describes and not of a later one. `pick` takes the result
    out of what was loaded or pinned. `empty` stands for no key and no value.
    """

    loader: Callable[[Scope], Loader[Any, Any]]
    key: Key
    pick: Callable[[Any], Any] = _itself
    pinned: Callable[[Any], Any] = _nothing
    empty: Any = None

    async def one(self, scope: Scope, parent: Any, **arguments: Any) -> Any:
        """The result for one parent. Raises the failure of its key."""
        held = self.pinned(parent)
        if held is None:
            key = self.key(parent, **arguments)
            held = None if key is None else await scope.loader(self.loader).load(key)
        return self._result(held)

    async def many(self, scope: Scope, parents: Sequence[Any], **arguments: Any) -> list[Any]:
        """The results for all parents in their order; failures stand in place of results."""
        held = [self.pinned(parent) for parent in parents]
        keys = [
            None if value is not None else self.key(parent, **arguments)
            for value, parent in zip(held, parents, strict=True)
        ]
        wanted = [key for key in keys if key is not None]
        loaded = iter(await scope.loader(self.loader).load_many(wanted))
        values = [value if key is None else next(loaded) for value, key in zip(held, keys, strict=True)]
        return [value if isinstance(value, FloorgraphError) else self._result(value) for value in values]

    def _result(self, held: Any) -> Any:
        return self.empty if held is None else self.pick(held)


def by_field(name: str) -> Key:
    """The key is the parent's field of that name."""

    def key(parent: Any) -> Hashable | None:
        value: Hashable | None = getattr(parent, name)
        return value

    return key


BY_ID = by_field("id")
