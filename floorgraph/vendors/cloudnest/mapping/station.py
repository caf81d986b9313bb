"""Stations: laser machines, known by `gmid` to CloudNest and by `cardId` to the machines' API (section 1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.model.station import Station, StationKind
from floorgraph.vendors.cloudnest.mapping.frame import Frame
from floorgraph.vendors.cloudnest.settings import MachineSettings
from floorgraph.vendors.coerce import BadRecord, Shape

DEVICE = Shape("device", expected=("nickname", "appName", "appVer", "cardId"), identity="cardId")
DETAIL = Shape(
    "device detail",
    expected=("nickname", "appName", "appVer", "cardId", "laserModel"),
    optional=("serial", "laserPower", "range", "licenseValidEnd"),
    identity="cardId",
)
WELD = "weld"


@dataclass(frozen=True, slots=True)
class Device:
    """A row of the machine list, with what its details add."""

    card: str
    nickname: str | None
    app: str | None
    version: str | None
    raw: Any
    model: str | None = None

    @property
    def welder(self) -> bool:
        """Whether it welds, by the name of its software."""
        return WELD in (self.app or "").lower()


def devices(payloads: Iterable[Any], frame: Frame) -> dict[str, Device]:
    """The machine list by card. Rows that cannot be read are quarantined."""
    frame.diagnostics.begin(DEVICE.name)
    found: dict[str, Device] = {}
    for payload in payloads:
        try:
            fields = frame.fields(payload, DEVICE)
            card = fields.text("cardId", required=True)
        except BadRecord as bad:
            frame.diagnostics.quarantine(DEVICE.name, bad.remote_id, bad.complaint)
            continue
        found[card] = Device(
            card, fields.text("nickname"), fields.text("appName"), fields.text("appVer"), payload
        )
    return found


def model_of(payload: Any, frame: Frame) -> str | None:
    """The machine's model, out of its details."""
    try:
        return frame.fields(payload, DETAIL).text("laserModel")
    except BadRecord:
        return None


def station(remote: object, machine: MachineSettings | None, device: Device | None, frame: Frame) -> Station:
    """One machine, from its configuration and its row in the machine list, as far as there are any."""
    name = (machine.name if machine else None) or (device.nickname if device else None)
    software = " ".join(filter(None, (device.app, device.version))) if device else ""
    return Station(
        **frame.common(Kind.STATION, remote, device.raw if device else None),
        name=name or str(remote),
        description=software or None,
        kind=StationKind.LASER_WELDER if device and device.welder else StationKind.LASER_CUTTER,
        model=device.model if device else None,
        monitored=device is not None,
    )
