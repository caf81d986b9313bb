"""The root fields by which commands are looked at: the log, one command, and both live."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import strawberry

from resolvers import commands
from schema.commands.record import Command, CommandConnection, CommandEdge, CommandFilter, Operation
from schema.connection import PageInfo

ID = Annotated[
    strawberry.ID,
    strawberry.argument(description="The `commandId` that the client chose or that the payload told."),
]
FIRST = Annotated[
    int, strawberry.argument(description=f"At most this many commands; 0 to {commands.MOST_COMMANDS}.")
]
AFTER = Annotated[
    str | None, strawberry.argument(description="Only commands after this cursor, that is, older.")
]
FILTER = Annotated[
    CommandFilter | None, strawberry.argument(description="Only commands that meet these conditions.")
]


@strawberry.type(description="What can be asked of commands.")
class CommandQueries:
    """The log and its lines."""

    @strawberry.field(
        description="A command by its id; null when there is none, or it is somebody else's and the caller "
        "lacks the right `audit`. Needs the right `command`."
    )
    async def command(self, info: strawberry.Info[Any, None], id: ID) -> Command | None:
        """One command."""
        found: Any = await commands.command(info.context, id)
        return found  # type: ignore[no-any-return]

    @strawberry.field(
        description="The log of all commands, the latest first, the rejected ones included. Needs the right "
        "`audit`."
    )
    async def commands(
        self,
        info: strawberry.Info[Any, None],
        first: FIRST = 50,
        after: AFTER = None,
        filter: FILTER = None,
    ) -> CommandConnection:
        """The audit log."""
        page = await commands.page(info.context, first, after, filter)
        nodes: list[Any] = list(page.entries)
        cursors = [commands.cursor(entry) for entry in page.entries]
        edges = [CommandEdge(cursor=at, node=node) for at, node in zip(cursors, nodes, strict=True)]
        lies = PageInfo(
            has_next_page=page.more,
            has_previous_page=after is not None,
            start_cursor=next(iter(cursors), None),
            end_cursor=cursors[-1] if cursors else None,
        )
        return CommandConnection(edges=edges, nodes=nodes, page_info=lies, total_count=page.total)


@strawberry.type(description="What can be followed of commands.")
class CommandSubscriptions:
    """Commands live."""

    @strawberry.subscription(
        description="A command as it is known now, and again whenever more is known of it; ends when that is "
        "all. For whoever sent it, and for callers with the right `audit`."
    )
    async def command_changed(self, info: strawberry.Info[Any, None], id: ID) -> AsyncIterator[Command]:
        """One command live."""
        async for found in commands.changes(info.context, id):
            yield found  # type: ignore[misc]

    @strawberry.subscription(
        description="What a vendor works on because of a command: how far it is now, and again whenever that "
        "changes; ends with it. For whoever sent the command, and for callers with the right `audit`."
    )
    async def operation_changed(self, info: strawberry.Info[Any, None], id: ID) -> AsyncIterator[Operation]:
        """One operation live."""
        async for found in commands.operation_changes(info.context, id):
            yield found  # type: ignore[misc]
