"""Documents and versions: lists, details, content."""

from floorgraph.simulators.contract import Reply
from floorgraph.simulators.cwork.document_payloads import (
    document_of,
    document_payload,
    version_of,
    version_payload,
)
from floorgraph.simulators.cwork.documents import Document
from floorgraph.simulators.cwork.errors import VendorError
from floorgraph.simulators.cwork.request import Ask, Endpoint

DOCUMENTS_PER_PAGE = 200
CUSTOM_FIELDS = {
    "docnamefield": "Reference",
    "docdescriptionfield": "Description",
    "doctitlefield": "Title",
    "docsubjectfield": "Subject",
    "doccategoryfield": "Category",
    "docindicefield": "Manual Index",
    "doccncfield": "CNC",
    "docfolderfield": "Folder",
    "docextfield": "Extension",
    "docstatusfield": "Status",
    "docprimaryindexfield": "Index",
    "doccncauthorizedfield": "CNC Authorized",
    "docfilesize": "Size",
    "docpkaliasfield": "Alias",
    "docprotectfield": "Protected",
    "docarchivedfield": "Archived",
    "docisattachment": "has an Attachment",
    "docspecialflagfield": "Special Flag",
    "doccdatefield": "Creation date",
    "docmdatefield": "Edit date",
    "docfilesizeValidfield": "Size",
}


def list_documents(ask: Ask) -> Reply:
    """GET /documents: filtered and paged; not those of stations that are gone."""
    found = [one for one in ask.shop.documents.values() if _listed(ask, one)]
    found = _in_bin(ask, found)
    for name in ("reference", "extension"):
        if wanted := ask.text(name):
            found = [one for one in found if getattr(one, name) == wanted]
    if ask.text("station"):
        stations = _stations(ask, ask.number("station"))
        found = [one for one in found if one.station in stations]
    if ask.desk.options.document_order == "recent":
        found.sort(key=lambda one: (-one.modified, one.id))
    page = ask.page(DOCUMENTS_PER_PAGE)
    payload = [document_payload(ask, one) for one in found[page]]
    return Reply(data={"Has_more": len(found) > page.stop, "Documents": payload})


def get_document(ask: Ask) -> Reply:
    """GET /documents/{id}, in the bin or not (2008)."""
    return Reply(data=document_payload(ask, document_of(ask, ask.handle())))


def get_custom_fields(ask: Ask) -> Reply:
    """GET /documents/customFields: labels, some of them the scenario's own."""
    scenario = ask.user.group.scenario if ask.user else ""
    return Reply(data=CUSTOM_FIELDS | ({"docdescriptionfield": f"{scenario} part"} if scenario else {}))


def list_versions(ask: Ask) -> Reply:
    """GET /documents/{document}/versions (2009 when it has none)."""
    document = document_of(ask, ask.handle("document"))
    if not document.versions:
        raise VendorError(2009)
    return Reply(data=[version_payload(ask, version) for version in document.versions])


def get_version(ask: Ask) -> Reply:
    """GET /versions/{id}, also below its document; `include_file` puts a copy into the exchange folder."""
    version = version_of(ask)
    file = None
    if ask.flag("include_file", default=False):
        file = ask.desk.exchange.lend(version.text, ask.shop.now)
    return Reply(data=version_payload(ask, version, file))


def download_version(ask: Ask) -> Reply:
    """GET .../download: the program, or (by default) JSON with its ASCII codes in a form not documented."""
    version = version_of(ask)
    if ask.flag("json", default=True):
        return Reply(data={"Content": list(version.text)})
    return Reply(content=version.text, content_type="application/text")


def _listed(ask: Ask, document: Document) -> bool:
    return document.station in ask.shop.stations and ask.sees(document.station)


def _in_bin(ask: Ask, found: list[Document]) -> list[Document]:
    """The bin can be asked for from v1.15 (1010 for an unknown word)."""
    wanted = (ask.text("recycle_bin") or "exclude") if ask.version >= 15 else "exclude"
    if wanted not in ("exclude", "include", "only"):
        raise VendorError(1010)
    return [one for one in found if wanted == "include" or one.binned == (wanted == "only")]


def _stations(ask: Ask, handle: int) -> set[int]:
    """The station, with the others of its DNC group when `include_group` is set."""
    station = ask.seen_station(handle)
    if not ask.flag("include_group", default=False):
        return {handle}
    return {one.handle for one in ask.shop.stations.values() if one.dnc_group == station.dnc_group}


ENDPOINTS = (
    Endpoint("GET", "/documents", 3, "dnc", list_documents),
    Endpoint("GET", "/documents/customFields", 16, "dnc", get_custom_fields, before=1005),
    Endpoint("GET", "/documents/{id}", 3, "dnc", get_document),
    Endpoint("GET", "/documents/{document}/versions", 3, "dnc", list_versions),
    Endpoint("GET", "/documents/{document}/versions/{id}", 3, "dnc", get_version),
    Endpoint("GET", "/versions/{id}", 3, "dnc", get_version),
    Endpoint("GET", "/documents/{document}/versions/{id}/download", 14, "dnc", download_version),
    Endpoint("GET", "/versions/{id}/download", 14, "dnc", download_version),
)
