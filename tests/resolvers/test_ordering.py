"""The order of records: natural, total, missing values last."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorgraph.model.record import again
from floorgraph.model.station import Station, StationStatus
from resolvers.ordering import (
    KNOWN,
    TOGETHER,
    UNKNOWN,
    Ordering,
    OrderKey,
    in_order,
    in_place,
    natural,
    ordered,
    place,
)
from tests.support.memory import live, station

REMOTE_IDS = ["", "1", "01", "9", "10", "A9", "a9", "٣", "9" * 18, "9" * 19, "9" * 200]


def names(*records: object) -> list[str]:
    return [getattr(record, "name", "") for record in records]


def test_numbers_in_names_count_as_numbers() -> None:
    unordered = [
        station("1", "Mill 10"),
        station("2", "mill 9"),
        station("3", "Mill 1a"),
        station("4", "2 Lathe"),
    ]
    assert names(*ordered(unordered, (OrderKey("name"),))) == ["2 Lathe", "Mill 1a", "mill 9", "Mill 10"]


def test_numbers_too_long_to_be_numbers_are_no_trouble() -> None:
    assert natural("9" * 5000) < natural("A")


def test_missing_values_come_last_either_way() -> None:
    rows = [station("1", workshop=None), station("2", workshop="B"), station("3", workshop="A")]
    up = ordered(rows, (OrderKey("workshop"),))
    down = ordered(rows, (OrderKey("workshop", descending=True),))
    assert [record.remote_id for record in up] == ["3", "2", "1"]
    assert [record.remote_id for record in down] == ["2", "3", "1"]


def test_statuses_are_ordered_as_declared() -> None:
    one, two = station("1"), station("2")
    one.live, two.live = live(one, StationStatus.IDLE), live(two, StationStatus.RUNNING)
    assert [record.remote_id for record in ordered([one, two], (OrderKey("live.state.status"),))] == [
        "2",
        "1",
    ]


def test_equal_records_are_ordered_by_source_and_remote_id() -> None:
    rows = [station("10"), station("9"), station("9", source="east")]
    assert [record.id for record in ordered(rows, (OrderKey("name"),))] == [
        "east:station:9",
        "north:station:9",
        "north:station:10",
    ]


@given(
    st.lists(st.tuples(st.sampled_from(REMOTE_IDS), st.sampled_from(["a", "b"]))),
    st.sampled_from([list, lambda rows: sorted(rows, key=place)]),
)
def test_however_they_come_records_end_in_the_order_of_their_places(
    found: list[tuple[str, str]], come: Callable[[list[Station]], list[Station]]
) -> None:
    rows = come([station(remote_id, source=source) for remote_id, source in found])
    assert [one.id for one in ordered(rows, ())] == [one[2] for one in sorted(set(map(place, rows)))]


@pytest.mark.parametrize("ids", [["1", "1"], ["A", "A"], ["2", "1", "2"]])
def test_of_records_with_the_same_id_the_last_counts(ids: list[str]) -> None:
    rows = [station(remote_id, f"Mill {number}") for number, remote_id in enumerate(ids)]
    found = {one.remote_id: one.name for one in ordered(rows, ())}
    assert found == {remote_id: f"Mill {number}" for number, remote_id in enumerate(ids)}
    assert len(ordered(rows, ())) == len(found)


@pytest.mark.parametrize("descending", [False, True])
def test_long_lists_are_put_in_order_as_short_ones(descending: bool) -> None:
    dice = random.Random(3)  # noqa: S311
    ids = [str(number) for number in range(20_000)]
    dice.shuffle(ids)
    rows = [station(one, f"Mill {dice.randrange(40)}") for one in ids]
    named = [again(one, workshop=None if dice.random() < 0.2 else f"Hall {int(one.id[-1])}") for one in rows]
    found = ordered(named, (OrderKey("workshop", descending=descending), OrderKey("name")))
    by_name = sorted(sorted(named, key=place), key=lambda one: natural(one.name))
    known = [one for one in by_name if one.workshop is not None]
    known.sort(key=lambda one: natural(str(one.workshop)), reverse=descending)
    assert found == [*known, *(one for one in by_name if one.workshop is None)]


@pytest.mark.parametrize("ordering", [(), (OrderKey("name", descending=True),)])
def test_no_step_takes_care_of_more_than_some_hundred_unknown_records(ordering: Ordering) -> None:
    rows = [station(f"x{number * 7919 % 20_000}", f"Mill {number}") for number in range(20_000)]
    units = list(in_order(rows, ordering))
    passes = 2 if not ordering else 4
    assert len(units) >= passes * 20_000 / TOGETHER
    assert sum(units) >= passes * 20_000 / UNKNOWN
    assert max(units) <= 20_000 / KNOWN


LISTS = st.lists(
    st.lists(st.tuples(st.sampled_from(REMOTE_IDS), st.sampled_from(["north", "south"])), max_size=4)
)


@given(LISTS)
def test_lists_that_are_in_place_are_in_order_already(lists: list[list[tuple[str, str]]]) -> None:
    rows = [[station(remote_id, source=source) for remote_id, source in one] for one in lists]
    if in_place(rows):
        assert [ordered(one, ()) for one in rows] == rows


@given(st.lists(st.sets(st.integers(0, 10**9), max_size=5)))
def test_lists_of_growing_numbers_are_in_place(lists: list[set[int]]) -> None:
    assert in_place([[station(str(number)) for number in sorted(one)] for one in lists])


def test_a_list_is_not_in_place_for_what_comes_before_or_after_it() -> None:
    first, second = [station("3"), station("4")], [station("1"), station("2")]
    assert in_place([first, [], second])
    assert not in_place([first, second[::-1]])
    assert not in_place([[first[0], first[0]], second])


def test_lists_of_growing_names_are_in_place() -> None:
    names = [["3-9", "3-10", "12-1"], ["Mill 2", "mill 10"]]
    assert in_place([[station(name) for name in one] for one in names])
    assert not in_place([[station("3-10"), station("3-9")]])
    assert not in_place([[station("a"), station("A")]])
