"""Runs queries that passed every check a moment ago: nothing but the run is left to do for them.

The first query of its kind goes through Strawberry's pipeline, which parses,
validates and bounds it, and leaves a pass behind (`resolvers.passes`). What
comes with a pass is run here, with the same scope, freshness, errors and
measurements. Whoever asks for a trace or a price takes the pipeline.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import strawberry
from graphql import DocumentNode, ExecutionResult

from floorgraph.execution.compiled import Bound, Compiled
from floorgraph.execution.coverage import NotCovered
from floorgraph.execution.extension import FastPath
from floorgraph.execution.run import Run
from floorgraph.vendors.gate import trace
from floorgraph.vendors.gate.call import Freshness
from resolvers.environment import Caller
from resolvers.passes import TooMany, pass_key
from schema.metering import outcome_of
from schema.operation import all_errors, smallest_max_age


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was sent."""

    text: str
    name: str | None
    variables: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Ready:
    """A query that can be run at once."""

    compiled: Compiled
    variables: Bound
    max_age: float | None

    @property
    def may_be_shared(self) -> bool:
        """Whether the answer can be the same for others, as long as nothing it was made from changes."""
        return self.compiled.lasting and self.max_age != 0


class Express:
    """The short way of queries through one schema."""

    def __init__(self, schema: strawberry.Schema) -> None:
        extensions: Any = schema.extensions
        self._schema = schema
        self._path: FastPath | None = next((one for one in extensions if isinstance(one, FastPath)), None)

    def ready(self, query: Query, caller: Caller) -> Ready | None:
        """The query ready to run; None where it must be looked at first, or graphql-core must run it."""
        if self._path is None or caller.trace or caller.dry_run:
            return None
        environment = caller.environment
        try:
            key = pass_key(query.text, query.name, query.variables, caller.admitted)
        except TooMany:
            return None
        document = environment.passes.document(key, environment.clock.monotonic())
        if document is None:
            return None
        try:
            compiled, variables = self._path.compiler(self._schema).compiled(
                document, query.name, query.variables, for_json=True
            )
        except NotCovered:
            return None
        return Ready(compiled, variables, _max_age(query, document))

    async def run(self, ready: Ready, caller: Caller) -> ExecutionResult:
        """The result, as the pipeline would give it; its data is for `written`."""
        begun = time.perf_counter()
        result: ExecutionResult | None = None
        with trace.span("graphql") as tell:
            try:
                result = await self._result(ready, caller)
            finally:
                outcome = outcome_of(result)
                tell("graphql.operation.type", "query")
                tell("floorgraph.outcome", outcome)
                caller.environment.observed("query", outcome, time.perf_counter() - begun)
        return result

    def shared(self, caller: Caller) -> None:
        """A query was answered with what another one had been answered with."""
        with trace.span("graphql") as tell:
            tell("graphql.operation.type", "query")
            tell("floorgraph.outcome", "ok")
        if self._path is not None:
            self._path.tally.shared += 1
        caller.environment.observed("query", "ok", 0.0)

    async def _result(self, ready: Ready, caller: Caller) -> ExecutionResult:
        scope = caller.scope()
        scope.freshness = Freshness(ready.max_age, since=time.monotonic())
        if self._path is not None:
            self._path.tally.note(None)
        try:
            result = await Run(ready.compiled, ready.variables, scope).query(None)
            if result.errors or scope.soft_errors:
                result.errors = all_errors(result.errors, scope, uuid4().hex[:12])
            return result
        finally:
            scope.release()


def _max_age(query: Query, document: DocumentNode) -> float | None:
    if "maxAge" not in query.text:
        return None
    return smallest_max_age(document, query.name, query.variables or {})
