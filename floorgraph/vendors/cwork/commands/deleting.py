"""Commands that delete programs (vendor document: delete_version, delete_document, DeleteRemoteRange)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from floorgraph.model.command import CommandOutcome, UserErrorCode
from floorgraph.model.commands.programs import DeleteProgram, DeleteProgramRange, DeleteProgramVersion
from floorgraph.model.ids import GlobalId
from floorgraph.model.program import Program
from floorgraph.vendors.commands import Result, Review, Settlement, Verdict
from floorgraph.vendors.cwork.commands.handling import Handler, refused
from floorgraph.vendors.cwork.commands.reading import missing
from floorgraph.vendors.cwork.commands.sending import AFFECTED, not_ready
from floorgraph.vendors.cwork.commands.writer import questions, shown
from floorgraph.vendors.failures import NotFound, OutcomeUnknown, SourceFailure
from floorgraph.vendors.handling import error
from floorgraph.vendors.http import segment

HIGHEST = 999_999_999


class DeleteDocument(Handler[DeleteProgram]):
    """POST /stations/{id}/delete_document, into the recycle bin."""

    function: ClassVar[str] = "delete document"

    async def review(self, command: DeleteProgram) -> Review:
        """The document must be there, and not in the bin already."""
        program = await self._listed(command)
        if program is None:
            return Review([missing("program", command.program_id, "programId")])
        if program.protected:
            message = f"'{program.name}' is protected in CWork."
            return Review([error(message, UserErrorCode.NOT_POSSIBLE_NOW, "programId")])
        return Review((), {"program": program.name, "folder": program.folder, "station": program.station_id})

    async def carry_out(self, command: DeleteProgram) -> Result:
        """The answer is empty."""
        program = await self.reading.program(command.program_id)
        if program is None or program.station_id is None:
            gone = missing("program", command.program_id, "programId")
            return Result(CommandOutcome.REJECTED, errors=[gone])
        path = f"/stations/{segment(GlobalId.parse(program.station_id).remote)}/delete_document"
        body = {"DocumentId": int(GlobalId.parse(command.program_id).remote)}
        try:
            answer = await self.writer.post(self.function, path, body, AFFECTED)
        except NotFound as failure:
            return refused(failure, UserErrorCode.NOT_FOUND, "programId")
        ids = [command.program_id, program.station_id]
        return Result(record_ids=ids, vendor_answer=shown(answer), after={"program": None})

    async def settle(self, command: DeleteProgram, before: Mapping[str, Any]) -> Settlement:
        """Done when it is not listed any more."""
        station = before.get("station")
        if station is None:
            return Settlement(Verdict.OPEN)
        if any(one.id == command.program_id for one in await self.reading.programs(station)):
            return Settlement(Verdict.NOT_DONE)
        return Settlement(Verdict.DONE, [command.program_id, station], {"program": None})

    async def _listed(self, command: DeleteProgram) -> Program | None:
        """Lists leave out what is in the bin; a document by its handle may come from there."""
        program = await self.reading.program(command.program_id)
        if program is None or program.station_id is None:
            return None
        listed = await self.reading.programs(program.station_id)
        return next((one for one in listed if one.id == command.program_id), None)


class DeleteVersion(Handler[DeleteProgramVersion]):
    """POST /stations/{id}/delete_version."""

    function: ClassVar[str] = "delete version"

    async def review(self, command: DeleteProgramVersion) -> Review:
        """The version must be there."""
        version = await self.reading.version(command.version_id)
        if version is None:
            return Review([missing("version", command.version_id, "versionId")])
        found = {"version": version.label, "status": version.vendor_status, "sizeBytes": version.size_bytes}
        return Review((), found)

    async def carry_out(self, command: DeleteProgramVersion) -> Result:
        """The answer is empty; the number of the version goes as text, as in CWork's example."""
        version = await self.reading.version(command.version_id)
        program = None
        if version is not None and version.program_id is not None:
            program = await self.reading.program(version.program_id)
        if program is None or program.station_id is None:
            gone = missing("version", command.version_id, "versionId")
            return Result(CommandOutcome.REJECTED, errors=[gone])
        path = f"/stations/{segment(GlobalId.parse(program.station_id).remote)}/delete_version"
        body = {"VersionId": GlobalId.parse(command.version_id).remote}
        try:
            answer = await self.writer.post(self.function, path, body, AFFECTED)
        except NotFound as failure:
            return refused(failure, UserErrorCode.NOT_FOUND, "versionId")
        return Result(
            record_ids=[program.id, command.version_id], vendor_answer=shown(answer), after={"version": None}
        )

    async def settle(self, command: DeleteProgramVersion, before: Mapping[str, Any]) -> Settlement:
        """Done when it is gone."""
        del before
        if await self.reading.version(command.version_id) is not None:
            return Settlement(Verdict.NOT_DONE)
        return Settlement(Verdict.DONE, [command.version_id], {"version": None})


class DeleteRange(Handler[DeleteProgramRange]):
    """POST /macros/DeleteRemoteRange/{id}: in the machine's memory, of which CWork has no list."""

    function: ClassVar[str] = "delete range"

    async def review(self, command: DeleteProgramRange) -> Review:
        """The station must take programs, and the range make sense."""
        if not 0 <= command.first <= command.last <= HIGHEST:
            message = f"The range must lie within 0 and {HIGHEST}, 'last' not below 'first'."
            return Review([error(message, UserErrorCode.INVALID, "last")])
        station = await self.reading.station(command.station_id)
        return Review(not_ready(station, command.station_id))

    async def carry_out(self, command: DeleteProgramRange) -> Result:
        """FOCAS reports in `MacroStatus`, also when it stopped half way; the others answer with nothing."""
        path = f"/macros/DeleteRemoteRange/{segment(GlobalId.parse(command.station_id).remote)}"
        body: dict[str, Any] = {"MinRange": command.first, "MaxRange": command.last}
        if command.folder is not None:
            body["TargetFolder"] = command.folder
        if command.prefix is not None:
            body["Prefix"] = command.prefix
        answer = await self.writer.post(self.function, path, body, questions())
        status = answer.get("MacroStatus") if isinstance(answer, dict) else None
        if isinstance(status, dict) and str(status.get("StatusCode", "0")).strip() not in ("0", ""):
            raise self._stopped(status, answer)
        return Result(record_ids=[command.station_id], vendor_answer=shown(answer))

    def _stopped(self, status: Mapping[str, Any], answer: Mapping[str, Any]) -> SourceFailure:
        detail = answer.get("FileDeleteStatusDetail")
        name = detail.get("FileName") if isinstance(detail, dict) else None
        text = f"the machine stopped deleting at '{name}'" if name else "the machine stopped deleting"
        return OutcomeUnknown(
            source=self.reading.server.settings.key,
            endpoint=self.function,
            detail=f"{text}: {str(status.get('StatusMessage'))[:200]}",
            vendor_code=str(status.get("StatusCode")),
        )
