"""What can be configured about a CWork server."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from floorgraph.model.station import StationStatus
from floorgraph.vendors.http import BaseUrl, HttpOptions
from floorgraph.vendors.source_settings import Secret, SourceSettings
from floorgraph.vendors.tls import TlsSettings

NEWEST_MINOR = 16
DEFAULT_ACCEPT = "application/json+v1"
EVERY_VERSION = tuple(f"application/json+v1.{minor}" for minor in range(NEWEST_MINOR, -1, -1))


def _statuses(value: Any) -> Any:
    """Keys are state handles, as numbers or as the texts that TOML makes of them; words in any case."""
    if not isinstance(value, Mapping):
        raise ValueError(  # noqa: TRY004 - pydantic reports only these
            'expected a table of state handle = status word, for example { 12 = "MAINTENANCE" }'
        )
    read: dict[int, StationStatus] = {}
    for handle, word in value.items():
        try:
            number = int(str(handle))
        except ValueError:
            raise ValueError(f"'{handle}' is not a state handle; handles are whole numbers") from None
        name = str(getattr(word, "value", word)).upper()
        if name not in StationStatus.__members__:
            words = ", ".join(StationStatus.__members__)
            raise ValueError(f"'{word}' is not a station status; the words are {words}")
        read[number] = StationStatus[name]
    return read


Statuses = Annotated[Mapping[int, StationStatus], BeforeValidator(_statuses)]


def _beside(value: Path, info: ValidationInfo) -> Path:
    """A relative path counts from the folder of the configuration file."""
    return Path((info.context or {}).get("folder", "")) / value


class Timeouts(BaseModel):
    """Seconds to wait. CWork serves all its clients from one service, so an answer may take its time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    connect: float = Field(default=2.0, gt=0, le=60)
    """Until a connection is there, whatever addresses the name has."""
    read: float = Field(default=10.0, gt=0, le=300)
    """Between two pieces of an answer."""
    total: float = Field(default=15.0, gt=0, le=600)
    """For one answer as a whole."""

    def options(self, connections: int) -> HttpOptions:
        """The bounds of the HTTP client."""
        return HttpOptions(connect=self.connect, read=self.read, total=self.total, connections=connections)


class CWorkSettings(SourceSettings):
    """A `[[sources]]` table with `vendor = "cwork"`."""

    base_url: BaseUrl
    """Address of the API, path included: mostly `https://HOST:4445/CAPI/REST`. One server speaks http or
    https, never both."""
    api_key: Secret | None = None
    """API key of a CWork user, whose rights and scenario apply. API 1.0 and 1.1 know no keys."""
    tls: TlsSettings = TlsSettings()
    """How the server's certificate is trusted. CWork's own is self-signed: use `pin` (fingerprint), `ca`
    (file) or `insecure`."""
    accept: str = Field(default=DEFAULT_ACCEPT, pattern=r"^[\x20-\x7e]+$")
    """The `Accept` header, by which CWork chooses the version of its API."""
    accept_fallbacks: tuple[Annotated[str, Field(pattern=r"^[\x20-\x7e]+$")], ...] = EVERY_VERSION
    """Tried in turn when the server refuses `accept`; `+v1.16` to `+v1.0` unless set."""
    statuses: Statuses = Field(default_factory=dict, validate_default=True)
    """State handle -> station status, where the general rules do not fit; holds for child states too."""
    user: str | None = None
    """Login of the user whose API key is configured, to show that user's rights in the capability `USERS`."""
    concurrency: int = Field(default=4, ge=1, le=32)
    """Most calls at a time."""
    calls_per_second: float = Field(default=10.0, gt=0, le=1000)
    """Most calls per second, for each class of calls: `stations`, `states`, `live`, `operations`, `orders`,
    `documents`, `history`, `details`."""
    timeouts: Timeouts = Timeouts()
    """Seconds to wait: for a connection, between two pieces of an answer, for all of it."""
    live_interval: float | None = Field(default=None, ge=1, le=86_400)
    """Seconds between polls of the live status: 5 where one call brings all stations (API 1.12), else 20."""
    work_interval: float = Field(default=30.0, ge=1, le=86_400)
    """Seconds between polls of orders and operations."""
    documents_interval: float = Field(default=60.0, ge=1, le=86_400)
    """Seconds between polls of the programs."""
    content_limit: int = Field(default=1_048_576, ge=1, le=16_777_216)
    """Bytes of a program's text that are passed on; longer ones are cut and say so."""
    exchange_dir: Annotated[Path, AfterValidator(_beside)] | None = None
    """CWork's exchange folder `Temp/API-io`, as this machine sees it; needed to submit versions."""
    exchange_digest: Literal["md5", "sha1", "none"] = "md5"
    """Checksum that goes with a submitted version; CWork's document says MD5 and shows SHA-1."""
    certify_method: Literal["POST", "GET"] = "POST"
    """How versions are certified: CWork's document says GET, its own programs send POST."""
