"""Writes to jobs and parts. All paths are invented; bodies are documented for the first two only."""

from typing import Any

import orjson

from floorgraph.simulators.cloudnest.errors import Refused
from floorgraph.simulators.cloudnest.multipart import form
from floorgraph.simulators.cloudnest.nesting import JOB, ROOT, Part
from floorgraph.simulators.cloudnest.planning import add_node, add_part
from floorgraph.simulators.cloudnest.removal import drop_job, drop_layout, drop_part
from floorgraph.simulators.cloudnest.request import Ask
from floorgraph.simulators.cloudnest.unlisted_reads import unlisted


def draw_part(ask: Ask) -> object:
    """A part from a built-in shape ("SmartDraw"); `argument` holds its measures, L1 and L2 in mm."""
    fields = ask.fields()
    part = _new_part(ask, ask.number("jobId"), ask.text("partName"), fields)
    _measure(part, fields.get("argument"))
    part.fill_color = str(fields.get("fillColor", part.fill_color))
    part.rotate_lock = int(bool(fields.get("rotateLock", 0)))
    part.props = _props(fields.get("props"))
    return {"guid": ask.guid(part.guid)}


def import_parts(ask: Ask) -> object:
    """Parts from DXF files: a form with the list as JSON in one field, and the files."""
    sent = form(ask.call)
    made: list[Part] = []
    for text in sent.fields.values():
        try:
            rows = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise Refused("parameter", "body") from error
        listed = rows if isinstance(rows, list) else [rows]
        made += [_import_part(ask, row, sent.files) for row in listed]
    if not made:
        raise Refused("parameter", "datas")
    return [{"guid": ask.guid(part.guid), "part_name": part.name} for part in made]


def _import_part(ask: Ask, row: Any, files: dict[str, bytes]) -> Part:
    datas = row.get("datas") if isinstance(row, dict) else None
    if not isinstance(datas, dict) or not isinstance(row.get("jobId"), int):
        raise Refused("parameter", "datas, jobId")
    if row.get("filename") not in files:
        raise Refused("parameter", "filename")
    part = _new_part(ask, row["jobId"], str(datas.get("part_name") or row["filename"]), datas)
    part.fill_color = str(datas.get("fill_color", part.fill_color))
    part.rotate_lock = int(bool(datas.get("rotate_lock", 0)))
    part.props = _props(datas.get("prop"))
    part.drawing_name = row["filename"]
    ask.hall.drawings[part.drawing_guid].name = row["filename"]
    return part


def _new_part(ask: Ask, job: int, name: str, fields: dict[str, Any]) -> Part:
    ask.job(job)
    number = next(
        (key for key, one in ask.hall.materials.items() if one.name == fields.get("material")), None
    )
    thickness, amount = fields.get("thickness"), fields.get("amount")
    if number is None:
        raise Refused("parameter", "material")
    if isinstance(thickness, bool) or not isinstance(thickness, (int, float)) or thickness <= 0:
        raise Refused("parameter", "thickness")
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < 1:
        raise Refused("parameter", "amount")
    part = add_part(ask.hall, job, name, number, float(thickness), amount)
    part.gas = str(fields.get("gas", part.gas))
    return part


def _measure(part: Part, argument: Any) -> None:
    measures = argument if isinstance(argument, dict) else {}
    try:
        part.width = float(measures.get("L1", part.width))
        part.height = float(measures.get("L2", part.height))
    except (TypeError, ValueError) as error:
        raise Refused("parameter", "argument") from error


def _props(given: Any) -> dict[str, str]:
    if isinstance(given, list):
        pairs = [(one.get("prop_name"), one.get("prop_value")) for one in given if isinstance(one, dict)]
        return {str(name): str(value) for name, value in pairs}
    return {str(name): str(value) for name, value in given.items()} if isinstance(given, dict) else {}


def copy_part(ask: Ask) -> object:
    """A copy of a part, in the same job or in another."""
    old = _part(ask)
    job = ask.job(ask.number("job_id", old.job))
    number = next(key for key, one in ask.hall.materials.items() if one.name == old.material)
    part = add_part(ask.hall, job.id, old.name, number, old.thickness, old.amount)
    part.width, part.height, part.weight, part.props = old.width, old.height, old.weight, dict(old.props)
    return {"guid": ask.guid(part.guid)}


def update_part(ask: Ask) -> object:
    """New name or quantity; with `delete` the part goes, unless a layout cuts it."""
    part = _part(ask)
    fields = ask.fields()
    if fields.get("delete"):
        if any(part.guid in layout.parts for layout in ask.hall.layouts.values()):
            raise Refused("in-use")
        drop_part(ask.hall, part.guid)
        return None
    part.name = str(fields.get("part_name", part.name))
    part.amount = ask.number("amount", part.amount)
    return None


def set_properties(ask: Ask) -> object:
    """New properties of a part in place of the old ones."""
    part = _part(ask)
    part.props = _props(ask.fields().get("props"))
    return None


def add_job(ask: Ask) -> object:
    """An empty job in a folder."""
    parent = ask.number("parent_id", ROOT)
    if parent != ROOT and (parent not in ask.hall.nodes or ask.hall.nodes[parent].type == JOB):
        raise Refused("not-found", "parent_id")
    return {"id": add_node(ask.hall, parent, ask.text("title"), JOB).id}


def delete_job(ask: Ask) -> object:
    """Jobs with all they have."""
    jobs = [ask.job(number).id for number in ask.batch("job_id", int)]
    for job in jobs:
        drop_job(ask.hall, job)
    return None


def boost(ask: Ask) -> object:
    """Automatic nesting: a layout appears after a while."""
    job = ask.job(ask.number("job_id"))
    if not ask.hall.parts_of.get(job.id):
        raise Refused("not-found", "parts")
    ask.hall.nesting.append((int(ask.hall.now + ask.desk.options.boost_seconds), job.id))
    return None


def delete_nesting(ask: Ask) -> object:
    """Layouts, unless a machine has begun them."""
    layouts = [ask.layout(guid) for guid in ask.batch("guid", str)]
    hall = ask.hall
    for layout in layouts:
        if any(hall.tasks[task].start is not None for task in hall.tasks_of.get(layout.guid, ())):
            raise Refused("in-use", layout.name)
    for guid in dict.fromkeys(layout.guid for layout in layouts):
        drop_layout(hall, guid)
    return None


def _part(ask: Ask) -> Part:
    part = ask.hall.parts.get(ask.text("guid").lower())
    if part is None:
        raise Refused("not-found", "part")
    return part


ENDPOINTS = (
    unlisted("draw_part", "part/draw", draw_part),
    unlisted("import_parts", "part/import_dxf", import_parts),
    unlisted("copy_part", "part/copy", copy_part),
    unlisted("update_part", "part/update", update_part),
    unlisted("set_properties", "part/properties", set_properties),
    unlisted("add_job", "job/add", add_job),
    unlisted("delete_job", "job/delete", delete_job),
    unlisted("boost", "job/boost", boost),
    unlisted("delete_nesting", "job/delete_nesting", delete_nesting),
)
