"""Polls: the questions of the feeds, asked once."""

from collections.abc import Mapping
from dataclasses import dataclass

from floorgraph.model.ids import Kind
from floorgraph.model.source import Feed
from floorgraph.vendors.answers import Listing
from floorgraph.vendors.cwork.abilities import Area
from floorgraph.vendors.cwork.documents import Documents
from floorgraph.vendors.cwork.feeds import DOCUMENTS, LIVE, WORK
from floorgraph.vendors.cwork.mapping.live import NOT_REPORTED
from floorgraph.vendors.cwork.report import Report
from floorgraph.vendors.cwork.server import Server
from floorgraph.vendors.cwork.stations import Stations
from floorgraph.vendors.cwork.work import Work
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING


def _all_reported(report: Report) -> bool:
    """Whether every station sent a status that it should have sent."""
    return len(report.statuses) == len(report.found) and not any(
        live.stale or (live.state is not None and live.state.reason == NOT_REPORTED)
        for live in report.statuses
    )


@dataclass(frozen=True, slots=True)
class Polls:
    """The polls of one server."""

    server: Server
    stations: Stations
    work: Work
    documents: Documents

    async def poll(self, feed: Feed, freshness: Freshness) -> Mapping[Kind, Listing] | None:
        """The listings of a feed, None for one that there is not.

        Raises `SourceFailure` when its question is not answered afresh.
        """
        if feed.name == LIVE:
            return await self._live(feed, freshness)
        if feed.name == WORK:
            return await self.work.listings(freshness)
        if feed.name == DOCUMENTS:
            return {Kind.PROGRAM: await self.documents.listing(freshness)}
        return None

    async def _live(self, feed: Feed, freshness: Freshness) -> Mapping[Kind, Listing]:
        self.server.renew_probe()
        abilities = await self.server.know(Area.STATIONS, freshness=freshness)
        if not abilities.has("statuses"):
            definitions = await self.stations.select(EVERYTHING, freshness)
            if definitions.failure is not None:
                raise definitions.failure
        report = await self.stations.live(None, freshness)
        if report.failure is not None:
            raise report.failure
        stations = await self.stations.listing(report)
        moment = stations.observed_at
        # Active alarms are part of their station's status: without it, nothing is known of them.
        alarms = Listing(report.alarms, report.complete, moment, authoritative=_all_reported(report))
        listings = {Kind.STATION: stations, Kind.ALARM: alarms}
        if Kind.JOB in feed.kinds:
            jobs = self.work.reported_jobs(report.statuses)
            listings[Kind.JOB] = Listing(jobs, report.complete, moment)
        return listings
