"""Plates: sheets that jobs use (`plate_used`) and sheets in stock (section 5.1, 5.2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from floorgraph.model.batch import Batch, BatchKind, BatchStatus
from floorgraph.model.ids import Kind
from floorgraph.vendors.cloudnest.mapping.frame import Frame, canonical
from floorgraph.vendors.coerce import BadRecord, Fields, Shape

USED = Shape(
    "plate used",
    expected=("guid", "amount", "material", "thickness", "plate_name", "plate_type", "width", "height"),
    optional=("file_url", "thumbnail_url"),
    identity="guid",
)
STOCK = Shape(
    "plate in stock",
    expected=("guid|uuid|id", "plate_name", "plate_type", "remain_amount", "width", "height", "thickness"),
    optional=("material", "material_id", "material_name", "gap", "file_url", "thumbnail_url"),
    identity="guid",
)
HIERARCHY = Shape(
    "plate in the scrap hierarchy",
    expected=("guid|uuid|id", "plate_name", "plate_type"),
    optional=(
        "remain_amount",
        "width",
        "height",
        "thickness",
        "material",
        "material_id",
        "material_name",
        "gap",
        "file_url",
        "thumbnail_url",
        "children",
        "scraps",
        "child",
        "parent_guid",
        "parent_id",
        "parent",
    ),
    identity="guid",
)
STANDARD, SCRAP = 0, 1
UNLIMITED = -1


@dataclass(frozen=True, slots=True)
class Plate:
    """A sort of sheet. `used` is how many the jobs asked for use, `left` how many are in stock."""

    guid: str
    name: str
    scrap: bool
    material: str | None
    thickness: float | None
    width: float | None
    height: float | None
    drawing_url: str | None
    thumbnail_url: str | None
    used: int | None
    left: int | None
    raw: Any


def fits(
    plate: Plate,
    material: str | None,
    thickness: float | None,
    width: float | None,
    height: float | None,
) -> bool:
    """Whether a layout of this material and size can lie on a plate."""
    own = (plate.material, plate.thickness, plate.width, plate.height)
    return None not in own and own == (material, thickness, width, height)


def plates_used(payloads: Iterable[Any], frame: Frame) -> list[Plate]:
    """The plates that some jobs use together; nothing in them says which job uses which."""
    return _read(payloads, USED, frame, {})


def plates_in_stock(payloads: Iterable[Any], materials: Mapping[str, str], frame: Frame) -> list[Plate]:
    """The plates in stock; `materials` gives the names behind material ids."""
    return _read(payloads, STOCK, frame, materials)


def scrap_hierarchy(payloads: Iterable[Any], frame: Frame) -> tuple[list[Plate], dict[str, str]]:
    """All plates of a hierarchy, and the plate that each scrap was cut from. Its shape is inferred:
    plates as in stock, each with those cut from it under `children`, or naming the other as its parent."""
    found: list[Plate] = []
    parents: dict[str, str] = {}
    waiting: list[tuple[Any, str | None]] = [(payload, None) for payload in payloads]
    while waiting:
        payload, parent = waiting.pop(0)
        try:
            fields = frame.fields(payload, HIERARCHY)
            plate = _plate(fields, {}, frame)
        except BadRecord as bad:
            frame.diagnostics.drift(bad.payload, bad.field or "*", "unreadable")
            continue
        found.append(plate)
        above = parent or fields.text("parent_guid", "parent_id", "parent")
        if above and canonical(above) != plate.guid:
            parents[plate.guid] = canonical(above)
        waiting += [(child, plate.guid) for child in fields.items("children", "scraps", "child")]
    known = {plate.guid for plate in found}
    return found, {child: parent for child, parent in parents.items() if parent in known}


def _read(payloads: Iterable[Any], shape: Shape, frame: Frame, materials: Mapping[str, str]) -> list[Plate]:
    found: dict[str, Plate] = {}
    for payload in payloads:
        try:
            plate = _plate(frame.fields(payload, shape), materials, frame)
        except BadRecord as bad:
            frame.diagnostics.drift(bad.payload, bad.field or "*", "unreadable")
        else:
            found[plate.guid] = plate
    return list(found.values())


def _plate(fields: Fields, materials: Mapping[str, str], frame: Frame) -> Plate:
    guid = canonical(fields.text("guid", "uuid", "id", required=True))
    sort = fields.integer("plate_type")
    if sort not in (STANDARD, SCRAP, None):
        frame.diagnostics.unmapped("plate type", str(sort))
    number = fields.text("material_id")
    return Plate(
        guid=guid,
        name=fields.text("plate_name", "name") or guid[:8],
        scrap=sort == SCRAP,
        material=fields.text("material", "material_name") or materials.get(number or "", number),
        thickness=fields.number("thickness"),
        width=fields.number("width"),
        height=fields.number("height"),
        drawing_url=fields.text("file_url"),
        thumbnail_url=fields.text("thumbnail_url"),
        used=fields.integer("amount"),
        left=fields.integer("remain_amount"),
        raw=fields.payload,
    )


def material_names(payloads: Iterable[Any], frame: Frame) -> dict[str, str]:
    """Material id -> name. The answer's shape is not documented: whatever has an id and a name counts."""
    found: dict[str, str] = {}
    for payload in payloads:
        try:
            fields = frame.fields(payload, "material")
        except BadRecord:
            continue
        number = fields.text("id", "material_id", "guid")
        name = fields.text("name", "material_name", "material")
        if number and name:
            found[number] = name
    return found


def batch(known: Sequence[Plate], frame: Frame) -> Batch:
    """A plate as a batch; `known` has what stock and jobs tell of it, stock first.

    How many are left only the stock list tells; -1 there means without limit.
    """
    first = known[0]
    left = next((plate.left for plate in known if plate.left is not None), None)
    status = BatchStatus.UNKNOWN
    if left is not None:
        status = BatchStatus.DEPLETED if left == 0 else BatchStatus.AVAILABLE
    return Batch(
        **frame.common(Kind.BATCH, first.guid, first.raw),
        name=first.name,
        kind=BatchKind.SCRAP_SHEET if first.scrap else BatchKind.SHEET,
        status=status,
        material=next((plate.material for plate in known if plate.material), None),
        quantity=None if left is None or left == UNLIMITED else float(left),
        unit="pieces",
        thickness_mm=first.thickness,
        width_mm=first.width,
        depth_mm=first.height,
        thumbnail_url=next((plate.thumbnail_url for plate in known if plate.thumbnail_url), None),
        drawing_url=next((plate.drawing_url for plate in known if plate.drawing_url), None),
    )
