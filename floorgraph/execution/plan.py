"""A validated operation as a tree of what to get: each selection with its fields, each field with its access.

graphql-core itself collects the fields, so that merging, fragments, @skip and
@include mean here what they mean there. A plan therefore holds for one set of
values of the variables in such conditions.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import (
    FieldDetails,
    FragmentDetails,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues

from floorgraph.execution.coverage import NotCovered, checked
from floorgraph.execution.ways import Inline, Step, way_of
from schema.access import Followed


@dataclass(slots=True, eq=False)
class Field:
    """One response key of a selection."""

    key: str
    details: list[FieldDetails]
    parent: GraphQLObjectType
    definition: GraphQLField
    type: GraphQLOutputType
    way: Inline | Step
    fatal: tuple[bool, ...]
    """By depth of lists: whether an error there takes everything, as no position above it may be null."""
    selections: dict[GraphQLObjectType, "Selection"] = field(default_factory=dict)
    """What is selected on the objects, by their type; empty for leaves."""
    number: int = 0
    """Tells the field apart from the others of the plan."""
    loaders: frozenset[Any] = frozenset()
    """What loads the relations of the records that the field gives, on its own or on pages."""

    @property
    def nodes(self) -> list[FieldNode]:
        """Where the field stands in the document."""
        return [detail.node for detail in self.details]

    @property
    def name(self) -> str:
        """The field's name in the schema."""
        return self.details[0].node.name.value

    @property
    def step(self) -> Step:
        """The way of a field that is loaded. Raises `TypeError` for others."""
        if isinstance(self.way, Step):
            return self.way
        raise TypeError(f"{self.key} is not loaded.")

    @property
    def steps_within(self) -> bool:
        """Whether something below the field is loaded."""
        return any(found.steps_within for found in self.selections.values())


@dataclass(slots=True, eq=False)
class Selection:
    """What is selected on objects of one type, in the order of the answer."""

    type: GraphQLObjectType
    fields: list[Field]
    number: int = 0

    @property
    def steps_within(self) -> bool:
        """Whether something in it or below it is loaded."""
        return any(isinstance(found.way, Step) or found.steps_within for found in self.fields)

    @property
    def lasting(self) -> bool:
        """Whether its values rest on arguments, the caller's rights and what sources answer alone."""
        return all(
            found.way.lasting and all(below.lasting for below in found.selections.values())
            for found in self.fields
        )


@dataclass(slots=True)
class Planner:
    """Makes the plan of one operation."""

    schema: GraphQLSchema
    fragments: dict[str, FragmentDetails]
    operation: OperationDefinitionNode
    variables: VariableValues
    count: int = 0

    def root(self) -> Selection:
        """The selection on the root type. Raises `NotCovered` for what must be left to graphql-core."""
        root_type = self.schema.get_root_type(self.operation.operation)
        if root_type is None:
            raise NotCovered("operation type")
        collected = collect_fields(self.schema, self.fragments, self.variables, root_type, self.operation)
        return self._selection(root_type, collected.grouped_field_set, fatal=True)

    def _selection(self, owner: GraphQLObjectType, grouped: GroupedFieldSet, *, fatal: bool) -> Selection:
        fields = [self._field(owner, key, details, fatal=fatal) for key, details in grouped.items()]
        return Selection(owner, fields, self._next())

    def _field(
        self, owner: GraphQLObjectType, key: str, details: list[FieldDetails], *, fatal: bool
    ) -> Field:
        node = details[0].node
        definition = checked(self.schema.get_field(owner, node.name.value), owner, node)
        # The value of a subscription's field is the event itself.
        event = owner is self.schema.subscription_type
        way = Inline(function=_itself) if event else way_of(definition, node.name.value)
        made = Field(key, details, owner, definition, definition.type, way, _fatal(definition.type, fatal))
        made.number = self._next()
        named: Any = get_named_type(definition.type)
        if not is_leaf_type(named):
            types = self.schema.get_possible_types(named) if is_abstract_type(named) else [named]
            for found in types:
                made.selections[found] = self._below(found, details, made.fatal[-1])
            made.loaders = frozenset(_loaders(made))
        return made

    def _below(self, owner: Any, details: list[FieldDetails], fatal: bool) -> Selection:
        collected = collect_subfields(
            self.schema, self.fragments, self.variables, self.operation, owner, details
        )
        return self._selection(owner, collected.grouped_field_set, fatal=fatal)

    def _next(self) -> int:
        self.count += 1
        return self.count


def _itself(value: Any) -> Any:
    return value


def _loaders(above: Field) -> Iterator[Any]:
    for below in above.selections.values():
        for found in below.fields:
            if not isinstance(found.way, Step):
                yield from found.loaders
            elif isinstance(found.way.access, Followed):
                yield found.way.access.relation.loader


def _fatal(found: Any, above: bool) -> tuple[bool, ...]:
    depths: list[bool] = []
    while True:
        above = above and is_non_null_type(found)
        depths.append(above)
        found = found.of_type if is_non_null_type(found) else found
        if not is_list_type(found):
            return tuple(depths)
        found = found.of_type


def selections_of(root: Selection) -> Iterator[Selection]:
    """All selections of a plan, the innermost first."""
    for found in root.fields:
        for below in found.selections.values():
            yield from selections_of(below)
    yield root


def shown(root: Selection, depth: int = 0) -> str:
    """A plan as text, for people."""
    lines = []
    for found in root.fields:
        lines.append(f"{'  ' * depth}{found.key}: {found.type} by {found.way}")
        for owner, below in found.selections.items():
            lines.append(f"{'  ' * (depth + 1)}on {owner}")
            lines.append(shown(below, depth + 2))
    return "\n".join(line for line in lines if line)
