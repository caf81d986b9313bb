"""Large bodies are read part by part, and say the same as when they are read as a whole."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorgraph.vendors import jsonlists
from floorgraph.vendors.jsonlists import LARGE, decode_in_turns, in_parts
from floorgraph.vendors.jsontext import DEEPEST, SALVAGE, NotJson, decode
from floorgraph.vendors.turns import at_once

SMALL = 24
"""Bytes of a part where many are wanted of a short text."""
texts = st.text(st.sampled_from('a"\\{}[],: \u00e4\U0001f600'), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
records = st.lists(st.dictionaries(st.sampled_from(["id", "a", "},{"]), values, min_size=1), max_size=12)
layouts = st.sampled_from([(None, (",", ":")), (None, (", ", ": ")), (1, (",", ": "))])


@pytest.fixture(autouse=True, scope="module")
def short_parts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonlists, "PART", SMALL)
        yield


def written(value: Any, layout: tuple[int | None, tuple[str, str]], *, ascii_only: bool = False) -> bytes:
    indent, separators = layout
    return json.dumps(value, indent=indent, separators=separators, ensure_ascii=ascii_only).encode()


@given(records, layouts, st.booleans())
def test_a_list_of_records_says_the_same(
    found: list[Any], layout: tuple[int | None, tuple[str, str]], ascii_only: bool
) -> None:
    body = written(found, layout, ascii_only=ascii_only)
    assert at_once(in_parts(body)) in (found, None)


@given(records, layouts, st.sampled_from(["data", "[", "]", "{"]), texts)
def test_a_list_in_an_envelope_says_the_same(
    found: list[Any], layout: tuple[int | None, tuple[str, str]], name: str, message: str
) -> None:
    envelope = {"status": 0, "msg": message, name: {"list": found, "total": 3}}
    assert at_once(in_parts(written(envelope, layout))) in (envelope, None)


@given(values, layouts)
def test_whatever_has_another_form_is_read_right_or_left_to_be_read_as_a_whole(
    value: Any, layout: tuple[int | None, tuple[str, str]]
) -> None:
    read = at_once(in_parts(written(value, layout)))
    assert read is None or read == value


@given(records, layouts, st.integers(0, 400), st.sampled_from([b"", b'"', b"}", b"]", b",", b"[", b"\xff"]))
def test_what_is_no_json_is_never_read_in_parts(
    found: list[Any], layout: tuple[int | None, tuple[str, str]], place: int, instead: bytes
) -> None:
    body = written({"list": found}, layout)
    body = body[:place] + instead + body[place + 1 :]
    read = at_once(in_parts(body))
    try:
        whole = decode(body).value
    except NotJson:
        assert read is None
    else:
        assert read is None or read == whole


def test_uniform_records_are_cut_where_they_end_and_nowhere_else() -> None:
    found = [{"id": number, "alarms": [{"no": 1}, {"no": 2}], "text": "},{"} for number in range(200)]
    body = written(found, (None, (",", ":")))
    steps = list(_steps(body))
    assert len(steps) >= len(body) // (2 * 60)
    assert at_once(in_parts(body)) == found


def test_nested_records_that_begin_alike_are_read_too() -> None:
    tree = {"id": 1, "children": [{"id": n, "children": [{"id": 7, "children": []}] * 3} for n in range(9)]}
    found = [tree] * 5
    assert at_once(in_parts(written(found, (None, (", ", ": "))))) == found


def test_the_bound_of_nesting_counts_from_the_outside() -> None:
    def nested(depth: int) -> bytes:
        return b"[" * depth + b"]" * depth

    envelope = b'{"data":[' + b'{"a":' + nested(DEEPEST - 3) + b"}" + b"]}"
    assert at_once(in_parts(envelope)) == decode(envelope).value
    deeper = b'{"data":[' + b'{"a":' + nested(DEEPEST - 2) + b"}" + b"]}"
    assert at_once(in_parts(deeper)) is None
    with pytest.raises(NotJson, match="nested"):
        decode(deeper)


async def test_a_large_body_is_the_same_as_a_small_one() -> None:
    found = [{"id": number, "name": "x" * 50} for number in range(LARGE // 50)]
    decoded = await decode_in_turns(written(found, (None, (", ", ": "))))
    assert decoded.value == found
    assert (decoded.repairs, decoded.lost) == ((), ())


@pytest.mark.parametrize("body", [b"[" + b" " * LARGE, b"x" * (LARGE + 1)])
async def test_a_large_body_can_be_refused(body: bytes) -> None:
    with pytest.raises(NotJson):
        await decode_in_turns(body)


async def test_a_large_body_that_is_broken_is_mended_as_a_whole() -> None:
    body = b'[{"id": 1, "name": "' + b"x" * LARGE + b'"}, {"id": oops}]'
    decoded = await decode_in_turns(body, salvage=lambda _: ([{"id": 1}], ("lost",)))
    assert decoded.value == [{"id": 1}]
    assert (decoded.repairs, decoded.lost) == ((SALVAGE,), ("lost",))


async def test_a_large_body_in_another_character_set_is_read() -> None:
    body = written([{"name": "ä" * 20}] * (LARGE // 20), (None, (",", ":"))).decode().encode("cp1252")
    assert (await decode_in_turns(body)).value[0] == {"name": "ä" * 20}


def _steps(body: bytes) -> Iterator[int]:
    yield from in_parts(body)
