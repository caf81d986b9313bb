"""What can be configured about a CloudNest account."""

import difflib
from collections.abc import Mapping
from datetime import UTC, timedelta, timezone, tzinfo
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from floorgraph.vendors.cloudnest.endpoints import ENDPOINTS, Api
from floorgraph.vendors.cloudnest.meanings import MEANINGS, Meaning
from floorgraph.vendors.http import BaseUrl, HttpOptions
from floorgraph.vendors.source_settings import Secret, SourceSettings
from floorgraph.vendors.tls import TlsSettings

GATEWAY = "https://mcs-gateway.fscut.com"
BEIJING = "Asia/Shanghai"
# China has no daylight saving time, and a machine without zone data still knows this one.
BEIJING_ZONE: tzinfo = timezone(timedelta(hours=8), BEIJING)


def zone_named(name: str) -> tzinfo:
    """The zone of that IANA name. Raises `ValueError`."""
    if name == BEIJING:
        return BEIJING_ZONE
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone '{name}'; use a name such as Asia/Shanghai") from error


def _zone(name: str) -> str:
    zone_named(name)
    return name


def _known_endpoints(value: Any) -> Any:
    for name in value if isinstance(value, Mapping) else ():
        if name not in ENDPOINTS:
            close = difflib.get_close_matches(str(name), ENDPOINTS, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"the names are {', '.join(ENDPOINTS)}"
            raise ValueError(f"there is no endpoint '{name}'; {hint}")
    return value


def _meanings(value: Any) -> Any:
    """Keys are status numbers, as numbers or as the texts that TOML makes of them."""
    if not isinstance(value, Mapping):
        raise ValueError(  # noqa: TRY004 - pydantic reports only these
            'expected a table of status = meaning, for example { 1007 = "not_granted" }'
        )
    read: dict[int, Meaning] = {}
    for status, word in value.items():
        try:
            read[int(str(status))] = Meaning(str(getattr(word, "value", word)))
        except ValueError:
            words = ", ".join(meaning.value for meaning in Meaning)
            raise ValueError(
                f"'{status} = {word}' is not a status number and a meaning; the meanings are {words}"
            ) from None
    return read


class MachineSettings(BaseModel):
    """One machine: CloudNest knows it by `gmid`, the machines' API by `card_id`; no call tells both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gmid: int | None = None
    """Number of the machine in CloudNest."""
    card_id: Annotated[str, Field(pattern=r"^\S+$"), BeforeValidator(str)] | None = None
    """Number of its control card."""
    name: str | None = None
    """What people call it; the vendor's nickname when absent."""

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if self.gmid is None and self.card_id is None:
            raise ValueError("a machine needs gmid, card_id or both")
        return self


class EndpointSettings(BaseModel):
    """What is special about one endpoint."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str | None = Field(default=None, pattern=r"^(/[^?#\s]*)?$")
    """Its path at the gateway; an empty one switches the endpoint off."""
    calls_per_day: int | None = Field(default=None, ge=0)
    """Its quota; that of the source when absent."""
    calls_per_second: float | None = Field(default=None, gt=0)
    """Its rate limit; that of the source when absent."""
    reserve_percent: float | None = Field(default=None, ge=0, lt=100)
    """Share of its quota that polling leaves to queries; that of the source when absent."""


class Timeouts(BaseModel):
    """Seconds to wait."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    connect: float = Field(default=5.0, gt=0, le=60)
    """Until a connection is there, whatever addresses the name has."""
    read: float = Field(default=15.0, gt=0, le=300)
    """Between two pieces of an answer."""
    total: float = Field(default=20.0, gt=0, le=600)
    """For one answer as a whole."""

    def options(self, connections: int) -> HttpOptions:
        """The bounds of the HTTP client."""
        return HttpOptions(connect=self.connect, read=self.read, total=self.total, connections=connections)


class CloudNestSettings(SourceSettings):
    """A `[[sources]]` table with `vendor = "cloudnest"`."""

    base_url: BaseUrl = GATEWAY
    """Address of the vendor's gateway."""
    app_id: Annotated[str, Field(pattern=r"^[\x21-\x7e]+$")]
    """The appId of the vendor's personal centre."""
    app_secret: Secret
    """The appSecret beside it. It signs requests and is never sent."""
    org_code: Annotated[str, Field(pattern=r"^[\x21-\x7e]+$")] | None = None
    """The team code of CloudNest, shown behind the team's name in its "Switch to Team"; one source per
    team."""
    cloudnest: bool = True
    """Whether jobs, layouts, parts and plates are read; needs `org_code`."""
    iot: bool = True
    """Whether machines and their live state are read."""
    machines: tuple[MachineSettings, ...] = ()
    """Which CloudNest machine (`gmid`) has which control card (`card_id`), and what people call it (`name`);
    no call tells both numbers."""
    zone: Annotated[str, AfterValidator(_zone)] = BEIJING
    """Zone of the times in answers about machines; asked for with `zoneId` unless it is Beijing's.
    CloudNest's own times are always Beijing's."""
    header_style: Literal["dash", "camel"] = "dash"
    """Spelling of the signature headers: `app-id` or `appId`; the vendor's pages show both."""
    calls_per_day: int = Field(default=1000, ge=0)
    """Quota of each endpoint; the vendor's personal centre shows the real one."""
    calls_per_second: float = Field(default=1.0, gt=0, le=1000)
    """Rate limit of each endpoint."""
    reserve_percent: float = Field(default=20.0, ge=0, lt=100)
    """Share of the quota that polling leaves to queries."""
    quota_utc_offset_hours: float = Field(default=8.0, ge=-14, le=14)
    """Where the quota's day begins, in hours east of UTC (inferred: Beijing)."""
    endpoints: Annotated[dict[str, EndpointSettings], BeforeValidator(_known_endpoints)] = Field(
        default_factory=dict
    )
    """What is special about single endpoints, by their names below: `path` (empty: off), `calls_per_day`,
    `calls_per_second`, `reserve_percent`."""
    errors: Annotated[Mapping[int, Meaning], BeforeValidator(_meanings)] = Field(default_factory=dict)
    """Status number -> meaning, where the vendor's wording is not understood: `not_granted`, `signature`,
    `credentials`, `organisation`, `quota`, `rate`, `machine`, `not_found`, `conflict`, `parameter` or
    `failure`."""
    chunk: int = Field(default=50, ge=1, le=1000)
    """Most ids in one call; the vendor documents no limit."""
    calls_per_question: int = Field(default=20, ge=1, le=1000)
    """Most calls of one endpoint that a single query or poll may cause; the rest comes with later ones."""
    tls: TlsSettings = TlsSettings()
    """How the gateway's certificate is trusted."""
    timeouts: Timeouts = Timeouts()
    """Seconds to wait: for a connection, between two pieces of an answer, for all of it."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not (self.cloudnest or self.iot):
            raise ValueError("with cloudnest = false and iot = false there is nothing to read")
        for attribute in ("gmid", "card_id"):
            known = [getattr(one, attribute) for one in self.machines if getattr(one, attribute) is not None]
            twice = sorted({value for value in known if known.count(value) > 1})
            if twice:
                raise ValueError(f"machines: {attribute} {twice[0]} is given to two machines")
        return self

    def path(self, name: str) -> str | None:
        """Where an endpoint lies; None when that is not known or it is switched off."""
        own = self.endpoints.get(name)
        path = ENDPOINTS[name].path if own is None or own.path is None else own.path
        return path or None

    def offers(self, api: Api) -> bool:
        """Whether the configuration allows an API to be asked."""
        return self.iot if api is Api.IOT else self.cloudnest and self.org_code is not None

    def limits(self, name: str) -> tuple[int, float, float]:
        """Calls per day, calls per second and the reserved share of an endpoint."""
        own = self.endpoints.get(name) or EndpointSettings()
        per_day = self.calls_per_day if own.calls_per_day is None else own.calls_per_day
        reserve = self.reserve_percent if own.reserve_percent is None else own.reserve_percent
        return per_day, own.calls_per_second or self.calls_per_second, reserve / 100.0

    def meaning(self, status: int) -> Meaning | None:
        """What a status number of the vendor's envelope means, if that is known."""
        return self.errors.get(status) or MEANINGS.get(status)
