"""What the application lends to every operation, and who calls."""

from dataclasses import dataclass, field

from loaders.scope import Scope, Surroundings, enter_scope
from subscriptions.engine import Engine


@dataclass(slots=True, kw_only=True)
class Environment(Surroundings):
    """The floor and the engine that serves live subscriptions."""

    engine: Engine


@dataclass(slots=True)
class Caller:
    """Who sends an operation, what they may do, and what they asked for beside the data.

    `rights` are words such as `raw` and `trace`. `trace` asks for
    `extensions.upstream`.
    """

    environment: Environment
    rights: frozenset[str] = field(default_factory=frozenset)
    trace: bool = False

    def scope(self) -> Scope:
        """A fresh scope for one operation or event of this caller, made the current one."""
        return enter_scope(Scope(self.environment, self.rights))
