"""Feeds: one repeated question per kind of record, each a fixed number of calls while nothing changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from floorgraph.model.ids import Kind
from floorgraph.model.record import Record, again
from floorgraph.model.source import Feed
from floorgraph.vendors.answers import Listing
from floorgraph.vendors.authentise.batches import BATCH, Batches
from floorgraph.vendors.authentise.desk import Desk
from floorgraph.vendors.authentise.layouts import PER_POLL, Layouts
from floorgraph.vendors.authentise.pieces import Pieces
from floorgraph.vendors.authentise.report import Reports
from floorgraph.vendors.authentise.server import API
from floorgraph.vendors.authentise.settings import Intervals
from floorgraph.vendors.authentise.stations import RESOURCES, Stations
from floorgraph.vendors.authentise.visit import Visit
from floorgraph.vendors.authentise.work import JOB_RESOURCES, Work
from floorgraph.vendors.questions import EVERYTHING
from floorgraph.vendors.turns import TURNS, mapped

STATIONS, JOBS, PIECES, ORDERS, LAYOUTS, BATCHES = (
    "stations",
    "jobs",
    "pieces",
    "orders",
    "layouts",
    "batches",
)
KINDS: Mapping[str, Kind] = {
    STATIONS: Kind.STATION,
    JOBS: Kind.JOB,
    PIECES: Kind.PIECE,
    ORDERS: Kind.ORDER,
    LAYOUTS: Kind.LAYOUT,
    BATCHES: Kind.BATCH,
}
IDENTITY: Mapping[str, tuple[str, ...]] = {
    STATIONS: RESOURCES,
    JOBS: JOB_RESOURCES,
    PIECES: ("piece",),
    ORDERS: ("order",),
    LAYOUTS: ("build-file", "packing-process"),
    BATCHES: (BATCH,),
}
"""The lists that say which records there are; a listing is complete only when all were read whole now."""
NEEDED: Mapping[str, str] = {
    BATCHES: BATCH,
    LAYOUTS: "build-file",
    PIECES: "piece",
    ORDERS: "order",
    JOBS: "run",
}
MINIMUM = 5.0
CALLS_PER_ROUND = 25
"""About what one poll of every feed costs, for the pace that a daily budget allows."""


def feeds_of(desk: Desk, intervals: Intervals) -> Sequence[Feed]:
    """The feeds of a tenant with what it has; slower where the calls of a day would not last."""
    affordable = desk.server.gate.affordable_interval(API, CALLS_PER_ROUND)
    return [
        Feed(
            name,
            frozenset({kind}),
            max(getattr(intervals, name), affordable),
            max(min(MINIMUM, getattr(intervals, name)), affordable),
        )
        for name, kind in KINDS.items()
        if name not in NEEDED or desk.server.off(NEEDED[name]) is None
    ]


class Polls:
    """Answers the feeds' questions."""

    def __init__(
        self,
        desk: Desk,
        stations: Stations,
        reports: Reports,
        work: Work,
        pieces: Pieces,
        layouts: Layouts,
        batches: Batches,
    ) -> None:
        self._desk = desk
        self._stations = stations
        self._reports = reports
        self._work = work
        self._pieces = pieces
        self._layouts = layouts
        self._batches = batches

    async def poll(self, name: str, visit: Visit) -> Mapping[Kind, Listing]:
        """All records of a feed's kind. Raises `SourceFailure` when something of it cannot be had afresh."""
        library = self._desk.archive
        if name in (STATIONS, LAYOUTS):
            await library.events.catch_up(visit.freshness)
        records = await self._records(name, visit)
        if visit.failure is not None:
            raise visit.failure
        identity = IDENTITY[name]
        complete = visit.complete and library.was_read_whole(identity)
        return {KINDS[name]: Listing(records, complete, self._moment(identity))}

    async def _records(self, name: str, visit: Visit) -> Sequence[Record]:
        if name == STATIONS:
            return await self._with_live(visit)
        if name == JOBS:
            return await self._work.all_jobs(visit)
        if name == PIECES:
            return await self._pieces.all(visit)
        if name == ORDERS:
            return list((await self._work.orders(EVERYTHING, visit)).items)
        if name == LAYOUTS:
            return await self._layouts.all(visit, PER_POLL)
        return await self._batches.all(visit)

    async def _with_live(self, visit: Visit) -> Sequence[Record]:
        await self._reports.follow(visit)
        rows = await self._stations.all_rows(visit)
        stations = await self._stations.records(rows, visit)
        live = {status.id: status for status in await self._reports.of_rows(rows, visit)}
        return await TURNS.through(mapped(stations, lambda one: again(one, live=live.get(one.id))))

    def _moment(self, identity: Sequence[str]) -> datetime:
        """When the lists were last brought up to date; the same for the same answer."""
        shelves = [self._desk.archive.shelf(name) for name in identity]
        moments = [shelf.swept_at for shelf in shelves if shelf.swept_at is not None]
        return min(moments, default=self._desk.server.clock.now())
