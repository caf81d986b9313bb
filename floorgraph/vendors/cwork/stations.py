"""Stations and what they report: `/stations`, `/states` and `/station_statuses`."""

from collections.abc import Mapping, Sequence

from floorgraph.model.ids import Kind
from floorgraph.model.record import again
from floorgraph.model.station import LiveStatus, Station
from floorgraph.vendors.answers import Answer, Listing
from floorgraph.vendors.cwork.collection import Collection, Reading, answer
from floorgraph.vendors.cwork.live import LiveReports
from floorgraph.vendors.cwork.mapping.station import STATION, station
from floorgraph.vendors.cwork.payload import Payload
from floorgraph.vendors.cwork.question import STATIONS
from floorgraph.vendors.cwork.report import Report
from floorgraph.vendors.cwork.server import Server
from floorgraph.vendors.cwork.states import States
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate import Freshness, Observed
from floorgraph.vendors.questions import Where
from floorgraph.vendors.turns import Steps, mapped


class Stations:
    """The stations of one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.states = States(server)
        self._live = LiveReports(server, self.states)
        self._seen: Mapping[str, Station] = {}
        self._missing: frozenset[str] = frozenset()

    @property
    def known(self) -> int:
        """How many stations there were when they were last listed; 0 before."""
        return len(self._seen)

    async def select(self, where: Where, freshness: Freshness) -> Answer[Station]:
        """The definitions of stations; one call whatever is asked for."""
        observed, stations = await self._read(freshness)
        return answer(observed, stations, where)

    async def live(self, ids: Sequence[str] | None, freshness: Freshness) -> Report:
        """What stations report now; all of them without `ids`.

        Definitions keep their own time to live here: whoever wants younger ones reads the stations.
        """
        _, stations = await self._read(Freshness(since=freshness.since))
        report = await self._live.of(stations, ids, freshness)
        unknown = report.unknown - self._missing
        if unknown:
            # A station that was added since the definitions were read.
            _, stations = await self._read(Freshness(max_age=0))
            self._missing = report.unknown - stations.by_id.keys()
            report = await self._live.of(stations, ids, freshness)
        return report

    async def ahead(self, freshness: Freshness) -> None:
        """Ask already for what `live` will read, where no station decides that. Raises `SourceFailure`."""
        await self._live.ahead(freshness)

    async def one(self, station_id: str) -> Station | None:
        """A station's definition, of any age."""
        _, stations = await self._read(Freshness())
        return stations.by_id.get(station_id)

    async def listing(self, report: Report) -> Listing:
        """The stations with the live status of a report pinned to them."""
        observed, stations = await self._read(Freshness())
        records = await self._server.derived.of_many(
            "stations, live",
            (stations, report),
            lambda: mapped(stations.items, lambda item: _pinned(item, report.found.get(item.id))),
        )
        complete = stations.complete and not observed.stale
        return Listing(records, complete, report.observed_at or observed.at)

    async def _read(self, freshness: Freshness) -> tuple[Observed[Payload], Collection[Station]]:
        observed = await self._server.read(STATIONS, freshness)
        derived = self._server.derived
        stations = await derived.of_many("stations", (observed.value,), lambda: self._map(observed))
        if observed.stale:
            stations = await derived.of_many("stations, stale", (stations,), stations.turning_stale)
        return observed, stations

    def _map(self, observed: Observed[Payload]) -> Steps[Collection[Station]]:
        frame = self._server.frame(observed)
        reading = Reading(
            Kind.STATION,
            STATION,
            frame,
            lambda fields: station(fields, frame),
            previous=self._seen,
            repeats=lambda _: True,
        )
        stations = yield from reading.steps(observed.value.elements(), observed.value.lost)
        self._seen = stations.by_id
        return stations


def _pinned(station: Station, live: LiveStatus | SourceFailure | None) -> Station:
    """A station with its live status; it last changed when either of them did."""
    if not isinstance(live, LiveStatus):
        return station
    return again(
        station,
        live=live,
        observed_at=max(station.observed_at, live.observed_at),
        updated_at=max(station.updated_at, live.updated_at),
        stale=station.stale or live.stale,
    )
