"""Documents and versions: created, handed in, certified, deleted."""

from typing import Any

from floorgraph.simulators.contract import Reply
from floorgraph.simulators.cwork.document_payloads import (
    document_of,
    document_payload,
    version_of,
    version_payload,
)
from floorgraph.simulators.cwork.documents import STATUSES, Document
from floorgraph.simulators.cwork.errors import VendorError
from floorgraph.simulators.cwork.exchange import agrees
from floorgraph.simulators.cwork.request import Ask, Endpoint, whole


def create_document(ask: Ask) -> Reply:
    """POST /documents (2010, 2011, 2003, 2012)."""
    fields = ask.fields()
    if "Reference" not in fields or "StationId" not in fields:
        raise VendorError(2010)
    reference, extension, folder = (_text(fields, name) for name in ("Reference", "Extension", "Folder"))
    if not reference:
        raise VendorError(2011)
    station = ask.seen_station(whole(fields["StationId"]))
    folder = folder.rstrip("\\") + "\\" if folder else ""
    place = (station.handle, reference, extension, folder)
    if any((one.station, one.reference, one.extension, one.folder) == place for one in _kept(ask)):
        raise VendorError(2012)
    customs = [_text(fields, f"Custom{index}") for index in range(1, 6)]
    document = Document(
        id=ask.shop.new_id("document"),
        reference=reference,
        station=station.handle,
        extension=extension,
        folder=folder,
        created=ask.shop.now,
        modified=ask.shop.now,
        custom=(customs[0], customs[1], customs[2], customs[3], customs[4]),
        protected=fields.get("Protected") is True,
        archived=fields.get("Archived") is True,
    )
    ask.shop.documents[document.id] = document
    return Reply(201, document_payload(ask, document))


def submit_version(ask: Ask) -> Reply:
    """POST /documents/{document}/versions: from a file in the exchange folder (2008, 2010, 2015, 2017)."""
    document = document_of(ask, ask.handle("document"))
    fields = ask.fields()
    if "File" not in fields:
        raise VendorError(2010)
    content = ask.desk.exchange.take(_text(fields, "File"))
    if content is None:
        raise VendorError(2015)
    if not agrees(content, _text(fields, "Md5")):
        raise VendorError(2017)
    version = ask.shop.add_version(document, status="TESTING", comment=_text(fields, "Comment"), text=content)
    version.received = ask.shop.now
    return Reply(201, version_payload(ask, version))


def certify_version(ask: Ask) -> Reply:
    """Certify .../certify: a further version or the same one, by scenario (2010, 1010, 1001)."""
    if ask.call.method != ask.desk.options.certify_method:
        raise VendorError(1008)
    version = version_of(ask)
    fields = ask.fields()
    if "NewStatus" not in fields:
        raise VendorError(2010)
    status = _text(fields, "NewStatus")
    if status not in STATUSES:
        raise VendorError(1010)
    allowed = ask.user.group.statuses if ask.user else []
    if allowed and status not in allowed:
        raise VendorError(1001)
    comment = _text(fields, "Comments")
    document = ask.shop.documents[version.document]
    if ask.desk.options.certify_adds_version:
        version = ask.shop.add_version(document, status=status, comment=comment, text=version.text)
    else:
        version.status, version.comment = status, comment or version.comment
        version.modified = document.modified = ask.shop.now
    payload = {"Comments": comment, "NewStatus": status, "VersionId": version.id}
    return Reply(data=payload, content_type="application/text")


def delete_version(ask: Ask) -> Reply:
    """POST /stations/{id}/delete_version: an id as text or number (2010, 2013, 2014)."""
    station = ask.station()
    number = _id(ask.fields(), "VersionId")
    version = ask.shop.versions.get(number)
    if version is None:
        raise VendorError(2013)
    document = ask.shop.documents[version.document]
    if document.station != station.handle:
        raise VendorError(2014)
    document.versions.remove(version)
    document.modified = ask.shop.now
    del ask.shop.versions[number]
    return Reply(content=b"")


def delete_document(ask: Ask) -> Reply:
    """POST /stations/{id}/delete_document: into the recycle bin (2010, 2008)."""
    station = ask.station()
    document = ask.shop.documents.get(_id(ask.fields(), "DocumentId"))
    if document is None or document.station != station.handle or document.binned:
        raise VendorError(2008)
    document.binned = True
    return Reply(content=b"")


def _kept(ask: Ask) -> list[Document]:
    return [one for one in ask.shop.documents.values() if not one.binned]


def _text(fields: dict[str, Any], name: str) -> str:
    """A text field, empty when absent (1010)."""
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise VendorError(1010)
    return value


def _id(fields: dict[str, Any], name: str) -> int:
    """A required id (2010, 1010)."""
    value = fields.get(name)
    if value is None:
        raise VendorError(2010)
    return whole(value)


_VERSION = "/documents/{document}/versions/{id}"

ENDPOINTS = (
    Endpoint("POST", "/documents", 3, "dnc", create_document, right="CanCreateDoc"),
    Endpoint("POST", "/documents/{document}/versions", 3, "dnc", submit_version, right="CanEditDoc"),
    Endpoint("POST", f"{_VERSION}/certify", 16, "dnc", certify_version, right="CanCertificatDoc"),
    Endpoint("POST", "/versions/{id}/certify", 16, "dnc", certify_version, right="CanCertificatDoc"),
    Endpoint("GET", f"{_VERSION}/certify", 16, "dnc", certify_version, right="CanCertificatDoc"),
    Endpoint("GET", "/versions/{id}/certify", 16, "dnc", certify_version, right="CanCertificatDoc"),
    Endpoint("POST", "/stations/{id}/delete_version", 14, "dnc", delete_version, right="CanDelVersion"),
    Endpoint("POST", "/stations/{id}/delete_document", 14, "dnc", delete_document, right="CanDelDoc"),
)
