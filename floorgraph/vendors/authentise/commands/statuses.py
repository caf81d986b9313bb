"""Statuses of jobs: runs are begun, paused, finished, failed and called off (`PUT /run/<uuid>/`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from floorgraph.model.command import Command, UserError
from floorgraph.model.ids import Kind
from floorgraph.model.job import JobStatus
from floorgraph.vendors.authentise.commands.handling import Handler, not_now, refused, wrong
from floorgraph.vendors.authentise.commands.reading import named
from floorgraph.vendors.authentise.commands.runs import (
    FOLLOWS,
    OVER,
    RUN_RESOURCE,
    WORDS,
    listed,
    run_of,
    station_link,
    status_of,
    told,
    working_at,
)
from floorgraph.vendors.authentise.commands.writer import WORK
from floorgraph.vendors.authentise.mapping.frame import folded
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.commands import Result, Review, Settlement, Verdict
from floorgraph.vendors.failures import SourceFailure

LONGEST_NOTES = 10_000


@dataclass(frozen=True, kw_only=True)
class SetJobStatus(Command):
    """Begin, pause, resume, finish, fail or call off a job.

    What people do at the machine is told to the vendor; no machine is started or stopped by it.
    Authentise, for runs. Which status may follow is the vendor's decision: what is known to be
    refused is not sent. COMPLETED and CANCELLED cannot be taken back, and the pieces go on to
    their next step, or wait to be planned anew.
    """

    kinds: ClassVar[dict[str, Kind]] = {"job_id": Kind.JOB}
    affects: ClassVar[frozenset[Kind]] = frozenset({Kind.JOB, Kind.STATION, Kind.PIECE, Kind.ORDER})
    returns: ClassVar[Kind | None] = Kind.JOB

    job_id: str
    """The job."""
    status: JobStatus
    """RUNNING (begin or resume), PAUSED, COMPLETED, FAILED or CANCELLED."""
    notes: str | None = None
    """Replaces the notes of the job; up to 10,000 characters. They stay as they are when absent."""
    force: bool = False
    """Asks the vendor to skip some of its checks, such as whether earlier steps are complete. A status that
    is not known to follow the present one is sent all the same then; what the vendor refuses is not done."""


class SetStatus(Handler[SetJobStatus]):
    """PUT /run/<uuid>/ with a status."""

    resource: ClassVar[str] = RUN_RESOURCE

    async def review(self, command: SetJobStatus) -> Review:
        """The status must be one that can be set and follow the present one; a printer must be free."""
        row = await run_of(self, command.job_id)
        if isinstance(row, UserError):
            return Review([row])
        errors = [*self._of_words(command), *self._of_order(command, row)]
        if not errors and command.status is JobStatus.RUNNING and status_of(row) is not JobStatus.PAUSED:
            errors += await self._of_station(command, row)
        return Review(errors, told(row))

    def _of_words(self, command: SetJobStatus) -> list[UserError]:
        errors = []
        if command.status not in WORDS:
            errors.append(wrong(f"A job can be set to {listed(list(WORDS))}.", "status"))
        if command.notes is not None and len(command.notes) > LONGEST_NOTES:
            errors.append(wrong(f"Notes have at most {LONGEST_NOTES} characters.", "notes"))
        return errors

    def _of_order(self, command: SetJobStatus, row: Row) -> list[UserError]:
        now = status_of(row)
        possible = FOLLOWS.get(now)
        if command.status not in WORDS or possible is None or command.status in possible:
            return []
        if command.status is now:
            return [not_now(f"The job is {now.value} already.", "status")]
        if command.force and now not in OVER:
            return []
        message = f"The job is {now.value}; possible from there: {listed(possible)}."
        return [not_now(message, "status")]

    async def _of_station(self, command: SetJobStatus, row: Row) -> list[UserError]:
        station = station_link(row)
        if station is None:
            return [not_now("The job has no station yet, so that it cannot begin.", "status")]
        if station.resource != "printer" or command.force:
            return []
        others = [one for one in await working_at(self.reading, station) if one.ref != row.ref]
        if not others:
            return []
        message = (
            f"'{others[0].get('name') or others[0].ref.remote}' is in progress at this printer; end it first."
        )
        return [not_now(message, "status")]

    async def carry_out(self, command: SetJobStatus) -> Result:
        """A transition that the vendor refuses is its 409; what stands in its way a 400."""
        ref = named(command.job_id, RUN_RESOURCE)
        assert ref is not None  # noqa: S101  reviewed
        body: dict[str, Any] = {"status": WORDS[command.status]}
        if command.notes is not None:
            body["notes"] = command.notes
        if command.force:
            body["force"] = True
        try:
            answer = await self.writer.put(ref, body, WORK)
        except SourceFailure as failure:
            return refused(failure, "status")
        after = {"status": body["status"], **({"notes": command.notes} if command.notes is not None else {})}
        return Result(record_ids=[command.job_id], vendor_answer=answer.shown(), after=after)

    async def settle(self, command: SetJobStatus, before: Mapping[str, Any]) -> Settlement:
        """Done when it has the status; not done while it is what it was; anything else tells nothing."""
        row = await run_of(self, command.job_id)
        if isinstance(row, UserError):
            return Settlement(Verdict.OPEN)
        word, after = folded(str(row.get("status"))), told(row)
        if word == folded(WORDS[command.status]):
            return Settlement(Verdict.DONE, [command.job_id], after)
        unchanged = word == folded(str(before.get("status")))
        return Settlement(Verdict.NOT_DONE if unchanged else Verdict.OPEN, after=after)
