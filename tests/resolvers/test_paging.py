"""Pages and their cursors: nothing skipped, nothing repeated, whatever happens to the list."""

import base64
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorgraph.model.errors import BadArgument, BadCursor
from floorgraph.model.limits import DEFAULT_PAGE
from floorgraph.model.station import Station
from resolvers.ordering import OrderKey, ordered
from resolvers.paging import PageRequest, page_of
from tests.support.memory import station

ORDERINGS = st.sampled_from(
    [
        (),
        (OrderKey("name"),),
        (OrderKey("name", descending=True),),
        (OrderKey("workshop", descending=True), OrderKey("name")),
        (OrderKey("updated_at"), OrderKey("workshop")),
    ]
)
NAMES = st.sampled_from(["Mill 9", "Mill 10", "mill 9", "Lathe", "Ölpresse", ""])
STATIONS = st.lists(
    st.tuples(
        st.sampled_from(["north", "south"]),
        st.integers(0, 99),
        NAMES,
        st.sampled_from([None, "Hall A", "Hall B"]),
        st.integers(0, 3),
    ),
    unique_by=lambda row: row[:2],
    max_size=30,
)


def made(rows: list[tuple[str, int, str, str | None, int]]) -> list[Station]:
    return [
        station(str(number), name, source, workshop=workshop, seconds=seconds)
        for source, number, name, workshop, seconds in rows
    ]


@given(rows=STATIONS, ordering=ORDERINGS, size=st.integers(1, 7))
def test_pages_forward_give_the_whole_list(
    rows: list[tuple[str, int, str, str | None, int]], ordering: tuple[OrderKey, ...], size: int
) -> None:
    records = made(rows)
    found: list[str] = []
    after = None
    while True:
        page = page_of(records, ordering, PageRequest(first=size, after=after))
        found += [edge.node.id for edge in page.edges]
        assert page.total_count == len(records)
        if not page.page_info.has_next_page:
            break
        after = page.page_info.end_cursor
    assert found == [record.id for record in ordered(records, ordering)]


@given(rows=STATIONS, ordering=ORDERINGS, size=st.integers(1, 7))
def test_pages_backward_give_the_whole_list(
    rows: list[tuple[str, int, str, str | None, int]], ordering: tuple[OrderKey, ...], size: int
) -> None:
    records = made(rows)
    found: list[str] = []
    before = None
    while True:
        page = page_of(records, ordering, PageRequest(last=size, before=before))
        found = [edge.node.id for edge in page.edges] + found
        if not page.page_info.has_previous_page:
            break
        before = page.page_info.start_cursor
    assert found == [record.id for record in ordered(records, ordering)]


@given(rows=STATIONS, ordering=ORDERINGS, size=st.integers(1, 7), data=st.data())
def test_unchanged_records_are_neither_skipped_nor_repeated_when_the_list_changes(
    rows: list[tuple[str, int, str, str | None, int]],
    ordering: tuple[OrderKey, ...],
    size: int,
    data: st.DataObject,
) -> None:
    records = made(rows)
    split = data.draw(st.integers(0, len(records)))
    steady, leaving = records[:split], records[split:]
    coming = [station(f"new {number}", "Mill 9") for number in range(data.draw(st.integers(0, 5)))]
    first = page_of(records, ordering, PageRequest(first=size))
    found = [edge.node.id for edge in first.edges]
    after = first.page_info.end_cursor
    now = [*steady, *coming] if data.draw(st.booleans()) else [*records, *coming]
    while after is not None:
        page = page_of(now, ordering, PageRequest(first=size, after=after))
        found += [edge.node.id for edge in page.edges]
        after = page.page_info.end_cursor if page.page_info.has_next_page else None
    assert len(found) == len(set(found))
    if first.edges:
        assert {record.id for record in steady} <= set(found)
    del leaving


@pytest.mark.parametrize(
    ("request_", "named"),
    [
        (PageRequest(first=-1), "first"),
        (PageRequest(last=-1), "last"),
        (PageRequest(first=10_001), "first"),
        (PageRequest(last=10_001), "last"),
        (PageRequest(first=1, last=1), "first"),
        (PageRequest(first=1, before="x"), "before"),
        (PageRequest(last=1, after="x"), "after"),
    ],
)
def test_wrong_arguments_are_named(request_: PageRequest, named: str) -> None:
    with pytest.raises(BadArgument, match=f"'{named}'"):
        page_of([station("1")], (), request_)


def test_a_page_has_fifty_records_unless_asked_otherwise() -> None:
    page = page_of([station(str(number)) for number in range(60)], (), PageRequest())
    assert len(page.edges) == DEFAULT_PAGE == 50
    assert page_of([station("1")], (), PageRequest(first=0)).edges == []


@given(text=st.text(max_size=60))
def test_no_text_is_taken_for_a_cursor(text: str) -> None:
    with pytest.raises(BadCursor):
        page_of([station("1")], (), PageRequest(first=1, after=text))


@pytest.mark.parametrize("ranks", [[], [(False, 3)], [(False, "a"), (False, "b")], [(False, None)]])
def test_a_cursor_that_was_made_up_is_refused(ranks: list[Any]) -> None:
    order = (OrderKey("name"),)
    made = page_of([station("1")], order, PageRequest()).page_info.end_cursor
    assert made is not None
    signature, _, where = msgspec.msgpack.decode(base64.urlsafe_b64decode(made + "=" * (-len(made) % 4)))
    forged = base64.urlsafe_b64encode(msgspec.msgpack.encode((signature, ranks, where))).decode().rstrip("=")
    with pytest.raises(BadCursor, match="is not a cursor of this list"):
        page_of([station("1"), station("2", "Lathe")], order, PageRequest(after=forged))


def test_a_cursor_of_another_order_is_refused() -> None:
    cursor = page_of([station("1")], (OrderKey("name"),), PageRequest()).page_info.end_cursor
    with pytest.raises(BadCursor, match="another order"):
        page_of([station("1")], (OrderKey("name", descending=True),), PageRequest(after=cursor))
