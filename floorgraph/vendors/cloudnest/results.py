"""Results: what machines finished, read machine by machine from where the last answer ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from floorgraph.vendors.cloudnest.endpoints import MACHINE_RESULTS
from floorgraph.vendors.cloudnest.gateway import Gateway, Question
from floorgraph.vendors.cloudnest.mapping.piece import PartSize
from floorgraph.vendors.cloudnest.mapping.result import part_sizes
from floorgraph.vendors.gate import Freshness

WANTED = 600.0
"""Seconds between two questions for the same machine (section 9)."""
OVERLAP = timedelta(minutes=10)
FIRST = timedelta(hours=24)
"""How far back the first question for a machine goes."""
MOST_REMEMBERED = 50_000
WRITTEN = "%Y-%m-%d %H:%M:%S"


class Results:
    """The results of one account. `sizes`: part guid -> what only results tell of it."""

    def __init__(self, gateway: Gateway) -> None:
        self.sizes: dict[str, PartSize] = {}
        self.version = object()
        self._gateway = gateway
        self._until: dict[int, datetime] = {}
        self._asked: dict[int, float] = {}

    def next(self, gmids: Sequence[int]) -> int | None:
        """The machine that was not asked for longest; None without machines."""
        return min(gmids, key=lambda gmid: (self._asked.get(gmid, float("-inf")), gmid), default=None)

    async def poll(self, gmid: int, freshness: Freshness) -> datetime:
        """Ask what a machine finished since the last time; when that was answered. Raises `SourceFailure`."""
        now = self._gateway.vendor_now()
        since = self._until.get(gmid, now - FIRST + OVERLAP) - OVERLAP
        frame = self._gateway.frame(now, machines=True)
        body = {
            "gmid": gmid,
            "start_time": since.astimezone(frame.zone).strftime(WRITTEN),
            "end_time": now.astimezone(frame.zone).strftime(WRITTEN),
        }
        self._asked[gmid] = self._gateway.clock.monotonic()
        question = Question(MACHINE_RESULTS, body, WANTED)
        observed = await self._gateway.read(question, freshness)
        self._gateway.gate.forget(question.key)
        self._until[gmid] = now
        self._take(part_sizes(observed.value.items(), frame))
        return observed.at

    def _take(self, found: dict[str, PartSize]) -> None:
        news = {guid: size for guid, size in found.items() if self.sizes.get(guid) != size}
        if not news:
            return
        merged = {**self.sizes, **news}
        for guid in list(merged)[: max(0, len(merged) - MOST_REMEMBERED)]:
            del merged[guid]
        self.sizes, self.version = merged, object()
