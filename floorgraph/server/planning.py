"""A subscription before it is followed: checked like every operation, and told apart from others.

Subscriptions with the same plan key have the same document, variables and
permissions; where each of them begins (`after`, `snapshot`) does not count.
"""

from collections.abc import Hashable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
import strawberry
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    OperationType,
    VariableNode,
    Visitor,
    get_operation_ast,
    parse,
    print_ast,
    visit,
)

from resolvers.environment import Caller
from resolvers.live import planning
from subscriptions.sources import SourceTopic
from subscriptions.topic import Topic

BEGINNING = frozenset({"after", "snapshot"})
"""Arguments that say where a subscription begins, not what it is about."""
MOST_TOKENS = 10_000
"""Longer documents are not read twice: whoever runs them refuses them, or runs them on their own."""
FOLLOWED = frozenset(
    f"{kind}Changed" for kind in ("alarm", "batch", "job", "layout", "order", "piece", "source", "station")
)
"""Subscription fields that are followed together."""


@dataclass(frozen=True, slots=True)
class Request:
    """An operation as a client sends it."""

    query: str
    variables: Mapping[str, Any] | None = None
    operation_name: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a subscription is about, and what tells it apart from others."""

    request: Request
    topic: Topic | SourceTopic
    key: Hashable


class NotPossible(Exception):
    """A subscription that cannot begin; its errors are ready for the client."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


def is_followed(request: Request) -> bool:
    """Whether an operation is a subscription that is followed together with others.

    False for documents that cannot be read; whoever runs them says why.
    """
    try:
        shape = _shape(request.query, request.operation_name)
    except (GraphQLError, RecursionError):
        return False
    return shape is not None


async def plan(schema: strawberry.Schema, request: Request, caller: Caller) -> Plan:
    """Check a subscription as every operation is checked, and find out what it is about.

    Raises `NotPossible` with the errors that the client is to see.
    """
    with planning() as topics:
        stream = await schema.stream(
            request.query,
            variable_values=None if request.variables is None else dict(request.variables),
            context_value=caller,
            operation_name=request.operation_name,
        )
        async with aclosing(stream):
            async for result in stream:
                raise NotPossible(list(getattr(result, "errors", None) or ()))
    (topic,) = topics
    return Plan(request, topic, _key(request, caller))


def _key(request: Request, caller: Caller) -> Hashable:
    shape = _shape(request.query, request.operation_name)
    text, names = ("", frozenset()) if shape is None else shape
    used = {name: value for name, value in (request.variables or {}).items() if name in names}
    # As text: bytes of orjson keep the 4 KiB of the buffer that they were written to, once per subscription.
    variables = orjson.dumps(used, option=orjson.OPT_SORT_KEYS).decode()
    # Whoever wants a trace of its own operation shares nothing.
    alone = object() if caller.trace else None
    return text, request.operation_name, variables, caller.permissions, alone


@lru_cache(maxsize=256)
def _shape(query: str, operation_name: str | None) -> tuple[str, frozenset[str]] | None:
    """A subscription's text without where it begins, and the variables that are left in it.

    None for everything that is not followed together with others.
    """
    document = parse(query, max_tokens=MOST_TOKENS)
    operation = get_operation_ast(document, operation_name)
    if operation is None or operation.operation is not OperationType.SUBSCRIPTION:
        return None
    roots = operation.selection_set.selections
    root = roots[0] if len(roots) == 1 else None
    if not isinstance(root, FieldNode) or root.name.value not in FOLLOWED:
        return None
    names: set[str] = set()

    class Reader(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> Any:
            if node is not root:
                return None
            kept = tuple(one for one in node.arguments or () if one.name.value not in BEGINNING)
            return _replaced(node, kept)

        def enter_variable_definition(self, *_: Any) -> bool:
            return False

    return _text(document, Reader(), names)


def _replaced(node: FieldNode, arguments: tuple[Any, ...]) -> FieldNode:
    return FieldNode(**{key: getattr(node, key) for key in node.keys} | {"arguments": arguments})


def _text(document: DocumentNode, reader: Visitor, names: set[str]) -> tuple[str, frozenset[str]]:
    cut = visit(document, reader)

    class Variables(Visitor):
        def enter_variable_definition(self, *_: Any) -> bool:
            return False

        def enter_variable(self, node: VariableNode, *_: Any) -> None:
            names.add(node.name.value)

    visit(cut, Variables())
    return print_ast(cut), frozenset(names)


__all__ = ["NotPossible", "Plan", "Request", "is_followed", "plan"]
