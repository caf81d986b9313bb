"""From start to end of the server: whether it is ready, and the order in which it stops.

Told to stop, it first says so at `/readyz`, so that a load balancer sends
nobody new; a while later connections end.
"""

import asyncio
from enum import Enum

import structlog

log = structlog.get_logger("floorgraph.server")


class Phase(Enum):
    """How far the server is."""

    STARTING = "starting"
    READY = "ready"
    DRAINING = "draining"
    STOPPING = "stopping"


class Lifecycle:
    """The phases of one server, which only go forward; each is logged once."""

    def __init__(self, drain_seconds: float = 0.0) -> None:
        self.drain_seconds = drain_seconds
        self.phase = Phase.STARTING
        self._stopping = asyncio.Event()

    @property
    def ready(self) -> bool:
        """Whether somebody new is welcome."""
        return self.phase is Phase.READY

    def begin(self) -> None:
        """Requests are served from now on."""
        self._enter(Phase.READY, "ready")

    def drain(self) -> None:
        """Nobody new is welcome from now on."""
        self._enter(Phase.DRAINING, "draining")

    def stop(self) -> None:
        """Connections end now."""
        self._enter(Phase.STOPPING, "stopping")
        self._stopping.set()

    async def stopping(self) -> None:
        """Wait until connections end."""
        await self._stopping.wait()

    def _enter(self, phase: Phase, told: str) -> None:
        order = list(Phase)
        if order.index(phase) > order.index(self.phase):
            self.phase = phase
            log.info(told)
