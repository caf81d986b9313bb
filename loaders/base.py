"""Loaders that survive what waiters do to them, and that ask each source once for all its keys."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Hashable, Iterable, Mapping
from typing import Generic, TypeVar

from aiodataloader import DataLoader

from floorgraph.model.errors import FloorgraphError
from floorgraph.model.ids import GlobalId
from floorgraph.vendors.contract import Source
from floorgraph.vendors.failures import SourceFailure
from loaders.scope import Scope

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Loader(ABC, Generic[K, V]):
    """Collects the keys that are asked for in one turn of the event loop and loads them together."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._batches: DataLoader[K, V] = DataLoader(self._load)

    @abstractmethod
    async def batch(self, keys: list[K]) -> Mapping[K, V | Exception]:
        """The values of all keys; an exception as a value fails its key alone."""

    async def load(self, key: K) -> V:
        """The value of one key."""
        try:
            # Shielded: the future is shared, so a waiter that is cancelled must not cancel it for the others.
            return await asyncio.shield(self._batches.load(key))
        except FloorgraphError:
            # A failure is not remembered: whoever asks again within the operation deserves a new attempt.
            self._batches.clear(key)
            raise

    async def load_many(self, keys: Iterable[K]) -> list[V | FloorgraphError]:
        """The values of many keys in their order; a key that failed has its failure in place of a value."""
        return list(await asyncio.gather(*(self._settled(key) for key in keys)))

    async def _settled(self, key: K) -> V | FloorgraphError:
        try:
            return await self.load(key)
        except FloorgraphError as failure:
            return failure

    async def _load(self, keys: list[K]) -> list[V]:
        found = await self.batch(keys)
        # The library takes an exception in place of a value as the failure of a key; its types say otherwise.
        return [found[key] for key in keys]  # type: ignore[misc]


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
