"""The order of records: natural, total, missing values last."""

from hypothesis import given
from hypothesis import strategies as st

from floorgraph.model.station import StationStatus
from resolvers.ordering import OrderKey, natural, ordered, place
from tests.support.memory import live, station


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
    st.lists(st.tuples(st.sampled_from(["9", "10", "A9", "a9", "9" * 200]), st.sampled_from(["a", "b"]))),
    st.booleans(),
)
def test_however_they_come_records_end_in_the_order_of_their_places(
    found: list[tuple[str, str]], in_order: bool
) -> None:
    rows = [station(remote_id, source=source) for remote_id, source in found]
    rows = sorted(rows, key=place) if in_order else rows
    assert [one.id for one in ordered(rows, ())] == [one.id for one in sorted(rows, key=place)]
