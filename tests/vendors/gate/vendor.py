"""A vendor made of functions, for tests of the gate with a clock that stands still."""

import asyncio
from collections.abc import Callable

from floorgraph.vendors.failures import SourceFailure, VendorFailure
from floorgraph.vendors.gate import Call, Freshness, Gate

NOW = Freshness(max_age=0.0)
ANY = Freshness()


class Vendor:
    """Answers 1, 2, 3, ...; or fails, or waits for `release`, when told to."""

    def __init__(self) -> None:
        self.calls = 0
        self.failures: list[SourceFailure | None] = []
        self.release: asyncio.Event | None = None
        self.entered = asyncio.Event()
        self.cancelled = 0

    async def fetch(self) -> int:
        self.calls += 1
        number = self.calls
        self.entered.set()
        failure = self.failures.pop(0) if self.failures else None
        if self.release is not None:
            try:
                await self.release.wait()
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
        if failure is not None:
            raise failure
        return number

    def call(self, key: str = "stations", ttl: float = 60.0, endpoint: str = "lists") -> Call[int]:
        return Call(key=key, endpoint=endpoint, ttl=ttl, fetch=self.fetch)


def broken(kind: type[SourceFailure] = VendorFailure, retry_after: float | None = None) -> SourceFailure:
    return kind(source="north", endpoint="lists", detail="broken", retry_after=retry_after)


Make = Callable[..., Gate]


async def settle() -> None:
    """Let every task that can go on do so."""
    for _ in range(20):
        await asyncio.sleep(0)
