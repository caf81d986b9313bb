"""What a command may cost in calls to its vendor."""

from dataclasses import dataclass
from typing import Final

from floorgraph.model.command import Command

REVIEW: Final = 4
"""Calls that judging a command by fresh records is taken to need."""
SENDING: Final = 1
"""Calls by which it is sent."""


@dataclass(frozen=True, slots=True)
class Commanded:
    """In the metadata of a mutation's field: the command that it sends."""

    kind: type[Command]
