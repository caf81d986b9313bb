"""Transforming pieces that a job works on (`POST /run-transformation/`, `POST /shipment/split/`)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from floorgraph.model.command import CommandOutcome, UserError, UserErrorCode
from floorgraph.model.ids import Kind
from floorgraph.vendors.authentise.commands.handling import (
    Handler,
    advance_of,
    not_now,
    refused,
    text_of,
    wrong,
)
from floorgraph.vendors.authentise.commands.pieces import pieces_of, told
from floorgraph.vendors.authentise.commands.reading import named, remote
from floorgraph.vendors.authentise.commands.runs import UNDER_WAY, WAITING, run_of, status_of
from floorgraph.vendors.authentise.commands.transformations import PieceTransformation, TransformPieces
from floorgraph.vendors.authentise.commands.writer import WORK
from floorgraph.vendors.authentise.links import Ref, ref_of, refs_of
from floorgraph.vendors.authentise.mapping.frame import folded
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.commands import Advance, Result, Review, Settlement, Verdict
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.handling import error

TRANSFORM, SPLIT = "run-transformation", "shipment/split"
ACCESS = "access-info-for-resource"
FINAL = frozenset({"complete", "error"})
LONGEST_REASON = 2_000


class Transform(Handler[TransformPieces]):
    """POST /run-transformation/ or /shipment/split/."""

    resource: ClassVar[str] = TRANSFORM

    async def review(self, command: TransformPieces) -> Review:
        """The job must be under way and work on all of the pieces, and the user be allowed to do it."""
        errors = self._of_words(command)
        run = await run_of(self, command.job_id)
        if isinstance(run, UserError):
            return Review([*errors, run])
        pieces, wrongs = await pieces_of(self, command.piece_ids)
        errors += wrongs or await self._of_run(command, run, pieces)
        errors += [] if errors else await self._of_rights(command, run)
        known = [] if errors else list((await self.reading.latest(TRANSFORM, "source_run", run.ref)).rows)
        return Review(errors, {"status": run.get("status"), "pieces": told(pieces), "known": known})

    @staticmethod
    def _of_words(command: TransformPieces) -> list[UserError]:
        errors = []
        changes = command.transformation is PieceTransformation.CHANGE_WORKFLOW
        if changes != bool(command.workflow_steps):
            message = "CHANGE_WORKFLOW, and nothing else, needs the steps of the new way."
            errors.append(wrong(message, "workflowSteps"))
        for index, step in enumerate(command.workflow_steps):
            if remote(step, "process-step") is None:
                message = f"'{step[:80]}' is no process step; they are written process-step/<uuid>."
                errors.append(wrong(message, "workflowSteps", str(index)))
        if command.reason is not None and len(command.reason) > LONGEST_REASON:
            errors.append(wrong(f"A reason has at most {LONGEST_REASON} characters.", "reason"))
        return errors

    async def _of_run(self, command: TransformPieces, run: Row, pieces: Mapping[Ref, Row]) -> list[UserError]:
        now = status_of(run)
        apart = command.transformation is PieceTransformation.SPLIT_SHIPMENT
        if now not in UNDER_WAY and not (apart and now in WAITING):
            message = f"The job is {now.value}; its pieces can be transformed while it is RUNNING or PAUSED."
            return [not_now(message, "jobId")]
        if apart and run.get("operation") != "shipping":
            return [not_now("Only the pieces of a shipping job can be sent apart.", "transformation")]
        prints = await self._prints(run)
        return [
            not_now(f"'{row.get('name')}' is not worked on by this job.", "pieceIds", str(index))
            for index, (ref, row) in enumerate(pieces.items())
            if ref not in prints
        ]

    async def _of_rights(self, command: TransformPieces, run: Row) -> list[UserError]:
        """What the vendor says about who may do what with a run (`/access-info-for-resource/`)."""
        if self.reading.server.off(ACCESS) is not None:
            return []
        try:
            rows = await self.reading.allowed(run.ref)
        except SourceFailure as failure:
            if self.reading.server.learn_absence(ACCESS, failure):
                return []
            raise
        word = command.transformation.value.lower()
        for action in (one for row in rows for one in row.get("actions") or () if isinstance(one, dict)):
            if action.get("type") == word and action.get("disallow_by_edit_groups"):
                message = "The vendor lets only certain groups do this, and the configured user is in none."
                return [error(message, UserErrorCode.REFUSED_BY_VENDOR, "transformation")]
        return []

    async def _prints(self, run: Row) -> dict[Ref, Ref]:
        """The pieces that a run works on, and what the vendor calls prints of them."""
        rows = await self.reading.related("print", "run", run.ref)
        return {piece: row.ref for row in rows if (piece := row.link("piece"))}

    async def carry_out(self, command: TransformPieces) -> Result:
        """Taken on in the background; pieces that wait to be sent are set apart at once."""
        run = await run_of(self, command.job_id)
        if isinstance(run, UserError):
            return Result(CommandOutcome.REJECTED, errors=[run])
        refs = [ref for one in command.piece_ids if (ref := named(one, "piece"))]
        if status_of(run) in WAITING:
            return await self._split(refs)
        prints = await self._prints(run)
        gone = [ref for ref in refs if ref not in prints]
        if gone:
            message = "Some of the pieces have left the job meanwhile."
            return Result(CommandOutcome.REJECTED, errors=[not_now(message, "pieceIds")])
        body: dict[str, Any] = {
            "source_run": self.reading.link(run.ref),
            "type": command.transformation.value.lower(),
            "prints": [self.reading.link(prints[ref]) for ref in refs],
        }
        steps = [remote(step, "process-step") for step in command.workflow_steps]
        given = {
            "notes": command.reason,
            "process_steps": [self.reading.link(step) for step in steps if step] or None,
            "split_piece_schedules": command.separate_schedules,
        }
        body |= {name: value for name, value in given.items() if value is not None}
        try:
            answer = await self.writer.post(TRANSFORM, body, WORK)
        except SourceFailure as failure:
            return refused(failure)
        handle = answer.made.remote if answer.made and answer.made.resource == TRANSFORM else None
        return Result(CommandOutcome.ACCEPTED, [command.job_id], (), answer.shown(), handle=handle)

    async def _split(self, refs: list[Ref]) -> Result:
        body = {"pieces": [self.reading.link(ref) for ref in refs]}
        try:
            answer = await self.writer.post(SPLIT, body, WORK)
        except SourceFailure as failure:
            return refused(failure, "pieceIds")
        made = ref_of(answer.body.get("run"), "run") if isinstance(answer.body, dict) else None
        records = [] if made is None else [self.reading.id(Kind.JOB, made)]
        return Result(record_ids=records, vendor_answer=answer.shown())

    async def follow(self, command: TransformPieces, handle: str) -> Advance:
        """Pending, processing, complete or error, with the runs that came of it; the notes say why."""
        ref = ref_of(f"/{handle}/")
        if ref is None:
            return await super().follow(command, handle)
        row = await self.reading.item(ref)
        if row.get("status") in FINAL:
            self.writer.outdate(WORK)
        made = [self.reading.id(Kind.JOB, one) for one in refs_of(row.get("destination_runs"), "run")]
        return advance_of(
            row.get("status"), text_of(row.get("notes")), record_ids=made, result={"jobs": made}
        )

    async def settle(self, command: TransformPieces, before: Mapping[str, Any]) -> Settlement:
        """Done when there is one more transformation of this sort for the same pieces of the run."""
        run = await run_of(self, command.job_id)
        if isinstance(run, UserError) or folded(str(before.get("status"))) in ("queued", "queued-work-ready"):
            return await self._settle_split(command, run)
        latest = await self.reading.latest(TRANSFORM, "source_run", run.ref)
        for uuid, row in latest.fresh(before.get("known") or ()).items():
            if row.get("type") == command.transformation.value.lower():
                made = [self.reading.id(Kind.JOB, one) for one in refs_of(row.get("destination_runs"), "run")]
                request = f"{TRANSFORM}/{uuid}"
                records = [command.job_id, *made]
                return Settlement(Verdict.DONE, records, {"request": request}, handle=request)
        return Settlement(latest.absence)

    async def _settle_split(self, command: TransformPieces, run: Row | UserError) -> Settlement:
        """Pieces that were set apart are no longer in the job."""
        if isinstance(run, UserError):
            return Settlement(Verdict.OPEN)
        prints = await self._prints(run)
        refs = [ref for one in command.piece_ids if (ref := named(one, "piece"))]
        still = [ref for ref in refs if ref in prints]
        verdict = Verdict.NOT_DONE if len(still) == len(refs) else Verdict.OPEN if still else Verdict.DONE
        return Settlement(verdict, [command.job_id])
