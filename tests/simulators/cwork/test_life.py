"""How the shop lives: the same from the same seed, and never in contradiction to itself."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floorgraph.simulators.cwork.founding import found_shop
from floorgraph.simulators.cwork.life import advance, enter, settle_all
from floorgraph.simulators.cwork.options import CWorkOptions
from floorgraph.simulators.cwork.shop import Shop
from floorgraph.simulators.cwork.states import PRODUCTION
from floorgraph.simulators.cwork.work import NO_STATE, START, STOP
from tests.simulators.cwork.client import START_SECONDS, cwork


def shop_of(seed: int = 1, **options: Any) -> Shop:
    settings = {"seed": seed, "stations": 8, **options}
    return found_shop(CWorkOptions.model_validate(settings), START_SECONDS)


def described(shop: Shop) -> list[Any]:
    """Everything that can be seen of a shop."""
    settle_all(shop)
    stations = [
        (one.handle, one.state, one.since, one.comment, one.operation, one.total_parts, one.tops, one.alarms)
        for one in shop.stations.values()
    ]
    return [
        stations,
        list(shop.orders.values()),
        list(shop.operations.values()),
        list(shop.documents.values()),
    ]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), steps=st.lists(st.integers(1, 900), min_size=1, max_size=12))
def test_it_does_not_matter_how_often_somebody_looks(seed: int, steps: list[int]) -> None:
    watched, alone = shop_of(seed), shop_of(seed)
    now = START_SECONDS
    for step in steps:
        now += step
        advance(watched, now)
        settle_all(watched)
    advance(alone, now)
    assert described(watched) == described(alone)


def test_another_seed_is_another_shop() -> None:
    assert described(shop_of(1)) != described(shop_of(2))


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 10**6), by_hand=st.lists(st.tuples(st.integers(1, 6), st.integers(0, 11)), max_size=8)
)
def test_the_shop_never_contradicts_itself(seed: int, by_hand: list[tuple[int, int]]) -> None:
    shop = shop_of(seed)
    now = START_SECONDS
    for handle, state in [*by_hand, (1, 0)]:
        enter(shop, shop.stations[handle], state, by_hand=True)
        now += 400
        advance(shop, now)
    settle_all(shop)
    for operation in shop.operations.values():
        assert 0 <= operation.parts_made <= operation.parts_to_make
        if operation.state == STOP:
            assert operation.left == 0
    for station in shop.stations.values():
        queued = [shop.operations[number] for number in station.queue]
        assert all(one.state == NO_STATE and one.station == station.handle for one in queued)
        current = shop.current(station)
        if current:
            assert (current.state in (START, 1)) == shop.producing(station)
        ends = [top.end for top in station.tops]
        assert [top.start for top in station.tops[1:]] == ends[:-1]
        if station.tops:
            assert ends[-1] == station.since


def test_a_day_brings_everything() -> None:
    shop = shop_of()
    first_orders = set(shop.orders)
    versions = len(shop.versions)
    parts = sum(station.total_parts for station in shop.stations.values())
    seen: set[int] = set()
    for hour in range(24):
        advance(shop, START_SECONDS + hour * 3600)
        seen |= {top.state for station in shop.stations.values() for top in station.tops}
    settle_all(shop)
    assert seen >= {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}
    assert sum(station.total_parts for station in shop.stations.values()) > parts
    assert not first_orders & set(shop.orders)
    assert len(shop.versions) > versions
    assert any(alarm.end for station in shop.stations.values() for alarm in station.alarms)


def test_finished_orders_go_to_the_archive_and_new_ones_come() -> None:
    shop = shop_of(order_linger=60)
    first = set(shop.orders)
    while not (finished := [one for one in shop.orders.values() if one.finished_at]):
        advance(shop, shop.now + 60)
    assert set(shop.orders) - first
    order = finished[0]
    assert shop.archived(order) == (order.finished_at is not None and shop.now >= order.finished_at + 60)
    advance(shop, shop.now + 60)
    assert shop.archived(order)


def test_interrupted_cycles_go_on() -> None:
    """Cycles longer than production lasts still make parts."""
    shop = shop_of(stations=2, cycle_seconds=(600, 600), pace=10)
    before = shop.stations[1].total_parts
    advance(shop, START_SECONDS + 4 * 3600)
    settle_all(shop)
    assert shop.stations[1].total_parts > before


def test_producing_makes_parts_one_cycle_after_the_other() -> None:
    shop = shop_of(stations=3, cycle_seconds=(10, 10), parts_to_make=(1000, 1000), pace=100_000)
    station = shop.stations[1]
    enter(shop, station, PRODUCTION)
    station.anchor = float(START_SECONDS)
    operation = shop.current(station)
    assert operation is not None
    before = operation.parts_made
    advance(shop, START_SECONDS + 95)
    settle_all(shop)
    assert operation.parts_made == before + 9 * operation.parts_per_cycle


async def test_frozen_time_moves_by_steps_only() -> None:
    async with cwork(stations=10) as server:
        before = await server.ask("/station_statuses")
        assert (await server.ask("/station_statuses")).content == before.content
        assert before.headers["date"] == "Mon, 02 Mar 2026 08:00:00 GMT"
        await server.step(300)
        after = await server.ask("/station_statuses")
        assert after.content != before.content
        assert after.headers["date"] == "Mon, 02 Mar 2026 08:05:00 GMT"


@pytest.mark.parametrize("path", ["/station_statuses", "/operations", "/orders", "/documents"])
async def test_two_servers_with_one_seed_agree(path: str) -> None:
    async with cwork(seed=3) as one, cwork(seed=3) as two, cwork(seed=4) as other:
        for server in (one, two, other):
            await server.step(1000)
        assert (await one.ask(path)).content == (await two.ask(path)).content
        assert (await one.ask(path)).content != (await other.ask(path)).content


@pytest.mark.parametrize("count", [10_000])
async def test_ten_thousand_stations(count: int) -> None:
    async with cwork(stations=count) as server:
        assert len(await server.read("/stations")) == count
        assert len(await server.read("/station_statuses")) == count - 2
        await server.step(60)
        statuses = await server.read("/station_statuses")
        assert any(one["LastTop"] > "2026-03-02T08:00:00" for one in statuses)
