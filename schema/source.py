"""Sources in GraphQL."""

from datetime import datetime
from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON

from floorgraph.commands.checks import command_states
from floorgraph.model import source
from floorgraph.model.documented import documentation
from floorgraph.model.errors import BadArgument
from floorgraph.vendors import contract
from floorgraph.vendors.floor import offered_commands
from loaders.scope import current_scope
from schema import enums
from schema.declare import record_type

__all__ = ["Source", "enums"]

CONDITION = documentation(source.SourceCondition)
MAX_RESOURCES = 200
Self = strawberry.Parent[contract.Source]


@record_type(source.CapabilityState)
class CapabilityState:
    """Whether a source has a capability."""


@record_type(source.SourceCommand)
class SourceCommand:
    """A command that the vendor of a source knows."""


@record_type(source.FeedState)
class FeedState:
    """One repeated question to a source."""


@record_type(source.BudgetState)
class BudgetState:
    """How many calls an endpoint class may take."""


@record_type(source.UnmappedWord)
class UnmappedWord:
    """A vendor's word without a unified counterpart."""


@record_type(source.DriftNote)
class DriftNote:
    """A difference between expected and received payloads."""


@record_type(source.QuarantinedRecord)
class QuarantinedRecord:
    """A record that could not be read."""


@strawberry.type(description="One page of a vendor's own resource.")
class ResourcePage:
    """One page of a vendor's own resource."""

    items: list[JSON] = strawberry.field(description="The records as the vendor sent them, without secrets.")
    after: str | None = strawberry.field(description="Cursor behind this page; null on the last one.")


@strawberry.type(description="One configured vendor server: what it can do and how it is doing.")
class Source:
    """One configured vendor server."""

    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        """Whether something is a source; asked where it may be of several types."""
        return isinstance(value, contract.Source)

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

    @strawberry.field(
        description="The commands that the vendor knows, by name: which of them the configuration allows, "
        "and which of them this server can carry out."
    )
    def commands(root: Self) -> list[SourceCommand]:
        """The source's commands."""
        return command_states(root, offered_commands().get(root.vendor, ()))  # type: ignore[return-value]

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

    @strawberry.field(
        description="One page of a resource of the vendor, passed through as it is but for secrets. Needs "
        "the right `raw`. For what the unified types do not cover; paths and filters are the vendor's own."
    )
    async def resource(
        root: Self,
        path: Annotated[str, strawberry.argument(description="The resource's path in the vendor's API.")],
        filter: Annotated[
            JSON | None,
            strawberry.argument(description='Conditions by field, an object of texts: `{"status": "new"}`.'),
        ] = None,
        first: Annotated[
            int, strawberry.argument(description=f"At most this many records; 1 to {MAX_RESOURCES}.")
        ] = 50,
        after: Annotated[
            str | None, strawberry.argument(description="Go on after this cursor of an earlier page.")
        ] = None,
    ) -> ResourcePage | None:
        """A vendor's own resource."""
        current_scope().require("raw", "The field 'resource'")
        if not 1 <= first <= MAX_RESOURCES:
            raise BadArgument(f"'first' must be between 1 and {MAX_RESOURCES}, not {first}.")
        found: Any = await root.resource(path, _conditions(filter), first, after)
        return found  # type: ignore[no-any-return]


def _conditions(given: Any) -> dict[str, str]:
    if given is None:
        return {}
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise BadArgument("'filter' must be an object whose values are texts.")
    return dict(given)


def all_sources() -> list[Any]:
    """All configured sources, in the order of the configuration."""
    return list(current_scope().floor)
