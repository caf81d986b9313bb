"""Loaders: batching, failures and waiters that give up (traps 5 to 7 of the stack)."""

import asyncio
import gc

import pytest

from floorgraph.model.errors import BadId
from floorgraph.vendors.failures import Unreachable
from floorgraph.vendors.floor import Floor
from loaders.base import GivenUp
from loaders.records import JobsByStationId, StationById
from loaders.scope import Scope, Surroundings
from tests.support.memory import MemorySource, job, station, unreachable


def scope_over(*sources: MemorySource) -> Scope:
    return Scope(Surroundings(Floor(sources)))


async def test_keys_of_one_turn_are_one_call_per_source() -> None:
    north = MemorySource("north", [station("1"), station("2")])
    south = MemorySource("south", [station("1", source="south")])
    loader = scope_over(north, south).loader(StationById)
    keys = ["north:station:1", "south:station:1", "north:station:2", "north:station:9", "east:station:1"]
    found = await asyncio.gather(*(loader.load(key) for key in keys))
    assert [record.id if record else None for record in found] == [*keys[:3], None, None]
    assert north.calls["select station"] == 1
    assert south.calls["select station"] == 1


async def test_each_parent_gets_its_own_records() -> None:
    jobs = [job("a", station_id="north:station:1"), job("b", station_id="north:station:2"), job("c")]
    loader = scope_over(MemorySource("north", jobs)).loader(JobsByStationId)
    first, second, third = await loader.load_many([f"north:station:{number}" for number in (1, 2, 3)])
    assert not isinstance(first, Exception)
    assert not isinstance(second, Exception)
    assert not isinstance(third, Exception)
    assert [[record.remote_id for record in part.records] for part in (first, second, third)] == [
        ["a"],
        ["b"],
        [],
    ]


async def test_one_failing_source_fails_its_keys_alone() -> None:
    north, south = MemorySource("north", [station("1")]), MemorySource("south")
    south.failure = unreachable("south")
    loader = scope_over(north, south).loader(StationById)
    good, bad = await loader.load_many(["north:station:1", "south:station:1"])
    assert good is north.records[0]
    assert isinstance(bad, Unreachable)


async def test_a_failure_is_not_remembered() -> None:
    north = MemorySource("north", [station("1")])
    loader = scope_over(north).loader(StationById)
    north.failure = unreachable()
    with pytest.raises(Unreachable):
        await loader.load("north:station:1")
    north.failure = None
    assert await loader.load("north:station:1") is north.records[0]


async def test_a_malformed_id_fails_alone() -> None:
    north = MemorySource("north", [station("1")])
    loader = scope_over(north).loader(StationById)
    good, shapeless, other_kind = await loader.load_many(["north:station:1", "nonsense", "north:job:1"])
    assert good is north.records[0]
    assert isinstance(shapeless, BadId)
    assert isinstance(other_kind, BadId)


async def test_a_waiter_that_gives_up_takes_nothing_from_the_others() -> None:
    north = MemorySource("north", [station("1")])
    north.held = asyncio.Event()
    loader = scope_over(north).loader(StationById)
    patient = asyncio.create_task(loader.load("north:station:1"))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(loader.load("north:station:1"), 0.01)
    north.held.set()
    assert await patient is north.records[0]
    assert await loader.load("north:station:1") is north.records[0]
    assert north.calls["select station"] == 1


async def test_scopes_share_nothing() -> None:
    north = MemorySource("north", [station("1", "Before")])
    before = await scope_over(north).loader(StationById).load("north:station:1")
    north.put(station("1", "After"))
    after = await scope_over(north).loader(StationById).load("north:station:1")
    assert [getattr(record, "name", None) for record in (before, after)] == ["Before", "After"]


@pytest.mark.parametrize("stays", [True, False])
async def test_what_is_in_line_when_the_operation_ends_is_not_asked_and_troubles_nobody(stays: bool) -> None:
    troubles: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: troubles.append(context))
    north = MemorySource("north", [station("1")])
    scope = scope_over(north)
    waiter = asyncio.create_task(scope.loader(StationById).load("north:station:1"))
    await asyncio.sleep(0)
    scope.release()
    if stays:
        with pytest.raises(GivenUp):
            await waiter
    else:
        waiter.cancel()
        await asyncio.gather(waiter, return_exceptions=True)
        del waiter
        for _ in range(10):
            await asyncio.sleep(0)
        gc.collect()
    assert not north.calls
    assert not troubles
