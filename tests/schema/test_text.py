"""schema.graphql is what the code says."""

from pathlib import Path

from schema.build import schema_text

KEPT = Path(__file__).parents[2] / "schema.graphql"


def test_the_checked_in_schema_is_the_schema() -> None:
    assert KEPT.read_text(encoding="utf-8") == schema_text(), "Run `make schema` and look at the difference."
