"""Puts changes into bytes: one execution and one encoding per change, for all subscribers of a form."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from inspect import isawaitable
from typing import Any

import strawberry
from graphql import ExecutionResult, parse
from graphql.execution import Executor, execute_subscription_event
from strawberry.types import ExecutionResult as Result

from floorgraph.execution.extension import event_path
from floorgraph.server.payloads import payload_bytes
from floorgraph.server.planning import Plan
from floorgraph.vendors.gate.call import Freshness
from floorgraph.vendors.turns import TURNS, mapped, parts
from loaders.scope import Scope, current_scope, enter_scope
from resolvers.environment import Caller
from schema.operation import dressed
from subscriptions.outlet import Event, Told
from subscriptions.topic import Topic

TOGETHER = 100
"""Changes that are executed at the same time, each by itself."""


class Renderer:
    """Executes the changes of one plan, as any of its callers would get them.

    The changes of one call share one scope, so that what they look up is
    asked once for all of them, however many they are. They are executed
    together as long as nothing goes wrong; each has errors of its own.
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
            scope.failures_stand = True
            results = await self._together(changes, scope, runner)
            if results is None:
                results = [
                    result
                    for part in parts(changes, TOGETHER)
                    for result in await asyncio.gather(*(self._one(one, scope, runner) for one in part))
                ]
            extensions = await runner.get_extensions_results(context)
            if results and extensions:
                # Calls are shared by all events of the round: the first one tells of them.
                results[0].extensions = extensions
            found = [(change.cursor, result) for change, result in zip(changes, results, strict=True)]
            return await TURNS.through(mapped(found, lambda one: Event(one[0], encoded(one[1]))))

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

    async def _together(self, changes: Sequence[Told], shared: Scope, runner: Any) -> list[Result] | None:
        """The results of all changes; None where each must be executed by itself."""
        if self._path is None:
            return None
        scope = enter_scope(replace(shared, soft_errors=[]))
        executed = await self._path.execute_events(changes, scope)
        if executed is None:
            return None
        results = []
        for part in parts(executed, TOGETHER):
            for one in part:
                results.append(result := Result(data=one, errors=None))
                async with runner.on_stream_result(result):
                    pass
            await TURNS.breathe(len(executed))
        return results

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
    return payload_bytes(payload)


def ended_by(error: Exception) -> dict[str, Any]:
    """What a client is told when its subscription ends with an error."""
    told: dict[str, Any] = dict(dressed(error).formatted)
    return told
