"""How a simulated Authentise server is set up."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from floorgraph.simulators.contract import SimulatorOptions

TOKEN_UUID = UUID("5b1c0f3e-7a52-4d0e-9a86-0c2f6d1e8b47")
TOKEN_SECRET = "simulator-secret"  # noqa: S105 - the well-known key of a simulator

Feature = Literal[
    "material-management",
    "workstation-capacity-tracking",
    "sensors",
    "jeni-cluster",
    "prep-workflow",
    "external-build-id",
]


class TokenOptions(BaseModel):
    """An API token."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    uuid: UUID
    """The public half of the token, sent as the user name."""
    secret: str
    """The secret half of the token, sent as the password."""


class UserOptions(BaseModel):
    """A user of the tenant."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    username: str
    """What the user logs in with."""
    password: str
    """The password that goes with it."""
    name: str = ""
    """What people call the user."""
    rights: Literal["all", "read"] = "all"
    """Users who may only read are refused with 403 when they write."""
    tokens: list[TokenOptions] = []
    """API tokens that act for the user."""


def _default_users() -> list[UserOptions]:
    return [
        UserOptions(
            username="integration",
            password="simulator-password",  # noqa: S106 - the well-known password of a simulator
            name="Integration",
            tokens=[TokenOptions(uuid=TOKEN_UUID, secret=TOKEN_SECRET)],
        ),
        UserOptions(username="viewer", password="viewer-password", name="Viewer", rights="read"),  # noqa: S106
    ]


class RateLimitOptions(BaseModel):
    """So many requests per so many seconds; above it 429 with `Cooldown`."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    calls: int = Field(ge=1)
    """Calls that are answered within the span."""
    seconds: float = Field(gt=0)
    """Length of the span, in simulated seconds."""


class AuthentiseOptions(SimulatorOptions):
    """Options of the Authentise simulator."""

    users: list[UserOptions] = Field(default_factory=_default_users)
    """Who may use the API."""
    public_url: str | None = None
    """Address that links in answers begin with; the one the request came to when absent."""
    old_hosts: bool = False
    """Every fifth record is linked to by its former host, `erp.` in front of the server's name."""
    disabled_features: list[Feature] = Field(default=[])
    """Features that are switched off, and the resources with them."""
    disabled_status: Literal[403, 404, 405] = 403
    """What a resource answers whose feature is off."""
    session_minutes: float = Field(default=60.0, gt=0)
    """Minutes without a request after which a session ends."""
    expired_status: Literal[401, 403] = 403
    """Status of an ended session: the framework says 403, the vendor's public pages 401."""
    refused_login: Literal[400, 401, 403] = 403
    """Status of a login with a wrong password."""
    post_status: Literal[201, 204] = 201
    """Status of a POST that created something; `Location` is sent with both."""
    redirect_status: Literal[301, 308] = 308
    """How a path without its last slash is redirected."""
    rate_limit: RateLimitOptions | None = None
    """How many calls are answered in a span before 429; no limit when absent."""
    url_limit: int | None = Field(default=8_190, ge=100)
    """Longest path and query in characters; above it 414 from the server in front."""
    page_limit: int = Field(default=20, ge=1)
    """Rows per page when the request does not say."""
    page_maximum: int | None = Field(default=None, ge=1)
    """Most rows per page, silently; the framework has none."""
    unknown_counts: bool = False
    """`meta.count` is null, and `links.next` never ends."""
    strict_greater: bool = True
    """`filter[x]>v` takes only letters, digits, `_`, `-` and commas, as the framework of 2019 does."""
    get_bodies: bool = True
    """A GET with a body reads it in place of the query."""
    cached: bool = False
    """A cache in front keeps answers for as long as `Cache-Control` allows, 10 seconds."""
    late_share: float = Field(default=0.0, ge=0, le=1)
    """How many changes become visible later than they are stamped."""
    late_seconds: float = Field(default=5.0, ge=0)
    """How much later at most."""
    stamp_resolution: float = Field(default=0.0, ge=0)
    """Stamps are cut to multiples of this many seconds, so that many are equal."""
    events_kept: int = Field(default=50_000, ge=100)
    """How many rows of `/event/` are kept; the vendor keeps all."""
    printers: int = Field(default=10, ge=1, le=1_000)
    """How many printers there are."""
    post_processors: int | None = Field(default=None, ge=1, le=1_000)
    """One for five printers, at least two, when absent."""
    pieces: int = Field(default=60, ge=0, le=100_000)
    """Pieces at the start, of all orders; later about so many are open, besides those done of late."""
    batches: int = Field(default=8, ge=0, le=10_000)
    """Batches of material at the start."""
    pieces_per_run: int = Field(default=6, ge=1, le=200)
    """How many pieces a run takes at most."""
    alive: bool = True
    """Machines work and operators act; otherwise the shop stands still and only does what it is asked."""
    pace: float = Field(default=1.0, gt=0, le=1_000)
    """How fast work goes: 2 is twice as fast."""
    churn: float = Field(default=0.0, ge=0, le=10_000)
    """Changes of random pieces per second, beside what the work itself changes."""
    operation_seconds: float = Field(default=4.0, ge=0)
    """How long an asynchronous operation (create-runs, layout, report, ...) takes."""
    order_linger: float = Field(default=900.0, ge=0)
    """Seconds for which a finished order stays at least; the vendor keeps it for good."""
    failure_rate: float = Field(default=0.04, ge=0, le=1)
    """How likely a piece fails in a step."""
