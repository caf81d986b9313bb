"""Ids of one source, told at a glance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorgraph.model.errors import BadId
from floorgraph.model.ids import GlobalId, Kind, shared_source

IDS = ["north:station:1", "north:station:2:3", "south:station:1", "north:job:1"]
NONE = ["north:station:", "north", "", "N:job:1"]
TEXTS = st.sampled_from([*IDS, *NONE])


def test_ids_of_one_source_and_kind_share_it() -> None:
    ids = ["north:station:1", "north:station:2", "north:station:a:b"]
    assert shared_source(ids) == "north"
    assert shared_source(ids, expected=Kind.STATION) == "north"
    assert shared_source(ids, expected=Kind.JOB) is None


@pytest.mark.parametrize("other", [7, None, b"north:station:1", ("north:station:1",)])
def test_what_is_no_text_is_left_to_whoever_looks_at_each(other: object) -> None:
    ids: list[object] = ["north:station:1", other]
    assert shared_source(ids) is None  # type: ignore[arg-type]


@given(st.lists(TEXTS, min_size=1, max_size=4), st.sampled_from([None, Kind.STATION, Kind.JOB]))
def test_a_source_is_shared_only_where_each_id_is_of_it(ids: list[str], expected: Kind | None) -> None:
    found = shared_source(ids, expected=expected)
    if found is None:
        try:
            read = [GlobalId.parse(one, expected=expected) for one in ids]
        except BadId:
            return
        assert len({(one.source, one.kind) for one in read}) > 1
    else:
        assert {GlobalId.parse(one, expected=expected).source for one in ids} == {found}
