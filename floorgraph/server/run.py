"""Serving the app with uvicorn."""

from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from floorgraph.server.protocols import PING_SECONDS, PONG_SECONDS, HttpProtocol, WebSocketProtocol

MAX_MESSAGE_BYTES = 256 * 1024
GRACE_SECONDS = 5


class AnnouncingServer(uvicorn.Server):
    """Tells where it listens once it does, because port 0 is only known then."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[str], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: Any = None) -> None:
        """Begin to listen, then tell where."""
        await super().startup(sockets)
        if self.started:
            self._announce(self.base_url())

    def base_url(self) -> str:
        """Where the server listens, such as `http://127.0.0.1:8000`."""
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{port}"


def server_for(
    app: ASGIApp, host: str, port: int, announce: Callable[[str], None], trusted_proxies: tuple[str, ...] = ()
) -> AnnouncingServer:
    """A server for the app that keeps to the bounds of this product.

    Who a client is and how it came is believed of `trusted_proxies` alone.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        http=HttpProtocol,
        ws=WebSocketProtocol,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PONG_SECONDS,
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_per_message_deflate=False,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        lifespan="on",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return AnnouncingServer(config, announce)
