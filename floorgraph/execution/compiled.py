"""Documents and what is made of them, kept for when they come again: parsed, checked and compiled."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import strawberry
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    get_operation_ast,
    visit,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues, get_variable_values
from strawberry.schema.schema_converter import GraphQLCoreConverter

from floorgraph.execution.code import Code, code_of
from floorgraph.execution.coverage import NotCovered
from floorgraph.execution.plan import Field, Planner, Selection
from resolvers.kept import HEAVIEST, Kept, weight_of

MOST_DOCUMENTS: Final = 512
MOST_PLANS: Final = 1024
MOST_PLANNED: Final = 50_000
"""Fields and selections of all plans that are kept."""
MOST_BOUND: Final = 1024
LONGEST_TEXT: Final = 100_000
"""Characters; longer documents are not kept."""
LONGEST_VALUE: Final = 200
"""Characters; variables with longer ones are not kept."""
MOST_VARIABLES: Final = 32
"""Operations that are sent with more are bound each time."""
_SIMPLE: Final = frozenset({str, int, bool, type(None)})


@dataclass(frozen=True, slots=True)
class Compiled:
    """An operation that can be run."""

    schema: GraphQLSchema
    settings: GraphQLCoreConverter
    root: Selection
    code: Code
    lasting: bool
    """Whether an answer rests on nothing but variables, rights and what sources answer."""
    size: int
    """Fields and selections of the plan."""


@dataclass(slots=True, eq=False)
class Bound:
    """The variables of an operation, coerced, and the arguments that they come to."""

    values: VariableValues
    arguments: dict[Field, Mapping[str, Any]] = field(default_factory=dict)
    """By Python names, as far as they were asked for and cannot be changed by whoever gets them."""


@dataclass(slots=True, eq=False)
class Operation:
    """An operation of a document, before the variables are known."""

    definition: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    deciding: frozenset[str]
    """Variables that decide what is selected."""


class Compiler:
    """Compiles the operations of one schema, each once for all values of variables that select the same."""

    def __init__(self, schema: strawberry.Schema) -> None:
        inner: Any = schema
        self._schema: GraphQLSchema = inner._schema  # noqa: SLF001  graphql-core's inside Strawberry's
        self._settings: GraphQLCoreConverter = inner.schema_converter
        self._operations: Kept[tuple[int, str | None], tuple[DocumentNode, Operation]] = Kept(
            MOST_DOCUMENTS, HEAVIEST
        )
        self._plans: Kept[Hashable, Compiled | str] = Kept(MOST_PLANS, MOST_PLANNED)
        self._bound: Kept[Hashable, Bound] = Kept(MOST_BOUND)

    def compiled(
        self,
        document: DocumentNode,
        name: str | None,
        variables: Mapping[str, Any] | None,
        *,
        for_json: bool = False,
    ) -> tuple[Compiled, Bound]:
        """The operation ready to run, and its variables; `for_json` when its data only goes to `written`.

        Raises `NotCovered` for what graphql-core must run; the reason is remembered.
        """
        operation = self._operation(document, name)
        bound = self._variables(operation, variables or {})
        values = bound.values
        key = (operation, _decided(operation, values), for_json)
        found = self._plans.get(key)
        if found is None:
            found = self._compile(operation, values, for_json=for_json)
            self._plans.put(key, found, 1 if isinstance(found, str) else found.size)
        if isinstance(found, str):
            # A new one each time: an exception keeps the frames that it went through, and what they know.
            raise NotCovered(found)
        return found, bound

    def _variables(self, operation: Operation, given: Mapping[str, Any]) -> Bound:
        """The variables coerced; the same object for the same ones, where they are simple."""
        simple = len(given) <= MOST_VARIABLES and all(
            type(value) in _SIMPLE
            and len(name) <= LONGEST_VALUE
            and (type(value) is not str or len(value) <= LONGEST_VALUE)
            for name, value in given.items()
        )
        # 1 and true are equal in Python, and not in GraphQL.
        key = (operation, *((name, type(value), value) for name, value in given.items())) if simple else None
        known = None if key is None else self._bound.get(key)
        if known is not None:
            return known
        values = get_variable_values(
            self._schema, operation.definition.variable_definitions or (), dict(given)
        )
        if isinstance(values, list):
            raise NotCovered("variables that cannot be meant")
        bound = Bound(values)
        return bound if key is None else self._bound.put(key, bound)

    def _operation(self, document: DocumentNode, name: str | None) -> Operation:
        key = (id(document), name)
        known = self._operations.get(key)
        if known is not None and known[0] is document:
            return known[1]
        definition = get_operation_ast(document, name)
        if definition is None:
            raise NotCovered("no such operation")
        if definition.operation is OperationType.MUTATION:
            raise NotCovered("mutations")
        fragments = _fragments(document)
        made = Operation(definition, fragments, _deciding(document))
        self._operations.put(key, (document, made), weight_of(document))
        return made

    def _compile(self, operation: Operation, values: VariableValues, *, for_json: bool) -> Compiled | str:
        """The operation, or why it is not covered."""
        planner = Planner(self._schema, operation.fragments, operation.definition, values)
        try:
            root = planner.root()
            code = code_of(root, for_json=for_json)
        except NotCovered as reason:
            return str(reason)
        except GraphQLError:
            # Such as @skip with a variable that is null: an error of the place where it stands.
            return "conditions that are null"
        except (RecursionError, SyntaxError, MemoryError):
            return "nested too deeply"
        return Compiled(self._schema, self._settings, root, code, root.lasting, planner.count)


def _fragments(document: DocumentNode) -> dict[str, FragmentDetails]:
    found = [one for one in document.definitions if isinstance(one, FragmentDefinitionNode)]
    if any(one.variable_definitions for one in found):
        raise NotCovered("variables of fragments")
    return {one.name.value: FragmentDetails(one) for one in found}


class _Deciding(Visitor):
    """Collects the variables in the arguments of directives."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: Any, *_: Any) -> None:
        self.names.update(
            one.value.name.value for one in node.arguments or () if isinstance(one.value, VariableNode)
        )


def _decided(operation: Operation, values: VariableValues) -> tuple[bool | None, ...]:
    """The values of what decides. Whatever is no boolean is a variable of the document's other operations."""
    known = (values.coerced.get(one) for one in sorted(operation.deciding))
    return tuple(value if isinstance(value, bool) else None for value in known)


def _deciding(document: DocumentNode) -> frozenset[str]:
    reader = _Deciding()
    visit(document, reader)
    return frozenset(reader.names)


@dataclass(slots=True)
class Documents:
    """Texts that were parsed, and found valid under the same rules."""

    parsed: Kept[str, DocumentNode] = field(default_factory=lambda: Kept(MOST_DOCUMENTS, HEAVIEST))
    valid: Kept[Hashable, DocumentNode] = field(default_factory=lambda: Kept(MOST_DOCUMENTS, HEAVIEST))

    def remember(self, text: str | None, document: DocumentNode | None, rules: Hashable) -> None:
        """Keep a document that passed these rules."""
        if text is not None and document is not None and len(text) <= LONGEST_TEXT:
            weight = weight_of(document)
            self.parsed.put(text, document, weight)
            self.valid.put((text, rules), document, weight)

    def is_valid(self, text: str | None, document: DocumentNode | None, rules: Hashable) -> bool:
        """Whether this very document passed these rules."""
        return text is not None and self.valid.get((text, rules)) is document
