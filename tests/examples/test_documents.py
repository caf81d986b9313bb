"""Whatever the examples ask is valid for the schema."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from tests.examples.processes import EXAMPLES

TEMPLATE = re.compile(r"gql`(.*?)`", re.DOTALL)
PYTHON = re.compile(r'gql\("""(.*?)"""\)', re.DOTALL)
FUNCTION = re.compile(r"const query = `(.*?)`", re.DOTALL)
BODY = re.compile(r"-d '(\{.*?\})' ", re.DOTALL)
FEWEST = 12
"""Documents in all examples; keeps the patterns above from finding nothing."""


def documents() -> Iterator[tuple[str, str]]:
    """Each example's documents with the file that they stand in."""
    for path in sorted(EXAMPLES.glob("react-*/src/*.ts*")):
        found = TEMPLATE.findall(path.read_text("utf-8"))
        # Fragments are put in where they stand in JavaScript's own way.
        fragments = [text for text in found if text.lstrip().startswith("fragment")]
        for text in found:
            if text not in fragments:
                yield (
                    name(path),
                    re.sub(r"\$\{\w+\}", "", text) + ("".join(fragments) if "${" in text else ""),
                )
    floor = EXAMPLES / "python-gql" / "floor.py"
    for text in PYTHON.findall(floor.read_text("utf-8")):
        yield name(floor), text
    flows = EXAMPLES / "node-red" / "flows.json"
    for node in json.loads(flows.read_text("utf-8")):
        for text in FUNCTION.findall(node.get("func", "")):
            yield name(flows), text
    dashboard = EXAMPLES / "grafana" / "dashboard.json"
    for panel in json.loads(dashboard.read_text("utf-8"))["panels"]:
        for target in panel["targets"]:
            yield name(dashboard), target["url_options"]["body_graphql_query"]
    curl = EXAMPLES / "curl" / "README.md"
    for body in BODY.findall(curl.read_text("utf-8").replace("\\\n", "")):
        yield name(curl), json.loads(body)["query"]


def name(path: Path) -> str:
    return path.relative_to(EXAMPLES).as_posix()


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((EXAMPLES.parent / "schema.graphql").read_text("utf-8"))


def test_every_document_is_valid(schema: GraphQLSchema) -> None:
    found = list(documents())
    assert len(found) >= FEWEST
    assert {where.partition("/")[0] for where, _ in found} == {
        folder.name for folder in EXAMPLES.iterdir() if folder.is_dir()
    }
    faults = [f"{where}: {error.message}" for where, text in found for error in validate(schema, parse(text))]
    assert faults == []


def test_no_lock_file_names_a_registry() -> None:
    locks = sorted(EXAMPLES.glob("*/package-lock.json"))
    assert len(locks) == 3
    assert [name(path) for path in locks if '"resolved"' in path.read_text("utf-8")] == []
