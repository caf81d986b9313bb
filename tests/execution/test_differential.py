"""The fast path answers what graphql-core answers: data, errors, their paths and places."""

import ast
import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLError, OperationDefinitionNode, OperationType, get_operation_ast, parse, validate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from floorgraph.execution.extension import FastPath
from floorgraph.model.record import again
from floorgraph.vendors.contract import Source
from schema.build import build_schema
from tests.execution.differing import PLAIN, answer, assert_alike, assert_same, assert_told, both
from tests.execution.floors import Odd, WildSource
from tests.execution.made_up import compared, compared_event
from tests.server.test_queries import north
from tests.support.memory import MemorySource, job, order, piece, station, unreachable

# graphql-core leaves coroutines behind that were cancelled before they began.
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
ROOT = Path(__file__).parents[2]
FOLDERS = (
    "tests/server",
    "tests/end_to_end",
    "tests/vendors",
    "web/graphiql/examples",
    "floorgraph/server/static",
)


def texts() -> Iterator[str]:
    """Every text in the tests and examples that may be a document."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.graphql")):
            yield path.read_text("utf-8")
        for path in sorted((ROOT / folder).rglob("test_*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and "{" in node.value:
                    yield node.value


def is_query(text: str) -> bool:
    try:
        document = parse(text)
    except GraphQLError:
        return False
    operation = get_operation_ast(document)
    if not isinstance(operation, OperationDefinitionNode) or operation.operation is not OperationType.QUERY:
        return False
    needed = any(
        definition.default_value is None and type(definition.type).__name__ == "NonNullTypeNode"
        for definition in operation.variable_definitions or ()
    )
    return not needed and not validate(PLAIN._schema, document)


QUERIES = sorted({text for text in texts() if is_query(text)})


def test_the_suite_has_queries_to_compare() -> None:
    assert len(QUERIES) > 50


@pytest.mark.parametrize("text", QUERIES, ids=range(len(QUERIES)))
async def test_queries_of_the_suite_get_the_same_answer(text: str) -> None:
    def sound() -> Sequence[Source]:
        return [north()]

    def half() -> Sequence[Source]:
        broken = MemorySource("south")
        broken.failure = unreachable("south")
        return [north(), broken]

    def wild() -> Sequence[Source]:
        return [WildSource("north", 7, 0.05, 0.2), WildSource("south", 7, 0.05, 0.2)]

    for sources in (sound, half):
        assert_same(*await both(sources, text), text)
    assert_alike(*await both(wild, text), text)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_made_up_queries_get_the_same_answer(seed: int) -> None:
    found = asyncio.run(compared(seed))
    if found is not None:
        assert_alike(*found)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_made_up_subscriptions_are_told_the_same(seed: int) -> None:
    found = asyncio.run(compared_event(seed))
    if found is not None:
        assert_told(*found)


async def test_what_json_has_no_words_for_can_be_compared() -> None:
    def sources() -> Sequence[Source]:
        return [MemorySource("north", [again(station("1"), raw=Odd())])]

    text = "{ stations { nodes { raw } } }"
    assert_same(*await both(sources, text), text)


async def test_only_what_asks_for_the_schema_is_left_to_graphql_core() -> None:
    fast = FastPath()
    schema = build_schema(fast)
    for text in QUERIES:
        await answer(schema, [north()], text, {}, frozenset())
    assert fast.tally.fast > 50
    assert set(fast.tally.left) <= {"introspection", "resolvers that look at the operation"}
    assert fast.tally.left["introspection"] > 0


async def test_a_record_without_a_place_fails_the_list_of_its_own_parent_alone() -> None:
    placed = job("1", order_id="north:order:1")
    nowhere = again(job("2", order_id="north:order:2"), remote_id=None)

    def sources() -> Sequence[Source]:
        pieces = [piece(number, order_id=f"north:order:{number}") for number in ("1", "2")]
        other = job("3", order_id="north:order:2")
        return [MemorySource("north", [*pieces, order("1"), order("2"), placed, nowhere, other])]

    text = "{ pieces { nodes { order { jobs { nodes { id } } } } } }"
    slow, quick = await both(sources, text)
    assert_same(slow, quick, text)
    first, second = quick.data["pieces"]["nodes"]
    assert first["order"]["jobs"]["nodes"] == [{"id": placed.id}]
    assert second["order"] is None


SAME_KEY = """{
  nodes(ids: ["nonsense", "north:station:1", "north:order:1", "north:job:1"]) {
    ... on Station { jobs { nodes { name } } rest: jobs { edges { cursor } } }
    ... on Order { jobs { edges { cursor node { order { name } } } } rest: pieces { nodes { name } } }
    ... on Job { rest: pieces { totalCount } }
  }
}"""


async def test_types_may_use_a_key_for_different_things() -> None:
    def sources() -> Sequence[Source]:
        placed = job("1", order_id="north:order:1", station_id="north:station:1")
        return [
            MemorySource("north", [station("1"), order("1"), placed, piece("1", order_id="north:order:1")])
        ]

    slow, quick = await both(sources, SAME_KEY)
    assert_same(slow, quick, SAME_KEY)
    assert [error["extensions"]["code"] for error in quick.errors] == ["BAD_ID"]
    assert quick.data["nodes"][2]["jobs"]["edges"][0]["node"]["order"] == {"name": "Order 1"}


@pytest.mark.parametrize("given", [{}, {"no": True}, {"no": None}])
async def test_a_condition_that_is_null_fails_where_it_stands(given: dict[str, Any]) -> None:
    text = """query ($no: Boolean = false) {
      station(id: "north:station:1") { id name @skip(if: $no) } sources { key }
    }"""
    slow, quick = await both(lambda: [north()], text, given)
    assert_same(slow, quick, text)
    assert quick.data["sources"] == [{"key": "north"}]
    assert bool(quick.errors) == ("no" in given and given["no"] is None)


async def test_made_up_sources_have_feeds_to_tell_of() -> None:
    def sources() -> Sequence[Source]:
        return [WildSource("north", 7, 0.0, 0.0)]

    text = "{ sources { feeds { name intervalSeconds lastPolledAt heldBack } } }"
    slow, quick = await both(sources, text)
    assert_same(slow, quick, text)
    assert quick.errors == []
    assert quick.data["sources"][0]["feeds"]
