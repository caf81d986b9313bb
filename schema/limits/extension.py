"""Holds operations to their limits between parsing and validation, and prices those that are not run."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any, Final

import orjson
import structlog
from graphql import ExecutionResult, GraphQLError, OperationType, get_operation_ast
from strawberry.extensions import SchemaExtension

from floorgraph.model.limits import Limit, Mode
from floorgraph.vendors.contract import Source
from floorgraph.vendors.pricing import Ask, Price, Read, one_by_one, total
from loaders.scope import current_scope
from resolvers.environment import Caller
from resolvers.kept import LONGEST_KEY, Kept
from resolvers.passes import TooMany, pass_key
from schema.limits.demand import Demand, demand_of
from schema.limits.introspection import NoIntrospection, list_sizes, without_suggestions
from schema.limits.shape import Shape, shape_of

log = structlog.get_logger("floorgraph.limits")

TOO_MANY_TOKENS: Final = "Syntax Error: Document contains more than"
UNPRICED: Final = "Subscriptions cannot be priced with X-Floorgraph-Dry-Run."
PRICE_SECONDS: Final = 10.0
"""How long a price is gone by: what a source can do seldom changes."""
_MOST_KEPT: Final = 512
_shapes: Kept[Hashable, Shape] = Kept(_MOST_KEPT)
_demands: Kept[Hashable, Demand] = Kept(_MOST_KEPT)
_logged: Kept[int, bool] = Kept(_MOST_KEPT)
"""By the hashes of text and name: texts over a limit are long."""


class OperationBounds(SchemaExtension):
    """Measures every operation, and refuses those over a limit that is enforced."""

    def __init__(self) -> None:
        self._price: dict[str, Any] | None = None
        self._over_any = False

    def on_parse(self) -> Iterator[None]:
        """Bound the document, and hide what the caller may not know."""
        context: Any = self.execution_context
        limit = self._caller.environment.limits.tokens
        if limit.mode is Mode.ENFORCE:
            context.parse_options["max_tokens"] = limit.most
        if not self._caller.introspects:
            context.validation_rules = (*context.validation_rules, NoIntrospection)
        yield
        for error in context.pre_execution_errors or ():
            if error.message.startswith(TOO_MANY_TOKENS):
                self._caller.environment.over_limits["tokens"] += 1
                error.extensions = _told("tokens", limit.most, None)

    def on_validate(self) -> Iterator[None]:
        """Look at shape and demand before validation, which takes long for what is too large."""
        context: Any = self.execution_context
        if context.pre_execution_errors is None:
            refused = self._refused(context)
            if refused:
                context.pre_execution_errors = refused
        yield
        self._hide_suggestions(context.pre_execution_errors)

    def on_execute(self) -> Iterator[None]:
        """Answer with the price where that is all that is wanted."""
        context: Any = self.execution_context
        if self._caller.dry_run and context.result is None:
            context.result = ExecutionResult(data={}, errors=None)
        elif not self._over_any:
            self._grant_pass(context)
        yield
        self._hide_suggestions(getattr(context.result, "errors", None))

    def on_stream_result(self, result: Any) -> Iterator[None]:
        """Hide what the caller may not know in what a subscription is told at its beginning."""
        self._hide_suggestions(getattr(result, "errors", None))
        yield

    def get_results(self) -> dict[str, Any]:
        """`extensions.cost` for those who ask for the price."""
        return {"cost": self._price} if self._price is not None and self._caller.dry_run else {}

    @property
    def _caller(self) -> Caller:
        caller: Caller = self.execution_context.context
        return caller

    def _grant_pass(self, context: Any) -> None:
        """Spare the same query from being looked at again for a while."""
        if context.operation_type.value != OperationType.QUERY.value or context.query is None:
            return
        try:
            # The name that was given: a document with one operation needs none.
            name = context._provided_operation_name  # noqa: SLF001
            key = pass_key(context.query, name, context.variables, self._caller.admitted)
        except TooMany:
            return
        environment = self._caller.environment
        environment.passes.grant(key, context.graphql_document, environment.clock.monotonic())

    def _hide_suggestions(self, errors: Sequence[GraphQLError] | None) -> None:
        if not self._caller.introspects:
            for error in errors or ():
                # Errors of fields have a path, and speak of data that the caller may see.
                if error.path is None:
                    error.message = without_suggestions(error.message)

    def _refused(self, context: Any) -> list[GraphQLError]:
        document, name = context.graphql_document, context.operation_name
        operation = get_operation_ast(document, name)
        if operation is None:
            return []
        if self._caller.dry_run and operation.operation is OperationType.SUBSCRIPTION:
            return [GraphQLError(UNPRICED, extensions={"code": "BAD_REQUEST", "retryable": False})]
        limits, text = self._caller.environment.limits, context.query or ""
        found: dict[str, int] = {"tokens": getattr(document, "token_count", 0)}
        try:
            shape = self._shape(document, operation, text, name)
        except RecursionError:
            return [_error("depth", limits.depth.most, None)]
        found |= {"depth": shape.depth, "aliases": shape.aliases}
        found |= {"directives": shape.directives, "fields": shape.fields}
        found |= {"introspection": round(shape.introspection)}
        refused = self._over(found, text)
        # The rest is walked as often as fragments repeat it, and so only where that is bounded.
        paged = (limits.page_size, limits.records, limits.upstream_calls)
        if not refused and (self._caller.dry_run or _looked_at(*paged)):
            demand, key = self._demand(context, document, operation, text, name)
            by_source = self._by_source(demand, key)
            calls = {"records": demand.records, "upstream_calls": sum(by_source.values())}
            refused = self._over({"page_size": demand.page_size, **calls}, text)
            self._price = _priced(calls, by_source, found)
        return refused

    def _shape(self, document: Any, operation: Any, text: str, name: str | None) -> Shape:
        schema: Any = self.execution_context.schema

        def make() -> Shape:
            return shape_of(document, operation, list_sizes(schema._schema))  # noqa: SLF001  graphql-core's inside Strawberry's

        return make() if len(text) > LONGEST_KEY else _shapes.made((text, name), make)

    def _demand(
        self, context: Any, document: Any, operation: Any, text: str, name: str | None
    ) -> tuple[Demand, Hashable]:
        """What the operation asks for, and the key under which that is kept; None where it is not."""
        variables: Mapping[str, Any] = context.variables or {}

        def make() -> Demand:
            return demand_of(context.schema, document, operation, variables)

        try:
            key = orjson.dumps(variables, option=orjson.OPT_SORT_KEYS)
        except TypeError:
            return make(), None
        if len(text) + len(key) > LONGEST_KEY:
            return make(), None
        return _demands.made((text, name, key), make), (text, name, key)

    def _by_source(self, demand: Demand, key: Hashable) -> Mapping[str, int]:
        """Calls at most by source; some seconds old where nobody asked for the price itself."""
        environment, caller = self._caller.environment, self._caller
        if key is None or caller.dry_run:
            return _by_source(demand)
        now, known = environment.clock.monotonic(), environment.prices.get((key, caller.sources))
        if known is not None and now - known[0] < PRICE_SECONDS:
            return known[1]
        if len(environment.prices) >= _MOST_KEPT:
            environment.prices.clear()
        by_source = _by_source(demand)
        environment.prices[key, caller.sources] = (now, by_source)
        return by_source

    def _over(self, found: Mapping[str, int], text: str) -> list[GraphQLError]:
        """The errors for what is over an enforced limit; the rest is counted and logged once per document."""
        environment, refused = self._caller.environment, []
        for name, value in found.items():
            limit: Limit = getattr(environment.limits, name)
            if limit.mode is Mode.OFF or value <= limit.most:
                continue
            environment.over_limits[name] += 1
            self._over_any = True
            if limit.mode is Mode.ENFORCE:
                refused.append(_error(name, limit.most, value))
            elif (key := hash((text, name))) not in _logged:
                _logged.put(key, True)
                log.warning("operation over a limit", limit=name, most=limit.most, found=value)
        return refused


def _looked_at(*limits: Limit) -> bool:
    return any(limit.mode is not Mode.OFF for limit in limits)


def _by_source(demand: Demand) -> dict[str, int]:
    """Calls at most, by key of the sources that the caller sees."""
    found = {}
    for source in current_scope().floor:
        prices = (_price(source, one.ask) for one in demand.questions if one.concerns(source))
        found[source.key] = total(prices).calls
    return found


def _price(source: Source, ask: Ask) -> Price:
    # What a command costs is the same everywhere: calls to judge it by, and the one that sends it.
    return one_by_one(ask) if ask.read is Read.COMMAND else source.price(ask)


def _priced(
    calls: Mapping[str, int], by_source: Mapping[str, int], shape: Mapping[str, int]
) -> dict[str, Any]:
    return {
        "upstreamCalls": calls["upstream_calls"],
        "bySource": {key: count for key, count in by_source.items() if count},
        "records": calls["records"],
        **shape,
    }


def _error(name: str, most: int, found: int | None) -> GraphQLError:
    words = _WORDS[name]
    asked = "" if found is None else f"; this one has {found}"
    return GraphQLError(
        f"An operation may have at most {most} {words}{asked}.", extensions=_told(name, most, found)
    )


def _told(name: str, most: int, found: int | None) -> dict[str, Any]:
    told: dict[str, Any] = {"code": f"LIMIT_{name.upper()}", "retryable": False, "limit": most}
    return told if found is None else told | {"found": found}


_WORDS: Final = {
    "depth": "levels of fields",
    "aliases": "fields with an alias",
    "directives": "directives",
    "fields": "fields",
    "introspection": "values of introspection, by estimate",
    "tokens": "tokens",
    "page_size": "records on a page",
    "records": "records on all its pages together",
    "upstream_calls": "calls to vendors",
}
