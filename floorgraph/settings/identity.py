"""The `[[keys]]` and `[jwt]` tables: who callers are and what they may do."""

from collections.abc import Mapping
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_validator

from floorgraph.model.ids import SOURCE_KEY
from floorgraph.settings.server import Role
from floorgraph.settings.table import PathBeside, Table
from floorgraph.vendors.source_settings import content_mark
from floorgraph.vendors.tls import TlsSettings

KEY_ID = r"^[a-z0-9]{4,32}$"
STORED = r"^scrypt\$\d{4,7}\$\d{1,2}\$\d{1,2}\$[A-Za-z0-9_-]{16,}\$[A-Za-z0-9_-]{32,}$"


def _granted(role: Role) -> Role:
    if role is Role.NONE:
        raise ValueError("expected 'viewer', 'operator' or 'admin'")
    return role


GrantedRole = Annotated[Role, AfterValidator(_granted)]
SourceKey = Annotated[str, Field(pattern=f"^{SOURCE_KEY.pattern}$")]


def _with_zone(moment: object) -> object:
    if isinstance(moment, datetime) and moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment


class KeySettings(Table):
    """One `[[keys]]` table, as `floorgraph key new` prints it."""

    id: Annotated[str, Field(pattern=KEY_ID)]
    """The part of the key by which it is found; no secret."""
    name: Annotated[str, Field(min_length=1, max_length=100)]
    """Whose key it is, for people."""
    role: GrantedRole
    """What callers with the key may do: `viewer`, `operator` or `admin`."""
    sources: tuple[SourceKey, ...] | None = None
    """Keys of the sources that exist for callers with the key; all when absent."""
    hash: Annotated[str, Field(pattern=STORED)]
    """What the key is checked against; the key cannot be had from it."""
    expires: Annotated[datetime | None, BeforeValidator(_with_zone)] = None
    """When the key ends, such as `2027-01-31T00:00:00Z`; never when absent."""


Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures with a private and a public key. Shared secrets (HS256 and the like) are not among them: with
those a public key could be passed off as the secret."""


class JwtSettings(Table):
    """The `[jwt]` table: tokens of an identity provider."""

    jwks_url: str | None = None
    """Where the provider publishes its keys; https, or http on this machine."""
    key_file: PathBeside | None = None
    """A public key (PEM) or a set of keys (JWKS) in place of `jwks_url`."""
    issuer: Annotated[str, Field(min_length=1)]
    """What `iss` must be."""
    audience: Annotated[str, Field(min_length=1)]
    """What `aud` must be or contain."""
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1)] = ("RS256", "ES256", "EdDSA")
    """Signatures that are accepted; shared secrets never are."""
    role_claim: Annotated[str, Field(min_length=1)] = "role"
    """The claim with the role or roles; dots lead into objects, as in `realm_access.roles`."""
    roles: Mapping[str, GrantedRole] = Field(default_factory=dict)
    """Words of the provider that stand for roles of this server, such as `{ "shop-viewers" = "viewer" }`;
    `viewer`, `operator` and `admin` stand for themselves when absent. The highest one holds."""
    sources_claim: str | None = None
    """The claim with the list of sources that exist for the caller. Tokens without it see none; when this
    setting is absent all callers see all sources."""
    leeway_seconds: Annotated[float, Field(ge=0, le=300)] = 30.0
    """By how much the provider's clock and ours may differ."""
    tls: TlsSettings = TlsSettings()
    """Whom to trust at `jwks_url`, as in `[[sources]]`."""
    _content: str = PrivateAttr("")
    """Of the file with the keys: settings differ when its content does."""

    def model_post_init(self, _context: Any) -> None:
        """Look at the file with the keys, if there is one."""
        if self.key_file is not None:
            self._content = content_mark(self.key_file)

    @model_validator(mode="after")
    def _one_place_for_keys(self) -> Self:
        if (self.jwks_url is None) == (self.key_file is None):
            raise ValueError("give either jwks_url or key_file")
        if self.jwks_url is not None:
            _check_jwks_url(self.jwks_url)
        return self


def _check_jwks_url(text: str) -> None:
    try:
        url = urlsplit(text)
        host = url.hostname or ""
    except ValueError:
        raise ValueError("jwks_url is not a URL") from None
    if url.scheme not in ("http", "https") or not host or url.username or url.query or url.fragment:
        raise ValueError("jwks_url must be an https:// address without user, query and fragment")
    if url.scheme == "http" and not _is_here(host):
        raise ValueError("jwks_url must begin with https://: whoever can change the keys can be anybody")


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
