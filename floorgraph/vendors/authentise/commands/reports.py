"""Traceability reports: documents that the vendor writes about one piece or one batch."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, Final

from floorgraph.model.command import Command, CommandOutcome
from floorgraph.model.ids import Kind
from floorgraph.vendors.answers import Image
from floorgraph.vendors.authentise.batches import BATCH
from floorgraph.vendors.authentise.commands.fetching import fetched
from floorgraph.vendors.authentise.commands.handling import Handler, advance_of, missing, refused, wrong
from floorgraph.vendors.authentise.commands.reading import named
from floorgraph.vendors.authentise.links import Ref, ref_of
from floorgraph.vendors.commands import Advance, Result, Review, Settlement, Verdict
from floorgraph.vendors.failures import NotFound, SourceFailure

OF_PIECE: Final = "traceability-report"
OF_BATCH: Final = "material-batch-traceability-report"
REPORTS: Final = frozenset({OF_PIECE, OF_BATCH})


class TraceabilityTopic(Enum):
    """What a report about a piece tells of.

    Clients must be ready for values that are added later.
    """

    CAD_MODEL_CHANGES = "CAD_MODEL_CHANGES"
    """Changes of its model."""
    CAD_MODEL_REPLACED = "CAD_MODEL_REPLACED"
    """Models that took another's place."""
    PRINT_EVENTS = "PRINT_EVENTS"
    """What happened while it was printed."""
    POST_PROCESS_EVENTS = "POST_PROCESS_EVENTS"
    """What happened while it was finished."""
    WORK_CHECKLIST_CHANGES = "WORK_CHECKLIST_CHANGES"
    """Changes of checklists."""
    MANUAL_NOTES = "MANUAL_NOTES"
    """What people noted."""
    OTHER = "OTHER"
    """Everything else."""
    WORK_INSTRUCTION_REPORT = "WORK_INSTRUCTION_REPORT"
    """Reports on work instructions."""
    PREPARATION_EVENTS = "PREPARATION_EVENTS"
    """What happened while it was prepared."""


@dataclass(frozen=True, kw_only=True)
class RequestTraceabilityReport(Command):
    """Have the vendor write a report of what happened to a piece or to a batch.

    It is written in the background; `operation` tells when it is ready and where the document is.
    Changes nothing but that the report is kept at the vendor. Authentise; for batches with the feature
    `material-management`.
    """

    kinds: ClassVar[dict[str, Kind]] = {"piece_id": Kind.PIECE, "batch_id": Kind.BATCH}

    piece_id: str | None = None
    """The piece; either this or `batchId`."""
    batch_id: str | None = None
    """The batch; either this or `pieceId`."""
    topics: tuple[TraceabilityTopic, ...] = ()
    """For a piece: what the report tells of; everything when empty. Batches have no topics."""


class Request(Handler[RequestTraceabilityReport]):
    """POST /traceability-report/ or /material-batch-traceability-report/."""

    resource: ClassVar[str] = OF_PIECE

    async def review(self, command: RequestTraceabilityReport) -> Review:
        """The piece or batch must be there."""
        if (command.piece_id is None) == (command.batch_id is None):
            return Review([wrong("A report is about a piece or about a batch, and about one of them.")])
        if command.batch_id is not None and command.topics:
            return Review([wrong("Reports about batches have no topics.", "topics")])
        ref = self._subject(command)
        if ref is None or await self.reading.row(ref) is None:
            kind, path = ("piece", "pieceId") if command.piece_id is not None else ("batch", "batchId")
            return Review([missing(kind, str(command.piece_id or command.batch_id), path)])
        known = await self.reading.latest(self._report(command), self._field(command), ref)
        return Review((), {"known": list(known.rows)})

    async def carry_out(self, command: RequestTraceabilityReport) -> Result:
        """Taken on; the record that `Location` leads to tells when it is ready."""
        ref = self._subject(command)
        assert ref is not None  # noqa: S101  reviewed
        body: dict[str, Any] = {self._field(command): self.reading.link(ref)}
        if command.piece_id is not None:
            topics = command.topics or tuple(TraceabilityTopic)
            body["filters"] = [topic.value.lower() for topic in topics]
        try:
            answer = await self.writer.post(self._report(command), body, ())
        except SourceFailure as failure:
            return refused(failure)
        handle = answer.made.remote if answer.made and answer.made.resource in REPORTS else None
        return Result(CommandOutcome.ACCEPTED, vendor_answer=answer.shown(), handle=handle)

    async def follow(self, command: RequestTraceabilityReport, handle: str) -> Advance:
        """Pending, processing, complete or error; the document is there when it is complete."""
        ref = _report_of(handle)
        if ref is None:
            return await super().follow(command, handle)
        row = await self.reading.item(ref)
        ready = row.get("status") == "complete" and bool(row.get("content"))
        return advance_of(row.get("status"), None, document=handle if ready else None)

    async def settle(self, command: RequestTraceabilityReport, before: Mapping[str, Any]) -> Settlement:
        """Done when there is one more report about it."""
        ref = self._subject(command)
        if ref is None:
            return Settlement(Verdict.OPEN)
        latest = await self.reading.latest(self._report(command), self._field(command), ref)
        fresh = latest.fresh(before.get("known") or ())
        if not fresh:
            return Settlement(latest.absence)
        report = f"{self._report(command)}/{next(iter(fresh))}"
        return Settlement(Verdict.DONE, after={"report": report}, handle=report)

    async def document(self, handle: str) -> Image | None:
        """The document itself; its link is asked for anew, as it holds for minutes only."""
        ref = _report_of(handle)
        if ref is None:
            return None
        content = (await self.reading.item(ref)).get("content")
        if not isinstance(content, str) or not content:
            source = self.reading.server.settings.key
            raise NotFound(source=source, endpoint=ref.resource, detail="the report has no document yet")
        return await fetched(content, self.reading.server)

    @staticmethod
    def _subject(command: RequestTraceabilityReport) -> Ref | None:
        if command.piece_id is not None:
            return named(command.piece_id, "piece")
        return None if command.batch_id is None else named(command.batch_id, BATCH)

    @staticmethod
    def _report(command: RequestTraceabilityReport) -> str:
        return OF_PIECE if command.piece_id is not None else OF_BATCH

    @staticmethod
    def _field(command: RequestTraceabilityReport) -> str:
        return "piece" if command.piece_id is not None else "material_batch"


def _report_of(handle: str) -> Ref | None:
    ref = ref_of(f"/{handle}/")
    return ref if ref is not None and ref.resource in REPORTS else None
