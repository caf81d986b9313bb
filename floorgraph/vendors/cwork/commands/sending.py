"""Commands that send programs to machines (vendor document, "Send", "MultiSend")."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from floorgraph.model.command import CommandOutcome, UserError, UserErrorCode
from floorgraph.model.commands.programs import FolderMode, SendProgram, SendPrograms
from floorgraph.model.ids import GlobalId
from floorgraph.model.program import Program
from floorgraph.model.station import Station
from floorgraph.vendors.commands import Result, Review, Settlement, Verdict
from floorgraph.vendors.cwork.commands.handling import Handler, refused
from floorgraph.vendors.cwork.commands.reading import missing
from floorgraph.vendors.cwork.commands.writer import questions, shown
from floorgraph.vendors.failures import NotFound, SourceFailure
from floorgraph.vendors.handling import error
from floorgraph.vendors.http import segment

AFFECTED = questions("/documents", "/versions")
MOST_PROGRAMS = 100
LONGEST_WAIT = 60_000
EXTENSION = "2019"


def not_ready(station: Station | None, station_id: str) -> list[UserError]:
    """Why nothing can be sent to a station."""
    if station is None:
        return [missing("station", station_id, "stationId")]
    if not station.enabled or not station.program_transfer:
        why = "is disabled" if not station.enabled else "takes no programs (DNC)"
        return [error(f"'{station.name}' {why} in CWork.", UserErrorCode.NOT_POSSIBLE_NOW, "stationId")]
    return []


def addressed(program: Program) -> dict[str, str]:
    """A document as sending names it."""
    return {
        "DocumentName": program.reference,
        "DocExtension": program.extension or "",
        "SourceFolder": program.folder or "",
    }


def refusal(failure: SourceFailure, *path: str) -> Result:
    """Why CWork does not send. Raises what is no refusal."""
    if failure.vendor_code == EXTENSION:
        return refused(failure, UserErrorCode.NOT_POSSIBLE_NOW, "stationId")
    if isinstance(failure, NotFound):
        return refused(failure, UserErrorCode.NOT_FOUND, *path, hint="Is it kept for this station?")
    raise failure


class Send(Handler[SendProgram]):
    """POST /stations/{id}/send/, with the slash at its end."""

    function: ClassVar[str] = "send"

    async def review(self, command: SendProgram) -> Review:
        """Station and program must be there; writing over needs the second switch."""
        errors = self._wrong(command)
        if errors:
            return Review(errors)
        station = await self.reading.station(command.station_id)
        program = await self.reading.program(command.program_id)
        errors = not_ready(station, command.station_id)
        if program is None:
            errors.append(missing("program", command.program_id, "programId"))
            return Review(errors)
        return Review(errors, {"program": program.name, "sentAt": await self._sent(command.program_id)})

    def _wrong(self, command: SendProgram) -> list[UserError]:
        if command.override and not self.reading.server.settings.destructive_commands:
            message = (
                "'override' loses what the machine has under that name, and the configuration does not allow "
                "commands that cannot be undone: `destructive_commands`."
            )
            return [error(message, UserErrorCode.DESTRUCTIVE_DISABLED, "override")]
        if not 0 <= command.wait_milliseconds <= LONGEST_WAIT:
            message = f"'waitMilliseconds' must be 0 to {LONGEST_WAIT}."
            return [error(message, UserErrorCode.INVALID, "waitMilliseconds")]
        return []

    async def carry_out(self, command: SendProgram) -> Result:
        """In the background, the answer is `{GUID, TimeTag, Status: "0: File Sent "}` and the last word."""
        program = await self.reading.program(command.program_id)
        if program is None:
            gone = missing("program", command.program_id, "programId")
            return Result(CommandOutcome.REJECTED, errors=[gone])
        path = f"/stations/{segment(GlobalId.parse(command.station_id).remote)}/send/"
        try:
            answer = await self.writer.post(self.function, path, _body(command, program), AFFECTED)
        except SourceFailure as failure:
            return refusal(failure, "programId")
        outcome = CommandOutcome.ACCEPTED if command.asynchronous else CommandOutcome.CONFIRMED
        return Result(outcome, record_ids=[command.program_id], vendor_answer=shown(answer))

    async def settle(self, command: SendProgram, before: Mapping[str, Any]) -> Settlement:
        """CWork notes when a version was last sent; that it was not noted proves nothing."""
        sent = await self._sent(command.program_id)
        if sent is not None and sent != before.get("sentAt"):
            return Settlement(Verdict.DONE, [command.program_id], {"sentAt": sent})
        return Settlement(Verdict.OPEN)

    async def _sent(self, program_id: str) -> str | None:
        return await last_sent(self, [program_id])


class SendSeveral(Handler[SendPrograms]):
    """POST /stations/{id}/multisend/."""

    function: ClassVar[str] = "send several"

    async def review(self, command: SendPrograms) -> Review:
        """Station and programs must be there."""
        if not 1 <= len(command.program_ids) <= MOST_PROGRAMS:
            message = f"'programIds' must name 1 to {MOST_PROGRAMS} programs."
            return Review([error(message, UserErrorCode.INVALID, "programIds")])
        errors = not_ready(await self.reading.station(command.station_id), command.station_id)
        programs = [await self.reading.program(one) for one in command.program_ids]
        for index, (program_id, program) in enumerate(zip(command.program_ids, programs, strict=True)):
            if program is None:
                errors.append(missing("program", program_id, "programIds", str(index)))
        if errors:
            return Review(errors)
        names = [program.name for program in programs if program is not None]
        return Review((), {"programs": names, "sentAt": await last_sent(self, command.program_ids)})

    async def carry_out(self, command: SendPrograms) -> Result:
        """All are found or none is sent."""
        programs = [await self.reading.program(one) for one in command.program_ids]
        body = {"Documents": [addressed(program) for program in programs if program is not None]}
        if len(body["Documents"]) != len(programs):
            gone = error("One of the programs is gone.", UserErrorCode.NOT_FOUND, "programIds")
            return Result(CommandOutcome.REJECTED, errors=[gone])
        path = f"/stations/{segment(GlobalId.parse(command.station_id).remote)}/multisend/"
        try:
            answer = await self.writer.post(self.function, path, body, AFFECTED)
        except SourceFailure as failure:
            return refusal(failure, "programIds")
        ids = [command.station_id, *command.program_ids]
        return Result(record_ids=ids, vendor_answer=shown(answer))


async def last_sent(handler: Handler[Any], program_ids: Sequence[str]) -> str | None:
    """When one of these programs was last sent to a machine, by CWork's notes."""
    moments: list[datetime] = []
    for program_id in program_ids:
        try:
            versions = await handler.reading.versions_of(program_id)
        except NotFound:
            continue  # A document without versions.
        moments += [one.sent_at for one in versions if one.sent_at is not None]
    return max(moments).isoformat() if moments else None


def _body(command: SendProgram, program: Program) -> dict[str, Any]:
    body: dict[str, Any] = addressed(program) | {"Override": command.override}
    if command.destination_folder is not None:
        body["DestinationFolder"] = command.destination_folder
    if command.folder_mode is not None:
        override = command.folder_mode is FolderMode.OVERRIDE
        body["DestinationFolderMode"] = "override" if override else "append"
    if command.asynchronous:
        # Spelt as CWork spells it; the unit is inferred from the example.
        body |= {"AsynchronousMode": True, "WaitBeforQuerySendStatus": command.wait_milliseconds}
    return body
