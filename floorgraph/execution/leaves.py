"""Scalars and enums in the answer: serialised as graphql-core does, the common case told at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final

from graphql import GraphQLEnumType, GraphQLLeafType
from graphql.execution import Executor

from schema.scalars import instant

IN_CODE: Final = {"datetime": datetime, "UTC": UTC, "instant": instant}
"""What the expressions below refer to."""

_TESTS: Final = {
    "String": "type({0}) is str",
    "ID": "type({0}) is str",
    "Boolean": "type({0}) is bool",
    "Int": "type({0}) is int and -2147483648 <= {0} <= 2147483647",
    "Float": "type({0}) is float and {0} - {0} == 0.0",
    "DateTime": "type({0}) is datetime",
}
_RESULTS: Final = {"DateTime": "instant({0})"}


@dataclass(frozen=True, slots=True)
class Leaf:
    """How values of a leaf type get into the answer."""

    type: GraphQLLeafType
    test: str | None
    """Expression that holds for values of the common case, of which `result` is the outcome; None if none."""
    result: str
    names: dict[str, Any]
    """What `test` and `result` refer to."""

    @property
    def coerce(self) -> Callable[[Any], Any]:
        """Serialises any value as graphql-core does. Raises for null and for what cannot be serialised."""
        return _coercion(self.type)


def _coercion(found: GraphQLLeafType) -> Callable[[Any], Any]:
    def coerce(value: Any) -> Any:
        if isinstance(value, Exception):
            raise value
        if value is None:
            raise TypeError("Null where a value must be.")
        return Executor.complete_leaf_value(found, value)

    return coerce


def leaf_of(found: GraphQLLeafType, number: int, *, for_json: bool = False) -> Leaf:
    """How values of that type get into the answer; `number` tells its names apart from others.

    Where the answer is `for_json` and nothing else, times in UTC are left for msgspec to write: it
    writes them as `instant` does, at a fiftieth of the cost.
    """
    if for_json and found.name == "DateTime":
        return Leaf(found, "type({0}) is datetime and {0}.tzinfo is UTC", "{0}", dict(IN_CODE))
    if isinstance(found, GraphQLEnumType):
        return _enum(found, number)
    test = _TESTS.get(found.name)
    return Leaf(found, test, _RESULTS.get(found.name, "{0}"), dict(IN_CODE))


def _enum(found: GraphQLEnumType, number: int) -> Leaf:
    owner: Any = getattr(found, "wrapped_cls", None)
    if not (isinstance(owner, type) and issubclass(owner, Enum)):
        return Leaf(found, None, "{0}", {})
    plain = all(found.coerce_output_value(member) == member.name for member in owner)
    if not plain:
        return Leaf(found, None, "{0}", {})
    return Leaf(found, f"type({{0}}) is enum_{number}", "{0}._name_", {f"enum_{number}": owner})
