"""What a simulated vendor offers, and what the machinery around it needs from it.

A vendor writes one class that fits `SimulatedServer`; counting calls, injecting faults, stepping time and
the `/_control` endpoints come from here and are the same for every vendor.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import Headers, QueryParams
from starlette.types import ASGIApp

from floorgraph.simulators.clock import SimulatedClock


class SimulatorOptions(BaseModel):
    """Options every simulator has; vendors add theirs."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    seed: int = 1
    """Same seed, same start and same steps: same shop."""
    start: datetime | None = None
    """Where the simulated clock starts (ISO 8601 with offset); the real time when absent."""
    frozen: bool = False
    """Time stands still and moves only when stepped."""
    speed: float = Field(default=1.0, gt=0, le=100_000)
    """Simulated seconds per real second."""
    certfile: Path | None = None
    """PEM certificate: the server then speaks HTTPS instead of HTTP."""
    keyfile: Path | None = None
    """PEM key of the certificate, when it is not in the same file."""

    def clock(self) -> SimulatedClock:
        """The simulated clock these options describe."""
        start = self.start.timestamp() if self.start else None
        return SimulatedClock(start=start, speed=self.speed, frozen=self.frozen)


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the simulated vendor, body already read."""

    method: str
    path: str
    query: QueryParams
    headers: Headers
    body: bytes


@dataclass(slots=True)
class Reply:
    """What the vendor answers: `data` becomes JSON in the vendor's way, or `content` goes out as it is."""

    status: int = 200
    data: Any = None
    content: bytes | None = None
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    label: str = ""
    """The endpoint that answered, when the JSON's habits differ by endpoint."""


class ControlError(ValueError):
    """A control request that makes no sense; `field` names the part of the body that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class SimulatedServer(Protocol):
    """One simulated vendor server."""

    clock: SimulatedClock

    def label(self, method: str, path: str) -> str:
        """Name of the endpoint a request addresses, for counters and faults: `GET /things/{id}`."""
        ...

    async def answer(self, call: Call) -> Reply:
        """Do what the request asks and say what the vendor would say."""
        ...

    def encode(self, reply: Reply) -> bytes:
        """The JSON text of `reply.data`, with the vendor's habits."""
        ...

    def advance(self) -> None:
        """Bring the shop to the clock's now."""
        ...

    def restart(self) -> None:
        """Back to the state the options describe; the clock goes on."""
        ...

    def state(self) -> Mapping[str, object]:
        """The shop as JSON-ready values, for people and tests that look in."""
        ...

    def change(self, wanted: Any) -> Mapping[str, object]:
        """Change the shop from outside.

        Raises:
            ControlError: the request names something unknown or has a wrong value.
        """
        ...


@dataclass(frozen=True, slots=True)
class DemoInstance:
    """One server of the demo and how a source is configured for it."""

    key: str
    """Key of the source."""
    vendor: str
    title: str
    options: Mapping[str, object]
    """What the simulator is started with."""
    settings: Callable[[str], Mapping[str, object]]
    """From the server's base URL to the vendor's own keys of the `[[sources]]` table."""

    def source_settings(self, base_url: str) -> dict[str, object]:
        """The `[[sources]]` table for this instance when it runs at `base_url`."""
        return {"key": self.key, "vendor": self.vendor, "title": self.title, **self.settings(base_url)}


@dataclass(frozen=True, slots=True)
class Simulator:
    """A vendor's simulator, as registered in the entry point group `floorgraph.simulators`."""

    vendor: str
    title: str
    options: type[SimulatorOptions]
    build: Callable[[Any], ASGIApp]
    """From an instance of `options` to the app that serves it, `/_control` included."""
    demo: tuple[DemoInstance, ...] = ()
