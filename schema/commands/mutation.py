"""The mutations: one per command that an installed vendor lists."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import strawberry

from floorgraph.model.command import Command, CommandOutcome
from floorgraph.model.documented import documentation, summary
from floorgraph.model.ids import Kind
from loaders.scope import current_scope
from resolvers.commands import Carried, carried
from resolvers.node import record_by_id
from schema.access import ACCESS
from schema.commands.cost import Commanded
from schema.commands.inputs import command_of, input_type
from schema.commands.record import Operation, UserError, operation_of
from schema.declare import PARENT
from schema.nouns import BATCHES, FOLDERS, JOBS, LAYOUTS, ORDERS, PIECES, PROGRAMS, STATIONS, VERSIONS

NODES: Mapping[Kind, Any] = {
    noun.kind: noun.node
    for noun in (BATCHES, FOLDERS, JOBS, LAYOUTS, ORDERS, PIECES, PROGRAMS, STATIONS, VERSIONS)
}
OUTCOMES = documentation(CommandOutcome)


def mutation_type(offered: Iterable[type[Command]]) -> type | None:
    """The root of mutations; None when no vendor offers a command.

    Raises `TypeError` for two different commands of one name.
    """
    kinds: dict[str, type[Command]] = {}
    for kind in offered:
        if kinds.setdefault(kind.word(), kind) is not kind:
            raise TypeError(f"Two vendors have different commands of the name '{kind.word()}'.")
    if not kinds:
        return None
    body: dict[str, Any] = {name: _field(kind) for name, kind in sorted(kinds.items())}
    text = (
        "What can be sent to vendors' servers. Each command is off until the configuration of its source "
        "allows it, and needs the right `command`; see `Source.commands`. Commands of one operation run one "
        "after the other, and are never sent again by themselves."
    )
    made = type("Mutation", (), {"__doc__": "The root of mutations.", **body})
    return strawberry.type(made, name="Mutation", description=text)


def record_name(kind: Kind) -> str:
    """The payload's field for a record of a kind, such as `program_version`."""
    return kind.value.replace("-", "_")


def _field(kind: type[Command]) -> Any:
    async def resolve(info: strawberry.Info[Any, None], input: Any) -> Any:
        return await carried(info.context, command_of(kind, input))

    resolve.__annotations__ = {
        "info": strawberry.Info,
        "input": Annotated[
            input_type(kind), strawberry.argument(description="What is to be done, and to which record.")
        ],
        "return": _payload(kind) | None,
    }
    text = summary(kind)
    if kind.destructive:
        text += "\n\nNeeds `destructive_commands` in the source's configuration: it cannot be undone."
    return strawberry.mutation(
        resolver=resolve, name=kind.word(), description=text, metadata={ACCESS: Commanded(kind)}
    )


def _payload(kind: type[Command]) -> Any:
    name = f"{kind.__name__}Payload"
    body: dict[str, Any] = {
        "__doc__": f"What became of a command `{kind.word()}`.",
        "outcome": _plain(
            lambda root: root.entry.outcome, CommandOutcome, "How it ended, as far as is known."
        ),
        "command_id": _plain(
            lambda root: strawberry.ID(root.entry.command_id),
            strawberry.ID,
            "The id that the client chose, or this server where it chose none; see `Query.command`.",
        ),
        "operation": _plain(
            lambda root: operation_of(root.entry),
            Operation | None,
            "What the vendor works on if the outcome is ACCEPTED; null otherwise.",
        ),
        "user_errors": _plain(
            lambda root: list(root.entry.errors),
            list[UserError],
            "Why it was rejected, and what is possible instead; empty otherwise.",
        ),
    }
    if kind.returns is not None:
        body[record_name(kind.returns)] = _record(kind.returns)
    return strawberry.type(type(name, (), body), name=name, description=body["__doc__"])


def _plain(value: Any, returns: Any, description: str) -> Any:
    def resolve(root: Any) -> Any:
        return value(root)

    resolve.__annotations__ = {"root": PARENT, "return": returns}
    return strawberry.field(resolver=resolve, description=description)


def _record(kind: Kind) -> Any:
    async def resolve(root: Carried) -> Any:
        found = root.record_id(kind)
        return None if found is None else await record_by_id(current_scope(), found, kind)

    resolve.__annotations__ = {"root": PARENT, "return": NODES[kind] | None}
    text = (
        f"The {kind.value.replace('-', ' ')}, read after the command; null where it is gone or cannot be had."
    )
    return strawberry.field(resolver=resolve, description=text)
