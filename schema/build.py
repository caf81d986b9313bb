"""The schema, and its text."""

from functools import cache

import graphql
import strawberry
from strawberry.schema.config import StrawberryConfig

from schema.operation import OperationShape
from schema.roots import Query, Subscription


class FloorgraphSchema(strawberry.Schema):
    """Strawberry's schema without its own logging of errors; `OperationShape` logs what deserves it."""

    def process_errors(self, errors: object, execution_context: object = None) -> None:
        """Nothing: expected failures of vendors are no news for the log."""


@cache
def build_schema() -> strawberry.Schema:
    """The one schema of this program."""
    return FloorgraphSchema(
        query=Query,
        subscription=Subscription,
        extensions=[OperationShape],
        config=StrawberryConfig(auto_camel_case=True),
    )


@cache
def schema_text() -> str:
    """The schema in GraphQL's definition language, sorted by name, with a line feed at the end."""
    printed = graphql.build_schema(build_schema().as_str())
    return graphql.print_schema(graphql.lexicographic_sort_schema(printed)) + "\n"
