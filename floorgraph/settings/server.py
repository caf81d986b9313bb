"""The `[server]` table: where it listens and what callers may do who do not say who they are."""

from collections.abc import Collection
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated

from pydantic import Field

from floorgraph.settings.addresses import HostName, Network, Origin
from floorgraph.settings.table import PathBeside, Table
from floorgraph.vendors.source_settings import Secret


class Role(StrEnum):
    """What a caller may do; each role may do what those before it may."""

    NONE = "none"
    """Nothing: who does not say who they are is turned away."""
    VIEWER = "viewer"
    """May read everything but vendors' payloads and traces."""
    OPERATOR = "operator"
    """May also send commands."""
    ADMIN = "admin"
    """May also read the log of commands (`audit`), vendors' payloads (`raw`), and ask for the trace of
    upstream calls."""

    def rights(self) -> frozenset[str]:
        """The rights that the role brings."""
        return _RIGHTS[self]


_RIGHTS = {
    Role.NONE: frozenset[str](),
    Role.VIEWER: frozenset[str](),
    Role.OPERATOR: frozenset({"command"}),
    Role.ADMIN: frozenset({"audit", "command", "raw", "trace"}),
}


class Introspection(StrEnum):
    """Who may ask what the schema holds."""

    ALL = "all"
    """Everybody who may ask anything."""
    IDENTIFIED = "identified"
    """Callers who say who they are."""
    OFF = "off"
    """Nobody."""


class LogFormat(StrEnum):
    """How log lines look."""

    AUTO = "auto"
    """For people at a terminal, JSON elsewhere."""
    JSON = "json"
    """One JSON object per line."""
    CONSOLE = "console"
    """For people."""


class LogLevel(StrEnum):
    """From which weight on events are logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class MetricsAccess(StrEnum):
    """Who may read `/metrics`."""

    LOCAL = "local"
    """Whoever asks from this machine, not through a proxy."""
    ADMIN = "admin"
    """Callers with the role `admin`."""
    ALL = "all"
    """Everybody who reaches the server."""
    OFF = "off"
    """Nobody."""


class ServerSettings(Table):
    """The `[server]` table."""

    host: str = "127.0.0.1"
    """Address to listen on; everything but loopback lets others on the network in."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """Port to listen on; 0 takes a free one."""
    anonymous_role: Role = Role.VIEWER
    """What callers may do who do not say who they are: `none`, `viewer` (reads everything but
    vendors' payloads), `operator` (also sends commands) or `admin` (also reads `raw` and traces)."""
    graphiql: bool = True
    """Whether the page for exploring the API is served at `/graphiql`."""
    fast_path: bool = True
    """Whether operations are compiled and run level by level; the answers are the same without, and later."""
    introspection: Introspection = Introspection.ALL
    """Who may ask what the schema holds, and sees suggestions in messages about unknown fields: `all`,
    `identified` (callers with a key or token) or `off`."""
    allowed_origins: tuple[Origin, ...] = ()
    """Origins of pages on other hosts that may open websockets, such as `https://dashboard.example`."""
    allowed_hosts: tuple[HostName, ...] = ()
    """Names by which the server may be asked (`Host`), such as `floor.example`; addresses and `localhost` may
    always be used, and `*` stands for any name. When absent, all names are fine except over loopback without
    a proxy: there a foreign name is a page that pretends to be one of this server."""
    trusted_proxies: tuple[Network, ...] = ()
    """Addresses or networks of reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are
    believed."""
    signing_key: Secret | None = None
    """Secret for the addresses of pictures; made anew at each start when absent, so set it when
    addresses must survive a restart."""
    image_url_seconds: Annotated[int, Field(ge=10, le=86400)] = 3600
    """Seconds for which the address of a picture is good, at least."""
    log_format: LogFormat = LogFormat.AUTO
    """How log lines look: `json`, `console` (for people), or `auto`, which is `console` at a terminal and
    `json` elsewhere."""
    log_level: LogLevel = LogLevel.INFO
    """From which weight on events are logged: `debug`, `info`, `warning` or `error`."""
    metrics: MetricsAccess = MetricsAccess.LOCAL
    """Who may read `/metrics`: `local` (whoever asks from this machine, not through a proxy), `admin`
    (callers with that role), `all` or `off`."""
    state_dir: PathBeside | None = None
    """Folder for what must survive a restart, such as counters of calls to vendors; nothing is kept when
    absent. Relative paths count from the folder of the configuration file."""
    command_log_entries: Annotated[int, Field(ge=100, le=10_000_000)] = 100_000
    """Most commands that the log of commands keeps; the oldest go first."""
    command_log_days: Annotated[int, Field(ge=1, le=3650)] = 400
    """Days that the log keeps a command. A repeat of an older one with the same `commandId` is a new one."""
    drain_seconds: Annotated[float, Field(ge=0, le=60)] = 1.0
    """Seconds between the order to stop, from which on `/readyz` answers 503, and the end of connections."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on that address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def exposure(host: str, anonymous: Role, proxies: Collection[str] = ()) -> tuple[bool, str] | None:
    """What is wrong with listening on an address, and behind proxies, while anonymous callers have that role.

    (whether it must not be, why); None when nothing is wrong.
    """
    alone = is_loopback(host)
    if anonymous is Role.NONE or (alone and not proxies):
        return None
    where = "behind trusted_proxies" if alone else f"on {host}"
    if anonymous is Role.VIEWER:
        return False, (
            f'Listening {where} with anonymous_role = "viewer": everybody on the network can read the '
            'whole shop floor. Set anonymous_role = "none" in [server] and give out keys '
            "(floorgraph key new)."
        )
    return True, (
        f'server.anonymous_role: "{anonymous}" lets everybody on the network do what only trusted people '
        f"should, because the server would listen {where}. Listen on 127.0.0.1 without a proxy, or set "
        'anonymous_role to "viewer" or "none" and give out keys (floorgraph key new).'
    )
