"""Polls: what each feed asks, once, and the listings that follow."""

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from floorgraph.model.ids import Kind
from floorgraph.vendors.answers import Listing
from floorgraph.vendors.cloudnest import feeds
from floorgraph.vendors.cloudnest.endpoints import CURRENT_ALARMS, PLAN_DETAIL
from floorgraph.vendors.cloudnest.gateway import Gateway
from floorgraph.vendors.cloudnest.jobs import Jobs
from floorgraph.vendors.cloudnest.live import Live
from floorgraph.vendors.cloudnest.machines import MachineList, Machines
from floorgraph.vendors.cloudnest.mapping.state import ALARMING, WORKING
from floorgraph.vendors.cloudnest.pace import GENEROUS
from floorgraph.vendors.cloudnest.plan import chunks
from floorgraph.vendors.cloudnest.plates import Plates
from floorgraph.vendors.cloudnest.readings import Readings
from floorgraph.vendors.cloudnest.results import Results
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate import Freshness

Listings = Mapping[Kind, Listing]
FRESH_ALARMS = 5
"""Most machines whose alarms are asked for along with the states that show that they began."""


class Polls:
    """The polls of one account."""

    def __init__(
        self,
        gateway: Gateway,
        jobs: Jobs,
        machines: MachineList,
        live: Live,
        readings: Readings,
        results: Results,
        plates: Plates,
    ) -> None:
        self._gateway = gateway
        self._jobs = jobs
        self._machines = machines
        self._live = live
        self._readings = readings
        self._results = results
        self._plates = plates
        self._planned_at: float | None = None
        self._by_name: Mapping[str, Callable[[Freshness], Awaitable[Listings]]] = {
            feeds.MACHINES: self._poll_machines,
            feeds.STATES: self._poll_states,
            feeds.PROGRESS: self._poll_progress,
            feeds.ALARMS: self._poll_alarms,
            feeds.TASKS: self._poll_tasks,
            feeds.TREE: self._poll_tree,
            feeds.RESULTS: self._poll_results,
            feeds.LAYOUTS: self._poll_layouts,
            feeds.PARTS: self._poll_parts,
            feeds.STOCK: self._poll_stock,
        }

    async def poll(self, name: str, freshness: Freshness) -> Listings:
        """Ask a feed's question once. Raises `SourceFailure`, and `KeyError` for an unknown feed."""
        return await self._by_name[name](freshness)

    def calls(self, name: str) -> int:
        """Calls that a poll of a feed makes, as things stand now.

        Asked for with every look at the feeds, and so found out once for each state of things.
        """
        size, most = self._gateway.settings.chunk, self._gateway.settings.calls_per_question
        known, of = self._machines.known, self._gateway.derived.of
        if name == feeds.STATES:
            return len(chunks(known.cards(), size)) if known else 1
        if name in (feeds.PROGRESS, feeds.ALARMS) and known:
            word = WORKING if name == feeds.PROGRESS else ALARMING
            inputs: tuple[object, ...] = (known, self._live.version)
            count = of(f"in {word}", inputs, lambda: len(self._live.in_state(word, known.by_id.values())))
            return min(most, count)
        if name == feeds.TASKS:
            tree, plan = self._jobs.tree, self._jobs.plan
            active = of("active", (tree, plan.version), lambda: len(plan.active(tree.leaves())))
            return min(most, -(-active // size))
        return 1

    @property
    def machine_count(self) -> int:
        """Machines whose results are asked for."""
        return len(self._machines.known.gmids()) if self._machines.known else 0

    async def _poll_machines(self, freshness: Freshness) -> Listings:
        machines = await self._machines.poll(freshness)
        return {Kind.STATION: await self._station_listing(machines, machines.at)}

    async def _poll_states(self, freshness: Freshness) -> Listings:
        before = self._alarming()
        machines = await self._live.read(None, freshness, polled=True)
        alarming = self._live.in_state(ALARMING, machines.by_id.values())
        begun = [one for one in alarming if one.station.id not in before]
        if begun and self._gateway.affordable(CURRENT_ALARMS) <= GENEROUS:
            # What fails here is asked again by the feed of the alarms.
            with contextlib.suppress(SourceFailure):
                await self._readings.read_alarms(begun[:FRESH_ALARMS], freshness, polled=True)
        return await self._live_listings(machines)

    async def _poll_progress(self, freshness: Freshness) -> Listings:
        machines = await self._live.read(None, Freshness(since=freshness.since))
        working = self._readings.next(self._live.in_state(WORKING, machines.by_id.values()))
        await self._readings.read_cutting(working, freshness, polled=True)
        return {Kind.STATION: await self._station_listing(machines, self._live.at or machines.at)}

    async def _poll_alarms(self, freshness: Freshness) -> Listings:
        machines = await self._live.read(None, Freshness(since=freshness.since))
        alarming = self._readings.next(self._live.in_state(ALARMING, machines.by_id.values()))
        await self._readings.read_alarms(alarming, freshness, polled=True)
        return await self._live_listings(machines)

    async def _poll_tasks(self, freshness: Freshness) -> Listings:
        await self._jobs.read_tree(Freshness(since=freshness.since))
        chosen = self._chosen_jobs()
        calls = max(1, len(chunks(chosen, self._gateway.settings.chunk)))
        now = self._gateway.clock.monotonic()
        floor = self._gateway.floor(PLAN_DETAIL, calls)
        if chosen and (self._planned_at is None or now - self._planned_at >= floor):
            await self._jobs.plan.fetch(chosen)
            self._planned_at = self._gateway.clock.monotonic()
        elif hasty := self._hasty_jobs():
            await self._jobs.plan.fetch(hasty)
        return await self._work_listings()

    def _hasty_jobs(self) -> list[int]:
        """The jobs that a command was about, in one call, while the day has calls left."""
        if not self._gateway.calls_left(PLAN_DETAIL):
            return []
        leaves, plan = self._jobs.tree.leaves(), self._jobs.plan
        return self._gateway.haste.due(PLAN_DETAIL, leaves, plan.is_outdated)[: self._gateway.settings.chunk]

    async def _poll_tree(self, freshness: Freshness) -> Listings:
        await self._jobs.read_tree(freshness, polled=True)
        work, at = self._jobs.work, self._jobs.tree_at or self._gateway.clock.now()
        folders = Listing(list(work.folders.values()), self._jobs.tree.complete, at)
        return {Kind.JOB: await self._job_listing(), Kind.JOB_FOLDER: folders}

    async def _poll_results(self, freshness: Freshness) -> Listings:
        await self._jobs.read_tree(Freshness(since=freshness.since))
        machines = await self._machines.read(Freshness(since=freshness.since))
        gmid = self._results.next(machines.gmids())
        if gmid is not None:
            await self._results.poll(gmid, freshness)
            await self._jobs.assemble()
        return {Kind.PIECE: (await self._work_listings())[Kind.PIECE]}

    async def _poll_layouts(self, freshness: Freshness) -> Listings:
        return await self._poll_nesting(Kind.LAYOUT, freshness)

    async def _poll_parts(self, freshness: Freshness) -> Listings:
        return await self._poll_nesting(Kind.PIECE, freshness)

    async def _poll_stock(self, freshness: Freshness) -> Listings:
        return {Kind.BATCH: await self._plates.poll(freshness)}

    async def _poll_nesting(self, kind: Kind, freshness: Freshness) -> Listings:
        """One call for 50 jobs, those asked about longest ago."""
        await self._jobs.read_tree(Freshness(since=freshness.since))
        failure = await self._jobs.nesting.poll(kind, self._jobs.tree.leaves(), freshness)
        if failure is not None:
            raise failure
        found = await self._work_listings()
        return {one: found[one] for one in (Kind.LAYOUT, Kind.PIECE)}

    def _chosen_jobs(self) -> list[int]:
        """The jobs with something left to do, and those of commands before others; those read longest ago
        in the free places of the last call."""
        settings, known = self._gateway.settings, self._jobs.plan.known.jobs
        commanded = self._gateway.haste.jobs(PLAN_DETAIL)

        def age(job: int) -> tuple[bool, float, int]:
            return (job not in commanded, known[job].monotonic if job in known else float("-inf"), job)

        leaves = self._jobs.tree.leaves()
        most = settings.chunk * settings.calls_per_question
        wanted = commanded.intersection(leaves).union(self._jobs.plan.active(leaves))
        active = sorted(wanted, key=age)[:most]
        places = max(settings.chunk, -(-len(active) // settings.chunk) * settings.chunk)
        others = sorted(set(leaves).difference(active), key=age)
        return active + others[: places - len(active)]

    def _alarming(self) -> set[str]:
        known = self._machines.known
        machines = self._live.in_state(ALARMING, known.by_id.values()) if known else ()
        return {machine.station.id for machine in machines}

    async def _live_listings(self, machines: Machines) -> Listings:
        at = self._live.at or machines.at
        return {
            Kind.STATION: await self._station_listing(machines, at),
            Kind.ALARM: Listing(self._live.alarms(machines), True, at),
        }

    async def _station_listing(self, machines: Machines, at: datetime) -> Listing:
        complete = machines.complete and machines.failure is None
        return Listing(await self._live.stations(machines), complete, at)

    async def _job_listing(self) -> Listing:
        # Dated by the tree, so that a job which is gone from it is missed only as often as it was read.
        work = await self._jobs.assemble()
        at = self._jobs.tree_at or self._gateway.clock.now()
        return Listing(list(work.jobs.values()), work.complete, at)

    async def _work_listings(self) -> Listings:
        jobs = await self._job_listing()
        work = self._jobs.work
        moments = [plan.at for plan in self._jobs.plan.known.jobs.values()]
        at = max(moments, default=jobs.observed_at)
        return {
            Kind.JOB: jobs,
            Kind.LAYOUT: Listing(list(work.layouts.values()), work.complete, at),
            Kind.PIECE: Listing(list(work.pieces.values()), work.complete, at),
        }
