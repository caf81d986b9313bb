"""Tallies that are kept up to date row by row are those that are counted anew."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from floorgraph.vendors.authentise.shelf import Shelf
from floorgraph.vendors.authentise.tallies import Tallies, Tally

NOW = datetime(2026, 3, 2, tzinfo=UTC)
FIELD = "prints"
UUIDS = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(4)]

uuids = st.sampled_from(UUIDS)
words = st.sampled_from(["a", "b", "c"])
values = st.none() | words | st.lists(words, max_size=3) | st.just(7) | st.just([{"not": "a text"}])
steps = st.one_of(
    st.tuples(st.just("put"), uuids, values, st.booleans()),
    st.tuples(st.just("drop"), uuids),
    st.tuples(st.just("filled"), st.lists(uuids), st.booleans()),
    st.tuples(st.just("asked")),
)


def counted(shelf: Shelf) -> Tally:
    """As the whole list says now."""
    held = [row.payload[FIELD] for row in shelf.listed() if row.payload.get(FIELD) is not None]
    several = [one if isinstance(one, list) else [one] for one in held]
    found = Counter(one for part in several for one in part if isinstance(one, str))
    return Tally(
        found, tuple(sorted(found.values(), reverse=True)), tuple(sorted(map(len, several), reverse=True))
    )


@given(st.lists(steps, max_size=20))
def test_whatever_comes_and_goes_the_tally_is_that_of_the_list(taken: list[tuple[Any, ...]]) -> None:
    shelf = Shelf("run", 10.0)
    for what, *rest in taken:
        if what == "put":
            uuid, value, member = rest
            shelf.put([{"uri": f"/run/{uuid}/", FIELD: value}], NOW, 0.0, member=member)
        elif what == "drop":
            shelf.drop(rest)
        elif what == "filled":
            shelf.filled(rest[0], NOW, 0.0, whole=rest[1])
        else:
            assert shelf.tally(FIELD) == counted(shelf)
    assert shelf.tally(FIELD) == counted(shelf)


def test_the_list_is_gone_over_the_first_time_only() -> None:
    tallies, reads = Tallies(), 0

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal reads
        reads += 1
        yield {FIELD: ["a", "b"]}

    first = tallies.of(FIELD, rows())
    assert (first.distinct, first.held(1)) == (2, 2)
    assert tallies.of(FIELD, rows()) is first
    tallies.change({FIELD: ["a", "b"]}, {FIELD: "c"})
    later = tallies.of(FIELD, rows())
    assert (later.values, later.counts, later.lengths) == ({"c": 1}, (1,), (1,))
    # What was handed out stays what it was.
    assert first.distinct == 2
    assert reads == 1
