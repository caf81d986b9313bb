"""Commands on the documents that CWork keeps (vendor document, "Create a document", "Submit a version",
"Certify a version")."""

import asyncio
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

from floorgraph.model.command import CommandOutcome, UserError, UserErrorCode
from floorgraph.model.commands.programs import CertifyProgramVersion, CreateProgram, SubmitProgramVersion
from floorgraph.model.ids import GlobalId, Kind
from floorgraph.model.program import Program, ProgramVersion
from floorgraph.vendors.commands import Result, Review, Settlement, Verdict
from floorgraph.vendors.cwork.commands.handling import Handler, refused
from floorgraph.vendors.cwork.commands.reading import missing
from floorgraph.vendors.cwork.commands.sending import AFFECTED
from floorgraph.vendors.cwork.commands.writer import shown
from floorgraph.vendors.failures import (
    Conflict,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    SourceFailure,
    VendorFailure,
)
from floorgraph.vendors.handling import error
from floorgraph.vendors.http import segment

LONGEST_CONTENT = 200_000
CUSTOM = tuple(f"Custom{number}" for number in range(1, 6))
DIGEST_DIFFERS, NOT_IN_FOLDER = "2017", "2015"


class Create(Handler[CreateProgram]):
    """POST /documents."""

    function: ClassVar[str] = "create document"

    async def review(self, command: CreateProgram) -> Review:
        """The station must be there, and no document of that name in the folder."""
        errors = _faults(command)
        if errors:
            return Review(errors)
        if await self.reading.station(command.station_id) is None:
            return Review([missing("station", command.station_id, "stationId")])
        same = await self._same(command)
        if same is not None:
            message = f"'{same.name}' is there already: {same.id}."
            return Review([error(message, UserErrorCode.CONFLICT, "reference")])
        return Review((), {"program": None})

    async def carry_out(self, command: CreateProgram) -> Result:
        """The answer is the document; 2012 means that it is there already."""
        body: dict[str, Any] = {
            "Reference": command.reference,
            "StationId": int(GlobalId.parse(command.station_id).remote),
            "Extension": command.extension or "",
            "Folder": (command.folder or "").replace("/", "\\"),
            "Protected": command.protected,
            "Archived": command.archived,
        }
        body |= {custom.name: custom.value for custom in command.custom_fields}
        try:
            answer = await self.writer.post(self.function, "/documents", body, AFFECTED)
        except Conflict as failure:
            return refused(failure, UserErrorCode.CONFLICT, "reference")
        handle = _named(answer, "DocumentId")
        ids = [] if handle is None else [self.reading.id(Kind.PROGRAM, handle)]
        return Result(record_ids=ids, vendor_answer=shown(answer), after={"program": ids[0] if ids else None})

    async def settle(self, command: CreateProgram, before: Mapping[str, Any]) -> Settlement:
        """Done when the document is there: it was not before."""
        del before
        found = await self._same(command)
        if found is None:
            return Settlement(Verdict.NOT_DONE)
        return Settlement(Verdict.DONE, [found.id], {"program": found.id})

    async def _same(self, command: CreateProgram) -> Program | None:
        wanted = (command.reference, command.extension or "", _folder(command.folder))
        for program in await self.reading.programs(command.station_id):
            if (program.reference, program.extension or "", _folder(program.folder)) == wanted:
                return program
        return None


class Submit(Handler[SubmitProgramVersion]):
    """POST /documents/{id}/versions, with the file in the exchange folder."""

    function: ClassVar[str] = "submit version"

    def lacking(self) -> str | None:
        """Why versions cannot be handed in."""
        if self.reading.server.settings.exchange_dir is None:
            return "needs `exchange_dir`, CWork's exchange folder, in the source's configuration"
        return super().lacking()

    async def review(self, command: SubmitProgramVersion) -> Review:
        """The document must be there, and the exchange folder as well."""
        if not 0 < len(command.content) <= LONGEST_CONTENT:
            message = f"'content' must have 1 to {LONGEST_CONTENT} characters."
            return Review([error(message, UserErrorCode.INVALID, "content")])
        folder = self._folder()
        if not await asyncio.to_thread(folder.is_dir):
            return Review([error("CWork's exchange folder is not there.", UserErrorCode.SOURCE_UNAVAILABLE)])
        if await self.reading.program(command.program_id) is None:
            return Review([missing("program", command.program_id, "programId")])
        known = await self._versions(command.program_id)
        size = len(command.content.encode())
        return Review((), {"versions": sorted(known), "sizeBytes": size})

    async def carry_out(self, command: SubmitProgramVersion) -> Result:
        """The file is taken away again once the answer is clear; CWork tidies the folder as well."""
        content = command.content.encode()
        file = self._folder() / f"fg-{uuid4().hex}.nc"
        body = {"File": file.name, "Md5": self._digest(content), "Comment": command.comment or ""}
        path = f"/documents/{segment(GlobalId.parse(command.program_id).remote)}/versions"
        try:
            await asyncio.to_thread(file.write_bytes, content)
        except OSError as trouble:
            text = f"The exchange folder cannot be written to: {trouble.strerror}."
            return Result(CommandOutcome.REJECTED, errors=[error(text, UserErrorCode.SOURCE_UNAVAILABLE)])
        try:
            answer = await self.writer.post(self.function, path, body, AFFECTED)
        except OutcomeUnknown:
            raise  # CWork may still read the file.
        except SourceFailure as failure:
            await asyncio.to_thread(file.unlink, missing_ok=True)
            return _not_taken(failure)
        await asyncio.to_thread(file.unlink, missing_ok=True)
        handle = _named(answer, "VersionId")
        ids = [] if handle is None else [self.reading.id(Kind.PROGRAM_VERSION, handle)]
        return Result(record_ids=[*ids, command.program_id], vendor_answer=shown(answer))

    async def settle(self, command: SubmitProgramVersion, before: Mapping[str, Any]) -> Settlement:
        """Done when there is one more version, of that size."""
        now = await self._versions(command.program_id)
        fresh = sorted(now.keys() - set(before.get("versions", ())))
        sizes = [one for one in fresh if now[one].size_bytes == before.get("sizeBytes")]
        if not fresh:
            return Settlement(Verdict.NOT_DONE)
        if len(sizes) != 1:
            return Settlement(Verdict.OPEN)
        return Settlement(Verdict.DONE, [sizes[0], command.program_id], {"versions": sorted(now)})

    def _folder(self) -> Path:
        return self.reading.server.settings.exchange_dir or Path()

    def _digest(self, content: bytes) -> str:
        """Checks that the file arrived, nothing more; CWork takes an empty one for none."""
        kind = self.reading.server.settings.exchange_digest
        return "" if kind == "none" else hashlib.new(kind, content, usedforsecurity=False).hexdigest().upper()

    async def _versions(self, program_id: str) -> dict[str, ProgramVersion]:
        try:
            return {one.id: one for one in await self.reading.versions_of(program_id)}
        except NotFound:
            return {}


class Certify(Handler[CertifyProgramVersion]):
    """POST (or GET, by the document) /versions/{id}/certify."""

    function: ClassVar[str] = "certify"

    async def review(self, command: CertifyProgramVersion) -> Review:
        """The version must be there."""
        if not command.status.strip():
            return Review([error("'status' must not be empty.", UserErrorCode.INVALID, "status")])
        version = await self.reading.version(command.version_id)
        if version is None:
            return Review([missing("version", command.version_id, "versionId")])
        known = await self._of_program(version)
        return Review((), {"status": version.vendor_status, "versions": sorted(known)})

    async def carry_out(self, command: CertifyProgramVersion) -> Result:
        """The answer names the version that has the status now."""
        path = f"/versions/{segment(GlobalId.parse(command.version_id).remote)}/certify"
        body = {"NewStatus": command.status}
        if command.comment is not None:
            body["Comments"] = command.comment
        method = self.reading.server.settings.certify_method
        try:
            answer = await self.writer.post(self.function, path, body, AFFECTED, method)
        except Forbidden as failure:
            return refused(failure, UserErrorCode.REFUSED_BY_VENDOR, "status")
        except VendorFailure:
            raise
        except SourceFailure as failure:
            if failure.vendor_code == "1010":
                return refused(failure, UserErrorCode.INVALID, "status")
            raise
        handle = _named(answer, "VersionId")
        ids = [command.version_id if handle is None else self.reading.id(Kind.PROGRAM_VERSION, handle)]
        return Result(record_ids=ids, vendor_answer=shown(answer))

    async def settle(self, command: CertifyProgramVersion, before: Mapping[str, Any]) -> Settlement:
        """Done when the version has the status, or a new one made of it has."""
        version = await self.reading.version(command.version_id)
        if version is None:
            return Settlement(Verdict.OPEN)
        if version.vendor_status == command.status != before.get("status"):
            return Settlement(Verdict.DONE, [version.id], {"status": version.vendor_status})
        known = await self._of_program(version)
        fresh = sorted(known.keys() - set(before.get("versions", ())))
        certified = [one for one in fresh if known[one].vendor_status == command.status]
        if certified:
            return Settlement(Verdict.DONE, [certified[-1]], {"status": command.status})
        same = not fresh and version.vendor_status == before.get("status") != command.status
        return Settlement(Verdict.NOT_DONE if same else Verdict.OPEN)

    async def _of_program(self, version: ProgramVersion) -> dict[str, ProgramVersion]:
        if version.program_id is None:
            return {version.id: version}
        return {one.id: one for one in await self.reading.versions_of(version.program_id)}


def _faults(command: CreateProgram) -> list[UserError]:
    if not command.reference.strip():
        return [error("'reference' must not be empty.", UserErrorCode.INVALID, "reference")]
    for index, custom in enumerate(command.custom_fields):
        if custom.name not in CUSTOM:
            message = f"There is no field '{custom.name[:40]}'; CWork has {', '.join(CUSTOM)}."
            return [error(message, UserErrorCode.INVALID, "customFields", str(index), "name")]
    return []


def _not_taken(failure: SourceFailure) -> Result:
    """Why CWork does not take a version. Raises what is no refusal."""
    if failure.vendor_code == DIGEST_DIFFERS:
        hint = "See `exchange_digest` in the source's configuration."
        return refused(failure, UserErrorCode.REFUSED_BY_VENDOR, hint=hint)
    if failure.vendor_code == NOT_IN_FOLDER:
        hint = "Is `exchange_dir` in the source's configuration CWork's own folder?"
        return refused(failure, UserErrorCode.REFUSED_BY_VENDOR, hint=hint)
    if isinstance(failure, NotFound):
        return refused(failure, UserErrorCode.NOT_FOUND, "programId")
    raise failure


def _named(answer: Any, name: str) -> Any:
    return answer.get(name) if isinstance(answer, dict) else None


def _folder(text: str | None) -> str:
    return (text or "").replace("\\", "/").strip("/")
