"""The schema, and its text."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import graphql
import strawberry
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig

from floorgraph.vendors.floor import offered_commands
from schema.commands.mutation import mutation_type
from schema.federation import REPRESENTATION
from schema.hooks import Runner
from schema.limits.extension import OperationBounds
from schema.operation import OperationShape
from schema.roots import Query, Subscription
from schema.scalars import SCALARS


class FloorgraphSchema(strawberry.Schema):
    """Strawberry's schema without its own logging of errors; `OperationShape` logs what deserves it."""

    def process_errors(self, errors: object, execution_context: object = None) -> None:
        """Nothing: expected failures of vendors are no news for the log."""

    def create_extensions_runner(self, execution_context: Any, extensions: list[SchemaExtension]) -> Runner:
        """What runs the hooks of extensions."""
        return Runner(execution_context=execution_context, extensions=extensions)


def _without_null_defaults(schema: strawberry.Schema) -> strawberry.Schema:
    """Take `= null` away where it says nothing: what may be left out is null anyway."""
    for found in schema._schema.type_map.values():  # noqa: SLF001
        if isinstance(found, graphql.GraphQLInputObjectType):
            _clear(found.fields.values())
        elif isinstance(found, graphql.GraphQLObjectType):
            for field in found.fields.values():
                _clear(field.args.values())
    return schema


def _clear(values: Iterable[graphql.GraphQLInputField | graphql.GraphQLArgument]) -> None:
    for value in values:
        if value.default_value is None:
            value.default_value = graphql.Undefined


@cache
def build_schema(*further: Callable[[], SchemaExtension]) -> strawberry.Schema:
    """The one schema of this program; `further` extensions run within what surrounds every operation."""
    schema = FloorgraphSchema(
        query=Query,
        mutation=mutation_type(kind for kinds in offered_commands().values() for kind in kinds),
        subscription=Subscription,
        extensions=[OperationShape, OperationBounds, *further],
        config=StrawberryConfig(auto_camel_case=True, scalar_map=SCALARS | REPRESENTATION),
    )
    return _without_null_defaults(schema)


@cache
def schema_text() -> str:
    """The schema in GraphQL's definition language, sorted by name, with a line feed at the end."""
    printed = graphql.build_schema(build_schema().as_str())
    return graphql.print_schema(graphql.lexicographic_sort_schema(printed)) + "\n"
