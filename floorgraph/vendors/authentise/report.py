"""Reports: what stations do now, in a number of calls that the number of stations hardly moves."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from floorgraph.model.ids import Kind
from floorgraph.model.station import LiveStatus
from floorgraph.vendors.authentise.desk import UNITS, Desk
from floorgraph.vendors.authentise.links import Ref, refs_of_ids
from floorgraph.vendors.authentise.mapping.live import Circumstances, current_run, live_status
from floorgraph.vendors.authentise.mapping.words import ACTIVE_RUNS
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.authentise.stations import Stations
from floorgraph.vendors.authentise.together import both, together
from floorgraph.vendors.authentise.visit import Visit
from floorgraph.vendors.authentise.walk import written
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.turns import TURNS, mapped

SENSED_WITHIN = timedelta(hours=2)
"""Sensors report about every half hour; older readings say nothing about now."""
FOLLOWED = ("modeler", "run", "build", "downtime")
"""Resources that polls keep whole, so that a tick costs one call each."""


class Reports:
    """What the stations of one tenant do."""

    def __init__(self, desk: Desk, stations: Stations) -> None:
        self._desk = desk
        self._stations = stations

    async def live(self, ids: Iterable[str], visit: Visit) -> Mapping[str, LiveStatus | SourceFailure]:
        """What stations report, by id; a failure in place of what could not be asked."""
        wanted = refs_of_ids(ids)
        rows = await self._stations.rows(wanted.values(), visit)
        return {status.id: status for status in await self.of_rows(rows, visit)}

    async def current_jobs(self, ids: Iterable[str], visit: Visit) -> Mapping[str, str]:
        """The run that each station works on, by station id."""
        wanted = refs_of_ids(ids)
        runs = await self._stations.run_rows(wanted.values(), visit, ACTIVE_RUNS)
        frame = self._desk.frame
        found = {one: current_run(runs.get(ref, ())) for one, ref in wanted.items()}
        return {one: frame.id(Kind.JOB, run.ref) for one, run in found.items() if run is not None}

    async def follow(self, visit: Visit) -> None:
        """Bring up to date what polls keep whole."""
        library = self._desk.archive
        inner = Visit(visit.freshness, strict=visit.strict)
        await together(library.every(name, inner) for name in FOLLOWED)

    async def of_rows(self, rows: Sequence[Row], visit: Visit) -> list[LiveStatus]:
        """What the stations of these rows report."""
        desk, refs = self._desk, [row.ref for row in rows]
        runs, downtimes, modelers, sensed = await both(
            self._stations.run_rows(refs, visit, ACTIVE_RUNS),
            self._stations.downtime_rows(refs, visit, optional=True),
            desk.lookup("modeler", [row.link("modeler") for row in rows], visit),
            self._sensed(rows, visit),
        )
        builds = await desk.lookup("build", [one.link("current_build") for one in modelers.values()], visit)
        now, at = desk.server.vendor_now(), min(visit.observed, default=desk.server.clock.now())

        def one(row: Row) -> LiveStatus:
            link = row.link("modeler")
            modeler = modelers.get(link) if link else None
            build = modeler.link("current_build") if modeler else None
            inner = row.link("sub_location")
            about = Circumstances(
                station=row,
                modeler=modeler,
                build=builds.get(build) if build else None,
                downtimes=downtimes.get(row.ref, ()),
                runs=runs.get(row.ref, ()),
                sensed=sensed.get(inner) if inner else None,
                now=now,
            )
            return live_status(about, desk.frame, at)

        return await TURNS.through(mapped(rows, one, UNITS))

    async def _sensed(self, rows: Sequence[Row], visit: Visit) -> dict[Ref, Row]:
        """The latest reading at each sub-location; sensors belong to places, not to machines."""
        library = self._desk.archive
        places = list(dict.fromkeys(ref for row in rows if (ref := row.link("sub_location"))))
        if not places or library.server.off("sensor") is not None:
            return {}
        sensors = await library.related("sensor", "sub_location", places, visit, optional=True)
        refs = [sensor.ref for part in sensors.values() for sensor in part]
        since = self._since(library.server.vendor_now())
        readings = await library.related(
            "sensor-data", "sensor", refs, visit, where=(("updated>", written(since)),), optional=True
        )
        found: dict[Ref, Row] = {}
        for place, part in sensors.items():
            latest = [row for sensor in part for row in readings.get(sensor.ref, ())]
            if latest:
                found[place] = max(
                    latest, key=lambda row: str(row.get("timestamp") or row.get("updated") or "")
                )
        return found

    @staticmethod
    def _since(now: datetime) -> datetime:
        """Two to three hours ago, on the hour, so that the question stays the same for an hour."""
        return now.replace(minute=0, second=0, microsecond=0) - SENSED_WITHIN
