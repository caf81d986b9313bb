"""The floor: all configured sources, and the vendors that can be configured."""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import entry_points

from floorgraph.model.command import Command
from floorgraph.model.ids import GlobalId
from floorgraph.vendors.contract import Manifest, Source

GROUP = "floorgraph.vendors"


def manifests() -> dict[str, Manifest]:
    """The installed vendors by key, found through entry points.

    Raises `TypeError` when an entry point does not name a `Manifest`.
    """
    found: dict[str, Manifest] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        manifest = point.load()
        if not isinstance(manifest, Manifest):
            raise TypeError(f"The entry point {GROUP}:{point.name} ({point.value}) is not a Manifest.")
        found[manifest.vendor] = manifest
    return found


@cache
def offered_commands() -> Mapping[str, tuple[type[Command], ...]]:
    """The commands that the installed vendors list, by the vendor's key."""
    return {vendor: manifest.commands for vendor, manifest in manifests().items()}


class Floor:
    """The sources in the order of the configuration."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sources = {source.key: source for source in sources}

    def __iter__(self) -> Iterator[Source]:
        return iter(self._sources.values())

    def __len__(self) -> int:
        return len(self._sources)

    def get(self, key: str) -> Source | None:
        """The source with that key, if it is configured."""
        return self._sources.get(key)

    def of(self, record_id: str) -> Source | None:
        """The source that an id belongs to, if it is configured. Raises `BadId` for a malformed id."""
        return self._sources.get(GlobalId.parse(record_id).source)

    def only(self, keys: Collection[str]) -> "Floor":
        """The part of the floor that these sources are, in the same order."""
        return Floor(source for source in self if source.key in keys)

    def add(self, source: Source) -> None:
        """One more source, behind the others. Raises `ValueError` when its key is taken."""
        if source.key in self._sources:
            raise ValueError(f"There is a source '{source.key}' already.")
        # A new mapping: whoever goes through the old one is not disturbed.
        self._sources = {**self._sources, source.key: source}

    def remove(self, key: str) -> Source | None:
        """One source less; returns it, still open."""
        self._sources = {**self._sources}
        return self._sources.pop(key, None)

    def replace(self, source: Source) -> Source:
        """Another source in the place of the one with its key; returns that one, still open.

        Raises `KeyError` when there is none.
        """
        former = self._sources[source.key]
        self._sources = {**self._sources, source.key: source}
        return former

    def arrange(self, keys: Iterable[str]) -> None:
        """Bring the sources into the order of these keys; others stay behind them."""
        first = {key: self._sources[key] for key in keys if key in self._sources}
        self._sources = {**first, **{k: one for k, one in self._sources.items() if k not in first}}

    async def close(self) -> None:
        """Close all sources."""
        await asyncio.gather(*(source.close() for source in self))
