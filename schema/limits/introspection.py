"""What the schema holds: who may ask for it, and how much that is."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from graphql import FieldNode, GraphQLError, GraphQLSchema, NoSchemaIntrospectionCustomRule, is_abstract_type

TEXT = "What the schema holds is not told to this caller."
SUGGESTION = " Did you mean "
_LISTS: Final = {
    "fields": "fields",
    "inputFields": "fields",
    "enumValues": "values",
    "interfaces": "interfaces",
}
"""Lists that introspection gives of a type, and where graphql-core has them."""
WRAPPED: Final = 0.5
"""How many of the types that are asked what they wrap do wrap one: few, and few of those one that does."""


class NoIntrospection(NoSchemaIntrospectionCustomRule):
    """Refuses `__schema`, `__type` and the text for gateways; `__typename` stays."""

    def enter_field(self, node: FieldNode, *_arguments: Any) -> None:
        """Look at one field."""
        name = node.name.value
        owner = self.context.get_parent_type()
        if name in ("__schema", "__type") or (name == "_service" and owner is self.context.schema.query_type):
            told = {"code": "FORBIDDEN", "retryable": False}
            self.report_error(GraphQLError(TEXT, node, extensions=told))


def without_suggestions(message: str) -> str:
    """A message of validation without names that the caller did not write."""
    return message.partition(SUGGESTION)[0]


@lru_cache(maxsize=4)
def list_sizes(schema: GraphQLSchema) -> Mapping[str, float]:
    """How many values fields of introspection give on average; those that are left out give one."""
    types = list(schema.type_map.values())
    fields = [field for found in types for field in getattr(found, "fields", {}).values()]
    return {name: _average(types, of) for name, of in _LISTS.items()} | {
        "types": len(types),
        "directives": len(schema.directives),
        "args": _average(fields, "args"),
        "possibleTypes": max(len(schema.get_possible_types(one)) for one in types if is_abstract_type(one)),
        "ofType": WRAPPED,
    }


def _average(found: Sequence[Any], part: str) -> float:
    """How long that part of them is on average, and at least one."""
    return max(1.0, sum(len(getattr(one, part, ())) for one in found) / len(found))
