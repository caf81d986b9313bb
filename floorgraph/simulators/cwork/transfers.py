"""Programs on their way to the machines."""

from typing import Any

from floorgraph.simulators.contract import Reply
from floorgraph.simulators.cwork.documents import Document
from floorgraph.simulators.cwork.errors import VendorError
from floorgraph.simulators.cwork.request import Ask, Endpoint
from floorgraph.simulators.cwork.stations import Station
from floorgraph.simulators.dice import Dice


def send(ask: Ask) -> Reply:
    """POST /stations/{id}/send/ (2010, 2019, 2018, 2024).

    Nothing is written over unless `Override` says so. `WaitBeforQuerySendStatus` is checked but not waited.
    """
    station = _target(ask)
    fields = ask.fields()
    document = _wanted(ask, station, fields)
    flags = {name: _typed(fields, name, bool, False) for name in ("Override", "AsynchronousMode")}
    folder = _typed(fields, "DestinationFolder", str, "")
    _typed(fields, "WaitBeforQuerySendStatus", int, 0)
    if ask.version >= 15 and fields.get("DestinationFolderMode", "append") not in ("append", "override"):
        raise VendorError(1010)
    place = _place(document, folder)
    if place in station.files and not flags["Override"]:
        raise VendorError(2024)
    _arrive(ask, station, document, place)
    if not flags["AsynchronousMode"]:
        return Reply(data=[])
    guid = Dice("guid", ask.desk.options.seed, ask.shop.new_id("guid"))
    digits = "".join("0123456789ABCDEF"[guid.whole(0, 15)] for _ in range(32))
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return Reply(
        data={
            "GUID": "{" + "-".join(parts) + "}",
            "TimeTag": ask.desk.dates.tag(ask.shop.now),
            "Status": "0: File Sent ",
        }
    )


def multisend(ask: Ask) -> Reply:
    """POST /stations/{id}/multisend/: RS232 only (2024 otherwise); all programs are found or none is sent."""
    station = _target(ask)
    wanted = ask.fields().get("Documents")
    if wanted is None:
        raise VendorError(2010)
    if not isinstance(wanted, list) or not all(isinstance(item, dict) for item in wanted):
        raise VendorError(1010)
    if station.protocol != "RS232":
        raise VendorError(2024)
    found = [_wanted(ask, station, item) for item in wanted]
    for document in found:
        _arrive(ask, station, document, _place(document, ""))
    return Reply(data=[])


def _target(ask: Ask) -> Station:
    """The station, ready to receive programs (2003, 2024)."""
    station = ask.station()
    if station.disabled:
        raise VendorError(2003)
    if not station.dnc_mode:
        raise VendorError(2024)
    return station


def _wanted(ask: Ask, station: Station, fields: dict[str, Any]) -> Document:
    """The document that is asked for, on this station, newest version first."""
    if "DocumentName" not in fields or "DocExtension" not in fields:
        raise VendorError(2010)
    name, extension = _typed(fields, "DocumentName", str, ""), _typed(fields, "DocExtension", str, "")
    folder = _typed(fields, "SourceFolder", str, "").replace("/", "\\").strip("\\")
    if extension not in station.extensions:
        raise VendorError(2019)
    for document in ask.shop.documents.values():
        found = (document.reference, document.extension, document.folder.strip("\\"), document.station)
        if found == (name, extension, folder, station.handle) and not document.binned:
            return document
    raise VendorError(2018)


def _place(document: Document, folder: str) -> str:
    return f"{folder.strip('/')}/{document.reference}.{document.extension}"


def _arrive(ask: Ask, station: Station, document: Document, place: str) -> None:
    station.files.add(place)
    if document.shown:
        document.shown.sent = ask.shop.now


def _typed(fields: dict[str, Any], name: str, kind: type, default: Any) -> Any:
    """A field of one JSON type (1010)."""
    value = fields.get(name, default)
    if type(value) is not kind:
        raise VendorError(1010)
    return value


ENDPOINTS = (
    Endpoint("POST", "/stations/{id}/send/", 14, "dnc", send, right="CanSendDoc", engine=True),
    Endpoint("POST", "/stations/{id}/multisend/", 14, "dnc", multisend, right="CanSendDoc", engine=True),
)
