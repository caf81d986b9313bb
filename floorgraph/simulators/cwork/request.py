"""A request on its way to the endpoint that answers it, and the errors its parts can have."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import orjson

from floorgraph.simulators.contract import Call, Reply
from floorgraph.simulators.cwork.dates import DateFormat, seconds
from floorgraph.simulators.cwork.errors import VendorError
from floorgraph.simulators.cwork.options import CWorkOptions
from floorgraph.simulators.cwork.shop import Shop
from floorgraph.simulators.cwork.stations import Station

if TYPE_CHECKING:
    from floorgraph.simulators.cwork.exchange import Exchange
    from floorgraph.simulators.cwork.people import People, User


_WHOLE = re.compile(r"-?[0-9]{1,18}")


@dataclass(slots=True)
class Trap:
    """The next changes of state fail with this code, having happened or not."""

    code: int
    applied: bool
    count: int


@dataclass(slots=True, kw_only=True)
class Desk:
    """The server behind its endpoints: the shop, and what can be switched while it runs."""

    options: CWorkOptions
    shop: Shop
    dates: DateFormat
    people: "People"
    exchange: "Exchange"
    version: int
    """Newest minor version the server speaks."""
    licences: set[str]
    engine_up: bool = True
    """Whether the engine that talks to the machines can be reached (1012 otherwise)."""
    trap: Trap | None = None


@dataclass(slots=True, kw_only=True)
class Ask:
    """A request that passed the gates."""

    desk: Desk
    call: Call
    args: dict[str, str]
    version: int
    """Minor version the client asked for."""
    user: "User | None"
    """None before v1.2, when nobody had to say who they are."""

    @property
    def shop(self) -> Shop:
        """The shop."""
        return self.desk.shop

    def handle(self, name: str = "id") -> int:
        """The handle in the path (1005)."""
        text = self.args[name]
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            raise VendorError(1005)
        return int(text)

    def station(self, name: str = "id") -> Station:
        """The station in the path (1005, 2003)."""
        return self.seen_station(self.handle(name))

    def seen_station(self, handle: int) -> Station:
        """A station the user may see (2003)."""
        station = self.shop.stations.get(handle)
        if station is None or not self.sees(handle):
            raise VendorError(2003)
        return station

    def monitored_station(self) -> Station:
        """The station in the path, monitored (2007 otherwise)."""
        station = self.station()
        if not station.alive:
            raise VendorError(2007)
        return station

    def sees(self, station: int) -> bool:
        """Whether the user may see this station."""
        return self.user is None or self.user.sees(station)

    def fields(self) -> dict[str, Any]:
        """The JSON object in the body (1004)."""
        try:
            found = orjson.loads(self.call.body)
        except orjson.JSONDecodeError as error:
            raise VendorError(1004) from error
        if not isinstance(found, dict):
            raise VendorError(1004)
        return found

    def text(self, name: str) -> str | None:
        """A query parameter."""
        return self.call.query.get(name)

    def number(self, name: str, default: int | None = None) -> int:
        """A whole number in the query (1009 when it is required and missing, 1010)."""
        text = self.text(name)
        if text is None or text == "":
            if default is None:
                raise VendorError(1009)
            return default
        return whole(text)

    def flag(self, name: str, *, default: bool) -> bool:
        """A boolean in the query (1010)."""
        text = self.text(name)
        if text is None or text == "":
            return default
        if text.lower() not in ("true", "false"):
            raise VendorError(1010)
        return text.lower() == "true"

    def window(self) -> tuple[float, float]:
        """`dstart` (required) and `dend` (default: now) in seconds (1009, 1010, 1011)."""
        start, end = self.text("dstart"), self.text("dend")
        if not start:
            raise VendorError(1009)
        try:
            found = seconds(start), seconds(end) if end else float(self.shop.now)
        except ValueError as error:
            raise VendorError(1011) from error
        if found[1] < found[0]:
            raise VendorError(1010)
        return found

    def page(self, most: int) -> slice:
        """`limit` (silently capped) and `page`, counted from 1, as a slice (1010)."""
        limit, page = self.number("limit", most), self.number("page", 1)
        if limit < 1 or page < 1:
            raise VendorError(1010)
        limit = min(limit, most)
        return slice((page - 1) * limit, page * limit)


def whole(value: Any) -> int:
    """A whole number given as a number or as text: the document's examples show both (1010)."""
    if isinstance(value, bool) or not isinstance(value, (int, str)) or not _WHOLE.fullmatch(str(value)):
        raise VendorError(1010)
    return int(value)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint: since which minor version, under which licence, and who answers."""

    method: str
    template: str
    since: int
    licence: Literal["any", "monitor", "dnc", "prod"]
    answer: Callable[[Ask], Reply]
    right: str | None = None
    """The right a user's group needs (1001)."""
    engine: bool = False
    """Whether it needs the engine that talks to the machines (1012)."""
    before: int | None = None
    """Code in versions that do not have it; absent: as configured, or 1008 for methods other than GET."""

    @property
    def label(self) -> str:
        """Name for counters and faults."""
        return f"{self.method} {self.template}"
