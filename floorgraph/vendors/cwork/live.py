"""Live reports: one call for all stations where the server has it (API 1.12), else one per station."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from floorgraph.model.ids import Kind
from floorgraph.model.record import again
from floorgraph.model.station import LiveStatus, Station
from floorgraph.vendors.coerce import Fields
from floorgraph.vendors.continuity import carried
from floorgraph.vendors.cwork.abilities import Area
from floorgraph.vendors.cwork.collection import Collection, Reading
from floorgraph.vendors.cwork.mapping.frame import Frame
from floorgraph.vendors.cwork.mapping.live import (
    NO_LICENCE,
    NOT_MONITORED,
    NOT_REPORTED,
    STATUS,
    live_status,
    referenced_states,
    without_report,
)
from floorgraph.vendors.cwork.mapping.state import StateTable
from floorgraph.vendors.cwork.payload import Payload
from floorgraph.vendors.cwork.question import STATUSES, status
from floorgraph.vendors.cwork.report import Report
from floorgraph.vendors.cwork.server import Server
from floorgraph.vendors.cwork.states import States
from floorgraph.vendors.failures import Forbidden, NotApplicable, NotFound, SourceFailure
from floorgraph.vendors.gate import Freshness, Observed
from floorgraph.vendors.turns import Steps, mapped

Asked = tuple[LiveStatus | SourceFailure, SourceFailure | None]
"""What is known of one station, and the failure that kept it from being fresher."""
SILENT: Mapping[type[SourceFailure], str] = {
    NotApplicable: NOT_MONITORED,
    NotFound: NOT_REPORTED,
    Forbidden: NO_LICENCE,
}
"""Failures that are answers about one station."""


@dataclass(slots=True)
class LiveReports:
    """The live statuses of one server."""

    server: Server
    states: States
    _seen: Mapping[str, LiveStatus] = field(default_factory=dict)
    _context: tuple[object, object] = (None, None)

    async def of(
        self, stations: Collection[Station], ids: Sequence[str] | None, freshness: Freshness
    ) -> Report:
        """The reports of the stations with these ids, or of all. Raises `SourceFailure`."""
        abilities = await self.server.know(Area.STATIONS, freshness=freshness)
        wanted = stations.items if ids is None else [stations.by_id[i] for i in ids if i in stations.by_id]
        if not abilities.has("statuses"):
            return self._unlicensed(wanted)
        if abilities.batch:
            return await self._from_batch(stations, wanted, freshness)
        return await self._one_by_one(wanted, freshness)

    async def ahead(self, freshness: Freshness) -> None:
        """Ask for the reports of all stations where they are one call. Raises `SourceFailure`."""
        abilities = await self.server.know(Area.STATIONS, freshness=freshness)
        if abilities.has("statuses") and abilities.batch:
            await self.server.read(STATUSES, freshness)

    def _unlicensed(self, wanted: Iterable[Station]) -> Report:
        return Report({one.id: self._silent(one, NO_LICENCE) for one in wanted})

    async def _from_batch(
        self, stations: Collection[Station], wanted: Sequence[Station], freshness: Freshness
    ) -> Report:
        try:
            observed = await self.server.read(STATUSES, freshness)
        except SourceFailure as failure:
            return Report(dict.fromkeys((one.id for one in wanted), failure), failure=failure)
        payloads = observed.value.elements()
        needed = self.server.derived.of(
            "referenced states", (observed.value,), lambda: referenced_states(payloads)
        )
        table = await self.states.table(Freshness(since=freshness.since), needed)
        derived = self.server.derived
        inputs = (observed.value, stations, table)
        lives = await derived.of_many("live", inputs, lambda: self._map(observed, stations, table))
        unknown = derived.of("live, unknown", (lives,), lambda: lives.by_id.keys() - stations.by_id.keys())
        if observed.stale:
            lives = await derived.of_many("live, stale", (lives,), lives.turning_stale)
        found = {one.id: lives.by_id[one.id] for one in wanted if one.id in lives.by_id}
        return Report(found, observed.at, observed.failure, frozenset(unknown), lives.complete)

    def _map(
        self, observed: Observed[Payload], stations: Collection[Station], table: StateTable
    ) -> Steps[Collection[LiveStatus]]:
        frame, seen = self.server.frame(observed), self._seen

        def read(fields: Fields) -> LiveStatus:
            handle = fields.integer("Handle", required=True)
            known = stations.by_id.get(frame.id(Kind.STATION, handle))
            return live_status(fields, frame, known or _unlisted(frame, handle), table)

        same = self._context == (stations, table)
        reading = Reading(
            Kind.STATION,
            STATUS,
            frame,
            read,
            previous=seen,
            # Alarms carry the time of their own observation, so a status with alarms is read anew.
            repeats=lambda before: same and not before.alarms,
        )
        reported = yield from reading.steps(observed.value.elements(), observed.value.lost)
        missing = [one for one in stations.items if one.id not in reported.by_id]
        # One of the missing may have sent what could not be read: none of them is said to be silent then.
        kept = [seen[one.id] for one in missing if not reported.complete and one.id in seen]
        last_known = yield from mapped(kept, lambda live: again(live, stale=True))
        held = {live.id for live in last_known}
        silent = yield from mapped(
            [one for one in missing if one.id not in held],
            lambda one: carried(
                seen, without_report(frame, one, NOT_REPORTED if one.monitored else NOT_MONITORED)
            ),
        )
        items = [*reported.items, *last_known, *silent]
        lives = Collection(items, reported.complete)
        self._seen, self._context = lives.by_id, (stations, table)
        return lives

    async def _one_by_one(self, wanted: Sequence[Station], freshness: Freshness) -> Report:
        # Bounded here as well as in the gate, so that no call spends its time to answer in a queue.
        slots = asyncio.Semaphore(self.server.settings.concurrency)
        table = await self.states.table(Freshness(since=freshness.since), set())

        async def ask(station: Station) -> Asked:
            async with slots:
                return await self._one(station, table, freshness)

        async with asyncio.TaskGroup() as group:
            tasks = {one.id: group.create_task(ask(one)) for one in wanted}
        asked = {station_id: task.result() for station_id, task in tasks.items()}
        found = {station_id: outcome[0] for station_id, outcome in asked.items()}
        self._seen = {**self._seen, **{i: live for i, live in found.items() if isinstance(live, LiveStatus)}}
        failures = [failure for _, failure in asked.values() if failure is not None]
        fresh = [live for live, failure in asked.values() if isinstance(live, LiveStatus) and not failure]
        nothing = failures and not any(live.raw is not None for live in fresh)
        moment = max((live.observed_at for live in fresh), default=None)
        return Report(found, moment, failures[0] if nothing else None)

    async def _one(self, station: Station, table: StateTable, freshness: Freshness) -> Asked:
        if not (station.monitored and station.enabled):
            return self._silent(station, NOT_MONITORED), None
        try:
            observed = await self.server.read(status(station.remote_id), freshness)
        except SourceFailure as failure:
            reason = SILENT.get(type(failure))
            return (failure, failure) if reason is None else (self._silent(station, reason), None)
        payload = observed.value.single("Handle", station.remote_id)
        table = await self.states.table(Freshness(since=freshness.since), referenced_states([payload]))
        derived, name = self.server.derived, f"live {station.remote_id}"
        lives = derived.of(
            name,
            (observed.value, station, table),
            lambda: self._map_one(observed, payload, station, table),
        )
        if observed.stale:
            lives = derived.of(f"{name}, stale", (lives,), lives.stale)
        live = next(iter(lives.items), None) or self._silent(station, NOT_REPORTED)
        return live, observed.failure

    def _map_one(
        self, observed: Observed[Payload], payload: object, station: Station, table: StateTable
    ) -> Collection[LiveStatus]:
        frame = self.server.frame(observed)
        reading = Reading(
            Kind.STATION,
            STATUS,
            frame,
            lambda fields: live_status(fields, frame, station, table),
            previous=self._seen,
            ward=f"{STATUS.name} {station.remote_id}",
        )
        return reading.collection([payload])

    def _silent(self, station: Station, reason: str) -> LiveStatus:
        now = Frame(station.source, self.server.clock.now(), self.server.diagnostics)
        return carried(self._seen, without_report(now, station, reason))


def _unlisted(frame: Frame, handle: int) -> Station:
    """Stands for a station that is reported and not listed, until the list is read again."""
    return Station(**frame.common(Kind.STATION, handle, None), name=str(handle), monitored=True)
