"""Subscriptions: which changes are asked for, and a fresh scope for each event."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

from floorgraph.model.errors import BadArgument
from floorgraph.model.ids import Kind
from loaders.scope import Scope, current_scope
from resolvers.criteria import Criteria
from resolvers.environment import Caller, Environment
from subscriptions.change import Change
from subscriptions.naming import field_names
from subscriptions.sources import SourceChanged, SourceTopic
from subscriptions.topic import Topic, Way

MAX_AGE_SECONDS = 3600.0


def topic_of(
    criteria: Criteria,
    *,
    on: Sequence[str] | None,
    after: str | None,
    snapshot: bool,
    max_age: float | None,
) -> Topic:
    """The topic of a subscription.

    Raises `BadArgument` or `BadId` for conditions that cannot be meant.
    """
    criteria.check()
    _check_names(criteria.kind, on)
    if max_age is not None and not 0 < max_age <= MAX_AGE_SECONDS:
        raise BadArgument(
            f"'maxAge' must be more than 0 and at most {MAX_AGE_SECONDS:g} seconds, not {max_age:g}."
        )
    scope = current_scope()
    return Topic(
        kind=criteria.kind,
        sources=_sources(criteria, scope),
        ids=None if criteria.ids is None else frozenset(criteria.ids),
        matches=None if criteria.is_open else criteria.admits,
        ways=tuple(
            Way(way.over, partial(way.leads, value))
            for name, way in criteria.ways.items()
            if (value := getattr(criteria, name)) is not None
        ),
        on=None if on is None else frozenset(on),
        after=after,
        snapshot=snapshot,
        max_age=max_age,
        # A cursor stands for what was sent under these conditions and rights, and for nothing else.
        scope=repr((criteria, on, sorted(scope.rights))),
    )


def _sources(criteria: Criteria, scope: Scope) -> frozenset[str] | None:
    """Keys of the sources to hear about, those that may be configured later included; None for all.

    Of vendors it is the sources that are configured now.
    """
    if criteria.vendors is not None:
        return frozenset(source.key for source in scope.floor if criteria.concerns(source))
    named = criteria.named_sources()
    if named is None or scope.sources is None:
        return scope.sources if named is None else named
    return named & scope.sources


def _check_names(kind: Kind, on: Sequence[str] | None) -> None:
    """Raises `BadArgument` for names that no change can carry: waiting for them would be in vain."""
    allowed = field_names(kind)
    unknown = [name for name in on or () if name not in allowed]
    if unknown:
        listed = ", ".join(f"'{name[:60]}'" for name in unknown[:5])
        raise BadArgument(
            f"'on' names {listed}, which changes of {kind}s never carry; the names are: "
            f"{', '.join(sorted(allowed))}."
        )


_planned: ContextVar[list[Topic | SourceTopic] | None] = ContextVar("planned", default=None)


@contextmanager
def planning() -> Iterator[list[Topic | SourceTopic]]:
    """Collect the topics of subscriptions that begin within the block, which then tell nothing themselves."""
    topics: list[Topic | SourceTopic] = []
    token = _planned.set(topics)
    try:
        yield topics
    finally:
        _planned.reset(token)


async def changes(caller: Caller, topic: Topic) -> AsyncIterator[Change]:
    """The changes of a topic; each event is resolved in a scope of its own."""
    planned = _planned.get()
    if planned is not None:
        planned.append(topic)
        return
    async with aclosing(_environment().engine.subscribe(topic)) as stream:
        async for change in stream:
            caller.scope()
            yield change


async def source_changes(caller: Caller, keys: Sequence[str] | None) -> AsyncIterator[SourceChanged]:
    """The changes of sources' condition; each event is resolved in a scope of its own.

    Raises `BadArgument` for a key that is not configured.
    """
    environment, scope = _environment(), current_scope()
    floor = scope.floor
    for key in keys or ():
        if floor.get(key) is None:
            known = ", ".join(source.key for source in floor)
            raise BadArgument(f"There is no source '{key[:60]}'; the configured ones are: {known or 'none'}.")
    wanted = scope.sources if keys is None else frozenset(keys)
    planned = _planned.get()
    if planned is not None:
        planned.append(SourceTopic(wanted))
        return
    async with aclosing(environment.engine.subscribe_sources(wanted)) as stream:
        async for change in stream:
            caller.scope()
            yield change


def _environment() -> Environment:
    surroundings: Any = current_scope().surroundings
    environment: Environment = surroundings
    return environment
