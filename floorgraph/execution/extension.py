"""Puts the fast path into Strawberry's pipeline, where everything around an execution stays as it is."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from graphql import DocumentNode, ExecutionResult
from strawberry.extensions import SchemaExtension
from strawberry.types.graphql import OperationType

from floorgraph.execution.compiled import Bound, Compiled, Compiler, Documents
from floorgraph.execution.coverage import NotCovered, Tally
from floorgraph.execution.run import Run
from loaders.scope import Scope, current_scope


class FastPath:
    """Runs operations level by level where it can; makes the extension of each operation."""

    def __init__(self) -> None:
        self.tally = Tally()
        self.documents = Documents()
        self._compiler: Compiler | None = None

    def __call__(self) -> SchemaExtension:
        """The extension for one operation."""
        return _Extension(self)

    def compiler(self, schema: Any) -> Compiler:
        """The compiler of the schema."""
        if self._compiler is None:
            self._compiler = Compiler(schema)
        return self._compiler

    async def execute(self, context: Any) -> ExecutionResult | None:
        """The result of an operation that was parsed and validated; None where graphql-core must run it."""
        # Commands run one after the other, which is graphql-core's business.
        if context.operation_type is not OperationType.QUERY:
            return None
        try:
            compiler = self.compiler(context.schema)
            name = context.operation_name
            compiled, variables = compiler.compiled(context.graphql_document, name, context.variables)
        except NotCovered as reason:
            self.tally.note(str(reason))
            return None
        self.tally.note(None)
        return await Run(compiled, variables, current_scope()).query(context.root_value)


class _Extension(SchemaExtension):
    def __init__(self, path: FastPath) -> None:
        self._path = path

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        if context.graphql_document is None and context.query:
            context.graphql_document = self._path.documents.parsed.get(context.query)
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        rules = tuple(context.validation_rules)
        documents = self._path.documents
        known = documents.is_valid(context.query, context.graphql_document, rules)
        if known and context.pre_execution_errors is None:
            context.pre_execution_errors = []
        yield
        if not known and not context.pre_execution_errors:
            documents.remember(context.query, context.graphql_document, rules)

    async def on_execute(self) -> AsyncIterator[None]:
        context: Any = self.execution_context
        if context.result is None:
            context.result = await self._path.execute(context)
        yield


@cache
def shared_fast_path() -> FastPath:
    """The one that all apps of this process use: what it keeps depends on the schema alone."""
    return FastPath()


class EventPath:
    """Runs the events of one subscription, compiled once for all of them."""

    def __init__(self, compiled: Compiled, variables: Bound) -> None:
        self._compiled = compiled
        self._variables = variables

    async def execute_event(self, payload: Any, scope: Scope) -> ExecutionResult:
        """The result of one event; `scope` is its own, or shares loaders with other events."""
        return await Run(self._compiled, self._variables, scope).event(payload)

    async def execute_events(self, payloads: Sequence[Any], scope: Scope) -> list[dict[str, Any]] | None:
        """The data of events that share a scope; None when one has an error: each must run by itself."""
        return await Run(self._compiled, self._variables, scope).events(payloads)


def event_path(
    schema: Any, document: DocumentNode, name: str | None, variables: Mapping[str, Any] | None
) -> EventPath | None:
    """What runs the events of a subscription that was validated; None where graphql-core must.

    That is so for schemas without a fast path, and for what is not covered.
    """
    path = next((found for found in schema.extensions if isinstance(found, FastPath)), None)
    if path is None:
        return None
    try:
        found = EventPath(*path.compiler(schema).compiled(document, name, variables, for_json=True))
    except NotCovered as reason:
        path.tally.note(str(reason))
        return None
    path.tally.note(None)
    return found
