"""Loaders of what stations report: now, and over a span of time."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from floorgraph.model.alarm import Alarm
from floorgraph.model.ids import GlobalId, Kind, shared_source
from floorgraph.model.job import Job
from floorgraph.model.station import LiveStatus
from floorgraph.model.timeline import ProgramRun, ProgramRunKind, StateInterval, StationKpis, Window
from floorgraph.vendors.contract import Source
from floorgraph.vendors.failures import SourceFailure
from loaders.base import Loader, OneByOneLoader, SourceLoader
from loaders.records import JobById

V = TypeVar("V")


class _ByStationId(SourceLoader[str, V | None], Generic[V]):
    """A loader keyed by station id, with None for stations of which nothing is known."""

    def source_key(self, key: str) -> str:
        """The source in the id. Raises `BadId` when it is not the id of a station."""
        return GlobalId.parse(key, expected=Kind.STATION).source

    def only_source(self, keys: list[str]) -> str | None:
        """The source in all the ids."""
        return shared_source(keys, expected=Kind.STATION)

    def missing(self) -> None:
        """Nothing is known of the station."""


class LiveStatusByStationId(_ByStationId[LiveStatus]):
    """Station id -> what it reports now."""

    async def ask(self, source: Source, keys: list[str]) -> Mapping[str, LiveStatus | SourceFailure | None]:
        """One question for all stations."""
        return await source.live(keys, self.scope.freshness)


class DetailedLiveStatusByStationId(Loader[str, LiveStatus | None]):
    """Station id -> what it reports now, with what its source must ask for station by station."""

    async def batch(self, keys: list[str]) -> Mapping[str, LiveStatus | Exception | None]:
        """The live statuses first, then each source's details of those it has."""
        lives = await self.scope.loader(LiveStatusByStationId).load_many(keys)
        found: dict[str, LiveStatus | Exception | None] = dict(zip(keys, lives, strict=True))
        by_source: dict[str, dict[str, LiveStatus]] = {}
        for key, live in found.items():
            if isinstance(live, LiveStatus):
                by_source.setdefault(live.source, {})[key] = live
        for details in await asyncio.gather(*(self._details(*part) for part in by_source.items())):
            found.update(details)
        return found

    async def _details(
        self, source_key: str, lives: dict[str, LiveStatus]
    ) -> Mapping[str, LiveStatus | SourceFailure]:
        source = self.scope.floor.get(source_key)
        try:
            return lives if source is None else await source.detailed(lives, self.scope.freshness)
        except SourceFailure as failure:
            return dict.fromkeys(lives, failure)


class CurrentJobIdByStationId(_ByStationId[str]):
    """Station id -> id of the job it works on."""

    async def ask(self, source: Source, keys: list[str]) -> Mapping[str, str | None]:
        """One question for all stations."""
        return await source.current_jobs(keys, self.scope.freshness)


class CurrentJobByStationId(Loader[str, Job | None]):
    """Station id -> the job it works on."""

    async def batch(self, keys: list[str]) -> Mapping[str, Job | Exception | None]:
        """The ids first, then all jobs together."""
        ids = await self.scope.loader(CurrentJobIdByStationId).load_many(keys)
        wanted = [job_id for job_id in ids if isinstance(job_id, str)]
        jobs = dict(zip(wanted, await self.scope.loader(JobById).load_many(wanted), strict=True))
        return {key: self._value(job_id, jobs) for key, job_id in zip(keys, ids, strict=True)}

    @staticmethod
    def _value(job_id: object, jobs: Mapping[str, object]) -> Job | Exception | None:
        found = jobs.get(job_id) if isinstance(job_id, str) else job_id
        return found if isinstance(found, Job | Exception) else None


class ProtocolByStationId(_ByStationId[str], OneByOneLoader[str, str | None]):
    """Station id -> the protocol by which programs are transferred."""

    async def one(self, source: Source, key: str) -> str | None:
        """The protocol of one station."""
        return await source.protocol(key, self.scope.freshness)


class HasImageByStationId(_ByStationId[bool], OneByOneLoader[str, bool | None]):
    """Station id -> whether the vendor has a picture of it."""

    async def one(self, source: Source, key: str) -> bool:
        """Whether there is a picture of one station."""
        return await source.has_image(key, self.scope.freshness)


@dataclass(frozen=True, slots=True)
class StationWindow:
    """A station over a span of time: the key of the loaders below."""

    station_id: str
    window: Window


@dataclass(frozen=True, slots=True)
class ProgramWindow(StationWindow):
    """A station's programs over a span of time, running or selected."""

    kind: ProgramRunKind


W = TypeVar("W", bound=StationWindow)


class _ByWindow(OneByOneLoader[W, V], Generic[W, V]):
    """A loader for what vendors tell of one station and one span of time."""

    def source_key(self, key: W) -> str:
        """The source in the station's id. Raises `BadId` when it is not the id of a station."""
        return GlobalId.parse(key.station_id, expected=Kind.STATION).source


class AlarmsByStationWindow(_ByWindow[StationWindow, Sequence[Alarm]]):
    """Station and span -> the alarms raised in it."""

    def missing(self) -> Sequence[Alarm]:
        """None were raised."""
        return ()

    async def one(self, source: Source, key: StationWindow) -> Sequence[Alarm]:
        """The alarms of one station."""
        return await source.alarms(key.station_id, key.window, self.scope.freshness)


class StatesByStationWindow(_ByWindow[StationWindow, Sequence[StateInterval]]):
    """Station and span -> the states it was in."""

    def missing(self) -> Sequence[StateInterval]:
        """None are known."""
        return ()

    async def one(self, source: Source, key: StationWindow) -> Sequence[StateInterval]:
        """The states of one station."""
        return await source.state_history(key.station_id, key.window, self.scope.freshness)


class KpisByStationWindow(_ByWindow[StationWindow, StationKpis | None]):
    """Station and span -> its key performance indicators."""

    def missing(self) -> None:
        """None are known."""

    async def one(self, source: Source, key: StationWindow) -> StationKpis | None:
        """The indicators of one station."""
        return await source.kpis(key.station_id, key.window, self.scope.freshness)


class ProgramRunsByWindow(_ByWindow[ProgramWindow, Sequence[ProgramRun]]):
    """Station, span and kind -> the programs that ran or were selected."""

    def missing(self) -> Sequence[ProgramRun]:
        """None are known."""
        return ()

    async def one(self, source: Source, key: ProgramWindow) -> Sequence[ProgramRun]:
        """The programs of one station."""
        return await source.program_runs(key.station_id, key.kind, key.window, self.scope.freshness)
