"""The Authentise adapter: what a source offers, put together from its parts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from floorgraph.model.command import Command
from floorgraph.model.ids import Kind
from floorgraph.model.source import BudgetState, CapabilityState, Feed, SourceCondition
from floorgraph.model.station import LiveStatus
from floorgraph.vendors.answers import Answer, AssumptionNote, Image, Listing, ResourcePage
from floorgraph.vendors.authentise.archive import Library
from floorgraph.vendors.authentise.batches import Batches
from floorgraph.vendors.authentise.capabilities import capability_states
from floorgraph.vendors.authentise.commands.desk import Counter
from floorgraph.vendors.authentise.days import Days
from floorgraph.vendors.authentise.desk import Desk
from floorgraph.vendors.authentise.feeds import CALLS_PER_ROUND, KINDS, Polls, feeds_of
from floorgraph.vendors.authentise.layouts import Layouts
from floorgraph.vendors.authentise.mapping.frame import Frame
from floorgraph.vendors.authentise.passthrough import Passthrough
from floorgraph.vendors.authentise.pieces import Pieces
from floorgraph.vendors.authentise.positions import Positions
from floorgraph.vendors.authentise.prices.prices import price
from floorgraph.vendors.authentise.probe import Probe
from floorgraph.vendors.authentise.programs import Programs
from floorgraph.vendors.authentise.report import Reports
from floorgraph.vendors.authentise.server import API, Server
from floorgraph.vendors.authentise.settings import AuthentiseSettings
from floorgraph.vendors.authentise.stations import Stations
from floorgraph.vendors.authentise.tracing import Tracing
from floorgraph.vendors.authentise.visit import Visit
from floorgraph.vendors.authentise.work import Work
from floorgraph.vendors.contract import Source, SourceTools
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate import Freshness, Traffic
from floorgraph.vendors.handling import Handler
from floorgraph.vendors.pricing import Ask, Price
from floorgraph.vendors.questions import Part, Where


class AuthentiseSource(Source):
    """One Authentise tenant. Makes no call until it is asked something."""

    vendor = "authentise"

    def __init__(self, settings: AuthentiseSettings, tools: SourceTools) -> None:
        super().__init__(settings, tools)
        self._server = Server(settings, self.diagnostics, tools)
        self._server.on_change = lambda: self.on_change()
        self._probe = Probe(self._server)
        self._desk = Desk(
            self._server,
            Library(self._server),
            Frame(settings.key, self.diagnostics, settings.statuses),
        )
        tracing = Tracing(self._desk)
        self._stations = Stations(self._desk)
        self._reports = Reports(self._desk, self._stations)
        self._work = Work(self._desk, self._stations, tracing)
        self._pieces = Pieces(self._desk, self._stations, tracing)
        self._layouts = Layouts(self._desk, self._stations, tracing)
        self._batches = Batches(self._desk, tracing)
        self._programs = Programs(self._desk)
        self._days = Days(self._desk)
        self._positions = Positions(self._desk)
        self._counter = Counter(self._desk)
        self._polls = Polls(
            self._desk, self._stations, self._reports, self._work, self._pieces, self._layouts, self._batches
        )

    @property
    def version(self) -> str | None:
        """The version that `/about/` tells; None until it is known."""
        return self._probe.version

    @property
    def clock_skew_seconds(self) -> float | None:
        """Seconds by which the server's clock is ahead of ours, from its last answer."""
        return self._server.client.clock_skew

    def condition(self) -> SourceCondition:
        """How the tenant is doing."""
        return self._server.condition()

    def capabilities(self) -> Sequence[CapabilityState]:
        """What this tenant can do with its features and rights, as far as it is known."""
        return capability_states(self._server, heard=self._server.condition().last_answer_at is not None)

    def budgets(self) -> Sequence[BudgetState]:
        """The budgets in use."""
        return self._server.gate.budgets()

    def inherit(self, former: Source) -> None:
        """Count and pace calls to the tenant on where the former source stands."""
        if isinstance(former, AuthentiseSource):
            self._server.gate.inherit(former._server.gate)  # noqa: SLF001  of the same class

    def traffic(self) -> Traffic:
        """What went through the gate."""
        return self._server.gate.traffic()

    async def probe(self) -> None:
        """Ask for version and features, or when these are known whether the tenant answers.

        Where a day's calls are limited, an answer counts for as long as there is between two polls.
        """
        age = self._server.gate.affordable_interval(API, CALLS_PER_ROUND)
        await self._probe.look(self._now(Freshness(max_age=age)))

    async def assumptions(self) -> Sequence[AssumptionNote]:
        """Where the server describes its resources otherwise than this adapter takes for granted."""
        return await self._probe.assumptions()

    async def close(self) -> None:
        """End calls in flight and connections."""
        await self._server.close()

    async def select(self, kind: Kind, where: Where, freshness: Freshness) -> Answer[Any]:
        """Stations, jobs, orders, layouts, pieces, batches and build files as programs."""
        visit = self._visit(freshness)
        if kind is Kind.STATION:
            return await self._stations.select(where, visit)
        if kind is Kind.JOB:
            return await self._work.jobs(where, visit)
        if kind is Kind.ORDER:
            return await self._work.orders(where, visit)
        if kind is Kind.PIECE:
            return await self._pieces.select(where, visit)
        if kind is Kind.LAYOUT:
            return await self._layouts.select(where, visit)
        if kind is Kind.BATCH:
            return await self._batches.select(where, visit)
        if kind is Kind.PROGRAM:
            return await self._programs.select(where, visit)
        return Answer((), None)

    async def live(
        self, station_ids: Iterable[str], freshness: Freshness
    ) -> Mapping[str, LiveStatus | SourceFailure]:
        """What stations report now, from modelers, downtimes, runs, builds and sensors."""
        return await self._reports.live(station_ids, self._visit(freshness))

    async def current_jobs(self, station_ids: Iterable[str], freshness: Freshness) -> Mapping[str, str]:
        """The run in progress at each station, or a paused one."""
        return await self._reports.current_jobs(station_ids, self._visit(freshness))

    async def parts(
        self, part: Part, owner_ids: Iterable[str], freshness: Freshness
    ) -> Mapping[str, Sequence[Any] | SourceFailure]:
        """Placements, batch actions and climate, downtimes, capacity, steps of pieces, and line items."""
        visit = self._visit(freshness)
        if part is Part.PLACEMENTS:
            return await self._layouts.placements(owner_ids, visit)
        if part is Part.BATCH_ACTIONS:
            return await self._batches.actions(owner_ids, visit)
        if part is Part.BATCH_CLIMATE:
            return await self._batches.climate(owner_ids, visit)
        if part is Part.DOWNTIMES:
            return await self._stations.downtimes(owner_ids, visit)
        if part is Part.CAPACITY:
            return await self._days.capacity(owner_ids, visit)
        if part is Part.PIECE_STEPS:
            return await self._pieces.steps(owner_ids, visit)
        return await self._positions.line_items(owner_ids, visit)

    async def resource(
        self, path: str, filters: Mapping[str, str], first: int, after: str | None
    ) -> ResourcePage:
        """One page of any documented resource, without secrets."""
        visit = self._visit(Freshness(max_age=0))
        return await Passthrough(self._server).read(path, filters, first, after, visit)

    def handler(self, command: type[Command]) -> Handler[Any] | None:
        """Who handles commands of a class. Authentise knows no ids of commands."""
        return self._counter.handler(command)

    async def document(self, handle: str) -> Image:
        """A traceability report."""
        found = await self._counter.document(handle)
        return await super().document(handle) if found is None else found

    def price(self, ask: Ask) -> Price:
        """What a question costs at most, by the lists as they were last read."""
        return price(ask, self._desk.archive)

    def feeds(self) -> Sequence[Feed]:
        """One feed per kind of record that the tenant has."""
        return feeds_of(self._desk, self._server.settings.intervals)

    async def poll(self, feed: Feed, freshness: Freshness) -> Mapping[Kind, Listing]:
        """Ask a feed's question once. Raises `SourceFailure` when it is not answered afresh."""
        if feed.name not in KINDS:
            return await super().poll(feed, freshness)
        return await self._polls.poll(feed.name, self._visit(freshness, strict=True))

    def _visit(self, freshness: Freshness, *, strict: bool = False) -> Visit:
        """What is observed from now on is fresh enough, so that no read makes the same call twice."""
        if freshness.since is None:
            freshness = replace(freshness, since=self.clock.monotonic())
        return Visit(freshness, strict)

    def _now(self, freshness: Freshness) -> Freshness:
        return replace(freshness, since=self.clock.monotonic())
