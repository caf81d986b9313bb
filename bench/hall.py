"""A vendor in memory that answers at once, or after a fixed time, so that the server is what is measured."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.model.job import Job, JobKind, JobStatus
from floorgraph.model.order import Order, OrderStatus
from floorgraph.model.piece import Piece, PieceStatus
from floorgraph.model.record import Record
from floorgraph.model.source import CapabilityState, SourceCondition, SourceStatus
from floorgraph.model.station import LiveStatus, Station, StationStatus, state_of
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.contract import Source, SourceTools
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate.call import Freshness
from floorgraph.vendors.questions import By, Where
from floorgraph.vendors.source_settings import SourceSettings

KEY = "hall"
STATIONS, JOBS_EACH, ORDERS, PIECES = 200, 10, 10, 10_000
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Hall(Source):
    """200 stations with a state and 10 jobs each, 10,000 pieces in 10 orders."""

    vendor = "bench"

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(SourceSettings(key=KEY, vendor="bench"), SourceTools())
        self._seconds = seconds
        self._all: dict[Kind, list[Record]] = defaultdict(list)
        self._by: dict[tuple[Kind, By, str], list[Record]] = defaultdict(list)
        self._live: dict[str, LiveStatus] = {}
        for record in _records():
            self._all[record.kind_word].append(record)
            for by in (By.ID, By.STATION, By.ORDER):
                for value in by.values_of(record):
                    self._by[record.kind_word, by, value].append(record)
            if isinstance(record, Station):
                self._live[record.id] = _live_of(record)

    @property
    def version(self) -> str | None:
        return "1"

    def condition(self) -> SourceCondition:
        return SourceCondition(status=SourceStatus.UP)

    def capabilities(self) -> Sequence[CapabilityState]:
        return ()

    async def probe(self) -> None:
        return None

    async def close(self) -> None:
        return None

    async def _answer(self) -> None:
        if self._seconds:
            await asyncio.sleep(self._seconds)

    async def select(self, kind: Kind, where: Where, freshness: Freshness) -> Answer[Any]:  # noqa: ARG002
        await self._answer()
        if where.by is By.ALL:
            return Answer(items=self._all[kind], observed_at=NOON)
        groups = {value: self._by.get((kind, where.by, value), []) for value in where.values}
        return Answer(items=[one for group in groups.values() for one in group], observed_at=NOON)

    async def live(
        self,
        station_ids: Iterable[str],
        freshness: Freshness,  # noqa: ARG002
    ) -> Mapping[str, LiveStatus | SourceFailure]:
        await self._answer()
        return {key: self._live[key] for key in station_ids if key in self._live}


def _common(kind: Kind, remote: str) -> dict[str, Any]:
    identity = {"id": f"{KEY}:{kind}:{remote}", "source": KEY, "remote_id": remote}
    return identity | {"observed_at": NOON, "updated_at": NOON}


def _records(stations: int = STATIONS) -> Iterable[Record]:
    for number in range(stations):
        at = f"{KEY}:{Kind.STATION}:{number}"
        name, hall = f"Mill {number}", f"Hall {number % 4}"
        yield Station(**_common(Kind.STATION, str(number)), name=name, workshop=hall, monitored=True)
        for place in range(JOBS_EACH):
            yield Job(
                **_common(Kind.JOB, f"{number}-{place}"),
                name=f"Job {number}.{place}",
                kind=JobKind.OPERATION,
                status=JobStatus.QUEUED,
                part_reference=f"P-{place}",
                created_at=NOON,
                station_id=at,
            )
    for number in range(ORDERS):
        yield Order(**_common(Kind.ORDER, str(number)), name=f"O-{number}", status=OrderStatus.IN_PROGRESS)
    for number in range(PIECES):
        yield Piece(
            **_common(Kind.PIECE, str(number)),
            name=f"Piece {number}",
            reference=f"R-{number}",
            material="DC01",
            status=PieceStatus.IN_PROGRESS,
            serialised=True,
            quantity=1,
            order_id=f"{KEY}:{Kind.ORDER}:{number % ORDERS}",
        )


def _live_of(station: Station) -> LiveStatus:
    state = state_of(StationStatus.RUNNING, name="Cutting", color="#00FF00", since=NOON)
    return LiveStatus(**_common(Kind.STATION, station.remote_id), state=state)
