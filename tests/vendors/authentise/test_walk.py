"""How pages are gone through."""

from hypothesis import given
from hypothesis import strategies as st

from floorgraph.vendors.authentise.walk import (
    MOST_PAGES,
    OffsetWalk,
    StampWalk,
    later,
    moment_of,
    newest_of,
    reaching_back,
)


def walk_through(
    rows: int, limit: int, *, counted: bool, cap: int | None = None
) -> tuple[OffsetWalk, list[int]]:
    walk, seen = OffsetWalk(limit), list[int]()
    while walk.offset is not None:
        page = list(range(rows))[walk.offset : walk.offset + min(limit, cap or limit)]
        seen += page
        walk.took(page, len(page), rows if counted else None)
    return walk, seen


@given(st.integers(0, 70), st.integers(1, 20), st.booleans())
def test_every_row_is_seen_once(rows: int, limit: int, counted: bool) -> None:
    walk, seen = walk_through(rows, limit, counted=counted)
    assert seen == list(range(rows))
    assert walk.whole


@given(st.integers(0, 70), st.integers(1, 20), st.integers(1, 7))
def test_a_server_that_caps_pages_is_followed_by_its_count(rows: int, limit: int, cap: int) -> None:
    walk, seen = walk_through(rows, limit, counted=True, cap=cap)
    assert seen == list(range(rows))
    assert walk.whole


def test_a_server_that_ignores_offsets_is_left() -> None:
    walk = OffsetWalk(2)
    pages = 0
    while walk.offset is not None:
        walk.took(["a", "b"], 2, None)
        pages += 1
    assert pages == 2
    assert not walk.whole


def test_a_count_that_promises_more_is_not_waited_for() -> None:
    walk = OffsetWalk(2)
    walk.took(["a", "b"], 2, 5)
    walk.took([], 0, 5)
    assert walk.offset is None
    assert not walk.whole


def test_a_walk_without_end_is_left() -> None:
    walk = OffsetWalk(1)
    while walk.offset is not None:
        walk.took([walk.offset], 1, None)
    assert walk.pages == MOST_PAGES
    assert not walk.whole


STAMPS = st.lists(st.integers(0, 12), max_size=60).map(sorted)


@given(STAMPS, st.integers(1, 7))
def test_all_rows_since_a_stamp_are_seen_however_many_are_equal(stamps: list[int], limit: int) -> None:
    texts = [f"2026-01-01T00:00:{second:02d}+00:00" for second in stamps]
    walk, seen = StampWalk(limit, "2026-01-01T00:00:00+00:00"), set[int]()
    while walk.since is not None:
        matching = [index for index, text in enumerate(texts) if not later(walk.since, text)]
        page = matching[walk.offset : walk.offset + limit]
        seen.update(page)
        walk.took([texts[index] for index in page], len(page))
    assert seen == set(range(len(texts)))
    assert walk.newest == (texts[-1] if texts else None)


def test_an_unsorted_list_is_walked_by_offset_alone() -> None:
    texts = ["2026-01-01T00:00:09+00:00", "2026-01-01T00:00:01+00:00", "2026-01-01T00:00:05+00:00"]
    walk, seen = StampWalk(1, "2026-01-01T00:00:00+00:00", ordered=False), list[str]()
    while walk.since is not None:
        page = texts[walk.offset : walk.offset + 1]
        seen += page
        walk.took(page, len(page))
    assert seen == texts
    assert walk.newest == texts[0]


def test_stamps_are_compared_as_moments() -> None:
    assert later("2026-01-01T01:00:00.5+01:00", "2026-01-01T00:00:00+00:00")
    assert not later("2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00+00:00")
    assert later("2026-01-01T00:00:00+00:00", None)
    assert not later(None, None)
    assert moment_of("yesterday") is None


def test_reaching_back_goes_by_the_vendors_own_clock() -> None:
    assert reaching_back("2026-01-01T00:00:10+00:00", 20) == "2025-12-31T23:59:50+00:00"
    assert reaching_back(None, 20) is None
    assert newest_of([{"updated": "2026-01-01"}, {"updated": "2026-02-01"}, {}], "updated") == "2026-02-01"
