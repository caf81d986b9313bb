"""Programs: build files, which machines run."""

from floorgraph.model.ids import Kind
from floorgraph.model.program import Program
from floorgraph.vendors.authentise.mapping.frame import Frame, short
from floorgraph.vendors.authentise.shelf import Row


def program(row: Row, frame: Frame) -> Program:
    """A build file. The links to its content are signed and short-lived, and never passed on."""
    fields = frame.fields(row)
    name, extension = fields.text("name") or short(row.ref), fields.text("format")
    stem = name.removesuffix(f".{extension}") if extension else name
    return Program(
        **frame.common(Kind.PROGRAM, row, fields),
        name=name if extension is None or name.endswith(f".{extension}") else f"{name}.{extension}",
        reference=stem,
        extension=extension,
        vendor_status=fields.text("status"),
        size_bytes=fields.integer("file_size"),
        created_at=fields.instant("created"),
        modified_at=fields.instant("updated"),
        archived=fields.has("archived"),
    )
