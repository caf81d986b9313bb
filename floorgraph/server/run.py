"""Serving the app with uvicorn, and stopping it in order."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from functools import partial
from types import FrameType
from typing import Any

import structlog
import uvicorn
from starlette.types import ASGIApp

from floorgraph.server import service
from floorgraph.server.http import HttpProtocol
from floorgraph.server.lifecycle import Lifecycle
from floorgraph.server.protocols import PING_SECONDS, PONG_SECONDS, WebSocketProtocol, rounds_for

MAX_MESSAGE_BYTES = 256 * 1024
GRACE_SECONDS = 5
"""Longest time that answers under way may take once connections end."""

log = structlog.get_logger("floorgraph.server")


class FloorServer(uvicorn.Server):
    """Tells where it listens once it does, because port 0 is only known then, and stops in order.

    SIGTERM: not ready first, then the end of connections, websockets with
    1012. SIGINT, or a second SIGTERM: the end of connections at once. SIGHUP
    calls `reload`. A server that was told to stop ended well: its process
    ends with 0.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        announce: Callable[[str], None],
        lifecycle: Lifecycle,
        reload: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(config)
        self._announce = announce
        self._lifecycle = lifecycle
        self._reload = reload
        self._ends_at: float | None = None

    async def startup(self, sockets: Any = None) -> None:
        """Begin to listen, then tell where."""
        await super().startup(sockets)
        if not self.started:
            return
        if self._reload is not None and hasattr(signal, "SIGHUP"):
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._reload)
        self._announce(self.base_url())
        service.ready()

    async def on_tick(self, counter: int) -> bool:
        """Whether connections are to end."""
        if self._ends_at is not None:
            # Logged here: a signal may come in the middle of anything, a line of the log included.
            self._lifecycle.drain()
            self.should_exit = self.should_exit or time.monotonic() >= self._ends_at
        return await super().on_tick(counter)

    async def shutdown(self, sockets: Any = None) -> None:
        """End connections, wait for answers under way, then end the app."""
        service.stopping()
        self._lifecycle.stop()
        await super().shutdown(sockets)
        log.info("stopped")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note a signal. uvicorn would raise it again at the end, and the process would not end with 0."""
        del frame
        if sig == signal.SIGTERM and self._ends_at is None and not self.should_exit:
            self._ends_at = time.monotonic() + self._lifecycle.drain_seconds
        elif self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        else:
            self.should_exit = True

    def base_url(self) -> str:
        """Where the server listens, such as `http://127.0.0.1:8000`."""
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{port}"


def run(serving: Coroutine[Any, Any, None]) -> None:
    """Run a server on the fastest event loop there is: uvloop's, on Windows asyncio's own."""
    with asyncio.Runner(loop_factory=_new_loop) as runner:
        runner.run(serving)


def _new_loop() -> asyncio.AbstractEventLoop:
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()


def server_for(
    app: ASGIApp,
    host: str,
    port: int,
    announce: Callable[[str], None],
    trusted_proxies: tuple[str, ...] = (),
    *,
    lifecycle: Lifecycle | None = None,
    reload: Callable[[], None] | None = None,
) -> FloorServer:
    """A server for the app that keeps to the bounds of this product.

    Who a client is and how it came is believed of `trusted_proxies` alone.
    `lifecycle` is the app's own where it has one.
    """
    rounds = rounds_for(PING_SECONDS, PONG_SECONDS)
    websocket: Any = partial(WebSocketProtocol, rounds=rounds, patience=PONG_SECONDS)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        http=HttpProtocol,
        ws=websocket,
        ws_ping_interval=None,
        ws_ping_timeout=None,
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_per_message_deflate=False,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        lifespan="on",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return FloorServer(config, announce, lifecycle or Lifecycle(), reload)
