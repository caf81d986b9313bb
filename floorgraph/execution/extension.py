"""Puts the fast path into Strawberry's pipeline, where everything around an execution stays as it is."""

from collections.abc import AsyncIterator, Iterator
from functools import cache
from typing import Any

from graphql import ExecutionResult, OperationType
from strawberry.extensions import SchemaExtension

from floorgraph.execution.compiled import Compiler, Documents
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
        if context.operation_type is OperationType.SUBSCRIPTION:
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


async def execute_event(
    path: FastPath, schema: Any, document: Any, name: str | None, variables: Any, payload: Any, scope: Scope
) -> ExecutionResult | None:
    """The result of one event of a subscription; None where graphql-core must run it."""
    try:
        compiled, values = path.compiler(schema).compiled(document, name, variables)
    except NotCovered as reason:
        path.tally.note(str(reason))
        return None
    path.tally.note(None)
    return await Run(compiled, values, scope).event(payload)
