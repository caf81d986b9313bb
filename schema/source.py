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
    def key(self: Self) -> str:
        """The source's key."""
        return self.key

    @strawberry.field(description="What people call the source.")
    def title(self: Self) -> str:
        """The source's title."""
        return self.title

    @strawberry.field(description="Key of the vendor, such as it stands in the configuration.")
    def vendor(self: Self) -> str:
        """The vendor's key."""
        return self.vendor

    @strawberry.field(
        description="The interface version that was found, in the vendor's numbering; null until it is known."
    )
    def version(self: Self) -> str | None:
        """The version found."""
        return self.version

    @strawberry.field(description=CONDITION["status"])
    def status(self: Self) -> source.SourceStatus:
        """How the source is doing."""
        return self.condition().status

    @strawberry.field(description=CONDITION["failing_since"])
    def failing_since(self: Self) -> datetime | None:
        """Since when calls fail."""
        return self.condition().failing_since

    @strawberry.field(description=CONDITION["next_attempt_at"])
    def next_attempt_at(self: Self) -> datetime | None:
        """When the source is tried again."""
        return self.condition().next_attempt_at

    @strawberry.field(description=CONDITION["failure_code"])
    def failure_code(self: Self) -> str | None:
        """Code of the last failure."""
        return self.condition().failure_code

    @strawberry.field(description=CONDITION["failure"])
    def failure(self: Self) -> str | None:
        """What went wrong."""
        return self.condition().failure

    @strawberry.field(description=CONDITION["last_answer_at"])
    def last_answer_at(self: Self) -> datetime | None:
        """When the source last answered."""
        return self.condition().last_answer_at

    @strawberry.field(description="What the source can do, and why it cannot do the rest.")
    def capabilities(self: Self) -> list[CapabilityState]:
        """The source's capabilities."""
        return list(self.capabilities())  # type: ignore[arg-type]

    @strawberry.field(description="The questions that are asked repeatedly for live subscriptions.")
    def feeds(self: Self) -> list[FeedState]:
        """The source's feeds."""
        return list(current_scope().surroundings.feed_states(self.key))  # type: ignore[arg-type]

    @strawberry.field(description="How many calls may be made, and how many were.")
    def budget(self: Self) -> list[BudgetState]:
        """The source's budgets."""
        return list(self.budgets())  # type: ignore[arg-type]

    @strawberry.field(description="Words of the vendor that have no unified counterpart here.")
    def unmapped(self: Self) -> list[UnmappedWord]:
        """Words that are not mapped."""
        return list(self.diagnostics.unmapped_words())  # type: ignore[arg-type]

    @strawberry.field(description="How received payloads differ from the expected ones, repairs included.")
    def drift(self: Self) -> list[DriftNote]:
        """Differences of payloads."""
        return list(self.diagnostics.drift_notes())  # type: ignore[arg-type]

    @strawberry.field(description="Records that could not be read and are left out of their lists.")
    def quarantined(self: Self) -> list[QuarantinedRecord]:
        """Records left out."""
        return list(self.diagnostics.quarantined())  # type: ignore[arg-type]


def all_sources() -> list[Any]:
    """All configured sources, in the order of the configuration."""
    return list(current_scope().floor)
