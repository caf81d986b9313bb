"""Questions to lists, and links in answers."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorgraph.model.ids import Kind
from floorgraph.vendors.authentise.links import Ref, ref_of, ref_of_id, refs_of, refs_of_ids, uuid_of
from floorgraph.vendors.authentise.query import LONGEST_URL, ListQuery, in_sets

UUID = "0b0f3c5e-7a52-4d0e-9a86-0c2f6d1e8b47"
BASE = "https://data.authentise.com"


def test_page_and_offset_are_always_sent() -> None:
    assert ListQuery("run", 200).params == {"page[limit]": "200", "page[offset]": "0"}


def test_comparisons_belong_to_the_key() -> None:
    query = ListQuery("run", 20, (("updated>", "2026-01-01"), ("created<", "2027-01-01"), ("status", "a,b")))
    assert list(query.params)[:3] == ["filter[updated]>", "filter[created]<", "filter[status]"]


def test_a_path_ends_in_a_slash() -> None:
    assert ListQuery("run", 20).path == "/run/"


@pytest.mark.parametrize("many", [1, 19, 20, 21, 40, 41, 200])
def test_sets_of_twenty(many: int) -> None:
    queries = list(in_sets(ListQuery("run", 500), "uri", [f"v{index}" for index in range(many)], BASE))
    assert len(queries) == -(-many // 20)


@given(
    st.integers(0, 90), st.integers(1, 120), st.sampled_from(["uri", "material_batch", "destination_batch"])
)
def test_no_url_is_too_long_and_no_value_is_lost(many: int, length: int, name: str) -> None:
    values = [f"https://h/{'ä' if index % 7 == 0 else 'x' * length}/{index}/" for index in range(many)]
    queries = list(in_sets(ListQuery("material-batch-linking", 500), name, values, BASE))
    for query in queries:
        sent = "&".join(
            f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in query.params.items()
        )
        assert len(f"{BASE}{query.path}?{sent}") < LONGEST_URL
        assert query.params[f"filter[{name}]"].count(",") < 20
    assert [one for query in queries for one in query.params[f"filter[{name}]"].split(",")] == values


def test_identity_is_resource_and_uuid_whatever_the_host() -> None:
    old, new = ref_of(f"https://erp.authentise.com/run/{UUID}/"), ref_of(f"{BASE}/run/{UUID.upper()}")
    assert old == new == Ref("run", UUID)


def test_a_bare_uuid_belongs_where_it_stands() -> None:
    assert ref_of(UUID, "printer") == Ref("printer", UUID)
    assert ref_of(UUID) is None
    assert ref_of(UUID.replace("-", ""), "printer") == Ref("printer", UUID)


@pytest.mark.parametrize("link", [None, "", 7, "https://x/run/", "run", "https://[broken/run/x/", {}])
def test_what_is_no_link_is_none(link: object) -> None:
    assert ref_of(link) is None


def test_links_of_a_list_come_once() -> None:
    assert refs_of([f"/run/{UUID}/", f"{BASE}/run/{UUID}/", None, "x"]) == [Ref("run", UUID)]
    assert refs_of("no list") == []


def test_ids_of_other_makings_are_left_out() -> None:
    good = f"am:{Kind.JOB}:run/{UUID}"
    assert refs_of_ids([good, "am:job:17", f"am:job:run/{UUID.upper()}", "am:job:run/x"]) == {
        good: Ref("run", UUID)
    }
    assert ref_of_id("am:job:17") is None


@given(st.text(max_size=50))
def test_any_text_is_read_without_complaint(text: str) -> None:
    assert uuid_of(text) is None or len(str(uuid_of(text))) == 36
    ref_of(text)
