"""For callers who may not ask what the schema holds."""

from typing import Any

from graphql import FieldNode, GraphQLError, NoSchemaIntrospectionCustomRule

TEXT = "What the schema holds is not told to this caller."
SUGGESTION = " Did you mean "


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
