"""Relations between records, declared as data.

A declaration names the loader, the key that a parent gives it, and the shape
of the result. From it come the form that graphql-core calls once per parent
(`one`) and the level-wise form (`many`: all parents in, all results out).
"""

from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter
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
        held, keys = self._held(parents, arguments)
        wanted = [key for key in keys if key is not None]
        if wanted:
            loaded = iter(await self._loaded(scope, wanted))
            held = [value if key is None else next(loaded) for value, key in zip(held, keys, strict=True)]
        if self.pick is _itself:
            return held if self.empty is None else [self.empty if one is None else one for one in held]
        return self._picked(held)

    def _held(self, parents: Sequence[Any], arguments: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        """What the parents carry with them, and the keys by which the others' are loaded."""
        pinned, key = self.pinned, self.key
        try:
            if pinned is _nothing:
                return [None] * len(parents), [key(parent, **arguments) for parent in parents]
            held = [pinned(parent) for parent in parents]
            return held, [
                None if value is not None else key(parent, **arguments)
                for value, parent in zip(held, parents, strict=True)
            ]
        except Exception:  # noqa: BLE001  told apart below
            each = [self._held_by(parent, arguments) for parent in parents]
            return [value for value, _ in each], [found for _, found in each]

    def _held_by(self, parent: Any, arguments: dict[str, Any]) -> tuple[Any, Hashable | None]:
        try:
            value = self.pinned(parent)
            return value, None if value is not None else self.key(parent, **arguments)
        except Exception as failure:  # noqa: BLE001  the failure of this parent alone
            return failure, None

    async def _loaded(self, scope: Scope, wanted: list[Any]) -> Sequence[Any]:
        try:
            return await scope.loader(self.loader).load_settled(wanted)
        except TypeError:
            # Some of them cannot be keys; the failure is their own.
            faults = [_fault_of_key(key) for key in wanted]
        rest = [key for key, fault in zip(wanted, faults, strict=True) if fault is None]
        loaded = iter(await scope.loader(self.loader).load_settled(rest))
        return [next(loaded) if fault is None else fault for fault in faults]

    def _picked(self, held: Sequence[Any]) -> list[Any]:
        # Asked of the few types that there are; what fails is told apart below.
        if not any(issubclass(kind, Exception) for kind in set(map(type, held))):
            pick, empty = self.pick, self.empty
            with suppress(Exception):
                return [empty if value is None else pick(value) for value in held]
        return [self._settled(value) for value in held]

    def _settled(self, held: Any) -> Any:
        if held is None:
            return self.empty
        if isinstance(held, Exception):
            return held
        try:
            return self.pick(held)
        except Exception as failure:  # noqa: BLE001  the failure of this parent alone
            return failure

    def _result(self, held: Any) -> Any:
        return self.empty if held is None else self.pick(held)


def _fault_of_key(key: Any) -> Exception | None:
    try:
        hash(key)
    except TypeError as fault:
        return fault
    return None


def by_field(name: str) -> Key:
    """The key is the parent's field of that name."""
    return attrgetter(name)


BY_ID = by_field("id")
