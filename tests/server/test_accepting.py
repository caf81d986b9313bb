"""Which media type an answer has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorgraph.server.accepting import GRAPHQL_RESPONSE, JSON, media_type


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/html", JSON),
        (JSON, JSON),
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        ("APPLICATION/GraphQL-Response+JSON ; charset=utf-8", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE}, {JSON}", GRAPHQL_RESPONSE),
        (f"{JSON}, {GRAPHQL_RESPONSE}", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0.5, {JSON}", JSON),
        (f"{GRAPHQL_RESPONSE}; q=0.9, {JSON};q=0.8", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0, */*", JSON),
        (f"{GRAPHQL_RESPONSE};q=nonsense", GRAPHQL_RESPONSE),
        (f"text/html, {GRAPHQL_RESPONSE};q=0.1", GRAPHQL_RESPONSE),
    ],
)
def test_the_preferred_type(accept: str, expected: str) -> None:
    assert media_type(accept) == expected


@given(accept=st.text() | st.text(alphabet="aj/*,;q=0.9 +-"))
def test_no_header_at_all_is_too_much(accept: str) -> None:
    assert media_type(accept) in (JSON, GRAPHQL_RESPONSE)
