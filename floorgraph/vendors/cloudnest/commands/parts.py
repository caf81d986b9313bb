"""Commands on parts and drawings of nesting jobs (section 5.2: pages 207, 206; 5.3: pages 218, 236)."""

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

from floorgraph.model.command import CommandOutcome, OperationStatus, UserError, UserErrorCode
from floorgraph.model.ids import Kind
from floorgraph.vendors.cloudnest.commands.handling import (
    Handler,
    bad_count,
    bad_file,
    bad_length,
    bad_name,
    bad_text,
    refused,
)
from floorgraph.vendors.cloudnest.commands.inputs import AddParts, NewDrawnPart, NewShape, UploadDrawing
from floorgraph.vendors.cloudnest.commands.reading import not_a_nest, remote
from floorgraph.vendors.cloudnest.commands.writer import ALL_ABOUT_WORK
from floorgraph.vendors.cloudnest.endpoints import (
    DRAW_PART,
    DRAWING_STATUS,
    DRAWINGS,
    IMPORT_PARTS,
    UPLOAD_DRAWING,
)
from floorgraph.vendors.cloudnest.mapping.frame import canonical
from floorgraph.vendors.commands import Advance, Result, Review, Settlement, Verdict
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.handling import error
from floorgraph.vendors.http import Form

MOST_DRAWINGS = 20
MOST_PARTS = 1_000_000
COLOUR = frozenset("0123456789abcdefABCDEF")
DXF = "application/dxf"


class Add(Handler[AddParts]):
    """A shape as JSON in camelCase, drawings as a form with a list in snake_case: the documented bodies."""

    endpoints: ClassVar[tuple[str, ...]] = (DRAW_PART, IMPORT_PARTS)

    async def review(self, command: AddParts) -> Review:
        """The job must be a nest, and what is given be complete."""
        errors = _bad_parts(command)
        lacking = self.writer.lacking(_endpoint(command))
        if lacking is not None:
            field = "shape" if command.shape else "drawings"
            errors.append(error(lacking, UserErrorCode.UNSUPPORTED, field))
        if errors:
            return Review(errors)
        errors = not_a_nest(await self.reading.job(command.job_id), command.job_id)
        materials = None if errors else await self.reading.materials()
        if materials is not None:
            errors += _unknown_materials(command, sorted(materials.values()))
        return Review(errors, {} if errors else {"parts": await self.reading.parts_of(command.job_id)})

    async def carry_out(self, command: AddParts) -> Result:
        """The GUIDs of the parts are in the answer (inferred)."""
        number = int(remote(command.job_id))
        body = _drawn(command.shape, number) if command.shape else _imported(command.drawings, number)
        try:
            answer = await self.writer.post(_endpoint(command), body, ALL_ABOUT_WORK, [number])
        except SourceFailure as failure:
            return refused(failure, "shape" if command.shape else "drawings")
        pieces = [self.reading.id(Kind.PIECE, guid) for guid in _guids(answer)]
        return Result(record_ids=[command.job_id, *pieces], vendor_answer=answer)

    async def settle(self, command: AddParts, before: Mapping[str, Any]) -> Settlement:
        """More parts of these names than before."""
        old, now = before.get("parts"), await self.reading.parts_of(command.job_id)
        if old is None or now is None:
            return Settlement(Verdict.OPEN)
        names = _names(command)
        more = [now.count(name) - old.count(name) for name in dict.fromkeys(names)]
        wanted = [names.count(name) for name in dict.fromkeys(names)]
        if all(found >= need for found, need in zip(more, wanted, strict=True)):
            return Settlement(Verdict.DONE, [command.job_id], {"parts": now})
        return Settlement(Verdict.OPEN if any(found > 0 for found in more) else Verdict.NOT_DONE)


class Upload(Handler[UploadDrawing]):
    """POST of a form with the file and `job_id` (inferred)."""

    endpoints: ClassVar[tuple[str, ...]] = (UPLOAD_DRAWING,)

    async def review(self, command: UploadDrawing) -> Review:
        """The job must be a nest."""
        errors = [*bad_file(command.name, "name"), *bad_text(command.dxf, "dxf")]
        if not errors:
            errors = not_a_nest(await self.reading.job(command.job_id), command.job_id)
        return Review(errors, {} if errors else {"drawings": await self._drawings(command)})

    async def carry_out(self, command: UploadDrawing) -> Result:
        """Processed afterwards; how far that is can be asked where that path is configured."""
        number = remote(command.job_id)
        form = Form({"job_id": number}, {"file": (command.name, command.dxf.encode(), DXF)})
        try:
            answer = await self.writer.post(UPLOAD_DRAWING, form, ALL_ABOUT_WORK, [int(number)])
        except SourceFailure as failure:
            return refused(failure, "dxf")
        guids = _guids(answer)
        follows = bool(guids) and self.writer.lacking(DRAWING_STATUS) is None
        return Result(
            CommandOutcome.ACCEPTED if follows else CommandOutcome.CONFIRMED,
            record_ids=[command.job_id],
            vendor_answer=answer,
            handle=guids[0] if follows else None,
        )

    async def follow(self, command: UploadDrawing, handle: str) -> Advance:
        """Processed when the vendor's status is not 0 (its words are not documented; 1 is inferred).

        Asked no more often than the quota allows.
        """
        age = Freshness(max_age=self.reading.gateway.affordable(DRAWING_STATUS))
        rows = await self.reading.rows(DRAWING_STATUS, {"job_id": [int(remote(command.job_id))]}, age)
        own = [row for row in rows if handle in (_guid(row.get("drawing_guid")), _guid(row.get("guid")))]
        if not own:
            return Advance(OperationStatus.UNKNOWN, detail="the vendor lists the drawing no more")
        status = own[0].get("status")
        if status in (0, "0", None):
            return Advance(OperationStatus.RUNNING, detail="being processed")
        # Nobody tells whether it made parts, so that they are looked for.
        self.writer.outdate(ALL_ABOUT_WORK, [int(remote(command.job_id))])
        found = {"drawing": handle, "status": status}
        if status in (1, "1"):
            return Advance(OperationStatus.SUCCEEDED, 1.0, record_ids=[command.job_id], result=found)
        return Advance(OperationStatus.UNKNOWN, detail=f"status {status}", result=found)

    async def settle(self, command: UploadDrawing, before: Mapping[str, Any]) -> Settlement:
        """A drawing of that name more than before, where drawings can be listed."""
        old, now = before.get("drawings"), await self._drawings(command)
        if old is None or now is None:
            return Settlement(Verdict.OPEN)
        made = [guid for guid in now if guid not in old]
        if not made:
            return Settlement(Verdict.NOT_DONE)
        handle = made[0] if self.writer.lacking(DRAWING_STATUS) is None else None
        return Settlement(Verdict.DONE, [command.job_id], {"drawings": now}, handle=handle)

    async def _drawings(self, command: UploadDrawing) -> list[str] | None:
        if self.writer.lacking(DRAWINGS) is not None:
            return None
        rows = await self.reading.rows(DRAWINGS, {"job_id": [int(remote(command.job_id))]})
        own = [row for row in rows if row.get("drawing_name") == command.name]
        return [guid for row in own if (guid := _guid(row.get("guid"))) is not None]


def _endpoint(command: AddParts) -> str:
    return DRAW_PART if command.shape else IMPORT_PARTS


def _names(command: AddParts) -> list[str]:
    return [command.shape.name] if command.shape else [one.name for one in command.drawings]


def _bad_parts(command: AddParts) -> list[UserError]:
    if (command.shape is None) == (not command.drawings):
        message = "Either 'shape' or 'drawings' must be given: the vendor takes them by different calls."
        return [error(message, UserErrorCode.INVALID, "shape")]
    if len(command.drawings) > MOST_DRAWINGS:
        message = f"At most {MOST_DRAWINGS} drawings go into one command."
        return [error(message, UserErrorCode.INVALID, "drawings")]
    if command.shape is not None:
        return _bad_part(command.shape, "shape")
    found: list[UserError] = []
    for index, drawing in enumerate(command.drawings):
        path = ("drawings", str(index))
        found += [*_bad_part(drawing, *path), *bad_text(drawing.dxf, *path, "dxf")]
    return found


def _bad_part(part: NewShape | NewDrawnPart, *path: str) -> list[UserError]:
    found = [
        *bad_file(part.name, *path, "name"),
        *bad_name(part.material, *path, "material"),
        *bad_length(part.thickness_mm, *path, "thicknessMm"),
        *bad_count(part.quantity, *path, "quantity", most=MOST_PARTS),
    ]
    if part.fill_color is not None and not (len(part.fill_color) == 6 and set(part.fill_color) <= COLOUR):
        message = "A colour has six hexadecimal digits, such as 800000."
        found.append(error(message, UserErrorCode.INVALID, *path, "fillColor"))
    return found


def _unknown_materials(command: AddParts, known: list[str]) -> list[UserError]:
    parts: list[tuple[NewShape | NewDrawnPart, tuple[str, ...]]] = [
        (one, ("drawings", str(index))) for index, one in enumerate(command.drawings)
    ]
    if command.shape is not None:
        parts.append((command.shape, ("shape",)))
    listed = ", ".join(known[:50])
    return [
        error(
            f"There is no material '{part.material}'. The materials are: {listed}.",
            UserErrorCode.INVALID,
            *path,
            "material",
        )
        for part, path in parts
        if part.material not in known
    ]


def _drawn(shape: NewShape, job: int) -> dict[str, Any]:
    """The documented body of "Generate parts (SmartDraw)"."""
    body: dict[str, Any] = {
        "partName": shape.name,
        "material": shape.material,
        "thickness": shape.thickness_mm,
        "amount": shape.quantity,
        "rotateLock": int(shape.rotation_locked),
        "jobId": job,
        "props": {one.name: one.value for one in shape.properties},
        "argument": {one.name: one.value for one in shape.measures},
    }
    return body | _given(gas=shape.gas, fillColor=shape.fill_color)


def _imported(drawings: tuple[NewDrawnPart, ...], job: int) -> Form:
    """The documented form of "Generate parts (DXF file)"; the name of its field with the list is inferred."""
    rows = []
    files: dict[str, tuple[str, bytes, str]] = {}
    for index, one in enumerate(drawings):
        filename = f"{index + 1}-{one.name}.dxf"
        datas: dict[str, Any] = {
            "part_name": one.name,
            "material": one.material,
            "thickness": one.thickness_mm,
            "amount": one.quantity,
            "rotate_lock": int(one.rotation_locked),
            "prop": {entry.name: entry.value for entry in one.properties},
        }
        datas |= _given(gas=one.gas, fill_color=one.fill_color)
        rows.append({"datas": datas, "filename": filename, "jobId": job})
        files[f"file{index + 1}"] = (filename, one.dxf.encode(), DXF)
    return Form({"data": msgspec.json.encode(rows).decode()}, files)


def _given(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}


def _guids(answer: Any) -> list[str]:
    """The GUIDs in an answer: {guid}, or a list of such (inferred)."""
    rows = answer if isinstance(answer, list) else [answer]
    found = [_guid(row.get("guid") or row.get("uuid")) for row in rows if isinstance(row, dict)]
    return [guid for guid in found if guid is not None]


def _guid(value: Any) -> str | None:
    return canonical(value) if isinstance(value, str) and value else None
