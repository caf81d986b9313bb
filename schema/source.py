"""Sources in GraphQL."""

from datetime import datetime
from typing import Any

import strawberry

from floorgraph.model import source
from floorgraph.model.documented import documentation
from floorgraph.vendors import contract
from loaders.scope import current_scope
from schema import enums
from schema.declare import part_type

__all__ = ["Source", "enums"]

CONDITION = documentation(source.SourceCondition)
Self = strawberry.Parent[contract.Source]


@part_type
class CapabilityState(source.CapabilityState):
    """Whether a source has a capability."""


@part_type
class FeedState(source.FeedState):
    """One repeated question to a source."""


@part_type
class BudgetState(source.BudgetState):
    """How many calls an endpoint class may take."""


@part_type
class UnmappedWord(source.UnmappedWord):
    """A vendor's word without a unified counterpart."""


@part_type
class DriftNote(source.DriftNote):
    """A difference between expected and received payloads."""


@part_type
class QuarantinedRecord(source.QuarantinedRecord):
    """A record that could not be read."""


@strawberry.type(description="One configured vendor server: what it can do and how it is doing.")
class Source:
    """One configured vendor server."""

    @strawberry.field(description="Name of the source in the configuration, and first part of its ids.")
    def key(root: Self) -> str:
        """The source's key."""
        return root.key

    @strawberry.field(description="What people call the source.")
    def title(root: Self) -> str:
        """The source's title."""
        return root.title

    @strawberry.field(description="Key of the vendor, such as it stands in the configuration.")
    def vendor(root: Self) -> str:
        """The vendor's key."""
        return root.vendor

    @strawberry.field(
        description="The interface version that was found, in the vendor's numbering; null until it is known."
    )
    def version(root: Self) -> str | None:
        """The version found."""
        return root.version

    @strawberry.field(description=CONDITION["status"])
    def status(root: Self) -> source.SourceStatus:
        """How the source is doing."""
        return root.condition().status

    @strawberry.field(description=CONDITION["failing_since"])
    def failing_since(root: Self) -> datetime | None:
        """Since when calls fail."""
        return root.condition().failing_since

    @strawberry.field(description=CONDITION["next_attempt_at"])
    def next_attempt_at(root: Self) -> datetime | None:
        """When the source is tried again."""
        return root.condition().next_attempt_at

    @strawberry.field(description=CONDITION["failure_code"])
    def failure_code(root: Self) -> str | None:
        """Code of the last failure."""
        return root.condition().failure_code

    @strawberry.field(description=CONDITION["failure"])
    def failure(root: Self) -> str | None:
        """What went wrong."""
        return root.condition().failure

    @strawberry.field(description=CONDITION["last_answer_at"])
    def last_answer_at(root: Self) -> datetime | None:
        """When the source last answered."""
        return root.condition().last_answer_at

    @strawberry.field(description="What the source can do, and why it cannot do the rest.")
    def capabilities(root: Self) -> list[CapabilityState]:
        """The source's capabilities."""
        return list(root.capabilities())  # type: ignore[arg-type]

    @strawberry.field(description="The questions that are asked repeatedly for live subscriptions.")
    def feeds(root: Self) -> list[FeedState]:
        """The source's feeds."""
        return list(current_scope().surroundings.feed_states(root.key))  # type: ignore[arg-type]

    @strawberry.field(description="How many calls may be made, and how many were.")
    def budget(root: Self) -> list[BudgetState]:
        """The source's budgets."""
        return list(root.budgets())  # type: ignore[arg-type]

    @strawberry.field(description="Words of the vendor that have no unified counterpart here.")
    def unmapped(root: Self) -> list[UnmappedWord]:
        """Words that are not mapped."""
        return list(root.diagnostics.unmapped_words())  # type: ignore[arg-type]

    @strawberry.field(description="How received payloads differ from the expected ones, repairs included.")
    def drift(root: Self) -> list[DriftNote]:
        """Differences of payloads."""
        return list(root.diagnostics.drift_notes())  # type: ignore[arg-type]

    @strawberry.field(description="Records that could not be read and are left out of their lists.")
    def quarantined(root: Self) -> list[QuarantinedRecord]:
        """Records left out."""
        return list(root.diagnostics.quarantined())  # type: ignore[arg-type]


def all_sources() -> list[Any]:
    """All configured sources, in the order of the configuration."""
    return list(current_scope().floor)
