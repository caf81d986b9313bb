"""The CloudNest adapter: what a source offers, put together from its parts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from floorgraph.model.alarm import Alarm
from floorgraph.model.command import Command
from floorgraph.model.ids import Kind
from floorgraph.model.record import Record
from floorgraph.model.source import BudgetState, CapabilityState, Feed, SourceCondition
from floorgraph.model.station import LiveStatus
from floorgraph.model.timeline import StateInterval, StationKpis, Window
from floorgraph.vendors.answers import Answer, Listing, PlanLine, Step
from floorgraph.vendors.cloudnest import feeds, probe
from floorgraph.vendors.cloudnest.answers import answer
from floorgraph.vendors.cloudnest.backfill import Backfill
from floorgraph.vendors.cloudnest.capabilities import capability_states
from floorgraph.vendors.cloudnest.commands.desk import Desk
from floorgraph.vendors.cloudnest.commands.reading import Reading
from floorgraph.vendors.cloudnest.current import current_tasks
from floorgraph.vendors.cloudnest.gateway import Gateway
from floorgraph.vendors.cloudnest.history import History
from floorgraph.vendors.cloudnest.jobs import Jobs
from floorgraph.vendors.cloudnest.live import Live
from floorgraph.vendors.cloudnest.machines import MachineList
from floorgraph.vendors.cloudnest.mapping.state import ALARMING
from floorgraph.vendors.cloudnest.pace import Steady
from floorgraph.vendors.cloudnest.plan import Plan
from floorgraph.vendors.cloudnest.plates import Plates
from floorgraph.vendors.cloudnest.polls import Polls
from floorgraph.vendors.cloudnest.prices import Prices
from floorgraph.vendors.cloudnest.readings import Readings
from floorgraph.vendors.cloudnest.results import Results
from floorgraph.vendors.cloudnest.settings import CloudNestSettings
from floorgraph.vendors.cloudnest.sheets import Sheets
from floorgraph.vendors.commands import Review
from floorgraph.vendors.contract import Source, SourceTools
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate import Freshness, Traffic
from floorgraph.vendors.handling import Handler
from floorgraph.vendors.pricing import Ask, Price
from floorgraph.vendors.questions import By, Part, Where

WORK = frozenset({Kind.JOB, Kind.JOB_FOLDER, Kind.LAYOUT, Kind.PIECE})


class CloudNestSource(Source):
    """One account at the vendor's gateway, for one team. Makes no call until it is asked something."""

    vendor = "cloudnest"
    backfilled = frozenset({Kind.STATION})

    def __init__(self, settings: CloudNestSettings, tools: SourceTools) -> None:
        super().__init__(settings, tools)
        self._gateway = Gateway(settings, self.diagnostics, tools)
        self._gateway.on_change = lambda: self.on_change()
        self._sheets = Sheets(self._gateway)
        self._results = Results(self._gateway)
        self._jobs = Jobs(self._gateway, Plan(self._gateway), self._sheets, self._results)
        self._plates = Plates(self._gateway, self._jobs)
        self._machines = MachineList(self._gateway, self._jobs)
        readings = Readings(self._gateway)
        self._live = Live(self._gateway, self._machines, readings)
        self._history = History(self._gateway, self._machines, self._live)
        self._steady = Steady()
        self._desk = Desk(Reading(self._gateway, self._jobs, self._machines, self._live))
        self._backfill = Backfill(self._gateway, self._history)
        self._polls = Polls(
            self._gateway, self._jobs, self._machines, self._live, readings, self._results, self._plates
        )

    @property
    def version(self) -> str | None:
        """The vendor numbers neither of its APIs."""
        return None

    @property
    def clock_skew_seconds(self) -> float | None:
        """Seconds by which the gateway's clock is ahead of ours."""
        return self._gateway.client.skew

    def condition(self) -> SourceCondition:
        """How the gateway is doing; degraded also while it refuses something that is configured."""
        return self._gateway.condition()

    def capabilities(self) -> Sequence[CapabilityState]:
        """What this account can do, as far as is known."""
        return capability_states(self._gateway.grants)

    def budgets(self) -> Sequence[BudgetState]:
        """The quota of every endpoint in use."""
        return self._gateway.budgets()

    def inherit(self, former: Source) -> None:
        """Count on where the former source stands, when it is of the same account."""
        if isinstance(former, CloudNestSource):
            self._gateway.inherit(former._gateway)  # noqa: SLF001  of the same class

    def traffic(self) -> Traffic:
        """What went through the gate."""
        return self._gateway.gate.traffic()

    async def probe(self) -> None:
        """Find out whether the gateway answers, at most every ten minutes."""
        try:
            await probe.probe(self._gateway)
        finally:
            self._gateway.review()

    async def examine(self) -> None:
        """As `probe`, and ask every endpoint once to learn whether it is granted."""
        await self.probe()
        await probe.examine(self._gateway, self._jobs, self._machines)
        self._gateway.review()

    def handler(self, command: type[Command]) -> Handler[Any] | None:
        """Who handles commands of a class. The vendor knows no ids of commands."""
        return self._desk.handler(command)

    async def review(self, command: Command) -> Review:
        """What stands against a command, by fresh records."""
        try:
            return await super().review(command)
        finally:
            self._gateway.review()

    def price(self, ask: Ask) -> Price:
        """The calls that a question causes at most."""
        known, read = self._machines.known, self._jobs.tree_at is not None
        jobs = len(self._jobs.tree.leaves()) if read else None
        machines = len(known.by_id) if known else None
        endpoints, left = self._jobs.nesting.endpoints, self._gateway.calls_left
        return Prices(self._gateway.grants, jobs, machines, endpoints, left).of(ask)

    def plan(self) -> Sequence[PlanLine]:
        """What each feed costs of its endpoint's quota over a day."""
        return feeds.plan_lines(self._gateway, self._polls.calls, self._polls.machine_count)

    async def close(self) -> None:
        """End calls in flight and connections, and keep the counters of calls."""
        await self._gateway.close()

    async def select(self, kind: Kind, where: Where, freshness: Freshness) -> Answer[Any]:
        """Stations, jobs, folders, layouts, pieces, plates and standing alarms."""
        try:
            return await self._select(kind, where, self._gateway.now(freshness))
        finally:
            self._gateway.review()

    async def live(
        self, station_ids: Iterable[str], freshness: Freshness
    ) -> Mapping[str, LiveStatus | SourceFailure]:
        """What machines report now; progress and alarms as last read."""
        ids = list(station_ids)
        machines = await self._live.read(ids, self._gateway.now(freshness))
        return await self._live.statuses(machines, ids)

    async def detailed(
        self, lives: Mapping[str, LiveStatus], freshness: Freshness
    ) -> Mapping[str, LiveStatus | SourceFailure]:
        """The same with the alarms of alarming machines and the cutting of working ones, a call for each."""
        return await self._live.detailed(lives, self._gateway.now(freshness))

    async def current_jobs(self, station_ids: Iterable[str], freshness: Freshness) -> Mapping[str, str]:
        """The production task that was begun at each machine and is not finished."""
        ids = list(station_ids)
        found = await self.select(Kind.JOB, Where(By.STATION, frozenset(ids)), freshness)
        known = self._machines.known
        lives = await self._live.statuses(known, ids) if known else {}
        files = {one: live.running_program for one, live in lives.items() if isinstance(live, LiveStatus)}
        return current_tasks(found.items, {one: files.get(one) for one in ids})

    async def state_history(
        self, station_id: str, window: Window, freshness: Freshness
    ) -> Sequence[StateInterval]:
        """The states of a window; the first one may be cut off at its beginning."""
        return await self._history.states(station_id, window, self._gateway.now(freshness))

    async def kpis(self, station_id: str, window: Window, freshness: Freshness) -> StationKpis | None:
        """Run and failure time of the whole days that a window touches."""
        return await self._history.kpis(station_id, window, self._gateway.now(freshness))

    async def parts(
        self, part: Part, owner_ids: Iterable[str], freshness: Freshness
    ) -> Mapping[str, Sequence[Any] | SourceFailure]:
        """The placements of layouts, a call for each; the known uses of plates."""
        ids = list(owner_ids)
        if part is Part.BATCH_ACTIONS:
            return self._plates.actions(ids)
        if part is not Part.PLACEMENTS:
            return {}
        fresh = self._gateway.now(freshness)
        await self._jobs.select(Kind.LAYOUT, Where(By.ID, frozenset(ids)), fresh)
        work = self._jobs.work
        found = await self._sheets.placements(work.layouts, work.pieces, ids, fresh)
        await self._jobs.assemble()
        return found

    def feeds(self) -> Sequence[Feed]:
        """What is polled while somebody watches; `affordable_interval` says how often the quota allows it."""
        return feeds.feeds(self._gateway, self._polls.machine_count)

    def affordable_interval(self, feed: Feed) -> float:
        """Seconds between polls that the rest of the day's quota can pay for, at what a poll takes now."""
        return feeds.affordable(self._gateway, feed.name, self._polls.calls, self._steady)

    async def backfill(self, kind: Kind, steps: Sequence[Step]) -> Mapping[str, Sequence[Record]]:
        """The states of machines that were missed, a call for each machine, while the quota can bear it."""
        if kind is not Kind.STATION:
            return {}
        try:
            return await self._backfill.stations(steps, self._gateway.now(Freshness(max_age=0.0)))
        finally:
            self._gateway.review()

    async def poll(self, feed: Feed, freshness: Freshness) -> Mapping[Kind, Listing]:
        """Ask a feed's question once. Raises `SourceFailure` when it is not answered afresh."""
        try:
            return await self._polls.poll(feed.name, self._gateway.now(freshness))
        finally:
            self._gateway.review()

    async def _select(self, kind: Kind, where: Where, freshness: Freshness) -> Answer[Any]:
        if kind is Kind.STATION:
            machines = await self._machines.read(freshness)
            records = {key: machine.station for key, machine in machines.by_id.items()}
            return answer(records, where, machines.at, complete=machines.complete, failure=machines.failure)
        if kind is Kind.BATCH:
            return await self._plates.select(where, freshness)
        if kind is Kind.JOB and where.by is By.BATCH:
            return await self._jobs_by_batch(where, freshness)
        if kind in WORK:
            return await self._jobs.select(kind, where, freshness)
        if kind is Kind.ALARM:
            return await self._alarms(where, freshness)
        return Answer((), None)

    async def _jobs_by_batch(self, where: Where, freshness: Freshness) -> Answer[Any]:
        """The nests that are known to use plates; which ones these are was asked job by job."""
        using = self._plates.jobs_using(where.values)
        frame = self._gateway.frame(self.clock.now())
        ids = {key: [frame.id(Kind.JOB, job) for job in jobs] for key, jobs in using.items()}
        wanted = frozenset(one for part in ids.values() for one in part)
        found = await self._jobs.select(Kind.JOB, Where(By.ID, wanted), freshness)
        records = {record.id: record for record in found.items}
        groups = {key: [records[one] for one in part if one in records] for key, part in ids.items()}
        return Answer(found.items, found.observed_at, found.complete, found.failure, groups)

    async def _alarms(self, where: Where, freshness: Freshness) -> Answer[Alarm]:
        """The alarms that stand at alarming machines, a call for each."""
        ids = where.values if where.by is By.STATION else None
        machines = await self._live.read(ids, freshness)
        alarming = self._live.in_state(ALARMING, machines.by_id.values())
        lives = await self._live.statuses(machines, (one.station.id for one in alarming))
        wanted = {
            one.station.id: live
            for one in alarming
            if (ids is None or one.station.id in ids)
            and isinstance(live := lives.get(one.station.id), LiveStatus)
        }
        detailed = await self._live.detailed(wanted, freshness)
        failure = next((one for one in detailed.values() if isinstance(one, SourceFailure)), None)
        found = [alarm for alarm in self._live.alarms(machines) if where.admits(alarm)]
        return Answer(found, self._live.at, failure is None, failure)
