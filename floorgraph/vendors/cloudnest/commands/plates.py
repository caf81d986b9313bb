"""Commands on plates in stock (section 5.2: page 214)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from floorgraph.model.command import UserErrorCode
from floorgraph.model.ids import Kind
from floorgraph.vendors.cloudnest.commands.handling import Handler, bad_count, bad_length, bad_name, refused
from floorgraph.vendors.cloudnest.commands.inputs import AddPlate, PlateKind
from floorgraph.vendors.cloudnest.commands.writer import STOCK
from floorgraph.vendors.cloudnest.endpoints import ADD_PLATE, PLATE_LIST
from floorgraph.vendors.cloudnest.mapping.frame import canonical
from floorgraph.vendors.cloudnest.mapping.plate import SCRAP, STANDARD, UNLIMITED
from floorgraph.vendors.commands import Result, Review, Settlement, Verdict
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.handling import error

MOST_PLATES = 1_000_000


class Add(Handler[AddPlate]):
    """POST: {plate_type, plate_name, remain_amount, width, height, material_id, thickness, gap}."""

    endpoints: ClassVar[tuple[str, ...]] = (ADD_PLATE,)

    async def review(self, command: AddPlate) -> Review:
        """The material must be one that the vendor has."""
        errors = [
            *bad_name(command.name, "name"),
            *bad_length(command.thickness_mm, "thicknessMm"),
            *bad_length(command.width_mm, "widthMm"),
            *bad_length(command.depth_mm, "depthMm"),
            *bad_length(command.gap_mm, "gapMm", included=True),
            *([] if command.quantity is None else bad_count(command.quantity, "quantity", most=MOST_PLATES)),
        ]
        if errors:
            return Review(errors)
        known = await self.reading.materials()
        if _number(command.material, known) is None:
            listed = ", ".join(f"{name} ({number})" for number, name in list((known or {}).items())[:50])
            message = f"There is no material '{command.material}'. The materials are: {listed}."
            if known is None:
                message = (
                    "The material must be given by the vendor's number, for its names are known only where "
                    "`endpoints.material_list` is configured."
                )
            return Review([error(message, UserErrorCode.INVALID, "material")])
        return Review((), {"plates": await self._named(command)})

    async def carry_out(self, command: AddPlate) -> Result:
        """The GUID of the plate is in the answer (inferred)."""
        body = {
            "plate_type": SCRAP if command.kind is PlateKind.SCRAP else STANDARD,
            "plate_name": command.name,
            "remain_amount": UNLIMITED if command.quantity is None else command.quantity,
            "width": command.width_mm,
            "height": command.depth_mm,
            "material_id": _number(command.material, await self.reading.materials()),
            "thickness": command.thickness_mm,
            "gap": command.gap_mm,
        }
        try:
            answer = await self.writer.post(ADD_PLATE, body, STOCK)
        except SourceFailure as failure:
            return refused(failure, "material")
        guid = answer.get("guid") if isinstance(answer, dict) else None
        made = [self.reading.id(Kind.BATCH, canonical(guid))] if isinstance(guid, str) else []
        return Result(record_ids=made, vendor_answer=answer)

    async def settle(self, command: AddPlate, before: Mapping[str, Any]) -> Settlement:
        """A plate of that name more than before, where stock can be listed."""
        old, now = before.get("plates"), await self._named(command)
        if old is None or now is None:
            return Settlement(Verdict.OPEN)
        made = [guid for guid in now if guid not in old]
        ids = [self.reading.id(Kind.BATCH, guid) for guid in made]
        return Settlement(Verdict.DONE if made else Verdict.NOT_DONE, ids, {"plates": now} if made else {})

    async def _named(self, command: AddPlate) -> list[str] | None:
        if self.writer.lacking(PLATE_LIST) is not None:
            return None
        rows = await self.reading.rows(PLATE_LIST, {})
        return [canonical(str(row.get("guid"))) for row in rows if row.get("plate_name") == command.name]


def _number(material: str, known: Mapping[str, str] | None) -> int | None:
    """The vendor's number of a material, by its name or by itself."""
    by_name = [number for number, name in (known or {}).items() if name == material]
    found = by_name[0] if by_name else material.strip()
    if not found.isdecimal() or (known is not None and found not in known):
        return None
    return int(found)
