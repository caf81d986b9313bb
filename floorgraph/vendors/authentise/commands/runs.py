"""Runs: what they are, what may follow, and what stands in a station's queue. Shared by commands on jobs."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from floorgraph.model.command import UserError
from floorgraph.model.ids import Kind
from floorgraph.model.job import JobStatus
from floorgraph.vendors.authentise.commands.handling import Handler, missing, wrong
from floorgraph.vendors.authentise.commands.reading import Reading, named
from floorgraph.vendors.authentise.links import Ref
from floorgraph.vendors.authentise.mapping.frame import folded
from floorgraph.vendors.authentise.mapping.job import station_of_run
from floorgraph.vendors.authentise.mapping.words import RUN
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.authentise.stations import LINK_OF

RUN_RESOURCE: Final = "run"
WAITING: Final = frozenset({JobStatus.QUEUED, JobStatus.READY})
UNDER_WAY: Final = frozenset({JobStatus.RUNNING, JobStatus.PAUSED})
OVER: Final = frozenset({JobStatus.COMPLETED, JobStatus.CANCELLED})
WORDS: Final[Mapping[JobStatus, str]] = {
    JobStatus.RUNNING: "in-progress",
    JobStatus.PAUSED: "paused",
    JobStatus.COMPLETED: "complete",
    JobStatus.FAILED: "error",
    JobStatus.CANCELLED: "cancelled",
}
"""The statuses that can be set, in the vendor's words (vendor document, 10.6)."""
FOLLOWS: Final[Mapping[JobStatus, tuple[JobStatus, ...]]] = {
    JobStatus.PLANNED: (JobStatus.CANCELLED,),
    JobStatus.QUEUED: (JobStatus.RUNNING, JobStatus.CANCELLED),
    JobStatus.READY: (JobStatus.RUNNING, JobStatus.CANCELLED),
    JobStatus.RUNNING: (JobStatus.PAUSED, JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED),
    JobStatus.PAUSED: (JobStatus.RUNNING, JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED),
    JobStatus.FAILED: (),
    JobStatus.COMPLETED: (),
    JobStatus.CANCELLED: (),
}
"""What may follow. The vendor does not document it; 409 is its own word on it."""


async def run_of(handler: "Handler[Any]", job_id: str, path: str = "jobId") -> Row | UserError:
    """The run that a job is, or why it is none."""
    ref = named(job_id, RUN_RESOURCE)
    if ref is None:
        outside = named(job_id, "service-provider-job") is not None
        message = "Work at a service provider cannot be changed from here, only runs."
        return wrong(message, path) if outside else missing("job", job_id, path)
    row = await handler.reading.row(ref)
    return missing("job", job_id, path) if row is None else row


def status_of(row: Row) -> JobStatus:
    """The status of a run; UNKNOWN for a word that is not known."""
    return RUN.get(folded(str(row.get("status") or "")), JobStatus.UNKNOWN)


async def waiting_at(reading: Reading, station: Ref) -> list[Row]:
    """The runs that wait at a station, first in line first."""
    rows = await reading.related("run", LINK_OF[station.resource], station)
    waiting = [row for row in rows if status_of(row) in WAITING]
    return sorted(waiting, key=_place)


async def working_at(reading: Reading, station: Ref) -> list[Row]:
    """The runs in progress at a station."""
    where = (("status", WORDS[JobStatus.RUNNING]),)
    return list(await reading.related("run", LINK_OF[station.resource], station, where))


def _place(row: Row) -> tuple[bool, float]:
    place = row.get("workstation_queue_position")
    return (False, float(place)) if isinstance(place, int | float) else (True, 0.0)


def station_link(row: Row) -> Ref | None:
    """The station that a run is given to, where it is one with a queue."""
    station = station_of_run(row)
    return station if station is not None and station.resource in LINK_OF else None


def told(row: Row) -> dict[str, Any]:
    """A run for the log."""
    return {
        "status": row.get("status"),
        "notes": row.get("notes"),
        "queuePosition": row.get("workstation_queue_position"),
    }


def listed(statuses: Sequence[JobStatus]) -> str:
    """What is possible, for people."""
    return ", ".join(status.value for status in statuses) or "nothing"


def ids_of(reading: Reading, rows: Sequence[Row]) -> list[str]:
    """The global ids of runs."""
    return [reading.id(Kind.JOB, row.ref) for row in rows]
