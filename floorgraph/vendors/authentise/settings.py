"""What can be configured about an Authentise tenant."""

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from floorgraph.model.batch import BatchStatus
from floorgraph.model.job import JobStatus
from floorgraph.model.layout import LayoutStatus
from floorgraph.model.order import OrderStatus
from floorgraph.model.piece import PieceStatus
from floorgraph.model.station import StationStatus
from floorgraph.vendors.http import BaseUrl, HttpOptions
from floorgraph.vendors.source_settings import Secret, SourceSettings
from floorgraph.vendors.tls import TlsSettings

VOCABULARIES: Mapping[str, type[Enum]] = {
    "station": StationStatus,
    "job": JobStatus,
    "layout": LayoutStatus,
    "piece": PieceStatus,
    "batch": BatchStatus,
    "order": OrderStatus,
}
"""What statuses can be given other words for in the configuration."""


class _Table(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )


class Token(_Table):
    """An API token: what `POST /api_tokens/` answered."""

    uuid: Annotated[str, Field(min_length=1, pattern=r"^[^:\s]+$")]
    """The token's `uuid`."""
    secret: Secret
    """The token's `secret`."""


class Login(_Table):
    """A user and a password, for tenants without API tokens."""

    username: Annotated[str, Field(min_length=1)]
    """The user's login."""
    password: Secret
    """The user's password."""


class Timeouts(_Table):
    """Seconds to wait."""

    connect: float = Field(default=3.0, gt=0, le=60)
    """Until a connection is there, whatever addresses the name has."""
    read: float = Field(default=20.0, gt=0, le=300)
    """Between two pieces of an answer."""
    total: float = Field(default=30.0, gt=0, le=600)
    """For one answer as a whole."""

    def options(self, connections: int) -> HttpOptions:
        """The bounds of the HTTP client."""
        return HttpOptions(
            connect=self.connect,
            read=self.read,
            total=self.total,
            connections=connections,
            max_bytes=64 * 1024 * 1024,
        )


class Intervals(_Table):
    """Seconds between polls while somebody watches. The vendor's answers may be 10 seconds old anyway."""

    stations: float = Field(default=15.0, ge=1, le=86_400)
    """Stations and what they report."""
    jobs: float = Field(default=15.0, ge=1, le=86_400)
    """Runs and outsourced jobs."""
    pieces: float = Field(default=15.0, ge=1, le=86_400)
    """Pieces."""
    orders: float = Field(default=30.0, ge=1, le=86_400)
    """Orders."""
    layouts: float = Field(default=30.0, ge=1, le=86_400)
    """Layouts and packing processes."""
    batches: float = Field(default=30.0, ge=1, le=86_400)
    """Batches of material."""
    full_sweep: float = Field(default=900.0, ge=30, le=86_400)
    """Between two readings of whole lists, which find what the changes did not tell."""
    definitions: float = Field(default=300.0, ge=1, le=86_400)
    """How long types, places, workflows and materials are taken as they were."""


def _words(vocabulary: str, table: Mapping[str, Any]) -> dict[str, str]:
    allowed = VOCABULARIES[vocabulary].__members__
    read: dict[str, str] = {}
    for word, target in table.items():
        name = str(getattr(target, "value", target)).upper()
        if name not in allowed:
            raise ValueError(f"'{target}' is not a {vocabulary} status; the words are {', '.join(allowed)}")
        read[str(word)] = name
    return read


class AuthentiseSettings(SourceSettings):
    """A `[[sources]]` table with `vendor = "authentise"`."""

    base_url: BaseUrl
    """Address of the data host: `https://data.authentise.com`, or `https://data.stage-auth.com` for the
    vendor's test environment."""
    users_url: BaseUrl | None = None
    """Address of the host that sessions are opened at; the data host when absent."""
    token: Token | None = None
    """API token, `{ uuid = "...", secret = { env = "..." } }`; sent as HTTP Basic. The right choice
    for an integration; this or `session`."""
    session: Login | None = None
    """User and password instead of a token: `{ username = "...", password = { env = "..." } }`; a cookie,
    renewed once when it has expired."""
    tls: TlsSettings = TlsSettings()
    """How the server's certificate is trusted."""
    statuses: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    """Vendor word -> status by vocabulary: `{ station = { print_finished = "PAUSED" } }`. Vocabularies are
    `station`, `job`, `layout`, `piece`, `batch` and `order`."""
    concurrency: int = Field(default=4, ge=1, le=32)
    """Most calls at a time."""
    calls_per_second: float = Field(default=10.0, gt=0, le=1000)
    """Most calls per second. The vendor publishes no limit."""
    calls_per_day: int | None = Field(default=None, ge=100)
    """Most calls per day, logins included; no limit when absent. With `[server] state_dir` the count
    survives restarts."""
    timeouts: Timeouts = Timeouts()
    """Seconds to wait: for a connection, between two pieces of an answer, for all of it."""
    page_size: int = Field(default=1000, ge=20, le=5000)
    """Rows asked for per page of a list."""
    overlap: float = Field(default=20.0, ge=15, le=600)
    """Seconds that readings of changes reach back behind the newest change seen: longer than a change
    may take to become visible, and than the vendor's answers may be old (10)."""
    schedule_resource: str | None = Field(default=None, pattern=r"^[\w-]+$")
    """Name of the resource with planned times of runs, which the vendor's document lost. Ask the vendor; it
    was `run-schedule-summary` once. Without it planned times are null."""
    intervals: Intervals = Intervals()
    """Seconds between polls: `stations`, `jobs`, `pieces` 15; `orders`, `layouts`, `batches` 30; `full_sweep`
    900 between whole lists; `definitions` 300 for types, places, workflows and materials."""

    @field_validator("statuses", mode="before")
    @classmethod
    def _known_words(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or not all(isinstance(table, Mapping) for table in value.values()):
            raise ValueError(
                'expected tables of vendor word = status, for example { station = { error = "FAULT" } }'
            )
        unknown = [name for name in value if name not in VOCABULARIES]
        if unknown:
            known = ", ".join(VOCABULARIES)
            raise ValueError(f"'{unknown[0]}' has no statuses to choose; those that have are {known}")
        return {name: _words(name, table) for name, table in value.items()}

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if self.token is None and self.session is None:
            raise ValueError(
                'credentials are missing: token = { uuid = "...", secret = { env = "..." } } or '
                'session = { username = "...", password = { env = "..." } }'
            )
        if self.token is not None and self.session is not None:
            raise ValueError("give either token or session, not both")
        return self
