"""What stands against a command before anybody is asked: its ids, and what the configuration allows. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final

from floorgraph.commands.entry import fault
from floorgraph.commands.writing import camel
from floorgraph.model.command import Command, UserError, UserErrorCode
from floorgraph.model.errors import BadId
from floorgraph.model.ids import GlobalId, Kind
from floorgraph.model.source import SourceCommand
from floorgraph.vendors.contract import Source
from floorgraph.vendors.failures import (
    BadRequest,
    Conflict,
    NotApplicable,
    NotFound,
    SourceFailure,
    Unsupported,
)

LONGEST_ID: Final = 128
_CODES: Final[Mapping[type[SourceFailure], UserErrorCode]] = {
    NotFound: UserErrorCode.NOT_FOUND,
    BadRequest: UserErrorCode.INVALID,
    Conflict: UserErrorCode.CONFLICT,
    NotApplicable: UserErrorCode.NOT_POSSIBLE_NOW,
    Unsupported: UserErrorCode.UNSUPPORTED,
}


@dataclass(frozen=True, slots=True)
class Named:
    """An id in a command, and where it stands."""

    id: str
    kind: Kind
    path: tuple[str, ...]


def ids_in(command: Any, path: tuple[str, ...] = ("input",)) -> Iterator[Named]:
    """The ids of records that a command names, also inside the inputs in it."""
    kinds: Mapping[str, Kind] = getattr(type(command), "kinds", {})
    for field in fields(command):
        value, here = getattr(command, field.name), (*path, camel(field.name))
        for index, one in enumerate(value if isinstance(value, tuple | list) else (value,)):
            at = (*here, str(index)) if isinstance(value, tuple | list) else here
            if is_dataclass(one):
                yield from ids_in(one, at)
            elif field.name in kinds and one is not None:
                yield Named(str(one), kinds[field.name], at)


def source_of(command: Command) -> tuple[str | None, list[UserError]]:
    """Key of the source that a command belongs to, and what is wrong with its ids."""
    keys: dict[str, tuple[str, ...]] = {}
    errors: list[UserError] = []
    for named in ids_in(command):
        try:
            keys.setdefault(GlobalId.parse(named.id, expected=named.kind).source, named.path)
        except BadId as wrong:
            errors.append(fault(str(wrong), UserErrorCode.INVALID, named.path))
    given = getattr(command, "source", None)
    if isinstance(given, str):
        keys.setdefault(given, ("input", "source"))
    if len(keys) > 1:
        listed = ", ".join(f"'{key}'" for key in keys)
        message = f"All that a command names must belong to one source, not to {listed}."
        errors.append(fault(message, UserErrorCode.INVALID, list(keys.values())[1]))
    if not keys and not errors:
        errors.append(fault("The command names no record.", UserErrorCode.INVALID, ("input",)))
    return next(iter(keys), None), errors


def forbidding(
    command: type[Command], source: Source | None, key: str | None, offered: Iterable[type[Command]]
) -> UserError | None:
    """Why a command is not for a source: unknown, another vendor's, not allowed, or not possible there."""
    word = command.word()
    if source is None:
        return fault(f"There is no source '{key}'.", UserErrorCode.NOT_FOUND, ("input",))
    if command not in offered:
        message = f"'{source.key}' is a server of {source.vendor}, which has nothing like '{word}'."
        return fault(message, UserErrorCode.UNSUPPORTED)
    if word not in source.allowed_commands:
        return fault(
            f"The configuration does not allow '{word}' for '{source.key}'. Whoever runs this server allows "
            f'it by adding "{word}" to `commands` in the [[sources]] table with key = "{source.key}".',
            UserErrorCode.COMMAND_DISABLED,
        )
    if command.destructive and not source.destructive_commands:
        return fault(
            f"'{word}' cannot be undone, and the configuration does not allow such commands for "
            f"'{source.key}'. Whoever runs this server allows them with `destructive_commands = true` in the "
            f'[[sources]] table with key = "{source.key}".',
            UserErrorCode.DESTRUCTIVE_DISABLED,
        )
    lacking = source.lacking(command)
    return None if lacking is None else fault(lacking, UserErrorCode.UNSUPPORTED)


def command_states(source: Source, offered: Iterable[type[Command]]) -> list[SourceCommand]:
    """The commands of a source's vendor, by name, and what stands against each."""
    found = []
    for kind in sorted(offered, key=lambda kind: kind.word()):
        allowed = kind.word() in source.allowed_commands and (
            source.destructive_commands or not kind.destructive
        )
        lacking = source.lacking(kind)
        forbidden = forbidding(kind, source, source.key, (kind,))
        state = SourceCommand(
            name=kind.word(),
            destructive=kind.destructive,
            allowed=allowed,
            available=lacking is None,
            reason=None if forbidden is None else forbidden.message,
        )
        found.append(state)
    return found


def fault_of_id(command_id: str | None) -> UserError | None:
    """What is wrong with an id that a client chose."""
    if command_id is None or (0 < len(command_id) <= LONGEST_ID and command_id.isprintable()):
        return None
    message = f"A 'commandId' has 1 to {LONGEST_ID} characters, all of them visible."
    return fault(message, UserErrorCode.INVALID, ("input", "commandId"))


def refusals(failure: SourceFailure, *, sent: bool) -> Sequence[UserError]:
    """A failure after which a command was certainly not carried out, as the reason for that."""
    code = next((code for kind, code in _CODES.items() if isinstance(failure, kind)), None)
    if code is None:
        unavailable = failure.retryable or failure.counts_against_source or not sent
        code = UserErrorCode.SOURCE_UNAVAILABLE if unavailable else UserErrorCode.REFUSED_BY_VENDOR
    return [fault(str(failure), code, (), failure.vendor_code)]
