"""Stations: how lists of them are narrowed and ordered, and what they are related to."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from operator import attrgetter
from typing import Any, ClassVar

from floorgraph.model.ids import Kind
from floorgraph.model.job import Job
from floorgraph.model.record import again
from floorgraph.model.station import LiveStatus, Station, StationStatus
from floorgraph.model.timeline import ProgramRunKind, Window
from floorgraph.vendors.questions import By
from loaders.parts import AvailableStatesByStationId, CapacityByStationId, DowntimesByStationId
from loaders.records import (
    BatchesByStationId,
    Found,
    JobsByStationId,
    LayoutsByStationId,
    PiecesByStationId,
    ProgramsByStationId,
)
from loaders.scope import Scope
from loaders.station import (
    AlarmsByStationWindow,
    CurrentJobByStationId,
    DetailedLiveStatusByStationId,
    HasImageByStationId,
    KpisByStationWindow,
    LiveStatusByStationId,
    ProgramRunsByWindow,
    ProgramWindow,
    ProtocolByStationId,
    StatesByStationWindow,
    StationWindow,
)
from resolvers.criteria import Criteria
from resolvers.ordering import Ordering, natural
from resolvers.relation import BY_ID, Relation
from resolvers.way import of_job, of_order


class StationOrderField(Enum):
    """What stations can be ordered by."""

    NAME = "name"
    """By name, numbers in it counting as numbers."""
    WORKSHOP = "workshop"
    """By workshop."""
    STATUS = "live.state.status"
    """By status, in the order in which the values of `StationStatus` are declared; causes live status
    to be read for the whole list."""
    STATUS_SINCE = "live.state.since"
    """By the time since when the present state lasts; causes live status to be read for the whole list."""
    UPDATED_AT = "updated_at"
    """By the time of the last change."""


@dataclass(kw_only=True)
class StationCriteria(Criteria):
    """Narrows a list of stations. Conditions are combined with AND, the values of one with OR."""

    kind: ClassVar = Kind.STATION
    parents: ClassVar = {"job": (None, Kind.JOB), "order": (None, Kind.ORDER)}
    ways: ClassVar = {"job": of_job(By.STATION), "order": of_order(By.STATION)}

    status: list[StationStatus] | None = None
    """Only stations with one of these statuses; stations whose status cannot be had are left out."""
    workshop: list[str] | None = None
    """Only stations in one of these workshops."""
    job: str | None = None
    """Only the station that this job is given to."""
    order: str | None = None
    """Only stations that jobs of this order are given to."""

    def looks_further(self, ordering: Ordering) -> bool:
        """Whether other records or live statuses decide."""
        return super().looks_further(ordering) or self._needs_live(ordering)

    def _needs_live(self, ordering: Ordering) -> bool:
        return self.status is not None or any(key.path.startswith("live.") for key in ordering)

    async def narrowed(self, scope: Scope, ordering: Ordering, records: Sequence[Any]) -> list[Station]:
        """The stations of the job and order asked for, with live status pinned where it decides."""
        kept = await super().narrowed(scope, ordering, records)
        return await pin_live(scope, kept) if self._needs_live(ordering) else kept

    def admits(self, record: Any) -> bool:
        """Whether a station, with its live status pinned, meets every condition that it shows itself."""
        return (
            super().admits(record)
            and (self.workshop is None or record.workshop in self.workshop)
            and (self.status is None or _status(record) in self.status)
        )


def _status(station: Station) -> StationStatus | None:
    state = station.live.state if station.live is not None else None
    return state.status if state is not None else None


async def pin_live(scope: Scope, stations: list[Station]) -> list[Station]:
    """The stations with their live status inside; without one where it cannot be had."""
    statuses = await scope.loader(LiveStatusByStationId).load_many(station.id for station in stations)
    return [
        again(station, live=live) if isinstance(live, LiveStatus) else station
        for station, live in zip(stations, statuses, strict=True)
    ]


DETAILS = frozenset({"alarms", "progress", "laser", "running_program", "selected_program"})
"""Fields of a live status for which some vendors must be asked station by station."""


def live_field(name: str) -> Relation:
    """A field of what a station reports now; pinned where the station was made by a poll."""
    loader = DetailedLiveStatusByStationId if name in DETAILS else LiveStatusByStationId
    return Relation(loader, BY_ID, pick=attrgetter(name), pinned=attrgetter("live"))


def _status_of(live: LiveStatus) -> StationStatus | None:
    return live.state.status if live.state is not None else None


STATUS = Relation(LiveStatusByStationId, BY_ID, pick=_status_of, pinned=attrgetter("live"))
CURRENT_JOB = Relation(CurrentJobByStationId, BY_ID)


def _queued(found: Found) -> list[Job]:
    jobs = [job for job in found.records if isinstance(job, Job) and job.queue_position is not None]
    return sorted(jobs, key=lambda job: (job.queue_position or 0, natural(job.remote_id)))


QUEUE = Relation(JobsByStationId, BY_ID, pick=_queued, empty=())
JOBS = Relation(JobsByStationId, BY_ID, empty=Found())
PIECES = Relation(PiecesByStationId, BY_ID, empty=Found())
PROGRAMS = Relation(ProgramsByStationId, BY_ID, empty=Found())
BATCHES = Relation(BatchesByStationId, BY_ID, empty=Found())
LAYOUTS = Relation(LayoutsByStationId, BY_ID, empty=Found())
AVAILABLE_STATES = Relation(AvailableStatesByStationId, BY_ID, empty=())
AVAILABLE_STATES = Relation(AvailableStatesByStationId, BY_ID, empty=())
DOWNTIMES = Relation(DowntimesByStationId, BY_ID, empty=())
CAPACITY = Relation(CapacityByStationId, BY_ID, empty=())
PROTOCOL = Relation(ProtocolByStationId, BY_ID)
HAS_IMAGE = Relation(HasImageByStationId, BY_ID)


def _in_window(parent: Station, *, window: Window) -> StationWindow:
    return StationWindow(parent.id, window)


def _programs_in_window(parent: Station, *, window: Window, kind: ProgramRunKind) -> ProgramWindow:
    return ProgramWindow(parent.id, window, kind)


ALARM_HISTORY = Relation(AlarmsByStationWindow, _in_window, empty=())
HISTORY = Relation(StatesByStationWindow, _in_window, empty=())
KPIS = Relation(KpisByStationWindow, _in_window)
PROGRAM_RUNS = Relation(ProgramRunsByWindow, _programs_in_window, empty=())
