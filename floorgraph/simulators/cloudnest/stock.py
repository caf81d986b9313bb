"""Plates in stock: cut up, left over, delivered."""

from floorgraph.simulators.cloudnest.hall import Hall
from floorgraph.simulators.cloudnest.nesting import ENDLESS, SCRAP, STANDARD, Plate

SCRAPS_KEPT = 40
DELIVERY = 60
"""Plates that come when a stock runs out."""


def take_plate(hall: Hall, guid: str) -> None:
    """One plate less; standard plates are delivered when there are none left."""
    plate = hall.plates.get(guid)
    if plate is None or plate.remaining == ENDLESS:
        return
    plate.remaining = max(0, plate.remaining - 1)
    if plate.remaining == 0 and plate.type == STANDARD:
        plate.remaining = DELIVERY


def store_scrap(hall: Hall, parent: str, name: str, width: float, height: float) -> None:
    """A rest of a plate goes into stock, as long as there is room."""
    source = hall.plates.get(parent)
    scraps = [plate for plate in hall.plates.values() if plate.type == SCRAP]
    if source is None or sum(plate.remaining > 0 for plate in scraps) >= SCRAPS_KEPT:
        return
    if len(scraps) > 4 * SCRAPS_KEPT:
        _forget_used_up(hall, scraps)
    plate = Plate(
        guid=hall.guid("scrap"),
        name=name,
        type=SCRAP,
        material=source.material,
        thickness=source.thickness,
        width=width,
        height=height,
        remaining=1,
        parent=parent,
    )
    hall.plates[plate.guid] = plate


def _forget_used_up(hall: Hall, scraps: list[Plate]) -> None:
    """Scrap that is used up goes, unless a layout lies on it."""
    needed = {layout.plate for layout in hall.layouts.values()}
    for plate in scraps:
        if plate.remaining == 0 and plate.guid not in needed:
            del hall.plates[plate.guid]
