"""What the board and the examples of GraphiQL ask for stays within the limits, whatever is known."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from graphql import OperationDefinitionNode, OperationType, parse, print_ast

from floorgraph.model.limits import OperationLimits
from tests.support.deadline import DEADLINE
from tests.support.program import running

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted((ROOT / "web").glob("*/src/documents/*.graphql")) + sorted(
    (ROOT / "web").glob("*/examples/*.graphql")
)
QUERIES = [
    (path, node.name.value)
    for path in DOCUMENTS
    for node in parse(path.read_text("utf-8")).definitions
    if isinstance(node, OperationDefinitionNode)
    if node.operation is OperationType.QUERY
    if node.name is not None
]
VALUES: dict[str, Any] = {"ID": "am:station:printer/1", "DateTime": "2026-03-01T00:00:00Z", "String": "x"}


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    with running(["demo", "--port", "0"]) as base_url:
        yield base_url


def variables(text: str, name: str) -> dict[str, Any]:
    """Values for the variables that must have one."""
    found: dict[str, Any] = {}
    for node in parse(text).definitions:
        if isinstance(node, OperationDefinitionNode) and node.name is not None and node.name.value == name:
            for variable in node.variable_definitions or ():
                words = print_ast(variable.type)
                if words.endswith("!") and variable.default_value is None:
                    value = VALUES[words.strip("[]!")]
                    found[variable.variable.name.value] = [value] * 20 if words.startswith("[") else value
    return found


@pytest.mark.parametrize(("path", "name"), QUERIES, ids=[name for _, name in QUERIES])
def test_a_shipped_query_stays_within_the_limits(demo: str, path: Path, name: str) -> None:
    text = path.read_text("utf-8")
    answer = httpx2.post(
        f"{demo}/graphql",
        json={"query": text, "operationName": name, "variables": variables(text, name)},
        headers={"X-Floorgraph-Dry-Run": "1"},
        trust_env=False,
        timeout=DEADLINE,
    ).json()
    assert "errors" not in answer, answer
    cost, limits = answer["extensions"]["cost"], OperationLimits()
    for measured, limit in (("upstreamCalls", limits.upstream_calls), ("records", limits.records)):
        assert cost[measured] <= limit.most / 2, f"{cost[measured]} {measured}"
