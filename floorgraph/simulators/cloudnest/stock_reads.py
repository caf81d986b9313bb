"""Plates and materials in stock. All paths are invented, and so are the answers."""

from floorgraph.simulators.cloudnest.job_reads import FILES
from floorgraph.simulators.cloudnest.nesting import SCRAP, Plate
from floorgraph.simulators.cloudnest.request import Ask, plain
from floorgraph.simulators.cloudnest.unlisted_reads import unlisted


def plate_list(ask: Ask) -> object:
    """Plates in stock; -1 pieces left means there is no end of them."""
    wanted = ask.fields().get("plate_type")
    return [
        plate_row(ask, plate)
        for plate in ask.hall.plates.values()
        if plate.remaining and wanted in (None, plate.type)
    ]


def plate_row(ask: Ask, plate: Plate) -> dict[str, object]:
    """A plate in stock."""
    numbers = {one.name: key for key, one in ask.hall.materials.items()}
    return {
        "guid": ask.guid(plate.guid),
        "plate_type": plate.type,
        "plate_name": plate.name,
        "remain_amount": plate.remaining,
        "width": plain(plate.width),
        "height": plain(plate.height),
        "material_id": numbers[plate.material],
        "material": plate.material,
        "thickness": plain(plate.thickness),
        "gap": plain(plate.gap),
        "thumbnail_url": f"{FILES}/{plate.guid}.png" if plate.type == SCRAP else None,
    }


def scrap_hierarchy(ask: Ask) -> object:
    """Plates that left scrap, with the scrap under them."""
    found: dict[str, list[dict[str, object]]] = {}
    for plate in ask.hall.plates.values():
        if plate.parent in ask.hall.plates:
            found.setdefault(plate.parent, []).append(plate_row(ask, plate))
    return [{**plate_row(ask, ask.hall.plates[guid]), "children": rows} for guid, rows in found.items()]


def materials(ask: Ask) -> object:
    """All materials."""
    return [{"id": key, "material_name": one.name} for key, one in ask.hall.materials.items()]


ENDPOINTS = (
    unlisted("scrap_hierarchy", "plate/scrap_hierarchy", scrap_hierarchy, "GET"),
    unlisted("plate_list", "plate/list", plate_list),
    unlisted("material_list", "material/list", materials, "GET"),
)
