"""Commands on nesting jobs: create, delete, lay out (section 5.3: pages 225, 235, 238)."""

import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from floorgraph.model.command import CommandOutcome, OperationStatus, UserErrorCode
from floorgraph.model.ids import Kind
from floorgraph.vendors.cloudnest.commands.handling import Handler, bad_name, refused
from floorgraph.vendors.cloudnest.commands.inputs import AutoNest, CreateNestJob, DeleteNestJob
from floorgraph.vendors.cloudnest.commands.reading import being_cut, missing, not_a_nest, remote
from floorgraph.vendors.cloudnest.commands.writer import ALL_ABOUT_WORK
from floorgraph.vendors.cloudnest.endpoints import ADD_JOB, BOOST, DELETE_JOB
from floorgraph.vendors.cloudnest.mapping.tree import TOP
from floorgraph.vendors.commands import Advance, Result, Review, Settlement, Verdict
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.handling import error

LONGEST_NESTING = timedelta(hours=2)
"""How long a new layout is waited for."""


class Create(Handler[CreateNestJob]):
    """POST: {title, parent_id}; -1 is the top (inferred)."""

    endpoints: ClassVar[tuple[str, ...]] = (ADD_JOB,)

    async def review(self, command: CreateNestJob) -> Review:
        """The folder must be there."""
        errors = bad_name(command.name, "name")
        if errors:
            return Review(errors)
        if command.folder_id is not None and await self.reading.folder(command.folder_id) is None:
            return Review([missing("folder", command.folder_id, "folderId")])
        return Review((), {"jobs": await self.reading.titled(command.name, command.folder_id)})

    async def carry_out(self, command: CreateNestJob) -> Result:
        """The number of the job is in the answer, or among the jobs of that title."""
        parent = TOP if command.folder_id is None else int(remote(command.folder_id))
        known = list(self.reading.jobs.work.jobs)
        body = {"title": command.name, "parent_id": parent}
        try:
            answer = await self.writer.post(ADD_JOB, body, ALL_ABOUT_WORK)
        except SourceFailure as failure:
            return refused(failure, "folderId" if command.folder_id else "name")
        number = _number(answer)
        made = [self.reading.id(Kind.JOB, number)] if number is not None else []
        if not made:
            # It is done, whatever reading says.
            with contextlib.suppress(SourceFailure):
                made = await self._made(command, known)
        return Result(record_ids=made, vendor_answer=answer, after={"made": made})

    async def settle(self, command: CreateNestJob, before: Mapping[str, Any]) -> Settlement:
        """A job of that title more than before."""
        made = await self._made(command, before.get("jobs") or ())
        verdict = Verdict.DONE if made else Verdict.NOT_DONE
        return Settlement(verdict, made, {"made": made} if made else {})

    async def _made(self, command: CreateNestJob, before: Any) -> list[str]:
        now = await self.reading.titled(command.name, command.folder_id)
        return [job for job in now if job not in before]


class Delete(Handler[DeleteNestJob]):
    """POST: {job_id: [...]} (inferred, as other calls about jobs)."""

    endpoints: ClassVar[tuple[str, ...]] = (DELETE_JOB,)

    async def review(self, command: DeleteNestJob) -> Review:
        """It must be a nest, and no machine at it."""
        job = await self.reading.job(command.job_id)
        errors = not_a_nest(job, command.job_id)
        if errors or job is None:
            return Review(errors)
        tasks = await self.reading.tasks_of(command.job_id)
        before = {"job": job.name, "folder": job.folder_id, "tasks": [task.id for task in tasks]}
        return Review(being_cut(tasks), before)

    async def carry_out(self, command: DeleteNestJob) -> Result:
        """The answer says nothing more."""
        job = self.reading.jobs.work.jobs.get(command.job_id)
        try:
            body = {"job_id": [int(remote(command.job_id))]}
            shared = self.reading.sharing(command.job_id)
            answer = await self.writer.post(DELETE_JOB, body, ALL_ABOUT_WORK, shared)
        except SourceFailure as failure:
            return refused(failure, "jobId")
        ids = [command.job_id, *([job.folder_id] if job and job.folder_id else [])]
        return Result(record_ids=ids, vendor_answer=answer, after={"job": None})

    async def settle(self, command: DeleteNestJob, before: Mapping[str, Any]) -> Settlement:
        """Done when it is not in the tree any more."""
        if await self.reading.job(command.job_id) is not None:
            return Settlement(Verdict.NOT_DONE)
        folder = before.get("folder")
        return Settlement(Verdict.DONE, [command.job_id, *([folder] if folder else [])], {"job": None})


class Nest(Handler[AutoNest]):
    """POST: {job_id} (inferred). What becomes of it shows in the job's layouts alone."""

    endpoints: ClassVar[tuple[str, ...]] = (BOOST,)

    async def review(self, command: AutoNest) -> Review:
        """It must be a nest; whether it has parts is known only where they can be listed."""
        job = await self.reading.job(command.job_id)
        errors = not_a_nest(job, command.job_id)
        if errors:
            return Review(errors)
        layouts = await self.reading.layouts_of(command.job_id, self.reading.fresh())
        if await self._has_no_parts(command.job_id):
            message = "It has no parts that could be laid out; `addParts` brings them."
            errors = [error(message, UserErrorCode.NOT_POSSIBLE_NOW, "jobId")]
        return Review(errors, {"layouts": layouts})

    async def carry_out(self, command: AutoNest) -> Result:
        """Begun when the vendor says so."""
        layouts = await self.reading.layouts_of(command.job_id, Freshness())
        try:
            number = int(remote(command.job_id))
            answer = await self.writer.post(BOOST, {"job_id": number}, ALL_ABOUT_WORK, [number])
        except SourceFailure as failure:
            return refused(failure, "jobId")
        handle = None
        if self._shows_layouts:
            began = self.reading.gateway.clock.now().isoformat()
            handle = " ".join((began, *layouts))
        return Result(
            CommandOutcome.ACCEPTED, record_ids=[command.job_id], vendor_answer=answer, handle=handle
        )

    async def follow(self, command: AutoNest, handle: str) -> Advance:
        """Done with the first new layout; asked no more often than the quota allows."""
        began, *known = handle.split()
        age = max((self.reading.gateway.affordable(name) for name in self._lists), default=0.0)
        now = await self.reading.layouts_of(command.job_id, Freshness(max_age=age))
        made = [layout for layout in now if layout not in known]
        if made:
            self.writer.outdate(ALL_ABOUT_WORK, [int(remote(command.job_id))])
            result = {"layouts": made}
            return Advance(OperationStatus.SUCCEEDED, 1.0, record_ids=[command.job_id, *made], result=result)
        waited = self.reading.gateway.clock.now() - datetime.fromisoformat(began)
        if waited > LONGEST_NESTING:
            detail = f"no new layout within {LONGEST_NESTING.total_seconds() / 3600:g} hours"
            return Advance(OperationStatus.UNKNOWN, detail=detail)
        return Advance(OperationStatus.RUNNING, detail="no new layout yet")

    async def settle(self, command: AutoNest, before: Mapping[str, Any]) -> Settlement:
        """A new layout is a sign; that there is none says nothing, for it takes its time."""
        now = await self.reading.layouts_of(command.job_id, self.reading.fresh())
        made = [layout for layout in now if layout not in (before.get("layouts") or ())]
        if not made or not self._shows_layouts:
            return Settlement(Verdict.OPEN)
        return Settlement(Verdict.DONE, [command.job_id, *made], {"layouts": now})

    @property
    def _lists(self) -> list[str]:
        return self.reading.jobs.nesting.endpoints(Kind.LAYOUT)

    @property
    def _shows_layouts(self) -> bool:
        """Whether layouts can be seen before tasks are made of them."""
        return bool(self._lists)

    async def _has_no_parts(self, job_id: str) -> bool:
        return await self.reading.parts_of(job_id) == []


def _number(answer: Any) -> int | None:
    """The number of a job in an answer: {id}, or the number alone (inferred)."""
    found = answer.get("id", answer.get("job_id")) if isinstance(answer, dict) else answer
    return found if isinstance(found, int) and not isinstance(found, bool) else None
