"""How documents and versions look."""

from floorgraph.simulators.cwork.documents import Document, Version
from floorgraph.simulators.cwork.errors import VendorError
from floorgraph.simulators.cwork.request import Ask


def document_payload(ask: Ask, document: Document) -> dict[str, object]:
    """A document with what is displayed of its newest version."""
    shown = document.shown
    return {
        "DocumentId": document.id,
        "DocumentIdAlias": document.alias,
        "Reference": document.reference,
        "Extension": document.extension,
        "Folder": document.folder,
        "StationId": document.station,
        "DisplayStatus": shown.status if shown else "",
        "DisplayIndex": f"{shown.primary}/{shown.secondary}" if shown else "",
        "DisplaySize": len(shown.text) if shown else 0,
        "Emergency": document.emergency,
        "CDate": ask.desk.dates.iso(document.created),
        "MDate": ask.desk.dates.iso(document.modified),
        **{f"Custom{index}": value for index, value in enumerate(document.custom, 1)},
        "Protected": document.protected,
        "Archived": document.archived,
    }


def version_payload(ask: Ask, version: Version, file: dict[str, str] | None = None) -> dict[str, object]:
    """A version; `File` is null unless it was asked for."""
    iso = ask.desk.dates.iso
    return {
        "VersionId": version.id,
        "DocumentId": version.document,
        "Status": version.status,
        "PrimaryIndex": version.primary,
        "SecondaryIndex": str(version.secondary),
        "CDate": iso(version.created),
        "MDate": iso(version.modified),
        "RXDate": iso(version.received),
        "TXDate": iso(version.sent),
        "Comment": version.comment,
        "Size": len(version.text),
        "File": file,
    }


def document_of(ask: Ask, number: int) -> Document:
    """A document of a station that exists and that the user may see (2008)."""
    document = ask.shop.documents.get(number)
    if document is None or document.station not in ask.shop.stations or not ask.sees(document.station):
        raise VendorError(2008)
    return document


def version_of(ask: Ask) -> Version:
    """The version in the path, with or without its document (2008, 2013, 2014)."""
    document = document_of(ask, ask.handle("document")) if "document" in ask.args else None
    version = ask.shop.versions.get(ask.handle())
    if version is None:
        raise VendorError(2013)
    if document and version.document != document.id:
        raise VendorError(2014)
    document_of(ask, version.document)
    return version
