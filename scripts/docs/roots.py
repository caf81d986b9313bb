"""The fields that every operation begins with."""

from functools import cache

from graphql import GraphQLObjectType, GraphQLSchema, build_schema

from scripts.docs.blocks import ROOT, on_one_line, table


@cache
def schema() -> GraphQLSchema:
    """The schema as it is checked in."""
    return build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))


def root(words: str) -> str:
    """The fields of `Query`, `Mutation` or `Subscription`."""
    found = schema().get_type(words)
    if not isinstance(found, GraphQLObjectType):
        raise KeyError(words)
    rows = [
        (f"`{name}`", f"`{field.type}`", on_one_line(field.description or ""))
        for name, field in found.fields.items()
    ]
    return table(("field", "gives", "what it is"), rows)
