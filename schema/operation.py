"""What surrounds every operation: its scope, its freshness, its errors and its trace of upstream calls."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

import structlog
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_operation_ast,
    value_from_ast_untyped,
)
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from floorgraph.model.errors import FloorgraphError, NotPermitted
from floorgraph.vendors.failures import Defect
from floorgraph.vendors.gate import trace
from floorgraph.vendors.gate.call import Freshness
from loaders.scope import Scope, current_scope
from resolvers.environment import Caller

log = structlog.get_logger(__name__)

INTERNAL = "Something failed inside this server; its log has the details under the correlation id."


class OperationShape(SchemaExtension):
    """Gives each operation a scope, masks what is not a coded error, and adds the trace for those allowed."""

    def on_operation(self) -> Iterator[None]:
        """Enter a fresh scope and record upstream calls until the operation ends."""
        self.correlation_id = uuid4().hex[:12]
        caller: Caller = self.execution_context.context
        scope = caller.scope()
        self.wants_trace = caller.trace and "trace" in caller.rights
        if caller.trace and not self.wants_trace:
            scope.report(_no_trace(), ())
        try:
            with trace.recording() as self.calls:
                yield
        finally:
            # A command reads what it changed in a scope of its own.
            current_scope().release()
            scope.release()
        for error in self.execution_context.pre_execution_errors or ():
            self._name_fault_of_document(error)

    def on_validate(self) -> Iterator[None]:
        """Refuse to choose among several operations: without a name, the first one would be run."""
        context = self.execution_context
        document = context.graphql_document
        # The property of that name falls back to the first operation; what the caller gave stands here.
        named = context._provided_operation_name is not None  # noqa: SLF001
        if document is not None and not named and get_operation_ast(document) is None:
            context.pre_execution_errors = [
                GraphQLError(
                    "The document has several operations: 'operationName' must say which one to run."
                )
            ]
        yield

    def on_execute(self) -> Iterator[None]:
        """Find out how fresh answers must be, and dress the errors of a query's result."""
        scope = current_scope()
        scope.freshness = Freshness(self._smallest_max_age(), since=time.monotonic())
        yield
        result = self.execution_context.result
        if result is not None and hasattr(result, "errors"):
            self._dress(result, scope)

    def on_stream_result(self, result: Any) -> Iterator[None]:
        """Dress the errors of one event of a subscription."""
        if hasattr(result, "errors"):
            self._dress(result, current_scope())
        yield

    def get_results(self) -> dict[str, Any]:
        """`extensions` of the response."""
        if not getattr(self, "wants_trace", False):
            return {}
        calls, self.calls[:] = list(self.calls), []
        return {"upstream": [_shown(call) for call in calls]}

    def _dress(self, result: Any, scope: Scope) -> None:
        result.errors = all_errors(result.errors, scope, self.correlation_id)

    def _name_fault_of_document(self, error: GraphQLError) -> None:
        """Give errors of parsing and validation a code; their text speaks of the caller's document alone."""
        if error.original_error is None:
            known = {"code": "BAD_REQUEST", "retryable": False, "correlationId": self.correlation_id}
            error.extensions = known | dict(error.extensions or {})

    def _smallest_max_age(self) -> float | None:
        context = self.execution_context
        if context.query is not None and "maxAge" not in context.query:
            return None
        return smallest_max_age(context.graphql_document, context.operation_name, context.variables or {})


def all_errors(
    errors: Sequence[GraphQLError] | None, scope: Scope, correlation_id: str
) -> list[GraphQLError] | None:
    """The errors of a result and those that were reported beside it, as clients see them; None for none."""
    told = [dressed(error, correlation_id) for error in errors or ()]
    soft, scope.soft_errors = scope.soft_errors, []
    for note in soft:
        error = GraphQLError(str(note.failure), path=list(note.path) or None, original_error=note.failure)
        told.append(dressed(error, correlation_id))
    return told or None


def dressed(error: Exception, correlation_id: str | None = None) -> GraphQLError:
    """An error as clients see it: with a code where it has one, masked and logged otherwise."""
    told = error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
    if (told.extensions or {}).get("correlationId"):
        return told
    known = correlation_id or uuid4().hex[:12]
    cause = told.original_error
    if isinstance(cause, Defect) and not cause.is_logged:
        cause.is_logged = True
        log.error("source failed inside", correlation_id=known, source=cause.source, exc_info=cause.__cause__)
    if isinstance(cause, FloorgraphError):
        return _with(told, str(cause), cause.extensions(), known)
    fault = told.message if cause is None or isinstance(cause, GraphQLError) else _fault(cause, told)
    if fault is not None:
        # Refusals before the start have their own codes.
        shown = {"code": "BAD_REQUEST", "retryable": False} | dict(told.extensions or {})
        return _with(told, fault, shown, known)
    log.error("resolver failed", correlation_id=known, path=told.path, exc_info=cause)
    return _with(told, INTERNAL, {"code": "INTERNAL", "retryable": False}, known)


def _fault(cause: Exception, told: GraphQLError) -> str | None:
    """What is wrong with a request that was not run for this reason; None for a fault of this program."""
    if isinstance(cause, MissingQueryError):
        return "There is no document to run."
    if isinstance(cause, CannotGetOperationTypeError):
        name = cause.operation_name
        return "The document has no operation." if name is None else f"There is no operation '{name[:80]}'."
    if isinstance(cause, InvalidOperationTypeError):
        return f"A {cause.operation_type.value} cannot be run by such a request."
    if isinstance(cause, RecursionError) and told.path is None:
        return "The document is nested too deeply."
    return None


def _with(
    error: GraphQLError, message: str, extensions: Mapping[str, Any], correlation_id: str
) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        path=error.path,
        original_error=error.original_error,
        extensions=dict(extensions) | {"correlationId": correlation_id},
    )


def _no_trace() -> FloorgraphError:
    return NotPermitted("The header X-Floorgraph-Trace needs the right 'trace'; it was ignored.")


def _shown(call: trace.UpstreamCall) -> dict[str, Any]:
    return {
        "source": call.source,
        "call": call.call,
        "outcome": call.outcome.upper(),
        "milliseconds": call.milliseconds,
    }


def smallest_max_age(
    document: DocumentNode | None, name: str | None, variables: Mapping[str, Any]
) -> float | None:
    """The smallest `maxAge` of an operation's root fields; None where there is none."""
    operation = get_operation_ast(document, name) if document else None
    if document is None or operation is None:
        return None
    return min(_max_ages(document, operation, variables), default=None)


def _max_ages(
    document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> Iterator[float]:
    """The `maxAge` arguments of an operation's root fields."""
    fragments = {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    defaults = {
        node.variable.name.value: value_from_ast_untyped(node.default_value)
        for node in operation.variable_definitions or ()
        if node.default_value is not None
    }
    for root in _root_fields(operation.selection_set, fragments, set()):
        for argument in root.arguments or ():
            if argument.name.value == "maxAge":
                value = value_from_ast_untyped(argument.value, {**defaults, **variables})
                if isinstance(value, int | float):
                    yield max(0.0, float(value))


def _root_fields(
    selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], seen: set[str]
) -> Iterator[FieldNode]:
    for node in selections.selections:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            yield from _root_fields(node.selection_set, fragments, seen)
        elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
            seen.add(node.name.value)
            spread = fragments.get(node.name.value)
            if spread is not None:
                yield from _root_fields(spread.selection_set, fragments, seen)
