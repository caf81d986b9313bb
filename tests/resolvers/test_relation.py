"""A relation gives the same for one parent after the other as for all of them at once."""

import pytest

from floorgraph.model.errors import FloorgraphError
from floorgraph.model.station import Station, StationStatus
from floorgraph.vendors.failures import Unreachable
from floorgraph.vendors.floor import Floor
from loaders.scope import Scope, Surroundings
from resolvers import job as job_relations
from resolvers import station as station_relations
from resolvers.relation import Relation
from tests.support.memory import MemorySource, job, live, order, station, unreachable

STATIONS = [station(str(number)) for number in range(4)] + [station("0", source="south")]
RELATIONS = [
    station_relations.STATUS,
    station_relations.live_field("state"),
    station_relations.CURRENT_JOB,
    station_relations.JOBS,
    station_relations.DOWNTIMES,
]


def floor() -> tuple[MemorySource, MemorySource]:
    north = MemorySource("north", [*STATIONS[:4], job("a", station_id=STATIONS[0].id), order("1")])
    south = MemorySource("south", [STATIONS[4]])
    north.working[STATIONS[0].id] = "north:job:a"
    for one, status in zip(STATIONS[:3], StationStatus, strict=False):
        north.statuses[one.id] = live(one, status)
    south.failure = unreachable("south")
    return north, south


async def one_after_the_other(relation: Relation) -> list[object]:
    scope = Scope(Surroundings(Floor(floor())))
    found: list[object] = []
    for parent in STATIONS:
        try:
            found.append(await relation.one(scope, parent))
        except FloorgraphError as failure:
            found.append(str(failure))
    return found


async def all_at_once(relation: Relation) -> list[object]:
    scope = Scope(Surroundings(Floor(floor())))
    values = await relation.many(scope, STATIONS)
    return [str(value) if isinstance(value, FloorgraphError) else value for value in values]


@pytest.mark.parametrize("relation", RELATIONS)
async def test_both_forms_give_the_same(relation: Relation) -> None:
    assert await one_after_the_other(relation) == await all_at_once(relation)


async def test_all_parents_of_a_level_cost_one_call_per_source() -> None:
    north, south = floor()
    scope = Scope(Surroundings(Floor([north, south])))
    found = await station_relations.STATUS.many(scope, STATIONS)
    assert found[:4] == [StationStatus.RUNNING, StationStatus.SETUP, StationStatus.IDLE, None]
    assert isinstance(found[4], Unreachable)
    assert (north.calls["live"], south.calls["live"]) == (1, 1)


async def test_what_is_pinned_is_not_loaded() -> None:
    north, _ = floor()
    scope = Scope(Surroundings(Floor([north])))
    carrying = Station(
        id="north:station:0",
        source="north",
        remote_id="0",
        observed_at=STATIONS[0].observed_at,
        updated_at=STATIONS[0].updated_at,
        name="Mill",
        live=live(STATIONS[0], StationStatus.FAULT),
    )
    assert await station_relations.STATUS.one(scope, carrying) is StationStatus.FAULT
    assert await station_relations.STATUS.many(scope, [carrying]) == [StationStatus.FAULT]
    assert north.calls["live"] == 0


async def test_a_missing_key_loads_nothing() -> None:
    north, _ = floor()
    scope = Scope(Surroundings(Floor([north])))
    assert await job_relations.STATION.one(scope, job("z")) is None
    assert not north.calls


async def test_a_parent_whose_key_is_none_costs_the_others_nothing() -> None:
    north, _ = floor()
    scope = Scope(Surroundings(Floor([north])))
    broken = job("x", station_id=["no", "id"])
    found = await job_relations.STATION.many(scope, [broken, job("y", station_id=STATIONS[0].id), job("z")])
    assert isinstance(found[0], TypeError)
    assert found[1:] == [STATIONS[0], None]
