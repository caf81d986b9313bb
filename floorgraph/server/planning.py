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
from resolvers.kept import LONGEST_KEY
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
        return _shape(request) is not None
    except (GraphQLError, RecursionError):
        return False


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
    return Plan(request, topic, _key(request, caller, topic))


def _key(request: Request, caller: Caller, topic: Topic | SourceTopic) -> Hashable:
    text, names = _shape(request) or ("", frozenset())
    used = {name: value for name, value in (request.variables or {}).items() if name in names}
    # As text: bytes of orjson keep the 4 KiB of the buffer that they were written to, once per subscription.
    variables = orjson.dumps(used, option=orjson.OPT_SORT_KEYS).decode()
    # Whoever wants a trace of its own operation shares nothing.
    alone = object() if caller.trace else None
    # The same conditions lead to other sources once the configuration was read again.
    sources = topic.keys if isinstance(topic, SourceTopic) else topic.sources
    return text, request.operation_name, variables, caller.permissions, sources, alone


def _shape(request: Request) -> tuple[str, frozenset[str]] | None:
    """As `_read`, which remembers what is not too long for it."""
    read = _remembered if len(request.query) <= LONGEST_KEY else _read
    return read(request.query, request.operation_name)


def _read(query: str, operation_name: str | None) -> tuple[str, frozenset[str]] | None:
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


_remembered = lru_cache(maxsize=256)(_read)


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
