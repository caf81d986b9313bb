"""Loaders that survive what waiters do to them, and that ask each source once for all its keys."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Hashable, Iterable, Mapping
from typing import Generic, TypeVar

from floorgraph.model.errors import FloorgraphError
from floorgraph.model.ids import GlobalId
from floorgraph.vendors.contract import Source
from floorgraph.vendors.failures import SourceFailure
from loaders.scope import Scope

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class _Round(Generic[K, V]):
    """Keys that are loaded together, and what came of them once that is known."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.keys: list[K] = []
        self.done: asyncio.Future[Mapping[K, V | Exception]] = loop.create_future()
        self.task: asyncio.Task[None] | None = None


class Loader(ABC, Generic[K, V]):
    """Collects the keys that are asked for within a few turns of the event loop and loads them together.

    Written for many keys at a time: whoever waits, waits for a round of keys
    and not for each of them. What was loaded is kept as long as the loader.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._values: dict[K, V] = {}
        self._under_way: dict[K, _Round[K, V]] = {}
        self._open: _Round[K, V] | None = None

    @abstractmethod
    async def batch(self, keys: list[K]) -> Mapping[K, V | Exception]:
        """The values of all keys; an exception as a value fails its key alone."""

    async def load(self, key: K) -> V:
        """The value of one key. Raises its failure."""
        (value,) = await self.load_many((key,))
        if isinstance(value, FloorgraphError):
            raise value
        return value

    async def load_many(self, keys: Iterable[K]) -> list[V | FloorgraphError]:
        """The values of many keys in their order; a key that failed has its failure in place of a value.

        Raises what is no `FloorgraphError`. A failure is not remembered: whoever
        asks again within the operation deserves a new attempt.
        """
        return [_expected(value) for value in await self.load_settled(keys)]

    async def load_settled(self, keys: Iterable[K]) -> list[V | Exception]:
        """As `load_many`, with whatever failed in place of a value; raises only for keys that are none."""
        wanted = list(keys)
        values = self._values
        missing = [key for key in wanted if key not in values]
        if not missing:
            return [values[key] for key in wanted]
        rounds = {self._round_of(key): None for key in missing}
        found: dict[K, V | Exception] = {}
        for one in rounds:
            # Shielded: the round is shared, so a waiter that is cancelled must not cancel it for the others.
            found |= await asyncio.shield(one.done)
        return [found[key] if key in found else values[key] for key in wanted]

    def _round_of(self, key: K) -> _Round[K, V]:
        known = self._under_way.get(key)
        if known is not None:
            return known
        if self._open is None:
            loop = asyncio.get_running_loop()
            self._open = _Round(loop)
            # Two turns: keys that tasks about to start will ask for are to come along.
            loop.call_soon(loop.call_soon, self._close)
        self._open.keys.append(key)
        self._under_way[key] = self._open
        return self._open

    def _close(self) -> None:
        closed, self._open = self._open, None
        if closed is not None:
            closed.task = asyncio.get_running_loop().create_task(self._load(closed))

    async def _load(self, closed: _Round[K, V]) -> None:
        found: Mapping[K, V | Exception] = {}
        try:
            answers = await self.batch(closed.keys)
            found = {key: answers[key] for key in closed.keys}
        except Exception as failure:  # noqa: BLE001  it goes to whoever waits
            found = dict.fromkeys(closed.keys, failure)
        finally:
            for key in closed.keys:
                del self._under_way[key]
            if len(found) < len(closed.keys):
                closed.done.cancel()
        self._values.update({key: value for key, value in found.items() if not isinstance(value, Exception)})
        closed.done.set_result(found)


def _expected(value: V | Exception) -> V | FloorgraphError:
    if isinstance(value, Exception) and not isinstance(value, FloorgraphError):
        raise value
    return value


class SourceLoader(Loader[K, V]):
    """A loader whose keys belong to sources: each source is asked at once, and only for its own keys."""

    @abstractmethod
    async def ask(self, source: Source, keys: list[K]) -> Mapping[K, V | SourceFailure]:
        """What one source knows; keys that are left out get `missing()`. May raise `SourceFailure`."""

    @abstractmethod
    def missing(self) -> V:
        """The value of a key that its source does not know."""

    def source_key(self, key: K) -> str:
        """Key of the source that a loader key belongs to. Raises `BadId` for a malformed id."""
        return GlobalId.parse(str(key)).source

    async def batch(self, keys: list[K]) -> Mapping[K, V | Exception]:
        """Ask all sources concerned at the same time; the failure of one fails its keys alone."""
        found: dict[K, V | Exception] = {}
        by_source: dict[str, list[K]] = {}
        for key in keys:
            try:
                by_source.setdefault(self.source_key(key), []).append(key)
            except FloorgraphError as failure:
                found[key] = failure
        waiting: list[Awaitable[Mapping[K, V | Exception]]] = [
            self._part(source_key, part) for source_key, part in by_source.items()
        ]
        for answers in await asyncio.gather(*waiting):
            found.update(answers)
        return found

    async def _part(self, source_key: str, keys: list[K]) -> Mapping[K, V | Exception]:
        source = self.scope.floor.get(source_key)
        if source is None:
            return {key: self.missing() for key in keys}
        try:
            known = await self.ask(source, keys)
        except SourceFailure as failure:
            return dict.fromkeys(keys, failure)
        return {key: known[key] if key in known else self.missing() for key in keys}


class OneByOneLoader(SourceLoader[K, V]):
    """A loader for what vendors tell of one key at a time; the gate bounds how many calls are in flight."""

    @abstractmethod
    async def one(self, source: Source, key: K) -> V:
        """The answer for one key. May raise `SourceFailure`, which fails this key alone."""

    async def ask(self, source: Source, keys: list[K]) -> Mapping[K, V | SourceFailure]:
        """One question per key, all at the same time."""
        values = await asyncio.gather(*(self._one(source, key) for key in keys))
        return dict(zip(keys, values, strict=True))

    async def _one(self, source: Source, key: K) -> V | SourceFailure:
        try:
            return await self.one(source, key)
        except SourceFailure as failure:
            return failure
