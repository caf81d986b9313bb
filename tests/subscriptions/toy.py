"""A vendor that lives in memory: its truth is a dictionary, its failures are ordered."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.model.job import Job, JobKind, JobStatus
from floorgraph.model.record import Record
from floorgraph.model.source import CapabilityState, Feed, SourceCondition, SourceStatus
from floorgraph.model.station import Station
from floorgraph.vendors.answers import Answer, Listing
from floorgraph.vendors.contract import Source, SourceTools
from floorgraph.vendors.failures import SourceFailure, Unreachable
from floorgraph.vendors.gate.call import Freshness
from floorgraph.vendors.questions import Where
from floorgraph.vendors.source_settings import SourceSettings
from tests.subscriptions.faketime import START, FakeTime

STATIONS = Feed("stations", frozenset({Kind.STATION}), interval=10.0, minimum=2.0)
JOBS = Feed("jobs", frozenset({Kind.JOB}), interval=30.0, minimum=5.0)


def station(
    remote: str, name: str = "Mill", *, source: str = "north", at: datetime = START, **rest: Any
) -> Station:
    return Station(
        id=f"{source}:station:{remote}",
        source=source,
        remote_id=remote,
        observed_at=at,
        updated_at=at,
        name=name,
        **rest,
    )


def job(remote: str, *, source: str = "north", at: datetime = START, **rest: Any) -> Job:
    return Job(
        id=f"{source}:job:{remote}",
        source=source,
        remote_id=remote,
        observed_at=at,
        updated_at=at,
        name=rest.pop("name", f"Job {remote}"),
        kind=JobKind.OPERATION,
        status=rest.pop("status", JobStatus.RUNNING),
        **rest,
    )


def unreachable(source: str = "north") -> Unreachable:
    return Unreachable(source=source, endpoint="stations", detail="refused")


class Toy(Source):
    """A source whose answers a test decides."""

    vendor = "toy"

    def __init__(self, time: FakeTime, key: str = "north", feeds: Sequence[Feed] = (STATIONS,)) -> None:
        super().__init__(SourceSettings(key=key, vendor="toy"), SourceTools(clock=time))
        self.time = time
        self.offered = list(feeds)
        self.truth: dict[Kind, dict[str, str]] = {Kind.STATION: {}, Kind.JOB: {}}
        self.places: dict[str, str] = {}
        """The station that each job is given to, by remote ids."""
        self.complete = True
        self.failure: Exception | None = None
        self.probe_failure: SourceFailure | None = None
        self.gate: asyncio.Event | None = None
        self.probe_gate: asyncio.Event | None = None
        self.state = SourceCondition(status=SourceStatus.UP)
        self.polls: list[tuple[str, float, Freshness]] = []
        self.probes: list[float] = []
        self.flying = 0
        self.most_flying = 0

    def put(self, remote: str, name: str = "Mill") -> None:
        self.truth[Kind.STATION][remote] = name

    def drop(self, remote: str) -> None:
        del self.truth[Kind.STATION][remote]

    @property
    def version(self) -> str | None:
        return "1.0"

    def condition(self) -> SourceCondition:
        return self.state

    def capabilities(self) -> Sequence[CapabilityState]:
        return ()

    async def probe(self) -> None:
        self.probes.append(self.time.monotonic())
        if self.probe_gate is not None:
            await self.probe_gate.wait()
        if self.probe_failure is not None:
            raise self.probe_failure

    async def close(self) -> None:
        return None

    async def select(self, kind: Kind, where: Where, freshness: Freshness) -> Answer[Any]:  # noqa: ARG002
        return Answer(items=(), observed_at=None)

    def feeds(self) -> Sequence[Feed]:
        return tuple(self.offered)

    async def poll(self, feed: Feed, freshness: Freshness) -> Mapping[Kind, Listing]:
        self.polls.append((feed.name, self.time.monotonic(), freshness))
        self.flying += 1
        self.most_flying = max(self.most_flying, self.flying)
        found = {kind: self.listing(kind) for kind in feed.kinds}
        try:
            if self.gate is not None:
                await self.gate.wait()
        finally:
            self.flying -= 1
        if self.failure is not None:
            raise self.failure
        return found

    def _place(self, remote: str) -> str | None:
        place = self.places.get(remote)
        return None if place is None else f"{self.key}:station:{place}"

    def listing(self, kind: Kind) -> Listing:
        now = self.time.now()
        named = self.truth[kind].items()
        records: list[Record] = (
            [station(remote, name, source=self.key, at=now) for remote, name in named]
            if kind is Kind.STATION
            else [
                job(remote, name=name, source=self.key, at=now, station_id=self._place(remote))
                for remote, name in named
            ]
        )
        return Listing(records=records, complete=self.complete, observed_at=now)
