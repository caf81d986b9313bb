"""What the application lends to every operation, and who calls."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field

from floorgraph.commands.desk import CommandDesk
from floorgraph.commands.entry import Entry
from floorgraph.model.limits import OperationLimits
from loaders.scope import Scope, Surroundings, enter_scope
from resolvers.passes import Passes
from subscriptions.engine import Engine


@dataclass(slots=True, kw_only=True)
class Environment(Surroundings):
    """The floor and the engine that serves live subscriptions.

    `observed` is told of every query and mutation: its type, its outcome, and the seconds it took.
    """

    engine: Engine
    limits: OperationLimits = field(default_factory=OperationLimits)
    over_limits: Counter[str] = field(default_factory=Counter)
    """How many operations were over a limit, by its name, refused or not."""
    prices: dict[Hashable, tuple[float, Mapping[str, int]]] = field(default_factory=dict)
    """What operations cost by source, and when that was worked out (monotonic)."""
    passes: Passes = field(default_factory=Passes)
    """What was found valid and within all limits lately."""
    observed: Callable[[str, str, float], None] = lambda _kind, _outcome, _seconds: None
    desk: CommandDesk | None = None
    """Where commands are taken in; None where none can be sent."""
    document_url: Callable[[Entry], str | None] = lambda _entry: None
    """Where a client can get the document that came of a command."""


@dataclass(slots=True)
class Caller:
    """Who sends an operation, what they may do, and what they asked for beside the data.

    `rights` are words such as `raw` and `trace`. `trace` asks for
    `extensions.upstream`, `dry_run` for the price of the operation in place
    of its data. `identified` callers said who they are; who does not `introspects` is
    not told what the schema holds. `sources` are the keys of the sources that
    exist for the caller, all when None.
    """

    environment: Environment
    rights: frozenset[str] = field(default_factory=frozenset)
    trace: bool = False
    sources: frozenset[str] | None = None
    identified: bool = False
    dry_run: bool = False
    introspects: bool = True
    name: str | None = None
    """As logs name the caller; None for one who did not say who they are."""
    role: str = "none"
    """What the rights come from."""

    @property
    def permissions(self) -> Hashable:
        """What decides about the answers that the caller gets; equal for callers who get the same ones."""
        return self.rights, self.sources

    @property
    def admitted(self) -> Hashable:
        """What decides whether an operation of the caller is valid and within limits."""
        return self.sources, self.introspects

    def scope(self) -> Scope:
        """A fresh scope for one operation or event of this caller, made the current one."""
        return enter_scope(Scope(self.environment, self.rights, self.sources))
