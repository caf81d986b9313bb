"""Relations between records, declared as data.

A declaration names the loader, the key that a parent gives it, and the shape
of the result. From it come the form that graphql-core calls once per parent
(`one`) and the level-wise form (`many`: all parents in, all results out).
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

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
        held: list[Any] = []
        wanted: list[Any] = []
        for parent in parents:
            value, key = self._held(parent, arguments)
            held.append(_LOADED if key is not None else value)
            if key is not None:
                wanted.append(key)
        if wanted:
            loaded = iter(await self._loaded(scope, wanted))
            held = [next(loaded) if value is _LOADED else value for value in held]
        return [self._settled(value) for value in held]

    def _held(self, parent: Any, arguments: dict[str, Any]) -> tuple[Any, Hashable | None]:
        """What the parent carries with it, or else the key by which to load it."""
        try:
            value = self.pinned(parent)
            return value, None if value is not None else self.key(parent, **arguments)
        except Exception as failure:  # noqa: BLE001  the failure of this parent alone
            return failure, None

    async def _loaded(self, scope: Scope, wanted: list[Any]) -> Sequence[Any]:
        try:
            return await scope.loader(self.loader).load_many(wanted)
        except Exception as failure:  # noqa: BLE001  it would be each parent's own in the other form
            return [failure] * len(wanted)

    def _settled(self, held: Any) -> Any:
        if held is None:
            return self.empty
        if self.pick is _itself or isinstance(held, Exception):
            return held
        try:
            return self.pick(held)
        except Exception as failure:  # noqa: BLE001  the failure of this parent alone
            return failure

    def _result(self, held: Any) -> Any:
        return self.empty if held is None else self.pick(held)


_LOADED: Any = object()
"""Stands for what is loaded, until it is."""


def by_field(name: str) -> Key:
    """The key is the parent's field of that name."""

    def key(parent: Any) -> Hashable | None:
        value: Hashable | None = getattr(parent, name)
        return value

    return key


BY_ID = by_field("id")
