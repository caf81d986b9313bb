"""The server that is fuzzed: `python -m tests.fuzz.shop`. Its one source changes at every poll."""

import asyncio
import itertools
from collections.abc import Mapping
from contextlib import suppress

from floorgraph.logs import configure_logs
from floorgraph.model.ids import Kind
from floorgraph.model.source import Feed
from floorgraph.server.app import app_over
from floorgraph.server.run import server_for
from floorgraph.settings import LimitSettings, Role, ServerSettings, Settings
from floorgraph.vendors.answers import Listing
from floorgraph.vendors.floor import Floor
from floorgraph.vendors.gate.call import Freshness
from tests.support.memory import MemorySource, job, order, piece, station

ROOM = 1_000_000
"""A limit on how much may come, which is not what is tested here."""


class Restless(MemorySource):
    """A source whose first station has another name at every poll."""

    def __init__(self) -> None:
        order_id = "north:order:1"
        super().__init__(
            "north",
            [
                *(station(str(number), f"Mill {number}") for number in range(1, 6)),
                *(
                    job(str(number), station_id=f"north:station:{number}", order_id=order_id)
                    for number in (1, 2)
                ),
                piece("1", job_id="north:job:1", order_id=order_id),
                order("1"),
            ],
        )
        self._numbers = itertools.count()

    async def poll(self, feed: Feed, freshness: Freshness) -> Mapping[Kind, Listing]:
        self.put(station("1", f"Mill {next(self._numbers)}"))
        return await super().poll(feed, freshness)


def main() -> None:
    """Serve until a signal ends it; says where on standard output."""
    configure_logs()
    limits = LimitSettings(
        requests_per_second=ROOM,
        requests_per_second_per_address=ROOM,
        sockets=ROOM,
        sockets_per_address=ROOM,
        sockets_per_identity=ROOM,
    )
    settings = Settings(ServerSettings(anonymous_role=Role.VIEWER), limits=limits)
    app = app_over(Floor([Restless()]), settings)
    server = server_for(app, "127.0.0.1", 0, lambda base_url: print(base_url, flush=True))  # noqa: T201
    with suppress(KeyboardInterrupt):
        asyncio.run(server.serve())


if __name__ == "__main__":
    main()
