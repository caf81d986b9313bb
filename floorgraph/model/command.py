"""Commands: what a client asks a source to do, how that ended, and what stands against it.

A command is a frozen dataclass that derives from `Command`. Its name, its
docstring and its fields become a GraphQL mutation with one input object, so
that a vendor adds a command without an edit elsewhere. Commands whose meaning
vendors share live in `floorgraph.model.commands`; one that only a single
vendor has may live in that vendor's folder.
"""

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from floorgraph.model.ids import Kind


class CommandOutcome(Enum):
    """How a command ended, as far as is known.

    Clients must be ready for values that are added later.
    """

    CONFIRMED = "CONFIRMED"
    """The vendor did it, and said so or was seen to have done it."""
    ACCEPTED = "ACCEPTED"
    """The vendor took it on and works on it; `operation` tells how far it is."""
    REJECTED = "REJECTED"
    """It was not done, and nothing changed; `userErrors` say why and what is possible."""
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    """It was sent and may or may not have been done. It is never sent again by itself; the record is read
    again, and `command(id)` tells when it became clear."""


class UserErrorCode(Enum):
    """Why a command was rejected, or why its outcome is not known.

    Clients must be ready for values that are added later.
    """

    COMMAND_DISABLED = "COMMAND_DISABLED"
    """The configuration does not allow this command for this source."""
    DESTRUCTIVE_DISABLED = "DESTRUCTIVE_DISABLED"
    """It cannot be undone, and the configuration does not allow such commands for this source."""
    UNSUPPORTED = "UNSUPPORTED"
    """The source cannot do this: another vendor, an older version, or no licence."""
    NOT_FOUND = "NOT_FOUND"
    """There is no such record."""
    INVALID = "INVALID"
    """A value is wrong by itself, such as an empty name or a number out of range."""
    NOT_POSSIBLE_NOW = "NOT_POSSIBLE_NOW"
    """The record as it is now does not allow it, such as a status that cannot follow the present one."""
    CONFLICT = "CONFLICT"
    """Something stands against it at the vendor: it is there already, or somebody else changed it."""
    COMMAND_ID_REUSED = "COMMAND_ID_REUSED"
    """The `commandId` was used for a different command."""
    REFUSED_BY_VENDOR = "REFUSED_BY_VENDOR"
    """The vendor refused it."""
    NO_CLEAR_ANSWER = "NO_CLEAR_ANSWER"
    """It was sent, and the vendor gave no clear answer: goes with the outcome OUTCOME_UNKNOWN."""
    SOURCE_UNAVAILABLE = "SOURCE_UNAVAILABLE"
    """The source could not be reached or asked; nothing was sent, or nothing was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserError:
    """One reason why a command was rejected, or why its outcome is not known."""

    message: str
    """What is wrong and what is possible instead, for people."""
    code: UserErrorCode
    """What is wrong, for programs."""
    field: tuple[str, ...] = ()
    """Path of the input field that is at fault, such as `["input", "stateId"]`; empty for the command as
    a whole."""
    vendor_code: str | None = None
    """The vendor's own code, where it gave one."""


class OperationStatus(Enum):
    """How far something is that a vendor works on.

    Clients must be ready for values that are added later.
    """

    RUNNING = "RUNNING"
    """The vendor works on it."""
    SUCCEEDED = "SUCCEEDED"
    """It is done."""
    FAILED = "FAILED"
    """It ended without success; `detail` says why."""
    UNKNOWN = "UNKNOWN"
    """Nobody can tell: the vendor lost sight of it, or never tells."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """What every command is.

    Fields that end in `_id` or `_ids` hold global ids as text, and `kinds`
    says what they must lead to; all of one command belong to one source. A
    command without such a field declares `source: str`, the key of the
    source. Field docstrings become descriptions; every one names units,
    limits, and what the vendor does with it. Enums are allowed as values,
    and so are frozen dataclasses and tuples of these. The docstring of the
    class is the description of the mutation: what it does to which machine,
    which version and licence of the vendor it needs, and what cannot be undone.
    """

    destructive: ClassVar[bool] = False
    """It deletes, or moves or cuts something that cannot be put back: needs a second switch."""
    kinds: ClassVar[dict[str, Kind]] = {}
    """Field name -> kind of record that the id or ids lead to."""
    affects: ClassVar[frozenset[Kind]] = frozenset()
    """Kinds of records that may change by it; these are polled at once afterwards."""
    returns: ClassVar[Kind | None] = None
    """Kind of the record that the payload carries, named after the kind, such as `station`."""

    command_id: str | None = None
    """Chosen by the client, up to 128 characters and unique per client: sending the same command with the
    same id again gives the first outcome instead of doing it twice, also after a restart of this server."""

    @classmethod
    def word(cls) -> str:
        """Name of the mutation, such as `changeStationState`."""
        return cls.__name__[0].lower() + cls.__name__[1:]
