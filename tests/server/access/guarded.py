"""A served floor of two sources behind a door, for the tests of who may come in."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from floorgraph.model.source import Capability, CapabilityState
from floorgraph.settings import KeySettings, LimitSettings, Role, ServerSettings, Settings
from floorgraph.vendors.answers import Image, ResourcePage
from floorgraph.vendors.gate.call import Freshness
from tests.support.memory import MemorySource, job, order, piece, station
from tests.support.serving import serving_sources


class Line(MemorySource):
    """A source with one record of each kind that refer to each other, a picture and a resource."""

    def __init__(self, key: str) -> None:
        super().__init__(
            key,
            [
                station("1", f"Mill of {key}", key, workshop=key),
                order("1", key),
                job(
                    "1",
                    key,
                    station_id=f"{key}:station:1",
                    order_id=f"{key}:order:1",
                    raw={"secret of": key},
                ),
                piece("1", key, job_id=f"{key}:job:1", station_id=f"{key}:station:1"),
            ],
        )
        self.working[f"{key}:station:1"] = f"{key}:job:1"

    def capabilities(self) -> Sequence[CapabilityState]:
        return (CapabilityState(name=Capability.STATION_IMAGES, available=True),)

    async def image(self, station_id: str, freshness: Freshness) -> Image | None:  # noqa: ARG002
        return Image(b"picture", "image/png")

    async def resource(self, *_asked: Any) -> ResourcePage:
        return ResourcePage([{"of": self.key}], None)


def configured(
    *keys: KeySettings, anonymous: Role = Role.NONE, limits: LimitSettings | None = None, **more: Any
) -> Settings:
    """Settings for a server behind a door."""
    server = ServerSettings(anonymous_role=anonymous, **more.pop("server", {}))
    return Settings(server=server, keys=keys, limits=limits or LimitSettings(), **more)


@asynccontextmanager
async def two_lines(settings: Settings) -> AsyncIterator[tuple[str, Line, Line]]:
    """The base URL of a server over the sources `north` and `south`, and these."""
    north, south = Line("north"), Line("south")
    async with serving_sources([north, south], settings=settings) as base_url:
        yield base_url, north, south
