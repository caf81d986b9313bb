"""Who calls: a name, a role, perhaps only some sources, perhaps only until a moment."""

from dataclasses import dataclass
from datetime import datetime

from floorgraph.settings import Role


@dataclass(frozen=True, slots=True)
class Identity:
    """A caller that was recognised, or the anonymous one.

    `name` is None for the anonymous caller; otherwise it is what limits count
    by and what logs say, and never a secret.
    """

    name: str | None
    role: Role
    sources: frozenset[str] | None = None
    """Keys of the sources that exist for the caller; all when None."""
    expires: datetime | None = None
    """When the session ends (UTC); never when None."""
    introspects: bool = True
    """Whether the caller may ask what the schema holds."""

    @property
    def identified(self) -> bool:
        """Whether the caller said who they are."""
        return self.name is not None


NOBODY = Identity(None, Role.NONE, frozenset(), introspects=False)
"""Somebody who was turned away."""


def anonymous(role: Role) -> Identity:
    """Whoever does not say who they are."""
    return Identity(None, role)
