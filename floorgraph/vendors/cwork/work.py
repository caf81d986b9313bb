"""Work: jobs, orders and pieces, from `/operations` and `/orders` (API 1.13, licence prod).

Without these a job is known only by the names that its station reports.
"""

from collections.abc import Iterable, Mapping, Sequence

from floorgraph.model.ids import GlobalId, Kind
from floorgraph.model.job import Job, JobKind
from floorgraph.model.order import Order
from floorgraph.model.piece import Piece
from floorgraph.model.record import Record
from floorgraph.model.station import LiveStatus
from floorgraph.vendors.answers import Answer, Listing
from floorgraph.vendors.continuity import carried
from floorgraph.vendors.cwork.abilities import Area
from floorgraph.vendors.cwork.collection import Collection, merged
from floorgraph.vendors.cwork.current import Candidates
from floorgraph.vendors.cwork.mapping.frame import Frame
from floorgraph.vendors.cwork.mapping.job import reported_job, reported_remote_id, reported_station
from floorgraph.vendors.cwork.mapping.live import Work as Names
from floorgraph.vendors.cwork.mapping.piece import piece
from floorgraph.vendors.cwork.operations import Operations
from floorgraph.vendors.cwork.orders import Orders, of_a_moment_ago
from floorgraph.vendors.cwork.server import Server
from floorgraph.vendors.cwork.stations import Stations
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING, By, Where
from floorgraph.vendors.turns import TURNS, Steps, mapped


class Work:
    """The work of one server."""

    def __init__(self, server: Server, stations: Stations) -> None:
        self._server = server
        self._stations = stations
        self._operations = Operations(server)
        self._orders = Orders(server, self._operations)
        self._seen: Mapping[str, Piece] = {}

    async def is_listed(self, freshness: Freshness) -> bool:
        """Whether the server lists operations. Raises `SourceFailure` when that is not known."""
        abilities = await self._server.know(Area.STATIONS, Area.WORK, freshness=freshness)
        return abilities.has("operations")

    async def jobs(self, where: Where, freshness: Freshness) -> Answer[Job]:
        """Operations, or the reported jobs where there are none.

        A reported job is also found by its id on a server with operations, for a station
        may report names that no operation has. Raises `SourceFailure`.
        """
        if not await self.is_listed(freshness):
            return await self._reported(where, freshness)
        if where.by is not By.ID:
            return await self._operations.select(where, freshness)
        reported = {one for one in where.values if reported_station(GlobalId.parse(one).remote)}
        listed = frozenset(where.values - reported)
        parts = [await self._operations.select(Where(By.ID, listed), freshness)] if listed else []
        if reported:
            parts.append(await self._reported(Where(By.ID, frozenset(reported)), freshness))
        return merged(parts)

    async def orders(self, where: Where, freshness: Freshness) -> Answer[Order]:
        """Orders; none where the server does not list them. Raises `SourceFailure`."""
        if not await self.is_listed(freshness):
            return Answer((), None)
        return await self._orders.select(where, freshness)

    async def pieces(self, where: Where, freshness: Freshness) -> Answer[Piece]:
        """One aggregate per operation; none where there are only reported jobs. Raises `SourceFailure`."""
        if not await self.is_listed(freshness):
            return Answer((), None)
        jobs = await self._operations.select(self._of_jobs(where), freshness)
        try:
            observed, orders = await self._orders.all(freshness, of_a_moment_ago(freshness))
        except SourceFailure as failure:
            return await self._as_pieces(where, jobs, {}, failure)
        return await self._as_pieces(where, jobs, orders.by_id, observed.failure)

    async def current(self, station_ids: Sequence[str], freshness: Freshness) -> dict[str, str]:
        """Id of the job that each station works on. Raises `SourceFailure`."""
        report = await self._stations.live(station_ids, freshness)
        if report.failure is not None and not report.statuses:
            raise report.failure
        named = await TURNS.through(mapped(report.statuses, lambda live: (live, Names.of(live))))
        working = [(live, names) for live, names in named if names]
        candidates = await self._candidates(station_ids, freshness) if working else None

        def at_work(one: tuple[LiveStatus, Names]) -> tuple[str, str]:
            live, names = one
            match = candidates.match(live.id, names) if candidates else None
            return live.id, match.id if match else self._reported_id(live, names)

        return dict(await TURNS.through(mapped(working, at_work)))

    async def listings(self, freshness: Freshness) -> Mapping[Kind, Listing]:
        """All jobs, orders and pieces. Raises `SourceFailure` when one of the lists is not fresh."""
        jobs = await self.jobs(EVERYTHING, freshness)
        orders = await self.orders(EVERYTHING, freshness)
        pieces = await self.pieces(EVERYTHING, freshness)
        failure = jobs.failure or orders.failure or pieces.failure
        if failure is not None:
            raise failure
        kinds = {Kind.JOB: jobs, Kind.ORDER: orders, Kind.PIECE: pieces}
        now = self._server.clock.now()
        return {
            kind: Listing(part.items, part.complete, part.observed_at or now) for kind, part in kinds.items()
        }

    def reported_jobs(self, lives: Iterable[LiveStatus]) -> list[Job]:
        """The jobs that stations name."""
        named = ((live, Names.of(live)) for live in lives)
        return [reported_job(live, names, self._frame(live)) for live, names in named if names]

    async def _reported(self, where: Where, freshness: Freshness) -> Answer[Job]:
        ids = None
        if where.by is By.STATION:
            ids = sorted(where.values)
        elif where.by is By.ID:
            handles = {reported_station(GlobalId.parse(one).remote) for one in where.values}
            ids = [str(GlobalId(self._server.settings.key, Kind.STATION, one)) for one in handles if one]
        report = await self._stations.live(ids, freshness)
        if report.failure is not None and not report.statuses:
            raise report.failure
        jobs = [job for job in self.reported_jobs(report.statuses) if where.admits(job)]
        failures = [live for live in report.found.values() if isinstance(live, SourceFailure)]
        failure = report.failure or next(iter(failures), None)
        return Answer(jobs, report.observed_at, not failures, failure)

    def _reported_id(self, live: LiveStatus, names: Names) -> str:
        return self._frame(live).id(Kind.JOB, reported_remote_id(live.remote_id, names))

    async def _candidates(self, station_ids: Sequence[str], freshness: Freshness) -> Candidates | None:
        if not await self.is_listed(freshness):
            return None
        where = Where(By.STATION, frozenset(station_ids)) if len(station_ids) == 1 else EVERYTHING
        jobs = await self._operations.select(where, freshness)
        try:
            _, orders = await self._orders.all(freshness, of_a_moment_ago(freshness))
        except SourceFailure:
            orders = Collection(())
        if where is not EVERYTHING:
            return Candidates.of(jobs.items, orders.by_id)
        inputs = (jobs.items, orders)
        return await self._server.derived.of_many(
            "candidates", inputs, lambda: Candidates.steps(jobs.items, orders.by_id)
        )

    def _of_jobs(self, where: Where) -> Where:
        """The jobs whose pieces are asked for; a piece has the number of its operation."""
        if where.by is By.JOB:
            return Where(By.ID, where.values)
        if where.by is not By.ID:
            return where
        key = self._server.settings.key
        numbers = (GlobalId.parse(one).remote for one in where.values)
        return Where(By.ID, frozenset(str(GlobalId(key, Kind.JOB, number)) for number in numbers))

    async def _as_pieces(
        self, where: Where, jobs: Answer[Job], orders: Mapping[str, Order], failure: SourceFailure | None
    ) -> Answer[Piece]:
        pieces = await self._server.derived.of_many(
            "pieces", (jobs.items, orders), lambda: self._map_pieces(jobs.items, orders)
        )
        # Only a full list says which pieces there are no more, so that they can be forgotten.
        known = {} if where is EVERYTHING else self._seen
        self._seen = {**known, **{piece.id: piece for piece in pieces}}
        return Answer(pieces, jobs.observed_at, jobs.complete, jobs.failure or failure)

    def _map_pieces(self, jobs: Iterable[Job], orders: Mapping[str, Order]) -> Steps[list[Piece]]:
        seen = self._seen
        operations = (job for job in jobs if job.kind is JobKind.OPERATION)
        return mapped(operations, lambda job: carried(seen, piece(job, orders, self._frame(job))))

    def _frame(self, record: Record) -> Frame:
        return Frame(self._server.settings.key, record.observed_at, self._server.diagnostics)
