"""How the Python peers ask the vendor. Run in an environment of their own, without Floorgraph."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

Get = Callable[[str], Awaitable[Any]]


def number(key: str) -> str:
    """The last part of an id."""
    return key.rpartition(":")[2]


async def states(get: Get, keys: Sequence[str]) -> list[Any]:
    """The states of stations, in their order."""
    if len(keys) == 1:
        return [await get(f"/stations/{number(keys[0])}/state")]
    found = {one["stationId"]: one for one in (await get("/states"))["nodes"]}
    return [found.get(key) for key in keys]


async def grouped(get: Get, path: str, field: str, keys: Sequence[str]) -> list[list[Any]]:
    """What belongs to each parent, of a list of everything."""
    groups: dict[str, list[Any]] = {key: [] for key in keys}
    for one in (await get(path))["nodes"]:
        if one[field] in groups:
            groups[one[field]].append(one)
    return list(groups.values())


async def jobs(get: Get, keys: Sequence[str], *, batch: bool) -> list[list[Any]]:
    """The jobs of stations, in their order."""
    if batch:
        return await grouped(get, "/jobs", "stationId", keys)
    pages = await asyncio.gather(*(get(f"/stations/{number(key)}/jobs") for key in keys))
    return [page["nodes"] for page in pages]
