"""What is known of a command in GraphQL, and what a vendor works on because of it."""

from datetime import datetime
from typing import Any

import strawberry
from strawberry.scalars import JSON

from floorgraph.commands import entry
from floorgraph.model import command
from floorgraph.model.documented import documentation, summary
from loaders.scope import current_scope
from resolvers.node import record_by_id
from schema.connection import PageInfo
from schema.declare import declare_enum
from schema.node import Node
from schema.source import Source

for _kind in (command.CommandOutcome, command.UserErrorCode, command.OperationStatus):
    declare_enum(_kind)

OPERATION = documentation(entry.Operation)
ERROR = documentation(command.UserError)


@strawberry.type(description=summary(command.UserError))
class UserError:
    """One reason why a command was rejected."""

    message: str = strawberry.field(description=ERROR["message"])
    code: command.UserErrorCode = strawberry.field(description=ERROR["code"])
    field: list[str] = strawberry.field(description=ERROR["field"])
    vendor_code: str | None = strawberry.field(description=ERROR["vendor_code"])


async def _records(ids: Any) -> list[Any]:
    """Records by their ids; null for those that are gone, or cannot be had now."""
    return [record_by_id(current_scope(), one) for one in ids]


@strawberry.type(description="Something that a vendor works on since it accepted a command.")
class Operation:
    """What a vendor works on."""

    @strawberry.field(description="Id of the command that began it.")
    def command_id(root: strawberry.Parent[Any]) -> strawberry.ID:
        """The command's id."""
        return strawberry.ID(root.command_id)

    @strawberry.field(description=OPERATION["status"])
    def status(root: strawberry.Parent[Any]) -> command.OperationStatus:
        """How far it is."""
        found: command.OperationStatus = root.operation.status
        return found

    @strawberry.field(description=OPERATION["progress"])
    def progress(root: strawberry.Parent[Any]) -> float | None:
        """Share that is done."""
        found: float | None = root.operation.progress
        return found

    @strawberry.field(description=OPERATION["detail"])
    def detail(root: strawberry.Parent[Any]) -> str | None:
        """The vendor's words."""
        found: str | None = root.operation.detail
        return found

    @strawberry.field(
        description="The records that changed or came to be so far; null for those that are gone."
    )
    async def records(root: strawberry.Parent[Any]) -> list[Node | None]:
        """Records that changed."""
        return await _records(root.operation.record_ids)

    @strawberry.field(description=OPERATION["result"])
    def result(root: strawberry.Parent[Any]) -> JSON | None:
        """What came of it."""
        found: JSON | None = root.operation.result
        return found

    @strawberry.field(
        description="Where to get the document that came of it, relative to this server, for a limited time; "
        "null while there is none."
    )
    def document_url(root: strawberry.Parent[Any]) -> str | None:
        """The signed address of the document."""
        surroundings: Any = current_scope().surroundings
        found: str | None = surroundings.document_url(root)
        return found

    @strawberry.field(description=OPERATION["updated_at"])
    def updated_at(root: strawberry.Parent[Any]) -> datetime:
        """When this was last heard."""
        found: datetime = root.operation.updated_at
        return found


def operation_of(root: Any) -> Any:
    """The entry itself where it has an operation, since that is told from the entry."""
    return root if root.operation is not None else None


@strawberry.type(
    description="A command that came to this server, and what is known of its fate: a line of the audit log."
)
class Command:
    """A line of the audit log."""

    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        """Whether something is an entry."""
        return isinstance(value, entry.Entry)

    @strawberry.field(description="The id that the client chose, or this server where it chose none.")
    def command_id(root: strawberry.Parent[Any]) -> strawberry.ID:
        """The command's id."""
        return strawberry.ID(root.command_id)

    @strawberry.field(description="Name of the mutation, such as `changeStationState`.")
    def name(root: strawberry.Parent[Any]) -> str:
        """The command's name."""
        return str(root.word)

    @strawberry.field(description="The source that it was for; null when it is not configured any more.")
    def source(root: strawberry.Parent[Any]) -> Source | None:
        """The source."""
        found: Any = current_scope().floor.get(root.source)
        return found  # type: ignore[no-any-return]

    @strawberry.field(description="Key of the source that it was for; empty when it named none.")
    def source_key(root: strawberry.Parent[Any]) -> str:
        """The source's key."""
        return str(root.source)

    @strawberry.field(description="Who sent it, as logs name callers; null for a caller who did not say.")
    def who(root: strawberry.Parent[Any]) -> str | None:
        """Who sent it."""
        found: str | None = root.who
        return found

    @strawberry.field(description="The role of who sent it, at that time.")
    def role(root: strawberry.Parent[Any]) -> str:
        """Their role."""
        return str(root.role)

    @strawberry.field(description="What was asked for; of long texts, such as programs, size and hash.")
    def input(root: strawberry.Parent[Any]) -> JSON:
        """The input."""
        found: JSON = root.input
        return found

    @strawberry.field(description="When it came (UTC).")
    def begun_at(root: strawberry.Parent[Any]) -> datetime:
        """When it came."""
        found: datetime = root.begun_at
        return found

    @strawberry.field(
        description="When it was about to be sent to the vendor (UTC); null if it was not sent."
    )
    def sent_at(root: strawberry.Parent[Any]) -> datetime | None:
        """When it was sent."""
        found: datetime | None = root.sent_at
        return found

    @strawberry.field(description="When its first outcome was known (UTC); null while it is under way.")
    def ended_at(root: strawberry.Parent[Any]) -> datetime | None:
        """When it ended."""
        found: datetime | None = root.ended_at
        return found

    @strawberry.field(
        description="When an outcome that was unknown became clear, or was given up on, in which case "
        "`outcome` stays OUTCOME_UNKNOWN (UTC); null otherwise."
    )
    def resolved_at(root: strawberry.Parent[Any]) -> datetime | None:
        """When it was resolved."""
        found: datetime | None = root.resolved_at
        return found

    @strawberry.field(description="How it ended, as far as is known by now; null while it is under way.")
    def outcome(root: strawberry.Parent[Any]) -> command.CommandOutcome | None:
        """The outcome."""
        found: command.CommandOutcome | None = root.outcome
        return found

    @strawberry.field(description="Why it was rejected; empty otherwise.")
    def user_errors(root: strawberry.Parent[Any]) -> list[UserError]:
        """Why it was rejected."""
        return list(root.errors)

    @strawberry.field(description="The records that changed or came to be; null for those that are gone.")
    async def records(root: strawberry.Parent[Any]) -> list[Node | None]:
        """Records that changed."""
        return await _records(root.record_ids)

    @strawberry.field(description="What it was going to change, as it was when it was sent.")
    def before(root: strawberry.Parent[Any]) -> JSON:
        """What was before."""
        found: JSON = root.before
        return found

    @strawberry.field(description="The same afterwards, as far as it is known.")
    def after(root: strawberry.Parent[Any]) -> JSON:
        """What is after."""
        found: JSON = root.after
        return found

    @strawberry.field(
        description="What the vendor answered, without secrets, long answers cut. Needs the right `raw`."
    )
    def vendor_answer(root: strawberry.Parent[Any]) -> JSON | None:
        """The vendor's answer."""
        current_scope().require("raw", "The field 'vendorAnswer'")
        found: JSON | None = root.vendor_answer
        return found

    @strawberry.field(description="What the vendor works on, if it accepted the command; null otherwise.")
    def operation(root: strawberry.Parent[Any]) -> Operation | None:
        """The operation."""
        found: Any = operation_of(root)
        return found  # type: ignore[no-any-return]


@strawberry.type(description="A command in the log, with its cursor (Relay).")
class CommandEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(description="The command's place in the log; opaque.")
    node: Command = strawberry.field(description="The command.")


@strawberry.type(description="One page of the log of commands, the latest first (Relay).")
class CommandConnection:
    """Relay's connection."""

    edges: list[CommandEdge] = strawberry.field(description="The commands of the page with their cursors.")
    nodes: list[Command] = strawberry.field(description="The commands of the page, without cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the log.")
    total_count: int = strawberry.field(description="Number of commands in the log that meet the filter.")


@strawberry.input(
    description="Narrows the log of commands. Conditions are combined with AND, values with OR."
)
class CommandFilter:
    """Narrows the log."""

    sources: list[str] | None = strawberry.field(default=None, description="Only commands for these sources.")
    names: list[str] | None = strawberry.field(
        default=None, description="Only these commands, by their names such as `changeStationState`."
    )
    who: list[str] | None = strawberry.field(
        default=None, description="Only commands of these callers, as logs name them."
    )
    outcomes: list[command.CommandOutcome] | None = strawberry.field(
        default=None, description="Only commands that ended so, as far as is known by now."
    )
    begun_from: datetime | None = strawberry.field(
        default=None, description="Only commands that came at this moment or later."
    )
    begun_to: datetime | None = strawberry.field(
        default=None, description="Only commands that came before this moment."
    )
