"""Programs: documents and their versions (API 1.3, licence dnc; "Documents and Versions")."""

from collections.abc import Mapping

from floorgraph.model.ids import Kind
from floorgraph.model.program import CustomField, Program, ProgramVersion
from floorgraph.vendors.coerce import Fields, Shape
from floorgraph.vendors.cwork.mapping.frame import Frame

DOCUMENT = Shape(
    "document",
    expected=(
        "DocumentId",
        "DocumentIdAlias",
        "Reference",
        "Extension",
        "Folder",
        "StationId",
        "DisplayStatus",
        "DisplayIndex",
        "DisplaySize",
        "Emergency",
        "CDate",
        "MDate",
        "Custom1",
        "Custom2",
        "Custom3",
        "Custom4",
        "Custom5",
        "Protected",
        "Archived",
    ),
    identity="DocumentId",
)

VERSION = Shape(
    "version",
    expected=(
        "VersionId",
        "DocumentId",
        "Status",
        "PrimaryIndex",
        "SecondaryIndex",
        "CDate",
        "MDate",
        "RXDate",
        "TXDate",
        "Comment",
        "Size",
        "File",
    ),
    identity="VersionId",
)

CUSTOM_FIELDS = {
    "Custom1": ("docdescriptionfield", "Description"),
    "Custom2": ("doctitlefield", "Title"),
    "Custom3": ("docsubjectfield", "Subject"),
    "Custom4": ("doccategoryfield", "Category"),
    "Custom5": ("docindicefield", "Manual index"),
}
"""Field of a document -> its name in `/documents/customFields` and its meaning by default."""


def program(fields: Fields, frame: Frame, labels: Mapping[str, str]) -> Program:
    """One document; `labels` are those of `/documents/customFields`, empty below API 1.16.

    Raises `BadRecord` without an identifier.
    """
    handle = fields.integer("DocumentId", required=True)
    modified_at = fields.instant("MDate")
    reference, extension = fields.text("Reference") or str(handle), fields.text("Extension")
    station = fields.integer("StationId")
    return Program(
        **frame.common(Kind.PROGRAM, handle, fields.payload, modified_at=modified_at),
        name=f"{reference}.{extension}" if extension else reference,
        reference=reference,
        extension=extension,
        folder=_folder(fields.text("Folder")),
        vendor_status=fields.text("DisplayStatus"),
        version_label=fields.text("DisplayIndex"),
        size_bytes=fields.integer("DisplaySize"),
        priority=fields.integer("Emergency"),
        created_at=fields.instant("CDate"),
        modified_at=modified_at,
        custom_fields=_custom_fields(fields, labels),
        protected=bool(fields.boolean("Protected")),
        archived=bool(fields.boolean("Archived")),
        station_id=None if station is None else frame.id(Kind.STATION, station),
        alias_of_id=frame.id_unless_zero(Kind.PROGRAM, fields.integer("DocumentIdAlias")),
    )


def version(fields: Fields, frame: Frame) -> ProgramVersion:
    """One version of a document. Raises `BadRecord` without its own and its document's identifier."""
    handle = fields.integer("VersionId", required=True)
    modified_at = fields.instant("MDate")
    primary, secondary = fields.text("PrimaryIndex"), fields.text("SecondaryIndex")
    return ProgramVersion(
        **frame.common(Kind.PROGRAM_VERSION, handle, fields.payload, modified_at=modified_at),
        label="/".join(filter(None, (primary, secondary))) or str(handle),
        vendor_status=fields.text("Status"),
        primary_index=primary,
        secondary_index=secondary,
        comment=fields.text("Comment"),
        size_bytes=fields.integer("Size"),
        created_at=fields.instant("CDate"),
        modified_at=modified_at,
        received_at=fields.instant("RXDate"),
        sent_at=fields.instant("TXDate"),
        program_id=frame.id(Kind.PROGRAM, fields.integer("DocumentId", required=True)),
    )


def labels(fields: Fields) -> dict[str, str]:
    """The labels that the customer gave to document fields, by the vendor's internal field name."""
    read = ((name, fields.text(name)) for name in fields.payload)
    return {name.lower(): label for name, label in read if label}


def _folder(written: str | None) -> str | None:
    """CWork writes `folder1\\`, closed by a backslash; the root is empty."""
    return (written or "").replace("\\", "/").strip("/ ") or None


def _custom_fields(fields: Fields, labels: Mapping[str, str]) -> tuple[CustomField, ...]:
    return tuple(
        CustomField(name=name, label=labels.get(internal, default), value=fields.text(name))
        for name, (internal, default) in CUSTOM_FIELDS.items()
        if fields.raw(name) is not None
    )
