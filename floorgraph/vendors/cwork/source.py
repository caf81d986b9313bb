"""The CWork adapter: what a source offers, put together from its parts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from floorgraph.model.alarm import Alarm
from floorgraph.model.command import Command
from floorgraph.model.ids import Kind
from floorgraph.model.program import ProgramContent
from floorgraph.model.record import Record
from floorgraph.model.source import BudgetState, CapabilityState, Feed, SourceCondition
from floorgraph.model.station import LiveStatus
from floorgraph.model.timeline import ProgramRun, ProgramRunKind, StateInterval, StationKpis, Window
from floorgraph.vendors.answers import Answer, Image, Listing, Step
from floorgraph.vendors.contract import Ahead, Source, SourceTools
from floorgraph.vendors.cwork.abilities import Area
from floorgraph.vendors.cwork.backfill import Backfill
from floorgraph.vendors.cwork.capabilities import capability_states
from floorgraph.vendors.cwork.commands.desk import Desk
from floorgraph.vendors.cwork.commands.reading import Reading
from floorgraph.vendors.cwork.details import Details
from floorgraph.vendors.cwork.documents import Documents
from floorgraph.vendors.cwork.feeds import feeds_of
from floorgraph.vendors.cwork.history import History
from floorgraph.vendors.cwork.polls import Polls
from floorgraph.vendors.cwork.prices import price
from floorgraph.vendors.cwork.question import STATIONS
from floorgraph.vendors.cwork.server import Server
from floorgraph.vendors.cwork.settings import CWorkSettings
from floorgraph.vendors.cwork.stations import Stations
from floorgraph.vendors.cwork.versions import Versions
from floorgraph.vendors.cwork.work import Work
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate import Freshness, Traffic
from floorgraph.vendors.handling import Handler
from floorgraph.vendors.pricing import Ask, Price, Read
from floorgraph.vendors.questions import By, Part, Where


class CWorkSource(Source):
    """One CWork server. Makes no call until it is asked something."""

    vendor = "cwork"
    backfilled = frozenset({Kind.STATION})

    def __init__(self, settings: CWorkSettings, tools: SourceTools) -> None:
        super().__init__(settings, tools)
        self._server = Server(settings, self.diagnostics, tools)
        self._server.on_change = lambda: self.on_change()
        self._stations = Stations(self._server)
        self._work = Work(self._server, self._stations)
        self._documents = Documents(self._server)
        self._versions = Versions(self._server, self._documents)
        self._polls = Polls(self._server, self._stations, self._work, self._documents)
        self._history = History(self._server, self._stations.states)
        self._backfill = Backfill(self._history)
        self._details = Details(self._server)
        self._desk = Desk(Reading(self._server, self._stations, self._documents, self._versions))

    @property
    def version(self) -> str | None:
        """The version of the CWork API found, such as `>=1.13 <1.16`; None until it is known."""
        return self._server.abilities.version if self._server.abilities else None

    @property
    def clock_skew_seconds(self) -> float | None:
        """Seconds by which the server's clock is ahead of ours, from its last answer."""
        return self._server.client.clock_skew

    def condition(self) -> SourceCondition:
        """How the server is doing; degraded also while records are left out."""
        return self._server.condition()

    def capabilities(self) -> Sequence[CapabilityState]:
        """What this server can do, as far as it is known."""
        return capability_states(self._server.abilities, self._server.condition())

    def budgets(self) -> Sequence[BudgetState]:
        """The budgets in use."""
        return self._server.gate.budgets()

    def traffic(self) -> Traffic:
        """What went through the gate."""
        return self._server.gate.traffic()

    async def probe(self) -> None:
        """Ask the server for its stations, and find out what is not known of it yet."""
        freshness = self._now(Freshness(max_age=0))
        self._server.renew_probe()
        await self._server.know(*Area, freshness=freshness)
        observed = await self._server.read(STATIONS, freshness)
        if observed.failure is not None:
            raise observed.failure

    async def close(self) -> None:
        """End calls in flight and connections."""
        await self._server.close()

    async def select(self, kind: Kind, where: Where, freshness: Freshness) -> Answer[Any]:
        """Stations, jobs, orders, pieces, programs and their versions."""
        try:
            return await self._select(kind, where, self._now(freshness))
        finally:
            self._server.review()

    def ask_ahead(self, read: Read, freshness: Freshness) -> Ahead | None:
        """The live reports, which are one call for all stations from API 1.12 on."""
        return self._stations.ahead(self._now(freshness)) if read is Read.LIVE else None

    async def live(
        self, station_ids: Iterable[str], freshness: Freshness
    ) -> Mapping[str, LiveStatus | SourceFailure]:
        """What stations report now."""
        try:
            report = await self._stations.live(list(station_ids), self._now(freshness))
        finally:
            self._server.review()
        return report.found

    async def current_jobs(self, station_ids: Iterable[str], freshness: Freshness) -> Mapping[str, str]:
        """The operation that has the names which a station reports, or a job made of these names."""
        return await self._work.current(list(station_ids), self._now(freshness))

    async def alarms(self, station_id: str, window: Window, freshness: Freshness) -> Sequence[Alarm]:
        """The alarms of a window (API 1.6)."""
        return await self._history.alarms(station_id, window, self._now(freshness))

    async def state_history(
        self, station_id: str, window: Window, freshness: Freshness
    ) -> Sequence[StateInterval]:
        """The states of a window (API 1.10); the first one keeps its beginning before the window."""
        return await self._history.states(station_id, window, self._now(freshness))

    async def kpis(self, station_id: str, window: Window, freshness: Freshness) -> StationKpis | None:
        """The key performance indicators of a window (API 1.3)."""
        return await self._history.kpis(station_id, window, self._now(freshness))

    async def program_runs(
        self, station_id: str, kind: ProgramRunKind, window: Window, freshness: Freshness
    ) -> Sequence[ProgramRun]:
        """The programs that ran or were selected in a window (API 1.11)."""
        return await self._history.program_runs(station_id, kind, window, self._now(freshness))

    async def protocol(self, station_id: str, freshness: Freshness) -> str | None:
        """The transfer protocol of a station (API 1.6)."""
        return await self._details.protocol(station_id, self._now(freshness))

    async def image(self, station_id: str, freshness: Freshness) -> Image | None:
        """The picture of a station (API 1.4)."""
        return await self._details.image(station_id, self._now(freshness))

    async def has_image(self, station_id: str, freshness: Freshness) -> bool:
        """Whether a station has a picture of its own (API 1.4)."""
        return await self._details.has_image(station_id, self._now(freshness))

    async def content(self, version_id: str, freshness: Freshness) -> ProgramContent | None:
        """The text of a program version (API 1.14)."""
        return await self._versions.content(version_id, self._now(freshness))

    async def parts(
        self, part: Part, owner_ids: Iterable[str], freshness: Freshness
    ) -> Mapping[str, Sequence[Any] | SourceFailure]:
        """The states that stations can be put into; one call whatever is asked for."""
        if part is not Part.AVAILABLE_STATES:
            return {}
        states = await self._stations.states.available(self._now(freshness))
        return dict.fromkeys(owner_ids, states)

    def handler(self, command: type[Command]) -> Handler[Any] | None:
        """Who handles commands of a class. CWork knows no ids of commands."""
        return self._desk.handler(command)

    def price(self, ask: Ask) -> Price:
        """What answering a question costs at most; see `prices` for what is left out."""
        pages = self._documents.pages
        return price(ask, self._server.abilities, self._stations.known, pages)

    def feeds(self) -> Sequence[Feed]:
        """Live statuses, work and documents, as far as the server has them."""
        return feeds_of(self._server.abilities, self._server.settings)

    async def backfill(self, kind: Kind, steps: Sequence[Step]) -> Mapping[str, Sequence[Record]]:
        """The states that stations went through between two polls (API 1.10)."""
        if kind is not Kind.STATION:
            return {}
        return await self._backfill.stations(steps, self._now(Freshness(max_age=0)))

    async def poll(self, feed: Feed, freshness: Freshness) -> Mapping[Kind, Listing]:
        """Ask a feed's question once. Raises `SourceFailure` when it is not answered afresh."""
        try:
            found = await self._polls.poll(feed, self._now(freshness))
        finally:
            self._server.review()
        return await super().poll(feed, freshness) if found is None else found

    async def _select(self, kind: Kind, where: Where, freshness: Freshness) -> Answer[Any]:
        if kind is Kind.STATION:
            await self._know_stations(freshness)
            return await self._stations.select(where, freshness)
        if kind is Kind.JOB:
            return await self._work.jobs(where, freshness)
        if kind is Kind.ORDER:
            return await self._work.orders(where, freshness)
        if kind is Kind.PIECE:
            return await self._work.pieces(where, freshness)
        if kind is Kind.PROGRAM:
            return await self._documents.select(where, freshness)
        if kind is Kind.PROGRAM_VERSION:
            return await self._versions.select(where, freshness)
        if kind is Kind.ALARM:
            return await self._active_alarms(where, freshness)
        return Answer((), None)

    async def _know_stations(self, freshness: Freshness) -> None:
        """Find the server out first, so that its list is asked for in the version that it has."""
        try:
            await self._server.know(Area.STATIONS, freshness=freshness)
        except SourceFailure:
            # Live statuses may fail where the list of stations does not.
            if self._server.gate.kept(STATIONS.key) is None:
                raise

    async def _active_alarms(self, where: Where, freshness: Freshness) -> Answer[Alarm]:
        """Alarms are listed only while they are active; past ones belong to a window."""
        stations = sorted(where.values) if where.by is By.STATION else None
        report = await self._stations.live(stations, freshness)
        if report.failure is not None and not report.statuses:
            raise report.failure
        alarms = [alarm for alarm in report.alarms if where.admits(alarm)]
        return Answer(alarms, report.observed_at, not report.failure, report.failure)

    def _now(self, freshness: Freshness) -> Freshness:
        """What is observed from now on is fresh enough, so that no read makes the same call twice."""
        if freshness.since is not None:
            return freshness
        return replace(freshness, since=self.clock.monotonic())
