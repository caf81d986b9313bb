"""Commands that act on programs, and on what machines hold of them."""

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from floorgraph.model.command import Command
from floorgraph.model.ids import Kind

PROGRAMS = frozenset({Kind.PROGRAM})


class FolderMode(Enum):
    """What a destination folder means beside the one that the vendor has configured for the station."""

    APPEND = "APPEND"
    """It lies within the configured folder."""
    OVERRIDE = "OVERRIDE"
    """It takes the place of the configured folder."""


@dataclass(frozen=True, kw_only=True)
class SendProgram(Command):
    """Send a program to a machine.

    It reaches the machine's memory or drive: what the machine does with it is up to the machine and whoever
    stands there. What is overwritten there is lost, so that `override` needs the switch for commands that
    cannot be undone. CWork from version 1.14 with the licence `dnc`, over FOCAS, Heidenhain LSV2, SMB, FTP
    and RS232; it sends the version that it shows. When the vendor says that sending failed, a part may have
    arrived: the outcome is then OUTCOME_UNKNOWN.
    """

    kinds: ClassVar[dict[str, Kind]] = {"station_id": Kind.STATION, "program_id": Kind.PROGRAM}
    affects: ClassVar[frozenset[Kind]] = PROGRAMS
    returns: ClassVar[Kind | None] = Kind.PROGRAM

    station_id: str
    """The station to send to."""
    program_id: str
    """The program, one that is kept for the station."""
    destination_folder: str | None = None
    """Folder at the machine; the configured one when absent."""
    folder_mode: FolderMode | None = None
    """What the destination folder means; APPEND when absent. CWork from version 1.15, for LSV2 and Fanuc."""
    override: bool = False
    """True to write over a program of that name at the machine; otherwise the vendor refuses."""
    asynchronous: bool = False
    """True to let the vendor send in the background. The outcome is then ACCEPTED, and `operation` has what
    the vendor said when it began: it cannot be asked later how it ended."""
    wait_milliseconds: int = 0
    """How long the vendor waits for the first word of the machine when it sends in the background; 0 to
    60,000."""


@dataclass(frozen=True, kw_only=True)
class SendPrograms(Command):
    """Send several programs to a machine in one go.

    As `sendProgram`, for machines on RS232 alone: the vendor sends one after the other. What the machine does
    with programs of the same names is up to it; what it overwrites is lost. CWork from version 1.14 with the
    licence `dnc`.
    """

    kinds: ClassVar[dict[str, Kind]] = {"station_id": Kind.STATION, "program_ids": Kind.PROGRAM}
    affects: ClassVar[frozenset[Kind]] = PROGRAMS
    returns: ClassVar[Kind | None] = Kind.STATION

    station_id: str
    """The station to send to."""
    program_ids: tuple[str, ...]
    """The programs in the order in which they are sent, 1 to 100 of them, each kept for the station."""


@dataclass(frozen=True, kw_only=True)
class NewCustomField:
    """The value of a field that the customer defined at the vendor."""

    name: str
    """The vendor's internal name of the field: `Custom1` to `Custom5` at CWork."""
    value: str
    """The value."""


@dataclass(frozen=True, kw_only=True)
class CreateProgram(Command):
    """Create a program at the vendor, without a version yet.

    Nothing reaches a machine. CWork from version 1.3 with the licence `dnc`. It can be put into the recycle
    bin with `deleteProgram`.
    """

    kinds: ClassVar[dict[str, Kind]] = {"station_id": Kind.STATION}
    affects: ClassVar[frozenset[Kind]] = PROGRAMS
    returns: ClassVar[Kind | None] = Kind.PROGRAM

    station_id: str
    """The station that it is kept for."""
    reference: str
    """Its name without extension; not empty."""
    extension: str | None = None
    """File extension without the dot, one that the station takes."""
    folder: str | None = None
    """Folder that it is kept in, with forward slashes; the root when absent."""
    custom_fields: tuple[NewCustomField, ...] = ()
    """Values of fields that the customer defined."""
    protected: bool = False
    """True to protect it against changes."""
    archived: bool = False
    """True to put it away at once."""


@dataclass(frozen=True, kw_only=True)
class SubmitProgramVersion(Command):
    """Hand in a new version of a program.

    Nothing reaches a machine until it is sent. CWork from version 1.3 with the licence `dnc`, where
    `exchange_dir` is configured: the text is put into CWork's exchange folder as a file. A version can be
    deleted with `deleteProgramVersion`.
    """

    kinds: ClassVar[dict[str, Kind]] = {"program_id": Kind.PROGRAM}
    affects: ClassVar[frozenset[Kind]] = PROGRAMS
    returns: ClassVar[Kind | None] = Kind.PROGRAM_VERSION

    program_id: str
    """The program."""
    content: str
    """The text of the version, not empty, up to 200,000 characters; the log keeps its size and hash."""
    comment: str | None = None
    """What was changed, for people."""


@dataclass(frozen=True, kw_only=True)
class CertifyProgramVersion(Command):
    """Give a version of a program another status, such as released for production.

    Nothing reaches a machine. By the scenario of the user whose key is configured, CWork gives the status
    to the version itself or to a new one made of it: the payload has the one that it is. From version 1.16
    with the licence `dnc`. It can be followed by another status, not taken back.
    """

    kinds: ClassVar[dict[str, Kind]] = {"version_id": Kind.PROGRAM_VERSION}
    affects: ClassVar[frozenset[Kind]] = PROGRAMS
    returns: ClassVar[Kind | None] = Kind.PROGRAM_VERSION

    version_id: str
    """The version."""
    status: str
    """The vendor's own word for the new status, such as `VALIDATED`."""
    comment: str | None = None
    """Why, for people."""


@dataclass(frozen=True, kw_only=True)
class DeleteProgram(Command):
    """Put a program with all its versions into the vendor's recycle bin.

    Machines keep what they have. There is no command to have it back; people can, in the vendor's own
    program. CWork from version 1.14 with the licence `dnc`.
    """

    destructive: ClassVar[bool] = True
    kinds: ClassVar[dict[str, Kind]] = {"program_id": Kind.PROGRAM}
    affects: ClassVar[frozenset[Kind]] = PROGRAMS
    returns: ClassVar[Kind | None] = Kind.STATION

    program_id: str
    """The program."""


@dataclass(frozen=True, kw_only=True)
class DeleteProgramVersion(Command):
    """Delete a version of a program at the vendor, for good.

    Machines keep what they have. CWork from version 1.14 with the licence `dnc`.
    """

    destructive: ClassVar[bool] = True
    kinds: ClassVar[dict[str, Kind]] = {"version_id": Kind.PROGRAM_VERSION}
    affects: ClassVar[frozenset[Kind]] = PROGRAMS
    returns: ClassVar[Kind | None] = Kind.PROGRAM

    version_id: str
    """The version."""


@dataclass(frozen=True, kw_only=True)
class DeleteProgramRange(Command):
    """Delete programs in a machine's memory whose names are numbers within a range.

    What the machine held is lost; the vendor keeps its own documents. CWork from version 1.7 with the
    licence `dnc`; machines on RS232 cannot do it. FOCAS stops at the first program that it cannot delete, so
    that some may be gone when it fails: the outcome is then OUTCOME_UNKNOWN and says which program it was.
    """

    destructive: ClassVar[bool] = True
    kinds: ClassVar[dict[str, Kind]] = {"station_id": Kind.STATION}
    affects: ClassVar[frozenset[Kind]] = frozenset()
    returns: ClassVar[Kind | None] = Kind.STATION

    station_id: str
    """The station whose machine holds the programs."""
    first: int
    """Lowest number, 0 or more."""
    last: int
    """Highest number, included; not below `first`."""
    folder: str | None = None
    """Folder at the machine; the configured one when absent."""
    prefix: str | None = None
    """What stands before the numbers in the names, such as `O`. CWork from version 1.8."""
