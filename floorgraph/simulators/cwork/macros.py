"""Macros: programs deleted in a machine's memory."""

import re
from typing import Any

from floorgraph.simulators.contract import Reply
from floorgraph.simulators.cwork.errors import VendorError
from floorgraph.simulators.cwork.request import Ask, Endpoint, whole
from floorgraph.simulators.cwork.stations import Station


def delete_remote_range(ask: Ask) -> Reply:
    """POST /macros/DeleteRemoteRange/{id}: programs numbered `MinRange` to `MaxRange` (2010, 1010, 2025).

    A FOCAS control reports; it refuses to delete the program at hand, with HTTP 500, and stops there. The
    others answer `[]`; RS232 is not supported.
    """
    station = ask.station()
    fields = ask.fields()
    low, high = _bound(fields, "MinRange"), _bound(fields, "MaxRange")
    folder, prefix = (fields.get(name, "") for name in ("TargetFolder", "Prefix"))
    if low > high or not isinstance(folder, str) or not isinstance(prefix, str):
        raise VendorError(1010)
    if station.protocol == "RS232":
        raise VendorError(2025)
    prefix = prefix if ask.version >= 8 else ""
    operation = ask.shop.current(station)
    current = ask.shop.program(operation)
    for place, name in _in_range(station, folder.strip("/"), prefix, low, high):
        if station.protocol == "FOCAS" and name == current:
            return _refused(name)
        station.files.discard(place)
    if station.protocol != "FOCAS":
        return Reply(data=[])
    return Reply(data={"MacroStatus": {"StatusCode": 0, "StatusMessage": "Document deleted"}})


def _bound(fields: dict[str, Any], name: str) -> int:
    value = fields.get(name)
    if value is None:
        raise VendorError(2010)
    return whole(value)


def _in_range(station: Station, folder: str, prefix: str, low: int, high: int) -> list[tuple[str, str]]:
    """Place and name of the programs in the range, lowest number first."""
    pattern = re.compile(rf"{re.escape(folder)}/({re.escape(prefix)}(\d+))(\.\w*)?")
    found = []
    for place in station.files:
        match = pattern.fullmatch(place)
        if match and low <= int(match[2]) <= high:
            found.append((int(match[2]), place, match[1]))
    return [(place, name) for _, place, name in sorted(found)]


def _refused(name: str) -> Reply:
    return Reply(
        500,
        {
            "MacroStatus": {
                "StatusCode": 3,
                "StatusMessage": "3: Impossible to delete the document on the destination folder",
            },
            "FileDeleteStatusDetail": {
                "FileName": name,
                "ErrorCode": 13,
                "ErrorMessage": "EW_REJECT",
                "ErrorMessageMeaning": "Error(CNC execution rejection)",
            },
        },
    )


ENDPOINTS = (
    Endpoint(
        "POST",
        "/macros/DeleteRemoteRange/{id}",
        7,
        "dnc",
        delete_remote_range,
        right="CanSendDoc",
        engine=True,
    ),
)
