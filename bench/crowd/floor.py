"""Floorgraph as it is shipped, over a source in memory whose poll ends when something changes."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

from bench.vendor import KEY, Changing
from floorgraph.logs import configure_logs
from floorgraph.model.ids import Kind
from floorgraph.model.source import Feed
from floorgraph.model.station import Station
from floorgraph.server.app import app_over
from floorgraph.server.collecting import settle
from floorgraph.server.run import run, server_for
from floorgraph.settings import LimitSettings, LogLevel, Role, ServerSettings, Settings
from floorgraph.vendors.answers import Listing
from floorgraph.vendors.floor import Floor
from floorgraph.vendors.gate.call import Freshness

STATIONS = 200
SEVENTH = 7


class Waiting(Changing):
    """Its poll waits for a change, so that what is measured begins where the change is detected."""

    def __init__(self) -> None:
        super().__init__(STATIONS, 1.0, 0, period=0.01)
        self._changed = asyncio.Event()
        self._number = 0
        self._answered = -1

    def change(self) -> None:
        """Change the seventh station."""
        self._number += 1
        self._changed.set()

    async def poll(self, feed: Feed, freshness: Freshness) -> Mapping[Kind, Listing]:
        """All stations, once one is not as it was told before."""
        del feed, freshness
        while self._answered == self._number:
            self._changed.clear()
            # No poll may last too long.
            try:
                await asyncio.wait_for(self._changed.wait(), 10)
            except TimeoutError:
                break
        self._answered = self._number
        now = datetime.now(UTC)
        self._stations[SEVENTH] = Station(
            id=f"{KEY}:station:{SEVENTH}",
            source=KEY,
            remote_id=str(SEVENTH),
            observed_at=now,
            updated_at=now,
            name=f"Station {SEVENTH}",
            description=f"change {self._number:06d}",
        )
        return {Kind.STATION: Listing(list(self._stations), True, now)}


async def _controlled(source: Waiting, reader: asyncio.StreamReader) -> None:
    while await reader.readline():
        source.change()


async def serve() -> None:
    """Serve until stopped; its port and that for changes are the first line of standard output."""
    source = Waiting()
    most = 100_000
    limits = LimitSettings(
        sockets=most,
        sockets_per_address=most,
        sockets_per_identity=most,
        requests_per_second=1e6,
        requests_per_second_per_address=1e6,
    )
    server = ServerSettings(anonymous_role=Role.VIEWER, log_level=LogLevel.ERROR)
    app = app_over(Floor([source]), Settings(server, limits=limits))
    control = await asyncio.start_server(lambda reader, _: _controlled(source, reader), "127.0.0.1", 0)
    place = control.sockets[0].getsockname()[1]
    settle()
    serving = server_for(app, "127.0.0.1", 0, lambda url: print(url.rpartition(":")[2], place, flush=True))
    async with control:
        await serving.serve()


if __name__ == "__main__":
    configure_logs(level="error")
    run(serve())
