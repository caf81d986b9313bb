"""Commands: how they are sent on behalf of a caller, looked up, and followed."""

import base64
import binascii
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

from floorgraph.commands.checks import ids_in
from floorgraph.commands.desk import CommandDesk, Sender
from floorgraph.commands.entry import Entry
from floorgraph.commands.store import Page, Wanted
from floorgraph.model.command import Command
from floorgraph.model.errors import BadArgument, BadCursor, BadId
from floorgraph.model.ids import GlobalId, Kind
from loaders.scope import current_scope, enter_scope
from resolvers.environment import Caller

MOST_COMMANDS: Final = 200
"""Commands on a page of the log."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A command that was seen through, and what became of it."""

    entry: Entry
    command: Command

    def record_id(self, kind: Kind) -> str | None:
        """Id of the record of a kind that it was about: one that it brought, or one that it named."""
        named = [one.id for one in ids_in(self.command) if one.kind is kind]
        return next((one for one in (*self.entry.record_ids, *named) if _is_of(one, kind)), None)


def _is_of(record_id: str, kind: Kind) -> bool:
    """Whether an id leads to a record of a kind; a malformed one, which commands refuse, to none."""
    try:
        return GlobalId.parse(record_id).kind is kind
    except BadId:
        return False


async def carried(caller: Caller, command: Command) -> Carried:
    """See a command through. What the operation reads from now on is no older than its end.

    Raises `NotPermitted`, `TooManyCommands`, `LogUnusable`.
    """
    scope = current_scope()
    scope.require("command", f"The command '{command.word()}'")
    entry = await _desk(caller).send(command, _sender(caller))
    enter_scope(scope.renewed(time.monotonic()))
    return Carried(entry, command)


async def command(caller: Caller, command_id: str) -> Entry | None:
    """A command that the caller may see. Raises `NotPermitted`."""
    current_scope().require("command", "The field 'command'")
    return await _desk(caller).named(command_id, _sender(caller), anybody="audit" in caller.rights)


async def page(caller: Caller, first: int, after: str | None, conditions: Any) -> Page:
    """A page of the log. Raises `NotPermitted`, `BadArgument`, `BadCursor`."""
    current_scope().require("audit", "The field 'commands'")
    if not 0 <= first <= MOST_COMMANDS:
        raise BadArgument(f"'first' must be between 0 and {MOST_COMMANDS}, not {first}.")
    before = None if after is None else _number(after)
    return await _desk(caller).page(_wanted(conditions), first, before, _sender(caller))


async def changes(caller: Caller, command_id: str) -> AsyncIterator[Entry]:
    """A command as it is, and again whenever more is known of it. Raises `BadArgument` for an unknown one."""
    found = await command(caller, command_id)
    if found is None:
        raise BadArgument(f"There is no command '{command_id[:128]}' that you may follow.")
    async with aclosing(_desk(caller).watch(found)) as stream:
        async for known in stream:
            caller.scope()
            yield known


async def operation_changes(caller: Caller, command_id: str) -> AsyncIterator[Entry]:
    """As `changes`, as far as they are about what the vendor works on."""
    told = None
    async with aclosing(changes(caller, command_id)) as stream:  # type: ignore[type-var]
        async for known in stream:
            if known.operation is not None and known.operation != told:
                told = known.operation
                yield known


def cursor(entry: Entry) -> str:
    """An entry's place in the log."""
    return base64.urlsafe_b64encode(f"command:{entry.number}".encode()).decode().rstrip("=")


def _number(text: str) -> int:
    try:
        word, _, number = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(":")
        if word == "command" and number.isascii() and number.isdigit() and len(number) < 16:
            return int(number)
    except (binascii.Error, ValueError):
        pass
    raise BadCursor("The cursor in 'after' does not come from the log of commands.")


def _wanted(given: Any) -> Wanted:
    if given is None:
        return Wanted()
    return Wanted(
        sources=_set(given.sources),
        commands=_set(given.names),
        who=_set(given.who),
        outcomes=_set(given.outcomes),
        begun_from=given.begun_from,
        begun_to=given.begun_to,
    )


def _set(values: Sequence[Any] | None) -> Any:
    return None if values is None else frozenset(values)


def _desk(caller: Caller) -> CommandDesk:
    desk = caller.environment.desk
    if desk is None:
        raise LookupError("This server was put together without a desk for commands.")
    return desk


def _sender(caller: Caller) -> Sender:
    return Sender(name=caller.name, role=caller.role, sources=caller.sources)
