"""Questions: the reads that the adapter knows, with their paths, parameters and times to live.

Paths and parameters are those of the vendor document. A time to live says
how old an answer may be for callers who do not ask for a fresher one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil
from urllib.parse import urlencode

from floorgraph.model.timeline import ProgramRunKind, Window
from floorgraph.vendors.http import segment

Parameters = Mapping[str, str | int]

DEFINITIONS_TTL = 600.0
LIVE_TTL = 5.0
WORK_TTL = 10.0
DOCUMENTS_TTL = 60.0
OPEN_WINDOW_TTL = 30.0
CLOSED_WINDOW_TTL = 3600.0
DOCUMENTS_PER_PAGE = 200
TOPS_PER_PAGE = 3000

ENDPOINTS: Mapping[str, str] = {
    "stations": "stations",
    "states": "states",
    "statuses": "live",
    "operations": "operations",
    "orders": "orders",
    "documents": "documents",
    "versions": "documents",
    "content": "documents",
    "kpi": "history",
    "alarms": "history",
    "tops": "history",
    "program runs": "history",
    "custom fields": "details",
    "image": "details",
    "protocol": "details",
    "users": "details",
    "groups": "details",
}
"""Function -> class. What can do without another function is in a class of its own: no breaker shuts both."""


@dataclass(frozen=True, slots=True)
class Question:
    """One GET; `function` is what versions and licences are known by."""

    function: str
    path: str
    ttl: float
    params: Parameters = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The same question has the same key."""
        query = f"?{urlencode(sorted(self.params.items()))}" if self.params else ""
        return f"GET {self.path}{query}"

    @property
    def endpoint(self) -> str:
        """The class that budgets and breakers count by."""
        return ENDPOINTS[self.function]


STATIONS = Question("stations", "/stations", DEFINITIONS_TTL)
STATES = Question("states", "/states", DEFINITIONS_TTL)
STATUSES = Question("statuses", "/station_statuses", LIVE_TTL)
OPERATIONS = Question("operations", "/operations", WORK_TTL)
ORDERS = Question("orders", "/orders", WORK_TTL)
CUSTOM_FIELDS = Question("custom fields", "/documents/customFields", DEFINITIONS_TTL)
USERS = Question("users", "/users", DEFINITIONS_TTL)
GROUPS = Question("groups", "/groups", DEFINITIONS_TTL)


def status(station: str) -> Question:
    """The live status of one station."""
    return Question("statuses", f"/station_statuses/{segment(station)}", LIVE_TTL)


def operations_of(filter_name: str, handle: str) -> Question:
    """The operations of one station (`cnc`) or of one order (`order`); CWork takes one filter only."""
    return Question("operations", "/operations", WORK_TTL, {filter_name: handle})


def operation(handle: str) -> Question:
    """One operation."""
    return Question("operations", f"/operations/{segment(handle)}", WORK_TTL)


def order(handle: str) -> Question:
    """One order, archived and invalid ones included."""
    return Question("orders", f"/orders/{segment(handle)}", WORK_TTL)


def documents(page: int, station: str | None = None) -> Question:
    """One page of documents, counted from 1, of all stations or of one."""
    params: dict[str, str | int] = {"limit": DOCUMENTS_PER_PAGE, "page": page}
    if station is not None:
        params["station"] = station
    return Question("documents", "/documents", DOCUMENTS_TTL, params)


def document(handle: str) -> Question:
    """One document."""
    return Question("documents", f"/documents/{segment(handle)}", DOCUMENTS_TTL)


def versions(document_handle: str) -> Question:
    """The versions of one document."""
    return Question("versions", f"/documents/{segment(document_handle)}/versions", DOCUMENTS_TTL)


def version(handle: str) -> Question:
    """One version."""
    return Question("versions", f"/versions/{segment(handle)}", DOCUMENTS_TTL)


def content(version_handle: str) -> Question:
    """The text of a version; by default CWork would send character codes in JSON."""
    path = f"/versions/{segment(version_handle)}/download"
    return Question("content", path, DOCUMENTS_TTL, {"json": "false"})


def has_image(station: str) -> Question:
    """Whether there is a picture of a station."""
    return Question("image", f"/stations/{segment(station)}/hasimg", DEFINITIONS_TTL)


def image(station: str) -> Question:
    """The picture of a station, of 350 x 350 pixels at most."""
    return Question("image", f"/stations/{segment(station)}/img", DEFINITIONS_TTL, {"json": "false"})


def protocol(station: str) -> Question:
    """The transfer protocol of a station. Without a station the path means nothing."""
    return Question("protocol", f"/stations/{segment(station)}/returnCNCProtocol", DEFINITIONS_TTL)


def kpi(station: str, window: Window, now: datetime) -> Question:
    """The key performance indicators of a station over a window."""
    return _windowed("kpi", f"/stations/{segment(station)}/kpi", window, now)


def alarms(station: str, window: Window, now: datetime) -> Question:
    """The alarms of a station within a window."""
    return _windowed("alarms", f"/stations/{segment(station)}/alarms", window, now)


def program_runs(station: str, kind: ProgramRunKind, window: Window, now: datetime) -> Question:
    """The programs that ran or were selected at a station within a window."""
    word = "runningprograms" if kind is ProgramRunKind.RUNNING else "selectedprograms"
    return _windowed("program runs", f"/stations/{segment(station)}/{word}", window, now)


def tops(station: str, window: Window, now: datetime, page: int) -> Question:
    """One page of a station's tops; one more before the window is the state that it begins with.

    The window is in whole seconds since 1970, its end excluded.
    """
    params: dict[str, str | int] = {
        "station": station,
        "startdate": int(window.start.timestamp()),
        "enddate": ceil(window.end.timestamp()),
        "nbtopbefore": 1,
        "nbtopafter": 0,
        "limit": TOPS_PER_PAGE,
        "page": page,
    }
    return Question("tops", "/tops", _ttl(window, now), params)


def _windowed(function: str, path: str, window: Window, now: datetime) -> Question:
    return Question(
        function, path, _ttl(window, now), {"dstart": _iso(window.start), "dend": _iso(window.end)}
    )


def _ttl(window: Window, now: datetime) -> float:
    # A closed window can no longer change, but for what the server writes with a little delay.
    return CLOSED_WINDOW_TTL if (now - window.end).total_seconds() > 60 else OPEN_WINDOW_TTL


def _iso(moment: datetime) -> str:
    """As in the vendor's examples: UTC with milliseconds."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
