"""How a simulated CWork server is set up."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from floorgraph.simulators.contract import SimulatorOptions

NEWEST_MINOR = 16

Licence = Literal["monitor", "dnc", "prod"]

Oddity = Literal[
    "string-numbers",
    "string-kpi",
    "lower-dncgroup",
    "mixed-dncgroup",
    "users-without-login",
    "empty-values",
    "trailing-commas",
    "lone-backslash",
    "stray-text",
    "wrong-dates",
    "no-batch-handle",
    "disable-parent-state",
]
"""Habits of the server's hand-written JSON; docs/simulators.md says where each was seen."""


def _checked_version(text: str) -> str:
    found = re.fullmatch(r"1\.(\d{1,2})", text)
    if not found or int(found[1]) > NEWEST_MINOR:
        raise ValueError(f"expected 1.0 to 1.{NEWEST_MINOR}")
    return text


def minor_version(text: str) -> int:
    """12 for "1.12"."""
    return int(text.partition(".")[2])


Version = Annotated[str, AfterValidator(_checked_version)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class UserOptions(_Table):
    """A CWork user."""

    handle: int = Field(ge=1)
    """Unique number of the user."""
    name: str
    """Name as it is shown."""
    group: int
    """Id of the group the user belongs to."""
    api_key: str | None = None
    """The key a client sends; a user without one cannot use the API."""
    login: str = ""
    """Same as the name when empty."""
    mail: str = ""
    """E-mail address."""
    phone: str = ""
    """Telephone number; an empty one is where the `empty-values` oddity shows."""
    visible: bool = False
    """Whether the login menu shows the user."""


class GroupOptions(_Table):
    """A CWork group and what its users may do."""

    id: int = Field(ge=1)
    """Unique number of the group."""
    name: str
    """Name as it is shown."""
    denied: list[str] = []
    """Rights (`CanChangeState`, ...) the group lacks; it has all others."""
    stations: list[int] = []
    """Handles of the stations its users see; all when empty."""
    statuses: list[str] = []
    """Statuses its users may certify a version to; all when empty."""
    scenario: str = ""
    """Name of the scenario; changes a label of `documents/customFields`."""


def _default_users() -> list[UserOptions]:
    return [
        UserOptions(handle=1, name="Administrator", group=1),
        UserOptions(handle=4, name="APIUser", group=1, api_key="simulator-key"),
        UserOptions(handle=2, name="Method", group=3, api_key="method-key", mail="method@example.com"),
        UserOptions(handle=3, name="Operator", group=4, api_key="operator-key", phone="+33 1 00 00 00 00"),
    ]


def _default_groups() -> list[GroupOptions]:
    return [
        GroupOptions(id=1, name="Administrators"),
        GroupOptions(id=3, name="Methods", denied=["CanChangeState", "CanForceAutoState"]),
        GroupOptions(
            id=4,
            name="Operators",
            denied=["CanDelDoc", "CanDelVersion", "CanCertificatDoc", "CanSendDoc", "CanCreateDoc"],
        ),
    ]


class CWorkOptions(SimulatorOptions):
    """Options of the CWork simulator."""

    base_path: str = "/CAPI/REST"
    """Path under which the API lies."""
    version: Version = "1.16"
    """API version the server speaks at most, "1.0" to "1.16": endpoints, fields and authentication follow."""
    licences: list[Licence] = Field(default=["monitor", "dnc", "prod"])
    """Licensed modules."""
    missing_licence: Literal[1001, 3001] = 1001
    """Code when a module is not licensed; with no module at all it is always 3001."""
    users: list[UserOptions] = Field(default_factory=_default_users)
    """The CWork users; by default APIUser has the key `simulator-key` and every right."""
    groups: list[GroupOptions] = Field(default_factory=_default_groups)
    """The groups of the users."""
    api_key: str | None = None
    """A shorthand: the key of the user APIUser (or of the first user)."""
    accept: Literal["newest", "full", "exact"] = "newest"
    """What `application/json+v1` is: the newest version ("newest"), not understood, answered 1003 ("full"),
    or a version that is not there, answered 1002 ("exact"). `+v1.x` is understood in all three."""
    missing_function: Literal[404, 1004, 1006, 1008, 2004] = 1006
    """What an endpoint answers that this version does not have; 404 is an HTML page."""
    error_body: Literal["object", "code-field", "text", "message-only", "http-only"] = "object"
    """Shape of error bodies; the vendor's document never shows one."""
    error_status: Literal["by-code", "always-400", "always-500"] = "by-code"
    """HTTP status of errors; the vendor's document names none."""
    timezone: Annotated[str, Field(pattern=r"^[+-]\d\d:\d\d$")] = "+00:00"
    """Offset of the dates in answers."""
    stations: int = Field(default=12, ge=1, le=10_000)
    """How many stations there are."""
    station_names: list[str] = Field(default=[])
    """Names of the first stations; the others are numbered by kind."""
    unmonitored: int = Field(default=1, ge=0)
    """How many of them (the last but the disabled ones) are not monitored."""
    disabled: int = Field(default=1, ge=0)
    """How many of them (the last ones) are disabled."""
    orders: int | None = Field(default=None, ge=0)
    """How many orders there are at the start; half as many as stations when absent."""
    operations_per_station: int = Field(default=3, ge=0, le=50)
    """Operations planned on each monitored station at the start."""
    documents: int | None = Field(default=None, ge=0, le=50_000)
    """How many documents there are at the start; two per station, at most 1000, when absent."""
    pace: float = Field(default=45.0, ge=1)
    """Mean seconds a station stays in a state other than production; production lasts three times as long."""
    cycle_seconds: tuple[int, int] = (8, 40)
    """Shortest and longest cycle time of operations."""
    parts_to_make: tuple[int, int] = (12, 60)
    """Smallest and largest quantity of operations."""
    history_hours: float = Field(default=8.0, ge=0, le=24 * 60)
    """How much past the stations have when the server starts."""
    order_linger: float = Field(default=600.0, ge=0)
    """Seconds after which a finished order is archived."""
    oee_categories: Literal["document", "captured"] = "document"
    """Categories and names of the built-in states: as in the vendor's document or as seen on servers."""
    document_order: Literal["recent", "id"] = "recent"
    """Order of the document list; by last change, pages shift while documents change."""
    certify_method: Literal["POST", "GET"] = "POST"
    """The document says GET with a body, the vendor's own client sends POST."""
    certify_adds_version: bool = True
    """Whether certifying adds a version or edits the one there is."""
    exchange_dir: Path | None = None
    """The exchange folder; without one no file can be handed in or out."""
    oddities: list[Oddity] = Field(default=["string-numbers", "mixed-dncgroup", "users-without-login"])
    """Habits of the hand-written JSON that are on."""
    examples: bool = False
    """Replay the vendor's document: each endpoint answers with its example from there, malformed or not."""

    @model_validator(mode="after")
    def _consistent(self) -> "CWorkOptions":
        groups = {group.id for group in self.groups}
        for user in self.users:
            if user.group not in groups:
                raise ValueError(f"users: {user.name} is in group {user.group}, which is not in groups")
        for name in ("cycle_seconds", "parts_to_make"):
            low, high = getattr(self, name)
            if not 1 <= low <= high:
                raise ValueError(f"{name}: expected two numbers, 1 <= first <= second")
        return self
