from floorgraph.model.ids import Kind
from subscriptions.demand import Demand, Wanted
from tests.subscriptions.toy import JOBS, STATIONS

NORTH = frozenset({"north"})
STATION = frozenset({Kind.STATION})


def test_the_youngest_wish_sets_the_pace_within_the_feeds_minimum() -> None:
    demand = Demand(linger=30)
    assert demand.wanted("north", STATIONS, 0) is None
    plain = demand.add(STATION)
    assert demand.wanted("north", STATIONS, 0) == Wanted(10, 1)
    slow = demand.add(STATION, NORTH, age=60)
    assert demand.wanted("north", STATIONS, 0) == Wanted(10, 2)
    demand.release(plain, 0)
    assert demand.wanted("north", STATIONS, 0) == Wanted(60, 1)
    greedy = demand.add(STATION, NORTH, age=0)
    assert demand.wanted("north", STATIONS, 0) == Wanted(2, 2)
    demand.release(greedy, 0)
    demand.release(slow, 0)
    assert len(demand) == 0


def test_demand_names_kind_and_sources() -> None:
    demand = Demand(linger=30)
    demand.add(STATION, NORTH)
    assert demand.wanted("north", JOBS, 0) is None
    assert demand.wanted("south", STATIONS, 0) is None


def test_a_feed_lingers_after_the_last_one_left_and_not_longer() -> None:
    demand = Demand(linger=30)
    first, second = demand.add(STATION, age=5), demand.add(STATION, age=5)
    demand.release(first, 100)
    assert demand.wanted("north", STATIONS, 100) == Wanted(5, 1)
    demand.release(second, 110)
    assert demand.wanted("north", STATIONS, 139) == Wanted(10, 0, until=140)
    assert demand.wanted("north", STATIONS, 140) is None


def test_a_ticket_counts_once() -> None:
    demand = Demand(linger=30)
    ticket = demand.add(STATION)
    demand.add(STATION)
    demand.release(ticket, 0)
    demand.release(ticket, 0)
    assert demand.wanted("north", STATIONS, 0) == Wanted(10, 1)


def test_a_touch_is_wanted_for_the_lingering_only() -> None:
    demand = Demand(linger=30)
    demand.touch(Kind.STATION, "north", 0)
    assert demand.wanted("north", STATIONS, 29) == Wanted(10, 0, until=30)
    assert demand.wanted("south", STATIONS, 29) is None
    assert demand.wanted("north", STATIONS, 30) is None


def test_coming_and_going_leaves_nothing_behind() -> None:  # D6
    demand = Demand(linger=30)
    for n in range(1000):
        demand.release(demand.add(STATION, age=n), 0.001 * n)
    assert len(demand) == 0
    assert len(demand._left) == 1


def test_only_the_first_and_the_last_of_those_who_want_the_same_make_a_difference() -> None:
    demand = Demand(linger=30)
    first = demand.add(STATION, NORTH)
    assert demand.is_alone(first)
    second = demand.add(STATION, NORTH)
    assert not demand.is_alone(second)
    assert demand.is_alone(demand.add(STATION, NORTH, age=1))
    demand.release(first, 0)
    assert demand.is_alone(second)
