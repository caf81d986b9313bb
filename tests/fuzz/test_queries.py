"""Generated queries, all valid for the schema, with arguments that nobody would think of."""

import os
from collections.abc import Iterator
from typing import Any

import graphql
import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import queries

from schema.build import schema_text
from tests.fuzz.driver import LEAK
from tests.fuzz.process import shop
from tests.support.deadline import DEADLINE

SCHEMA = schema_text()
EXAMPLES = 300 if os.environ.get("CI") else 100


def written(*values: str) -> st.SearchStrategy[graphql.ValueNode]:
    return st.sampled_from([graphql.parse_value(value) for value in values])


SCALARS: Any = {
    "_Any": written('{__typename: "Station", id: "north:station:1"}', '{__typename: "Job"}', "{}", "7"),
    "DateTime": written('"2026-03-01T00:00:00Z"', '"0001-01-01T00:00:00+14:00"', '"yesterday"', "0"),
    "JSON": written('{status: "new"}', '{__proto__: [[{}]]}', '"x"', "null", "[1]"),
}  # fmt: skip


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    log = tmp_path_factory.mktemp("fuzz") / "log"
    with shop(log) as url, httpx2.Client(base_url=url, trust_env=False, timeout=DEADLINE) as client:
        yield client
    words = log.read_text("utf-8")
    for sign in ("Traceback", '"level": "error"', "never retrieved"):
        assert sign not in words, words[:4000]


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(document=queries(SCHEMA, custom_scalars=SCALARS))
def test_every_valid_query_has_an_answer(http: httpx2.Client, document: str) -> None:
    answer = http.post("/graphql", json={"query": document})
    assert answer.status_code == 200
    found = answer.json()
    assert not LEAK.search(answer.text.replace(document, "")), found
    for error in found.get("errors", ()):
        assert error["extensions"]["code"] not in ("INTERNAL", ""), error
    if "data" not in found:
        # Refused before it ran: an argument that no check of the schema alone can refuse.
        assert found["errors"]
