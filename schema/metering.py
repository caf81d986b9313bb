"""Tells how long operations take, and traces them."""

import time
from collections.abc import Iterator
from typing import Any

from graphql import OperationType
from strawberry.extensions import SchemaExtension

from floorgraph.vendors.gate import trace

UNKNOWN = "unknown"
"""The type of an operation that could not be read."""


class Metered(SchemaExtension):
    """Reports every query and mutation to the environment of its caller, subscriptions not."""

    def on_operation(self) -> Iterator[None]:
        """Take the time of one operation."""
        begun = time.perf_counter()
        with trace.span("graphql") as tell:
            yield
            kind = self._kind()
            tell("graphql.operation.type", kind)
            tell("floorgraph.outcome", self._outcome())
        if kind != OperationType.SUBSCRIPTION.value:
            context: Any = self.execution_context
            context.context.environment.observed(kind, self._outcome(), time.perf_counter() - begun)

    def _kind(self) -> str:
        try:
            return self.execution_context.operation_type.value
        except Exception:  # noqa: BLE001  whatever keeps a document from being read
            return UNKNOWN

    def _outcome(self) -> str:
        """`refused` before it ran, `failed` without data, `partial` with errors beside data, else `ok`."""
        context = self.execution_context
        errors = context.pre_execution_errors
        # Errors of fields, which stand there as well, have a path.
        refused = errors and all(error.path is None for error in errors)
        return "refused" if refused else outcome_of(context.result)


def outcome_of(result: Any) -> str:
    """`failed` without data, `partial` with errors beside data, else `ok`."""
    if result is None or getattr(result, "data", None) is None:
        return "failed"
    return "partial" if result.errors else "ok"
