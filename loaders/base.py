"""Loaders that survive what waiters do to them, and that ask each source once for all its keys."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from aiodataloader import DataLoader

from floorgraph.model.errors import FloorgraphError
from floorgraph.model.ids import GlobalId
from floorgraph.vendors.contract import Source
from floorgraph.vendors.failures import Defect, SourceFailure
from floorgraph.vendors.gate import witness
from loaders.scope import Scope

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
A = TypeVar("A")

_Answers = dict[K, V | Exception]


class GivenUp(FloorgraphError):
    """The operation that asked was given up; nobody reads this but waiters that are about to end."""

    code = "GIVEN_UP"


class Loader(ABC, Generic[K, V]):
    """Collects the keys that are asked for in one turn of the event loop and loads them together.

    aiodataloader does the collecting. What it collects are groups, all the
    keys that one waiter lacks, so that a thousand keys cost one future and
    not a thousand. What was loaded is kept as long as the loader.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._values: _Answers[K, V] = {}
        self._under_way: dict[K, asyncio.Future[_Answers[K, V]]] = {}
        self._groups: DataLoader[tuple[K, ...], _Answers[K, V]] = DataLoader(self._load_groups, cache=False)
        self._loading: set[asyncio.Task[Any]] = set()

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

        Raises what is no `FloorgraphError`. A failure is not remembered, unless it stands in
        this scope: whoever asks again within the operation deserves a new attempt.
        """
        return [_expected(value) for value in await self.load_settled(keys)]

    async def load_settled(self, keys: Iterable[K]) -> list[V | Exception]:
        """As `load_many`, with whatever failed in place of a value; raises only for keys that are none."""
        wanted = list(keys)
        values = self._values
        missing = [key for key in wanted if key not in values] if values else wanted
        if not missing:
            return [values[key] for key in wanted]
        found: _Answers[K, V] = {}
        for group in self._put_in_line(missing):
            answers = await _own(group)
            found = {**found, **answers} if found else answers
        return [found[key] if key in found else values[key] for key in wanted]

    def abandon(self) -> None:
        """End what is being loaded: nobody waits for it any more."""
        for task in self._loading:
            task.cancel()

    @property
    def loading(self) -> bool:
        """Whether anything is being loaded."""
        return bool(self._loading)

    def release(self) -> None:
        """Let go of what was loaded, and of itself: nobody asks any more."""
        self._values = {}
        self._groups.batch_load_fn = _over

    def _put_in_line(self, missing: list[K]) -> "Collection[asyncio.Future[_Answers[K, V]]]":
        """What the keys come with; those that nobody is loading yet are put in line."""
        under_way = self._under_way
        if not under_way:
            # Mostly so: one waiter asks for a whole level.
            new = tuple(dict.fromkeys(missing))
            group = self._groups.load(new)
            under_way.update(dict.fromkeys(new, group))
            return [group]
        new = tuple(dict.fromkeys(key for key in missing if key not in under_way))
        if new:
            under_way.update(dict.fromkeys(new, self._groups.load(new)))
        return {id(group): group for group in map(under_way.__getitem__, missing)}.values()

    async def _load_groups(self, groups: list[tuple[K, ...]]) -> list["_Answers[K, V]"]:
        """Load the keys of all groups together; each group is answered with its own keys."""
        keys = [key for group in groups for key in group] if len(groups) > 1 else list(groups[0])
        # Giving up the load cancels this task, which answers whoever still waits instead of leaving them.
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  aiodataloader loads in a task
        self._loading.add(task)
        try:
            found = await self._load(keys)
        except asyncio.CancelledError:
            task.uncancel()
            found = dict.fromkeys(keys, GivenUp("The operation was given up before its data came."))
        finally:
            self._loading.discard(task)
            self._have_come(keys)
        kept = found
        if not self.scope.failures_stand and _has_failures(found):
            kept = {key: value for key, value in found.items() if not isinstance(value, Exception)}
        self._values.update(kept)
        return [{key: found[key] for key in group} for group in groups] if len(groups) > 1 else [found]

    def _have_come(self, keys: list[K]) -> None:
        if len(self._under_way) == len(keys):
            self._under_way.clear()
        else:
            for key in keys:
                self._under_way.pop(key, None)

    async def _load(self, keys: list[K]) -> "_Answers[K, V]":
        try:
            answers = await self.batch(keys)
            if isinstance(answers, dict) and len(answers) == len(keys):
                return answers
            return {key: answers[key] for key in keys}
        except Exception as failure:  # noqa: BLE001  it goes to whoever waits
            return dict.fromkeys(keys, failure)


async def _over(groups: list[tuple[Any, ...]]) -> list[dict[Any, Any]]:
    """What a loader answers after its operation: nobody may be there any more to hear of a failure."""
    failure = GivenUp("The operation was over before its data was asked for.")
    return [dict.fromkeys(group, failure) for group in groups]


def _has_failures(found: "_Answers[Any, Any]") -> bool:
    """Asked of the few types that there are instead of each value."""
    return any(issubclass(kind, Exception) for kind in set(map(type, found.values())))


def _own(group: asyncio.Future[A]) -> asyncio.Future[A]:
    """A future of one's own for a shared one, which a waiter that is cancelled must not cancel for others."""
    own: asyncio.Future[A] = group.get_loop().create_future()

    def tell(_group: asyncio.Future[A]) -> None:
        failure = None if group.cancelled() else group.exception()
        if own.done():
            return
        if group.cancelled():
            own.cancel()
        elif failure is None:
            own.set_result(group.result())
        else:
            own.set_exception(failure)

    group.add_done_callback(tell)
    return own


async def asked_together(waiting: Sequence[Awaitable[A]]) -> Sequence[A]:
    """What all of them give; one alone needs no task of its own."""
    return [await waiting[0]] if len(waiting) == 1 else await asyncio.gather(*waiting)


async def answered(source: Source, waiting: Awaitable[A]) -> A | SourceFailure:
    """What a source answers, or its failure; a defect in what asks it or reads its answer is its own, too."""
    try:
        return await waiting
    except SourceFailure as failure:
        return failure
    except FloorgraphError:
        raise
    except Exception as cause:  # noqa: BLE001  it goes to whoever asked this source, beside what others answer
        return Defect(source.key, cause)


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

    def only_source(self, keys: list[K]) -> str | None:
        """The key of the source that all keys belong to, where that is quickly told."""
        del keys
        return None

    async def batch(self, keys: list[K]) -> Mapping[K, V | Exception]:
        """Ask all sources concerned at the same time; the failure of one fails its keys alone."""
        only = self.only_source(keys)
        if only is not None:
            return await self._part(only, keys)
        found: dict[K, V | Exception] = {}
        by_source: dict[str, list[K]] = {}
        for key in keys:
            try:
                by_source.setdefault(self.source_key(key), []).append(key)
            except FloorgraphError as failure:
                found[key] = failure
        if len(by_source) == 1 and not found:
            return await self._part(*by_source.popitem())
        waiting: list[Awaitable[Mapping[K, V | Exception]]] = [
            self._part(source_key, part) for source_key, part in by_source.items()
        ]
        for answers in await asked_together(waiting):
            found.update(answers)
        return found

    async def _part(self, source_key: str, keys: list[K]) -> Mapping[K, V | Exception]:
        source = self.scope.floor.get(source_key)
        if source is None:
            return {key: self.missing() for key in keys}
        witness.asking(source_key)
        known = await answered(source, self.ask(source, keys))
        if isinstance(known, SourceFailure):
            return dict.fromkeys(keys, known)
        return {key: known[key] if key in known else self.missing() for key in keys}


class OneByOneLoader(SourceLoader[K, V]):
    """A loader for what vendors tell of one key at a time; the gate bounds how many calls are in flight."""

    @abstractmethod
    async def one(self, source: Source, key: K) -> V:
        """The answer for one key. May raise `SourceFailure`, which fails this key alone."""

    async def ask(self, source: Source, keys: list[K]) -> Mapping[K, V | SourceFailure]:
        """One question per key, all at the same time."""
        values = await asked_together([answered(source, self.one(source, key)) for key in keys])
        return dict(zip(keys, values, strict=True))
