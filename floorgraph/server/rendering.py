"""Puts changes into bytes: one execution and one encoding per change, for all subscribers of a form."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from inspect import isawaitable
from typing import Any

import orjson
import strawberry
from graphql import ExecutionResult, parse
from graphql.execution import Executor, execute_subscription_event
from strawberry.types import ExecutionResult as Result

from floorgraph.execution.extension import event_path
from floorgraph.server.planning import Plan
from floorgraph.vendors.gate.call import Freshness
from loaders.scope import Scope, current_scope, enter_scope
from resolvers.environment import Caller
from schema.operation import dressed
from subscriptions.outlet import Event, Told
from subscriptions.topic import Topic


class Renderer:
    """Executes the changes of one plan, as any of its callers would get them.

    The changes of one call share one scope, so that what they look up is
    asked once for all of them; each has errors of its own.
    """

    def __init__(self, schema: strawberry.Schema, plan: Plan, caller: Caller) -> None:
        self._schema: Any = schema
        self._request = plan.request
        self._caller = caller
        self._max_age = plan.topic.max_age if isinstance(plan.topic, Topic) else None
        variables = None if plan.request.variables is None else dict(plan.request.variables)
        document = parse(plan.request.query)
        self._path = event_path(schema, document, plan.request.operation_name, variables)
        built = Executor.build(
            self._schema._schema,  # noqa: SLF001  the schema of graphql-core inside Strawberry's
            document,
            None,
            caller,
            variables,
            plan.request.operation_name,
        )
        if isinstance(built, list):
            raise built[0]
        self._executor = built

    async def __call__(self, changes: Sequence[Told]) -> list[Event]:
        """The events for some changes, in their order."""
        async with AsyncExitStack() as stack:
            context, runner = self._runner()
            await stack.enter_async_context(runner.operation())
            scope = current_scope()
            scope.freshness = Freshness(self._max_age, since=self._caller.environment.clock.monotonic())
            results = await asyncio.gather(*(self._one(change, scope, runner) for change in changes))
            extensions = await runner.get_extensions_results(context)
            if results and extensions:
                # Calls are shared by all events of the round: the first one tells of them.
                results[0].extensions = extensions
            return [
                Event(change.cursor, encoded(result)) for change, result in zip(changes, results, strict=True)
            ]

    def _runner(self) -> tuple[Any, Any]:
        """The schema's extensions around one round, made anew because they keep what belongs to it."""
        schema, request = self._schema, self._request
        context = schema._create_execution_context(  # noqa: SLF001
            query=request.query,
            allowed_operation_types=(),
            variable_values=request.variables,
            context_value=self._caller,
            root_value=None,
            operation_name=request.operation_name,
        )
        extensions = schema.get_extensions()
        for extension in extensions:
            extension.execution_context = context
        return context, schema.create_extensions_runner(context, extensions)

    async def _one(self, change: Told, shared: Scope, runner: Any) -> Result:
        # Loaders are shared, errors are not.
        scope = enter_scope(replace(shared, soft_errors=[]))
        executed = await self._executed(change, scope)
        result = Result(data=executed.data, errors=executed.errors)
        async with runner.on_stream_result(result):
            return result

    async def _executed(self, change: Told, scope: Scope) -> ExecutionResult:
        if self._path is not None:
            return await self._path.execute_event(change, scope)
        found = execute_subscription_event(self._executor.build_per_event_executor(change))
        return await found if isawaitable(found) else found


def encoded(result: Any) -> bytes:
    """A result as the payload of an event."""
    payload: dict[str, Any] = {"data": result.data}
    if result.errors:
        payload["errors"] = [error.formatted for error in result.errors]
    if result.extensions:
        payload["extensions"] = result.extensions
    return orjson.dumps(payload)


def ended_by(error: Exception) -> dict[str, Any]:
    """What a client is told when its subscription ends with an error."""
    told: dict[str, Any] = dict(dressed(error).formatted)
    return told
