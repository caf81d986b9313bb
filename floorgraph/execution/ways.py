"""From the declaration of a field to the way in which its values are had.

`Inline` values are read from their parent while its level is walked; a `Step`
has something to load and is run once for all parents of a level.
"""

from asyncio import gather
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from graphql import GraphQLField
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from floorgraph.execution.coverage import NotCovered
from loaders.scope import Scope
from resolvers.listing import Path
from schema.access import ACCESS, Access, Attribute

TYPENAME = "__typename"


@dataclass(frozen=True, slots=True)
class Inline:
    """A value that the parent has: one of its attributes, or what a function makes of it."""

    attribute: str | None = None
    function: Callable[[Any], Any] | None = None

    def __str__(self) -> str:
        return f".{self.attribute}" if self.attribute else "a function of the parent"

    @property
    def lasting(self) -> bool:
        """Whether the value is the parent's own: a function may look at the clock or at the server."""
        return self.function is None

    def of(self, parent: Any) -> Any:
        """The value. Raises what reading it raises."""
        return self.function(parent) if self.function is not None else getattr(parent, str(self.attribute))


@dataclass(frozen=True, slots=True)
class Step:
    """A value that is had for all parents at once."""

    access: Access
    field: StrawberryField

    def __str__(self) -> str:
        return type(self.access).__name__.lower()

    @property
    def lasting(self) -> bool:
        """Whether the values rest on arguments, the caller's rights and what sources answer alone."""
        return self.access.lasting

    @property
    def not_arguments(self) -> list[str]:
        """Parameters of the field's resolver that are not arguments of the field."""
        resolver: Any = self.field.base_resolver
        found = (resolver.parent_parameter, resolver.root_parameter, resolver.info_parameter)
        return [parameter.name for parameter in found if parameter is not None]


class Called(Access):
    """A field with a resolver of its own: called for each parent, all at the same time."""

    def __init__(self, made: StrawberryField) -> None:
        self._bind = _binding(made)

    def prepared(self, **arguments: Any) -> Mapping[str, Any]:
        """The arguments as they are."""
        return arguments

    async def values(
        self, scope: Scope, parents: Sequence[Any], prepared: Any, paths: Sequence[Path]
    ) -> list[Any]:
        """The values, and the values of lists of awaitables."""
        del scope, paths
        return await together([self._call(parent, prepared) for parent in parents])

    def _call(self, parent: Any, arguments: Mapping[str, Any]) -> Any:
        try:
            return self._bind(parent, arguments)
        except Exception as failure:  # noqa: BLE001  the failure of this parent alone
            return failure


async def together(values: list[Any]) -> list[Any]:
    """The values with what can be awaited awaited, also one list deep; failures in place of values."""
    waiting = [index for index, value in enumerate(values) if isawaitable(value)]
    if waiting:
        found = await gather(*(values[index] for index in waiting), return_exceptions=True)
        for index, value in zip(waiting, found, strict=True):
            values[index] = value
    for index, value in enumerate(values):
        if isinstance(value, list) and any(map(isawaitable, value)):
            values[index] = await together(list(value))
    return values


def way_of(definition: GraphQLField, name: str) -> Inline | Step:
    """How a field's values are had. Raises `NotCovered` where only graphql-core knows."""
    if name == TYPENAME:
        return Inline(None, None)
    made = (definition.extensions or {}).get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(made, StrawberryField) or made.extensions:
        raise NotCovered("field extensions")
    declared = made.metadata.get(ACCESS)
    if isinstance(declared, Access):
        return Step(declared, made)
    if isinstance(declared, Attribute):
        return Inline(attribute=declared.name)
    if made.is_basic_field:
        return Inline(attribute=made.python_name)
    if made.base_resolver is None or made.base_resolver.info_parameter is not None:
        raise NotCovered("resolvers that look at the operation")
    if made.is_async or definition.args:
        return Step(Called(made), made)
    bound = _binding(made)
    return Inline(function=lambda parent: bound(parent, {}))


def _binding(made: StrawberryField) -> Callable[[Any, Mapping[str, Any]], Any]:
    """The resolver's function, given the parent in the way in which it asks for it."""
    resolver: Any = made.base_resolver
    function: Any = resolver.wrapped_func
    names = [found.name for found in (resolver.parent_parameter, resolver.root_parameter) if found]
    if resolver.self_parameter:
        return lambda parent, arguments: function(parent, **arguments)
    return lambda parent, arguments: function(**arguments, **dict.fromkeys(names, parent))
