"""Runs one operation by the fast path and by graphql-core, each on a floor of its own that is the same."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

import msgspec
import orjson
from graphql import parse
from graphql.execution import Executor, execute_subscription_event

from floorgraph.execution.express import Express, Query
from floorgraph.execution.extension import FastPath, event_path
from floorgraph.model.limits import Limit, Mode, OperationLimits
from floorgraph.vendors.contract import Source
from floorgraph.vendors.floor import Floor
from loaders.scope import enter_scope
from resolvers.environment import Caller, Environment
from resolvers.passes import pass_key
from schema.build import build_schema
from schema.operation import all_errors
from subscriptions.change import Change
from subscriptions.engine import Engine
from tests.support.fakeclock import FakeClock

FAST = FastPath()
QUICK = build_schema(FAST)
PLAIN = build_schema()
Sources = Callable[[], Sequence[Source]]
# What is compared is how operations run. By their prices some would not: sources in memory
# take no trouble to say what they can do in one call.
NOT_LOOKED_AT = Limit(1, Mode.OFF)
UNPRICED = OperationLimits(page_size=NOT_LOOKED_AT, records=NOT_LOOKED_AT, upstream_calls=NOT_LOOKED_AT)


@dataclass(frozen=True)
class Answer:
    """What a client gets, without what differs from one time to the next."""

    data: Any
    errors: list[Any]


def caller_over(sources: Sequence[Source], rights: frozenset[str]) -> Caller:
    floor = Floor(sources)
    states = {source.key: getattr(source, "feed_states", list) for source in sources}
    environment = Environment(
        floor=floor,
        clock=FakeClock(),
        limits=UNPRICED,
        engine=Engine(floor),
        feed_states=lambda key: states[key](),
        image_url=lambda station_id: f"/images/{station_id}",
    )
    return Caller(environment, rights)


def error_of(error: Any) -> Any:
    told = dict(error.formatted)
    extensions = dict(told.pop("extensions", {}))
    assert extensions.pop("correlationId", None)
    return told | {"extensions": extensions}


async def answer(
    schema: Any, sources: Sequence[Source], text: str, variables: Mapping[str, Any], rights: frozenset[str]
) -> Answer:
    caller = caller_over(sources, rights)
    result = await schema.execute(text, variable_values=dict(variables), context_value=caller)
    return Answer(result.data, [error_of(error) for error in result.errors or ()])


async def both(
    sources: Sources,
    text: str,
    variables: Mapping[str, Any] | None = None,
    rights: frozenset[str] = frozenset({"raw"}),
) -> tuple[Answer, Answer]:
    """The answer of graphql-core, and that of the fast path."""
    slow = await answer(PLAIN, sources(), text, variables or {}, rights)
    quick = await answer(QUICK, sources(), text, variables or {}, rights)
    short = await short_way(sources(), text, variables or {}, rights)
    if short is not None:
        assert_alike(Answer(_in_json(quick.data), quick.errors), short, text)
    return slow, quick


async def short_way(
    sources: Sequence[Source], text: str, variables: Mapping[str, Any], rights: frozenset[str]
) -> Answer | None:
    """The answer by the short way of an operation that has its pass; None where there is no short way."""
    caller = caller_over(sources, rights)
    environment = caller.environment
    key = pass_key(text, None, variables, caller.admitted)
    environment.passes.grant(key, parse(text), environment.clock.monotonic())
    express = Express(QUICK)
    ready = express.ready(Query(text, None, variables), caller)
    if ready is None:
        return None
    result = await express.run(ready, caller)
    return Answer(_in_json(result.data), [error_of(error) for error in result.errors or ()])


async def event(
    schema: Any, sources: Sequence[Source], text: str, variables: Mapping[str, Any], change: Change
) -> Answer:
    """What a subscriber is told of one change; by graphql-core where the schema has no fast path."""
    caller = caller_over(sources, frozenset({"raw"}))
    scope = enter_scope(caller.scope())
    path = event_path(schema, parse(text), None, variables)
    try:
        if path is not None:
            result = await path.execute_event(change, scope)
        else:
            built = Executor.build(schema._schema, parse(text), None, caller, dict(variables), None)
            assert not isinstance(built, list), built
            found = execute_subscription_event(built.build_per_event_executor(change))
            result = await found if isawaitable(found) else found
    finally:
        scope.release()
    errors = all_errors(result.errors, scope, "number") or ()
    return Answer(_in_json(result.data), [error_of(error) for error in errors])


def _in_json(data: Any) -> Any:
    # What JSON has no words for stands there in Python's.
    return orjson.loads(msgspec.json.encode(data, enc_hook=str))


def shown(value: Any) -> str:
    """As JSON: the order of fields counts."""
    return json.dumps(value, default=str)


def assert_same(slow: Answer, quick: Answer, text: str) -> None:
    assert shown(quick.data) == shown(slow.data), f"{text}\n{shown(slow.data)}\n{shown(quick.data)}"
    assert sorted(map(shown, quick.errors)) == sorted(map(shown, slow.errors)), text


def assert_alike(slow: Answer, quick: Answer, text: str) -> None:
    """As `assert_same`, for operations with errors in several loads.

    When an error takes the whole answer, what is told beside it is what happened
    to be found before, and which of several records with the same error comes
    first: that depends on turns of the event loop in both.
    """
    if slow.data is not None:
        assert_same(slow, quick, text)
        return
    assert quick.data is None, text
    assert {error["message"] for error in slow.errors} & {error["message"] for error in quick.errors}, text


def assert_told(slow: Answer, quick: Answer, text: str) -> None:
    """As `assert_same`, but for errors below what became null: turns decide whether they are told."""
    assert shown(quick.data) == shown(slow.data), f"{text}\n{shown(slow.data)}\n{shown(quick.data)}"
    one, other = ({shown(error): error["path"] for error in found.errors} for found in (slow, quick))
    for error in one.keys() ^ other.keys():
        assert _is_below_null(slow.data, (one | other)[error]), f"{text}\n{error}"


def _is_below_null(data: Any, path: Sequence[str | int]) -> bool:
    for key in path:
        if data is None:
            return True
        data = data[key]
    return False
