"""What an operation asks of sources: how many records its pages may hold, and which reads that takes. Pure.

The operation is walked with its types, as it would be run if every page were
full and every relation led somewhere. A list without pages is taken to have
`ENTRIES` entries.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)
from graphql.execution.values import (
    VariableValues,
    get_argument_values,
    get_directive_values,
    get_variable_values,
)
from strawberry.schema.schema_converter import get_arguments

from floorgraph.model.errors import BadId, FloorgraphError
from floorgraph.model.ids import GlobalId, Kind
from floorgraph.vendors.contract import Source
from floorgraph.vendors.pricing import Ask, Read
from floorgraph.vendors.questions import By
from loaders.asking import asks_of, records
from schema.access import ACCESS, Followed, Lookup
from schema.commands.cost import REVIEW, SENDING, Commanded
from schema.limits.shape import fragments_of
from schema.listed import Listed, ListedEverywhere, ListedOfParent, Wanted

ENTRIES: Final = 10
"""Entries that a list without pages is taken to have."""

Concerns = Callable[[Source], bool]


def _everywhere(_source: Source) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Question:
    """An ask, and the sources that it may go to."""

    ask: Ask
    concerns: Concerns


@dataclass(slots=True)
class Demand:
    """What a whole operation asks for at most."""

    records: int = 0
    page_size: int = 0
    """Records of the largest page."""
    questions: list[Question] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Level:
    """How many objects a selection is made on at most, and the sources that they come from."""

    count: int = 1
    concerns: Concerns = _everywhere
    asked: set[Ask] = field(default_factory=set, init=False, compare=False)
    """What was asked for these objects already."""


def demand_of(
    schema: Any,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any] | None,
) -> Demand:
    """The demand of an operation; what is not valid in it asks for nothing, since it will not be run."""
    core: GraphQLSchema = schema._schema  # noqa: SLF001  the schema of graphql-core inside Strawberry's
    given = get_variable_values(core, operation.variable_definitions or (), dict(variables or {}))
    root = core.get_root_type(operation.operation)
    demand = Demand()
    if isinstance(given, VariableValues) and root is not None:
        _Walk(schema, core, document, given, demand).selections(
            operation.selection_set, root, _Level(), set()
        )
    return demand


class _Walk:
    def __init__(
        self, schema: Any, core: GraphQLSchema, document: DocumentNode, given: VariableValues, demand: Demand
    ) -> None:
        self._schema = schema
        self._core = core
        self._given = given
        self._fragments = fragments_of(document)
        self._demand = demand

    def selections(self, found: SelectionSetNode, owner: Any, level: _Level, seen: set[str]) -> None:
        """Walk a selection; `seen` are the fragments that were spread in it, which count once."""
        for node in found.selections:
            if not self._is_wanted(node):
                continue
            if isinstance(node, FieldNode):
                self._field(node, owner, level)
            elif isinstance(node, InlineFragmentNode):
                self.selections(node.selection_set, self._narrowed(node.type_condition, owner), level, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = self._fragments.get(node.name.value)
                if fragment is not None:
                    inner = self._narrowed(fragment.type_condition, owner)
                    self.selections(fragment.selection_set, inner, level, seen)

    def _narrowed(self, condition: Any, owner: Any) -> Any:
        return owner if condition is None else self._core.get_type(condition.name.value)

    def _is_wanted(self, node: Any) -> bool:
        try:
            skip = get_directive_values(GraphQLSkipDirective, node, self._given)
            include = get_directive_values(GraphQLIncludeDirective, node, self._given)
        except GraphQLError:
            return False
        return not (skip and skip["if"]) and not (include and not include["if"])

    def _field(self, node: FieldNode, owner: Any, level: _Level) -> None:
        definition: GraphQLField | None = getattr(owner, "fields", {}).get(node.name.value)
        if definition is None:
            return
        try:
            below = self._asked(node, definition, level)
        except (FloorgraphError, GraphQLError, TypeError, ValueError):
            return  # Arguments that cannot be meant; whoever runs the field says so.
        inner = get_named_type(definition.type)
        if node.selection_set is not None and is_composite_type(inner):
            self.selections(node.selection_set, inner, below, set())

    def _asked(self, node: FieldNode, definition: GraphQLField, level: _Level) -> _Level:
        """Note what a field asks for; the level of what it gives."""
        own = definition.extensions.get("strawberry-definition")
        access = getattr(own, "metadata", {}).get(ACCESS)
        if isinstance(access, Listed):
            return self._page(access, access.prepared(**self._arguments(node, definition, own)), level)
        if isinstance(access, Lookup):
            return self._lookup(get_argument_values(definition, node, self._given).get("id"), 1)
        if isinstance(access, Followed):
            return self._followed(access, node, definition, level)
        if isinstance(access, Commanded):
            return self._commanded(access, get_argument_values(definition, node, self._given), level)
        return self._plain(node, definition, level)

    def _page(self, access: Listed, wanted: Wanted, level: _Level) -> _Level:
        criteria, size = wanted.criteria, wanted.request.size()
        below = level
        if isinstance(access, ListedEverywhere):
            below = replace(level, concerns=criteria.concerns)
            named = (
                criteria.ids
                if criteria.ids is not None
                else [
                    getattr(criteria, name)
                    for name, (by, _) in criteria.parents.items()
                    if by and getattr(criteria, name)
                ]
            )
            by = By.ID if criteria.ids is not None else _compared(criteria)
            count = None if by is By.ALL else len(named)
            self._ask(records(criteria.kind, by, count, free=True), below)
        elif isinstance(access, ListedOfParent):
            self._load(access.relation.loader, level)
        if criteria.looks_further(wanted.ordering):
            self._look_further(criteria, below)
        below = replace(below, count=level.count * size)
        self._demand.records += below.count
        self._demand.page_size = max(self._demand.page_size, size)
        return below

    def _look_further(self, criteria: Any, level: _Level) -> None:
        """Conditions and orders that rest on other records, or on the live status of a whole list."""
        if any(getattr(criteria, name) is not None for name in criteria.ways):
            self._ask(records(Kind.JOB, By.ALL, None), level)
            self._ask(records(Kind.JOB, By.ID, 1, free=True), level)
        if criteria.kind is Kind.STATION:
            self._ask(Ask(Read.LIVE, None), level)

    def _lookup(self, record_id: Any, count: int) -> _Level:
        found = GlobalId.parse(str(record_id))
        return self._several(found.source, found.kind, count)

    def _several(self, key: str, kind: Kind, count: int) -> _Level:
        """Records of one source and kind by their ids, which are loaded together."""

        def concerns(source: Source) -> bool:
            return source.key == key

        level = _Level(count, concerns)
        self._ask(records(kind, By.ID, count, free=True), level)
        self._demand.records += count
        return level

    def _commanded(self, access: Commanded, given: Mapping[str, Any], level: _Level) -> _Level:
        """A command, the reads that it is judged by, and the record that its payload carries."""
        keys = access.sources(given["input"])
        below = replace(level, concerns=lambda source: source.key in keys)
        self._ask(Ask(Read.COMMAND, REVIEW + SENDING), below)
        self._demand.records += 1
        return below

    def _followed(self, access: Followed, node: FieldNode, definition: GraphQLField, level: _Level) -> _Level:
        self._load(access.relation.loader, level)
        if not is_list_type(get_nullable_type(definition.type)):
            return replace(level)  # Others than these are asked about below.
        entries = get_argument_values(definition, node, self._given).get("last", ENTRIES)
        below = replace(level, count=level.count * max(0, int(entries)))
        self._demand.records += below.count
        return below

    def _plain(self, node: FieldNode, definition: GraphQLField, level: _Level) -> _Level:
        """A field with a resolver of its own: one record or several by their ids, or a vendor's resource."""
        name = node.name.value
        if name == "resource":
            self._ask(Ask(Read.RESOURCE, level.count), level)
            return level
        given = get_argument_values(definition, node, self._given) if definition.args else {}
        if name == "node":
            return self._lookup(given.get("id"), 1)
        ids = _ids_in(given)
        for (source, kind), count in Counter(_readable(ids)).items():
            self._several(source, kind, count)
        return replace(level, count=level.count * len(ids)) if ids else level

    def _load(self, loader: Any, level: _Level) -> None:
        for ask in asks_of(loader, level.count):
            # Fields of the same objects that need the same are answered by one question.
            if ask not in level.asked:
                level.asked.add(ask)
                self._ask(ask, level)

    def _ask(self, ask: Ask, level: _Level) -> None:
        self._demand.questions.append(Question(ask, level.concerns))

    def _arguments(self, node: FieldNode, definition: GraphQLField, own: Any) -> dict[str, Any]:
        converter = self._schema.schema_converter
        nobody: Any = None
        _, found = get_arguments(
            field=own,
            source=None,
            info=nobody,
            kwargs=get_argument_values(definition, node, self._given),
            config=converter.config,
            scalar_registry=converter.scalar_registry,
        )
        own_parameters = (
            own.base_resolver.parent_parameter,
            own.base_resolver.root_parameter,
            own.base_resolver.info_parameter,
        )
        for parameter in own_parameters:
            if parameter is not None:
                found.pop(parameter.name, None)
        return found


def _compared(criteria: Any) -> By:
    for name, (by, _) in criteria.parents.items():
        if by is not None and getattr(criteria, name) is not None:
            return by  # type: ignore[no-any-return]
    return By.ALL


def _readable(ids: Iterable[str]) -> Iterator[tuple[str, Kind]]:
    """Source and kind of each id; one that is malformed fails alone and takes no other with it."""
    for text in ids:
        with suppress(BadId):
            found = GlobalId.parse(text)
            yield found.source, found.kind


def _ids_in(given: Mapping[str, Any]) -> Sequence[str]:
    """The ids of records in the arguments of fields that give several."""
    if "ids" in given:
        return [str(one) for one in given["ids"] or ()]
    entries = given.get("representations") or ()
    return [str(entry["id"]) for entry in entries if isinstance(entry, dict) and "id" in entry]
