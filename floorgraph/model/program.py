"""Programs: what a machine runs, and their versions."""

from datetime import datetime
from typing import ClassVar

from floorgraph.model.ids import Kind
from floorgraph.model.record import Part, Record


class CustomField(Part, kw_only=True):
    """A field that the customer defined at the vendor."""

    name: str
    """The vendor's internal name of the field."""
    label: str
    """The label that people see; the vendor's default where the customer set none."""
    value: str | None
    """The field's value."""


class Program(Record, kw_only=True):
    """What a machine runs, such as an NC program kept under version control."""

    kind_word: ClassVar[Kind] = Kind.PROGRAM

    name: str
    """Reference and extension, for example `HSC70.MPF`."""
    reference: str
    """The program's reference at the vendor, without extension."""
    extension: str | None = None
    """File extension without the dot."""
    folder: str | None = None
    """Folder that holds the program, with forward slashes; null for the root."""
    vendor_status: str | None = None
    """The vendor's own word for the state of the current version, such as `VALIDATED`."""
    version_label: str | None = None
    """Label of the current version, for example `A/5`."""
    size_bytes: int | None = None
    """Size of the current version, in bytes."""
    priority: int | None = None
    """The vendor's urgency number; its scale is the customer's."""
    created_at: datetime | None = None
    """When the program was created at the vendor (UTC)."""
    modified_at: datetime | None = None
    """When the program was last modified at the vendor (UTC)."""
    custom_fields: tuple[CustomField, ...] = ()
    """Fields that the customer defined at the vendor."""
    protected: bool = False
    """True when the vendor protects the program against changes."""
    archived: bool = False
    """True when the vendor has put the program away."""
    station_id: str | None = None
    alias_of_id: str | None = None


class ProgramVersion(Record, kw_only=True):
    """One version of a program."""

    kind_word: ClassVar[Kind] = Kind.PROGRAM_VERSION

    label: str
    """Primary and secondary index, for example `B/9`."""
    vendor_status: str | None = None
    """The vendor's own word for the version's state, such as `VALIDATED`."""
    primary_index: str | None = None
    """First part of the version's label."""
    secondary_index: str | None = None
    """Second part of the version's label."""
    comment: str | None = None
    """What was noted when the version was made."""
    size_bytes: int | None = None
    """Size of the version's file, in bytes."""
    created_at: datetime | None = None
    """When the version was created (UTC)."""
    modified_at: datetime | None = None
    """When the version was last modified (UTC)."""
    received_at: datetime | None = None
    """When the version was received from a machine (UTC)."""
    sent_at: datetime | None = None
    """When the version was last sent to a machine (UTC)."""
    program_id: str | None = None


class ProgramContent(Part, kw_only=True):
    """The text of one version of a program."""

    text: str
    """The program as text."""
    size_bytes: int
    """Size of what the vendor sent, in bytes."""
    truncated: bool = False
    """True when the text was cut at this server's limit."""
