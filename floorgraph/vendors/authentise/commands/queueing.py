"""Queues: a waiting job is put first, or before or after another (`POST /run-queue/`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

from floorgraph.model.command import Command, UserError
from floorgraph.model.ids import Kind
from floorgraph.vendors.authentise.commands.handling import Handler, missing, not_now, refused, wrong
from floorgraph.vendors.authentise.commands.reading import named
from floorgraph.vendors.authentise.commands.runs import (
    WAITING,
    ids_of,
    run_of,
    station_link,
    status_of,
    waiting_at,
)
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.commands import Result, Review, Settlement, Verdict
from floorgraph.vendors.failures import SourceFailure

MOST_NAMED = 10


class QueuePlace(Enum):
    """Where in a station's queue a job is put.

    Clients must be ready for values that are added later.
    """

    FRONT = "FRONT"
    """Before all others that wait."""
    BEFORE = "BEFORE"
    """Right before the other job."""
    AFTER = "AFTER"
    """Right after the other job."""


@dataclass(frozen=True, kw_only=True)
class QueueJob(Command):
    """Put a job that waits at a station into another place of that station's queue.

    Only the order of the work changes; the job stays at its station, and nothing moves at a machine.
    Authentise, for runs that are queued. The planned times of the others may move, and need not come back
    when the job is put where it was.
    """

    kinds: ClassVar[dict[str, Kind]] = {"job_id": Kind.JOB, "other_job_id": Kind.JOB}
    affects: ClassVar[frozenset[Kind]] = frozenset({Kind.JOB, Kind.STATION})
    returns: ClassVar[Kind | None] = Kind.JOB

    job_id: str
    """The job."""
    place: QueuePlace = QueuePlace.FRONT
    """Where it is put."""
    other_job_id: str | None = None
    """The job that it is put before or after, waiting at the same station; absent for FRONT."""


class Queue(Handler[QueueJob]):
    """POST /run-queue/."""

    resource: ClassVar[str] = "run-queue"

    async def review(self, command: QueueJob) -> Review:
        """Both jobs must wait at the same station."""
        row = await run_of(self, command.job_id)
        if isinstance(row, UserError):
            return Review([row])
        station = station_link(row)
        if station is None or status_of(row) not in WAITING:
            state = "has no station yet" if station is None else f"is {status_of(row).value}"
            message = f"The job {state}; only jobs that wait at a station, QUEUED or READY, have a place."
            return Review([not_now(message, "jobId")])
        queue = await waiting_at(self.reading, station)
        errors = await self._of_other(command, row, queue)
        return Review(errors, {"queue": ids_of(self.reading, queue)})

    async def _of_other(self, command: QueueJob, row: Row, queue: list[Row]) -> list[UserError]:
        other = command.other_job_id
        if command.place is QueuePlace.FRONT:
            return [] if other is None else [wrong("FRONT needs no other job.", "otherJobId")]
        if other is None:
            message = f"{command.place.value} needs the job that it is meant with."
            return [wrong(message, "otherJobId")]
        if other == command.job_id:
            return [wrong("A job cannot be put before or after itself.", "otherJobId")]
        ref = named(other, "run")
        if ref is None or await self.reading.row(ref) is None:
            return [missing("job", other, "otherJobId")]
        if all(one.ref != ref for one in queue):
            ids = ids_of(self.reading, [one for one in queue if one.ref != row.ref])[:MOST_NAMED]
            waiting = f"Others that wait there: {', '.join(ids)}." if ids else "No other job waits there."
            message = f"The other job does not wait at the same station. {waiting}"
            return [not_now(message, "otherJobId")]
        return []

    async def carry_out(self, command: QueueJob) -> Result:
        """Without another run the vendor puts it to the front."""
        ref = named(command.job_id, "run")
        other = None if command.other_job_id is None else named(command.other_job_id, "run")
        assert ref is not None  # noqa: S101  reviewed
        body: dict[str, Any] = {"run": self.reading.link(ref)}
        if other is not None:
            body |= {"relative_to": self.reading.link(other), "position": command.place.value.lower()}
        try:
            answer = await self.writer.post(self.resource, body, ("run", "printer", "post-processor"))
        except SourceFailure as failure:
            path = "jobId" if other is None else "otherJobId"
            return refused(failure, path)
        return Result(record_ids=[command.job_id], vendor_answer=answer.shown())

    async def settle(self, command: QueueJob, before: Mapping[str, Any]) -> Settlement:
        """Done when it has moved to where it should; not done while the queue is what it was."""
        row = await run_of(self, command.job_id)
        station = None if isinstance(row, UserError) else station_link(row)
        if station is None:
            return Settlement(Verdict.OPEN)
        queue = ids_of(self.reading, await waiting_at(self.reading, station))
        after = {"queue": queue}
        if queue == list(before.get("queue") or ()):
            in_place = is_in_place(command, queue)
            return Settlement(Verdict.DONE if in_place else Verdict.NOT_DONE, [command.job_id], after)
        verdict = Verdict.DONE if is_in_place(command, queue) else Verdict.OPEN
        return Settlement(verdict, [command.job_id], after)


def is_in_place(command: QueueJob, queue: list[str]) -> bool:
    """Whether a queue, first in line first, has a job where a command wants it."""
    if command.job_id not in queue:
        return False
    at = queue.index(command.job_id)
    if command.place is QueuePlace.FRONT:
        return at == 0
    neighbour = at + 1 if command.place is QueuePlace.BEFORE else at - 1
    return 0 <= neighbour < len(queue) and queue[neighbour] == command.other_job_id
