"""Progress in GraphQL."""

from floorgraph.model import progress
from schema import enums
from schema.declare import part_type

__all__ = ["Progress", "enums"]


@part_type
class Progress(progress.Progress):
    """How far a piece of work has come."""
