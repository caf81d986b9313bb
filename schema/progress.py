"""Progress in GraphQL."""

from floorgraph.model import progress
from schema import enums
from schema.declare import record_type

__all__ = ["Progress", "enums"]


@record_type(progress.Progress)
class Progress:
    """How far a piece of work has come."""
