"""The scope of one GraphQL operation or one subscription event: its loaders, freshness and caller.

A scope lives in a context variable, because a websocket carries many
operations in one connection context: loaders kept there would answer every
later operation with the first one's data. Operations set a scope when they
start, subscriptions set a new one before each event.
"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from floorgraph.model.errors import FloorgraphError, NotPermitted
from floorgraph.model.source import FeedState
from floorgraph.model.time import Clock, SystemClock
from floorgraph.vendors.floor import Floor
from floorgraph.vendors.gate.call import Freshness

L = TypeVar("L")

_current: ContextVar["Scope | None"] = ContextVar("scope", default=None)


@dataclass(slots=True)
class Surroundings:
    """What outlives operations and is lent to each of them."""

    floor: Floor
    clock: Clock = field(default_factory=SystemClock)
    feed_states: Callable[[str], Sequence[FeedState]] = lambda _key: ()
    """The feeds of a source, by source key."""
    image_url: Callable[[str], str | None] = lambda _station_id: None
    """Where a client can get the picture of a station, by station id."""


@dataclass(frozen=True, slots=True)
class SoftError:
    """Something that could not be had although its field has a value, such as one source's part of a list."""

    failure: FloorgraphError
    path: Sequence[str | int]


@dataclass(slots=True)
class Scope:
    """What one operation or event shares among its resolvers."""

    surroundings: Surroundings
    rights: frozenset[str] = frozenset()
    sources: frozenset[str] | None = None
    """Keys of the sources that exist for the caller; all when None."""
    freshness: Freshness = field(default_factory=Freshness)
    soft_errors: list[SoftError] = field(default_factory=list)
    loaders: dict[Callable[..., Any], Any] = field(default_factory=dict)
    moment: datetime | None = None
    failures_stand: bool = False
    """Whether what failed to load is not asked for again within the scope."""
    _floor: Floor | None = None

    @property
    def floor(self) -> Floor:
        """The sources that exist for the caller.

        Everything that is read within the scope goes through here: a source that the caller may
        not see answers nothing, as one that is not configured.
        """
        if self._floor is None:
            whole = self.surroundings.floor
            self._floor = whole if self.sources is None else whole.only(self.sources)
        return self._floor

    def loader(self, kind: Callable[["Scope"], L]) -> L:
        """The one loader of that class in this scope."""
        found = self.loaders.get(kind)
        if found is None:
            found = self.loaders[kind] = kind(self)
        loader: L = found
        return loader

    def renewed(self, since: float) -> "Scope":
        """A scope for what an operation reads after it changed something at a monotonic time.

        Nothing that was loaded before counts, and nothing that was observed before.
        """
        return Scope(
            self.surroundings,
            self.rights,
            self.sources,
            freshness=Freshness(max_age=0, since=since),
            soft_errors=self.soft_errors,
        )

    def abandon(self) -> None:
        """End what its loaders are loading: the operation is over, and its answer is not wanted."""
        for loader in self.loaders.values():
            loader.abandon()

    def release(self) -> None:
        """Let go of what was loaded: the operation is over.

        Loaders and their scope refer to each other. Unless that ends, what they loaded stays in
        memory until Python looks for cycles, and each such look holds up everything.
        """
        for loader in self.loaders.values():
            loader.release()
        # What is still being loaded can be given up yet.
        self.loaders = {kind: loader for kind, loader in self.loaders.items() if loader.loading}

    def require(self, right: str, what: str) -> None:
        """Raises `NotPermitted` unless the caller has the right."""
        if right not in self.rights:
            raise NotPermitted(f"{what} needs the right '{right}'.")

    def report(self, failure: FloorgraphError, path: Sequence[str | int]) -> None:
        """Show a failure under `errors` beside the data that could be had."""
        self.soft_errors.append(SoftError(failure, path))

    def now(self) -> datetime:
        """The wall clock in UTC when it was first asked for, so that one operation has one 'now'."""
        if self.moment is None:
            self.moment = self.surroundings.clock.now()
        return self.moment


def current_scope() -> Scope:
    """The scope of the running operation or event.

    Raises `LookupError` outside of one, which is a fault of this program.
    """
    scope = _current.get()
    if scope is None:
        raise LookupError("No operation is running: there is no scope to load from.")
    return scope


def enter_scope(scope: Scope) -> Scope:
    """Make a scope the current one for the running task."""
    _current.set(scope)
    return scope
