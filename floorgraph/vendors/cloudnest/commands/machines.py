"""Commands that send something to a machine (section 5.3: page 243; section 5.4)."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, ClassVar

from floorgraph.model.command import CommandOutcome, UserError, UserErrorCode
from floorgraph.model.ids import Kind
from floorgraph.model.job import JobKind
from floorgraph.model.station import LiveStatus, StationStatus
from floorgraph.vendors.cloudnest.commands.handling import LONGEST_FILE as LONGEST
from floorgraph.vendors.cloudnest.commands.handling import Handler, bad_count, bad_file, refused
from floorgraph.vendors.cloudnest.commands.inputs import PushLayoutToStation, UploadCutTask
from floorgraph.vendors.cloudnest.commands.reading import missing, numbers
from floorgraph.vendors.cloudnest.commands.writer import ALL_ABOUT_WORK, LIVE
from floorgraph.vendors.cloudnest.endpoints import PUSH_LAYOUT, UPLOAD_CUT
from floorgraph.vendors.cloudnest.machines import Machine
from floorgraph.vendors.cloudnest.mapping.frame import canonical
from floorgraph.vendors.commands import Result, Review, Settlement, Verdict
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.handling import error
from floorgraph.vendors.http import Form

FILE = "application/octet-stream"


class Push(Handler[PushLayoutToStation]):
    """POST: {guid, gmid, amount} (inferred)."""

    endpoints: ClassVar[tuple[str, ...]] = (PUSH_LAYOUT,)

    async def review(self, command: PushLayoutToStation) -> Review:
        """Layout and machine must be there, and the machine reachable."""
        errors = bad_count(command.copies, "copies")
        if errors:
            return Review(errors)
        if await self.reading.layout(command.layout_id) is None:
            return Review([missing("layout", command.layout_id, "layoutId")])
        machine = await self.reading.machine(command.station_id)
        if machine is None:
            return Review([missing("station", command.station_id, "stationId")])
        if machine.gmid is None:
            message = (
                f"CloudNest does not know '{machine.station.name}': which `gmid` it has is told by "
                "`machines` in the configuration."
            )
            return Review([error(message, UserErrorCode.NOT_POSSIBLE_NOW, "stationId")])
        errors = not_ready(machine, await self.reading.report(command.station_id))
        return Review(errors, {} if errors else {"tasks": await self._tasks(command)})

    async def carry_out(self, command: PushLayoutToStation) -> Result:
        """The GUID of the task is in the answer (inferred)."""
        machine = await self.reading.machine(command.station_id)
        layout = self.reading.jobs.work.layouts.get(command.layout_id)
        if machine is None or machine.gmid is None or layout is None:
            return refused_now(command)
        written = layout.raw if isinstance(layout.raw, dict) else {}
        guid = str(written.get("result_guid") or written.get("guid") or layout.remote_id)
        body = {"guid": guid, "gmid": machine.gmid, "amount": command.copies}
        try:
            nests = numbers(layout.job_ids)
            answer = await self.writer.post(PUSH_LAYOUT, body, ALL_ABOUT_WORK | LIVE, nests)
        except SourceFailure as failure:
            return refused(failure, "stationId")
        task = answer.get("guid") if isinstance(answer, dict) else None
        made = [self.reading.id(Kind.JOB, canonical(task))] if isinstance(task, str) else []
        return Result(record_ids=[*made, command.layout_id, command.station_id], vendor_answer=answer)

    async def settle(self, command: PushLayoutToStation, before: Mapping[str, Any]) -> Settlement:
        """A task of that layout at that machine more than before."""
        now = await self._tasks(command)
        made = [task for task in now if task not in (before.get("tasks") or ())]
        if not made:
            return Settlement(Verdict.NOT_DONE)
        return Settlement(Verdict.DONE, [*made, command.layout_id, command.station_id], {"tasks": now})

    async def _tasks(self, command: PushLayoutToStation) -> list[str]:
        layout = await self.reading.layout(command.layout_id)
        nests = numbers(layout.job_ids) if layout else []
        found = [
            task for nest in nests for task in await self.reading.tasks_of(self.reading.id(Kind.JOB, nest))
        ]
        return sorted(
            {
                task.id
                for task in found
                if task.kind is JobKind.TASK
                and task.station_id == command.station_id
                and command.layout_id in task.layout_ids
            }
        )


class Upload(Handler[UploadCutTask]):
    """POST of a form: the file, cardId, taskName, taskAmount. The reply is not documented."""

    endpoints: ClassVar[tuple[str, ...]] = (UPLOAD_CUT,)

    async def review(self, command: UploadCutTask) -> Review:
        """The machine must cut, and be reachable."""
        errors = [
            *bad_file(command.name, "name"),
            *bad_count(command.copies, "copies"),
            *_bad_content(command.content_base64),
        ]
        if errors:
            return Review(errors)
        machine = await self.reading.machine(command.station_id)
        if machine is None:
            return Review([missing("station", command.station_id, "stationId")])
        if machine.card is None:
            message = (
                f"'{machine.station.name}' has no control card in this account, so nothing can reach it."
            )
            return Review([error(message, UserErrorCode.NOT_POSSIBLE_NOW, "stationId")])
        report = await self.reading.report(command.station_id)
        return Review(not_ready(machine, report), {"file": report.running_program if report else None})

    async def carry_out(self, command: UploadCutTask) -> Result:
        """Done when the gateway says so."""
        machine = await self.reading.machine(command.station_id)
        if machine is None or machine.card is None:
            return refused_now(command)
        fields = {"cardId": machine.card, "taskName": command.name, "taskAmount": str(command.copies)}
        content = base64.b64decode(command.content_base64)
        try:
            answer = await self.writer.post(
                UPLOAD_CUT, Form(fields, {"file": (command.name, content, FILE)}), LIVE
            )
        except SourceFailure as failure:
            return refused(failure, "stationId")
        return Result(record_ids=[command.station_id], vendor_answer=answer)

    async def settle(self, command: UploadCutTask, before: Mapping[str, Any]) -> Settlement:
        """No call tells what a machine was sent."""
        del command, before
        return Settlement(Verdict.OPEN)


def not_ready(machine: Machine, report: LiveStatus | None) -> list[UserError]:
    """Why a machine takes nothing now."""
    name = machine.station.name
    if machine.welder:
        message = f"'{name}' welds; it takes no cutting work."
        return [error(message, UserErrorCode.NOT_POSSIBLE_NOW, "stationId")]
    state = report.state if report else None
    if state is not None and state.status is StationStatus.OFFLINE:
        why = "its software is closed" if state.reason else "it is offline"
        return [error(f"'{name}' takes nothing: {why}.", UserErrorCode.NOT_POSSIBLE_NOW, "stationId")]
    return []


def refused_now(command: PushLayoutToStation | UploadCutTask) -> Result:
    """That what was there when the command was judged is not there any more."""
    gone = missing("station", command.station_id, "stationId")
    return Result(CommandOutcome.REJECTED, errors=[gone])


def _bad_content(content: str) -> list[UserError]:
    try:
        decoded = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    if decoded and len(content) <= LONGEST:
        return []
    message = f"The file must be Base64, 1 to {LONGEST:,} characters."
    return [error(message, UserErrorCode.INVALID, "contentBase64")]
