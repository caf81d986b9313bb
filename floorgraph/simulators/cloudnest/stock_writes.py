"""Writes to plates, materials and machines."""

from typing import Any

from floorgraph.simulators.cloudnest.errors import Refused
from floorgraph.simulators.cloudnest.multipart import form
from floorgraph.simulators.cloudnest.nesting import ENDLESS, SCRAP, STANDARD, Material, Plate, Task
from floorgraph.simulators.cloudnest.planning import send
from floorgraph.simulators.cloudnest.request import Answer, Ask, Endpoint
from floorgraph.simulators.cloudnest.unlisted_reads import unlisted

STEEL = 7.85e-6
"""Density in kg per mm3 of a material nobody knows more about."""


def add_plate(ask: Ask) -> object:
    """A plate in stock: the documented body."""
    fields = ask.fields()
    kind, material = ask.number("plate_type"), ask.hall.materials.get(ask.number("material_id"))
    if kind not in (STANDARD, SCRAP):
        raise Refused("parameter", "plate_type")
    if material is None:
        raise Refused("not-found", "material_id")
    plate = Plate(
        guid=ask.hall.guid("plate"),
        name=ask.text("plate_name"),
        type=SCRAP if kind == SCRAP else STANDARD,
        material=material.name,
        thickness=_size(fields, "thickness"),
        width=_size(fields, "width"),
        height=_size(fields, "height"),
        remaining=_stock(ask.number("remain_amount")),
        gap=float(fields.get("gap") or 0),
    )
    ask.hall.plates[plate.guid] = plate
    return {"guid": ask.guid(plate.guid)}


def update_plate(ask: Ask) -> object:
    """New name or stock of a plate."""
    plate = ask.hall.plates.get(ask.text("guid").lower())
    if plate is None:
        raise Refused("not-found", "plate")
    plate.remaining = _stock(ask.number("remain_amount", plate.remaining))
    plate.name = str(ask.fields().get("plate_name", plate.name))
    return None


def add_material(ask: Ask) -> object:
    """A material."""
    number = max(ask.hall.materials) + 1
    ask.hall.materials[number] = Material(number, ask.text("material_name"), STEEL, "Air")
    return {"id": number}


def push_layout(ask: Ask) -> object:
    """A layout sent to a machine: a production task for it (physical effect)."""
    layout, machine = ask.layout(ask.text("guid")), ask.by_gmid()
    amount = ask.number("amount", 1)
    if amount < 1:
        raise Refused("parameter", "amount")
    if machine.state in ("OFFLINE", "CLOSE"):
        raise Refused("offline")
    return {"guid": ask.guid(send(ask.hall, layout, machine, amount).guid)}


def uploading(*, weld: bool) -> Answer:
    """A file sent to a machine, to be run some times; no task of CloudNest. The reply is a guess."""

    def answer(ask: Ask) -> object:
        sent = form(ask.call)
        machine = ask.granted(ask.hall.by_card(sent.text("cardId")))
        amount = sent.text("taskAmount")
        if not amount.isdigit() or int(amount) < 1 or not sent.files or machine.welder != weld:
            raise Refused("parameter", "cardId, taskAmount, file")
        if machine.state in ("OFFLINE", "CLOSE"):
            raise Refused("offline")
        low, high = ask.desk.options.sheet_seconds
        task = Task(
            guid=ask.hall.guid("upload"),
            layout=None,
            gmid=machine.gmid,
            total=int(amount),
            file=sent.text("taskName"),
            seconds=max(1, round((low + high) / 2 / ask.desk.options.pace)),
        )
        ask.hall.add_task(task)
        return None

    return answer


def _size(fields: dict[str, Any], name: str) -> float:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        raise Refused("parameter", name)
    return float(value)


def _stock(amount: int) -> int:
    if amount < ENDLESS:
        raise Refused("parameter", "remain_amount")
    return amount


ENDPOINTS = (
    unlisted("add_plate", "plate/add", add_plate),
    unlisted("update_plate", "plate/update", update_plate),
    unlisted("add_material", "material/add", add_material),
    unlisted("push_layout", "production/push", push_layout),
    Endpoint(
        name="upload_cut",
        path="/upload/api/device_tasks/upload/cut",
        answer=uploading(weld=False),
        org=False,
    ),
    Endpoint(
        name="upload_weld",
        path="/upload/api/device_tasks/upload/weld",
        answer=uploading(weld=True),
        org=False,
    ),
)
