"""What is left to graphql-core, always as a whole operation, and how often that happens."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    get_nullable_type,
    is_list_type,
)
from graphql.type.introspection import SchemaMetaFieldDef, TypeMetaFieldDef


class NotCovered(Exception):
    """An operation that is run by graphql-core; says why in few words."""


@dataclass(slots=True)
class Tally:
    """How many operations took which way."""

    fast: int = 0
    shared: int = 0
    """Operations that were answered with the bytes of an earlier one, and not run."""
    left: Counter[str] = field(default_factory=Counter)
    """Reason -> operations that were left to graphql-core."""

    def note(self, reason: str | None) -> None:
        """Count an operation; without a reason it was run here."""
        if reason is None:
            self.fast += 1
        else:
            self.left[reason] += 1


def checked(definition: GraphQLField | None, owner: GraphQLObjectType, node: FieldNode) -> GraphQLField:
    """The definition of a field. Raises `NotCovered` for fields that only graphql-core can run."""
    if definition is None:
        raise NotCovered("unknown field")
    if definition in (SchemaMetaFieldDef, TypeMetaFieldDef) or owner.name.startswith("__"):
        raise NotCovered("introspection")
    found: Any = get_nullable_type(definition.type)
    if is_list_type(found) and is_list_type(get_nullable_type(found.of_type)):
        raise NotCovered("lists of lists")
    for directive in node.directives or ():
        if directive.name.value not in ("skip", "include"):
            raise NotCovered(f"@{directive.name.value}")
    return definition
