"""Fresh records that commands are judged and settled by."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from floorgraph.model.command import UserError, UserErrorCode
from floorgraph.model.ids import Kind
from floorgraph.model.program import Program, ProgramVersion
from floorgraph.model.record import Record
from floorgraph.model.station import LiveStatus, Station, StationState
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.cwork.commands.scenarios import Scenarios
from floorgraph.vendors.cwork.documents import Documents
from floorgraph.vendors.cwork.server import Server
from floorgraph.vendors.cwork.stations import Stations
from floorgraph.vendors.cwork.versions import Versions
from floorgraph.vendors.failures import NotFound, SourceFailure
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import By, Where

R = TypeVar("R", bound=Record)


@dataclass(slots=True)
class Reading:
    """Reads afresh. Everything here raises `SourceFailure` where no fresh answer is to be had."""

    server: Server
    stations: Stations
    documents: Documents
    versions: Versions
    scenarios: Scenarios = field(default_factory=Scenarios)

    async def station(self, station_id: str) -> Station | None:
        """A station as it is configured now."""
        found = _fresh(await self.stations.select(_one(station_id), self.now()))
        return next(iter(found), None)

    async def live(self, station_id: str) -> LiveStatus | None:
        """What a station reports now."""
        report = await self.stations.live([station_id], self.now())
        if report.failure is not None:
            raise report.failure
        found = report.found.get(station_id)
        if isinstance(found, SourceFailure):
            raise found
        return found

    async def states(self) -> Sequence[StationState]:
        """The states that can be set, in the vendor's order."""
        return await self.stations.states.available(self.now())

    async def program(self, program_id: str) -> Program | None:
        """A document as it is now."""
        try:
            found = _fresh(await self.documents.select(_one(program_id), self.now()))
        except NotFound:
            return None
        return next(iter(found), None)

    async def programs(self, station_id: str) -> Sequence[Program]:
        """The documents of a station."""
        where = Where(By.STATION, frozenset({station_id}))
        return _fresh(await self.documents.select(where, self.now()))

    async def version(self, version_id: str) -> ProgramVersion | None:
        """A version as it is now."""
        try:
            found = _fresh(await self.versions.select(_one(version_id), self.now()))
        except NotFound:
            return None
        return next(iter(found), None)

    async def versions_of(self, program_id: str) -> Sequence[ProgramVersion]:
        """The versions of a document."""
        where = Where(By.PROGRAM, frozenset({program_id}))
        return _fresh(await self.versions.select(where, self.now()))

    def id(self, kind: Kind, remote_id: object) -> str:
        """A global id of this source."""
        return f"{self.server.settings.key}:{kind}:{remote_id}"

    def now(self) -> Freshness:
        """Nothing older than this moment."""
        return Freshness(max_age=0, since=self.server.clock.monotonic())


def missing(what: str, record_id: str, *path: str) -> UserError:
    """There is no such record."""
    message = f"There is no {what} '{record_id}'."
    return UserError(message=message, code=UserErrorCode.NOT_FOUND, field=("input", *path))


def _one(record_id: str) -> Where:
    return Where(By.ID, frozenset({record_id}))


def _fresh(answer: Answer[R]) -> Sequence[R]:
    if answer.failure is not None:
        raise answer.failure
    return answer.items
