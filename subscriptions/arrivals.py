"""The answers of one source's polls, in the order in which the polls ended.

An answer may wait for the vendor's history before it is taken up, and others
that come meanwhile do not wait for that: those of other kinds go first, and
those of the same kinds make it go at once, without its history.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

from floorgraph.model.ids import Kind
from floorgraph.vendors.answers import Listing


class Arrival:
    """What one poll found, until it is taken up."""

    def __init__(self, listings: Mapping[Kind, Listing], began: float) -> None:
        self.listings = listings
        self.began = began
        """When the poll was sent (monotonic)."""
        self.hurried = False
        """Whether another one waits behind it."""
        self.gone = asyncio.Event()
        """Set when it was taken up, or given up."""
        self._limit: asyncio.Timeout | None = None

    @asynccontextmanager
    async def waiting(self, seconds: float) -> AsyncIterator[None]:
        """Wait for something within, no longer than that and not once it is hurried.

        Raises `TimeoutError`.
        """
        async with asyncio.timeout(seconds) as limit:
            self._limit = limit
            try:
                yield
            finally:
                self._limit = None

    def hurry(self) -> None:
        """Wait for nothing any more."""
        self.hurried = True
        if self._limit is not None and not self._limit.expired():
            self._limit.reschedule(asyncio.get_running_loop().time())


class Arrivals:
    """Those of one source."""

    def __init__(self) -> None:
        self.comparing = asyncio.Lock()
        """One at a time is compared with what is known."""
        self._line: dict[Arrival, None] = {}

    @contextmanager
    def arrived(self, listings: Mapping[Kind, Listing], began: float) -> Iterator[Arrival]:
        """One more, which leaves the line when it was taken up within."""
        arrival = Arrival(listings, began)
        self._line[arrival] = None
        try:
            yield arrival
        finally:
            del self._line[arrival]
            arrival.gone.set()

    def is_next(self, arrival: Arrival) -> bool:
        """Whether no earlier one is of the same kinds."""
        return not self._before(arrival)

    async def turn(self, arrival: Arrival) -> None:
        """Let earlier ones of the same kinds be taken up, without waiting for their history."""
        before = self._before(arrival)
        for other in before:
            other.hurry()
        for other in before:
            await other.gone.wait()

    def _before(self, arrival: Arrival) -> list[Arrival]:
        found: list[Arrival] = []
        for other in self._line:
            if other is arrival:
                break
            if other.listings.keys() & arrival.listings.keys():
                found.append(other)
        return found
