"""By which names the server is asked: a page of another site may not pretend to be one of this server.

A name on the internet can be made to lead to 127.0.0.1 or into a plant
network (DNS rebinding). For a browser its page and this server are then one
site, and the page reads, or sends commands, with the rights of whoever sits at
the machine. What gives it away is the name in `Host`. Addresses and
`localhost` cannot be made to lead elsewhere.
"""

from collections.abc import Awaitable
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from floorgraph.settings.server import ServerSettings, is_loopback

MISDIRECTED: Final = 421
WORDS: Final = (
    "This server does not go by the name that you asked for. "
    "Names by which it may be asked stand in server.allowed_hosts of its settings.\n"
)
ANY: Final = "*"


class HostGuard:
    """Turns away whoever asks by a name that is not one of the server's.

    Without `allowed_hosts` that are names at all, where the server is asked over
    loopback and no proxy stands before it; elsewhere it may have any name.
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        self._names = frozenset(name.lower() for name in settings.allowed_hosts)
        self._proxied = bool(settings.trusted_proxies)
        self._ours = lru_cache(maxsize=64)(self._is_ours)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one request or one websocket."""
        # No coroutine of its own: a websocket lasts for hours, and what its handshake was made of must not.
        if scope["type"] == "lifespan" or self._admits(scope):
            return self._app(scope, receive, send)
        return self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
        else:
            await PlainTextResponse(WORDS, MISDIRECTED)(scope, receive, send)

    def _admits(self, scope: Scope) -> bool:
        if not self._names and (self._proxied or not _over_loopback(scope)):
            return True
        return all(self._ours(value) for name, value in scope["headers"] if name == b"host")

    def _is_ours(self, host: bytes) -> bool:
        name = host_name(host.decode("latin-1"))
        return name in self._names or ANY in self._names or _leads_here(name)


def host_name(host: str) -> str:
    """The name or address in a `Host` header, in small letters and without its port. Pure."""
    name = host.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0].rstrip(".")


def _leads_here(name: str) -> bool:
    """Whether nobody can make a name lead elsewhere."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _over_loopback(scope: Scope) -> bool:
    server = scope.get("server")
    return server is not None and _is_loopback(server[0])


_is_loopback = lru_cache(maxsize=64)(is_loopback)
