"""Stations: list, detail, picture, protocol."""

import struct
import zlib

from floorgraph.simulators.contract import Reply
from floorgraph.simulators.cwork.request import Ask, Endpoint
from floorgraph.simulators.cwork.stations import Station

SIDE = 96
"""Pixels of a picture's side; the vendor allows at most 350."""


def list_stations(ask: Ask) -> Reply:
    """GET /stations: those the user may see."""
    return Reply(data=[_station(ask, one) for one in ask.shop.stations.values() if ask.sees(one.handle)])


def get_station(ask: Ask) -> Reply:
    """GET /stations/{id}."""
    return Reply(data=_station(ask, ask.station()))


def has_image(ask: Ask) -> Reply:
    """GET /stations/{id}/hasimg: two stations of three have a picture."""
    return Reply(data={"Hasimage": _has_image(ask.station())})


def get_image(ask: Ask) -> Reply:
    """GET /stations/{id}/img: a PNG; a grey one when the station has none.

    What comes without `json=false` is not documented; here it is the bytes as codes, as for programs.
    """
    station = ask.station()
    colour = (40 + station.handle * 53 % 200, 40 + station.handle * 97 % 200, 120)
    png = picture(colour if _has_image(station) else (190, 190, 190))
    if ask.flag("json", default=True):
        return Reply(data={"Content": list(png)})
    return Reply(content=png, content_type="image/png")


def get_protocol(ask: Ask) -> Reply:
    """GET /stations/{id}/returnCNCProtocol."""
    return Reply(data={"message": ask.station().protocol})


def picture(colour: tuple[int, int, int]) -> bytes:
    """A PNG of a machine, more or less: a box with a darker door."""
    dark = bytes(value // 2 for value in colour)
    wall, rows = bytes(colour), []
    for row in range(SIDE):
        door = SIDE // 4 <= row < SIDE * 3 // 4
        middle = (dark if door else wall) * (SIDE // 2)
        rows.append(b"\x00" + wall * (SIDE // 4) + middle + wall * (SIDE // 4))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def _has_image(station: Station) -> bool:
    return station.handle % 3 != 0


def _station(ask: Ask, station: Station) -> dict[str, object]:
    oddities = ask.desk.options.oddities
    lower = "lower-dncgroup" in oddities or ("mixed-dncgroup" in oddities and station.handle % 2 == 1)
    payload: dict[str, object] = {
        "Handle": station.handle,
        "Name": station.name,
        "Description": station.description,
        "Disabled": station.disabled,
        "DNCMode": station.dnc_mode,
        "MDCMode": station.mdc_mode,
        "Workshop": station.workshop,
        "DNCgroup" if lower else "DNCGroup": station.dnc_group,
        "MDCGroups": station.mdc_groups,
    }
    if "disable-parent-state" in oddities:
        payload["DisableParentState"] = False
    return payload


ENDPOINTS = (
    Endpoint("GET", "/stations", 0, "any", list_stations),
    Endpoint("GET", "/stations/{id}", 0, "any", get_station),
    Endpoint("GET", "/stations/{id}/hasimg", 4, "any", has_image),
    Endpoint("GET", "/stations/{id}/img", 4, "any", get_image),
    Endpoint("GET", "/stations/{id}/returnCNCProtocol", 6, "monitor", get_protocol),
)
