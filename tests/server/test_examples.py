"""Each example that GraphiQL opens with is valid against the published schema."""

from pathlib import Path

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, parse, validate

ROOT = Path(__file__).parents[2]
TABS = sorted((ROOT / "web" / "graphiql" / "examples").glob("*.graphql"))


def name_of(path: Path) -> str:
    return path.stem


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text("utf-8"))


def test_there_are_examples_of_queries_subscriptions_and_commands() -> None:
    kinds = set()
    for path in TABS:
        operation = parse(path.read_text("utf-8")).definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        kinds.add(operation.operation.value)
    assert kinds == {"query", "subscription", "mutation"}


@pytest.mark.parametrize("path", TABS, ids=name_of)
def test_an_example_is_valid(path: Path, schema: GraphQLSchema) -> None:
    problems = validate(schema, parse(path.read_text("utf-8")))
    assert not problems, "\n".join(f"{path.name}: {problem}" for problem in problems)


@pytest.mark.parametrize("path", TABS, ids=name_of)
def test_a_tab_says_what_it_shows_and_what_to_try_next_and_has_one_named_operation(path: Path) -> None:
    text = path.read_text("utf-8")
    comment = " ".join(line.lstrip("# ") for line in text.splitlines() if line.startswith("#"))
    assert text.startswith("# ")
    assert "Try next" in comment
    assert max(map(len, text.splitlines())) <= 60, "Longer lines are cut off in a window of common size."
    (operation,) = parse(text).definitions
    assert isinstance(operation, OperationDefinitionNode)
    assert operation.name is not None


@pytest.mark.parametrize("path", TABS, ids=name_of)
def test_every_example_has_its_tab(path: Path) -> None:
    assert f"../examples/{path.name}?raw" in (ROOT / "web/graphiql/src/examples.js").read_text("utf-8")


@pytest.mark.parametrize("path", TABS, ids=name_of)
def test_the_bundle_was_built_after_the_example_was_last_changed(path: Path) -> None:
    bundle = (ROOT / "floorgraph/server/static/graphiql/assets").glob("*.js")
    shipped = any(
        path.read_text("utf-8") in script.read_text("utf-8").replace("\\`", "`") for script in bundle
    )
    assert shipped, "Run scripts/build-graphiql and commit what it builds."
