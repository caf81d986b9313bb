"""A source that lives in memory: its records are lists, its calls are counted, its failures are ordered."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.model.job import Job, JobKind, JobStatus
from floorgraph.model.order import Order, OrderStatus
from floorgraph.model.piece import Piece, PieceStatus
from floorgraph.model.record import Record
from floorgraph.model.source import CapabilityState, Feed, SourceCondition, SourceStatus
from floorgraph.model.station import LiveStatus, Station, StationStatus, state_of
from floorgraph.vendors.answers import Answer, Listing
from floorgraph.vendors.contract import Source, SourceTools
from floorgraph.vendors.failures import SourceFailure, Unreachable
from floorgraph.vendors.gate.call import Freshness
from floorgraph.vendors.questions import Where
from floorgraph.vendors.source_settings import SourceSettings

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FEED = Feed("all", frozenset({Kind.STATION, Kind.JOB, Kind.ORDER, Kind.PIECE}), interval=0.2, minimum=0.05)


def common(kind: Kind, remote: str, source: str, seconds: float = 0.0) -> dict[str, Any]:
    """The fields that all records share."""
    at = NOON + timedelta(seconds=seconds)
    return {
        "id": f"{source}:{kind}:{remote}",
        "source": source,
        "remote_id": remote,
        "observed_at": NOON,
        "updated_at": at,
    }


def station(remote: str, name: str = "Mill", source: str = "north", **rest: Any) -> Station:
    return Station(**common(Kind.STATION, remote, source, rest.pop("seconds", 0.0)), name=name, **rest)


def job(remote: str, source: str = "north", **rest: Any) -> Job:
    rest.setdefault("name", f"Job {remote}")
    rest.setdefault("status", JobStatus.RUNNING)
    return Job(**common(Kind.JOB, remote, source, rest.pop("seconds", 0.0)), kind=JobKind.OPERATION, **rest)


def order(remote: str, source: str = "north", **rest: Any) -> Order:
    rest.setdefault("name", f"Order {remote}")
    rest.setdefault("status", OrderStatus.IN_PROGRESS)
    return Order(**common(Kind.ORDER, remote, source, rest.pop("seconds", 0.0)), **rest)


def piece(remote: str, source: str = "north", **rest: Any) -> Piece:
    rest.setdefault("status", PieceStatus.IN_PROGRESS)
    return Piece(
        **common(Kind.PIECE, remote, source), name=f"Piece {remote}", serialised=False, quantity=10, **rest
    )


def live(of: Station, status: StationStatus) -> LiveStatus:
    return LiveStatus(
        id=of.id,
        source=of.source,
        remote_id=of.remote_id,
        observed_at=NOON,
        updated_at=NOON,
        state=state_of(status, name=status.value.title()),
    )


class MemorySource(Source):
    """A source whose truth a test decides."""

    vendor = "memory"

    def __init__(self, key: str = "north", records: Iterable[Record] = ()) -> None:
        super().__init__(SourceSettings(key=key, vendor="memory"), SourceTools())
        self.records: list[Record] = list(records)
        self.statuses: dict[str, LiveStatus] = {}
        self.working: dict[str, str] = {}
        self.failure: SourceFailure | None = None
        self.stale_because: SourceFailure | None = None
        self.pushes_down = True
        self.held: asyncio.Event | None = None
        self.calls: Counter[str] = Counter()
        self.seen: list[Freshness] = []

    def put(self, *records: Record) -> None:
        fresh = {record.id for record in records}
        self.records = [record for record in self.records if record.id not in fresh] + list(records)

    def drop(self, record_id: str) -> None:
        self.records = [record for record in self.records if record.id != record_id]

    @property
    def version(self) -> str | None:
        return "1"

    def condition(self) -> SourceCondition:
        return SourceCondition(status=SourceStatus.DOWN if self.failure else SourceStatus.UP)

    def capabilities(self) -> Sequence[CapabilityState]:
        return ()

    async def probe(self) -> None:
        if self.failure is not None:
            raise self.failure

    async def close(self) -> None:
        return None

    async def _call(self, name: str, freshness: Freshness) -> None:
        self.calls[name] += 1
        self.seen.append(freshness)
        if self.held is not None:
            await self.held.wait()
        if self.failure is not None:
            raise self.failure

    async def select(self, kind: Kind, where: Where, freshness: Freshness) -> Answer[Any]:
        await self._call(f"select {kind}", freshness)
        own = [record for record in self.records if record.kind_word is kind]
        items = [record for record in own if not self.pushes_down or where.admits(record)]
        return Answer(items=items, observed_at=NOON, failure=self.stale_because)

    async def live(
        self, station_ids: Iterable[str], freshness: Freshness
    ) -> Mapping[str, LiveStatus | SourceFailure]:
        await self._call("live", freshness)
        return {key: self.statuses[key] for key in station_ids if key in self.statuses}

    async def current_jobs(self, station_ids: Iterable[str], freshness: Freshness) -> Mapping[str, str]:
        await self._call("current jobs", freshness)
        return {key: self.working[key] for key in station_ids if key in self.working}

    def feeds(self) -> Sequence[Feed]:
        return (FEED,)

    async def poll(self, feed: Feed, freshness: Freshness) -> Mapping[Kind, Listing]:
        await self._call("poll", freshness)
        now = self.clock.now()
        return {
            kind: Listing([record for record in self.records if record.kind_word is kind], True, now)
            for kind in feed.kinds
        }


def unreachable(source: str = "north") -> Unreachable:
    return Unreachable(source=source, endpoint="stations", detail="connection refused")
