"""CloudNest's reads about jobs: the tree, production tasks, plates used, parts in physical order."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from floorgraph.simulators.cloudnest.errors import Refused
from floorgraph.simulators.cloudnest.hall import Hall
from floorgraph.simulators.cloudnest.nesting import SCRAP, Layout, Part, Plate, Task
from floorgraph.simulators.cloudnest.request import Ask, Endpoint, plain

FILES = "https://files.example.com/cloudnest"


def job_tree(ask: Ask) -> object:
    """The tree as a flat list by id; only the nodes named in `job_id`, when there are any (inferred)."""
    nodes = ask.hall.nodes
    wanted: Iterable[int] = nodes
    if "job_id" in ask.fields():
        wanted = [number for number in ask.batch("job_id", int) if number in nodes]
    return [node_row(ask.hall, number) for number in sorted(wanted)]


def node_row(hall: Hall, number: int) -> dict[str, object]:
    """A node as the flat view writes it."""
    node = hall.nodes[number]
    return {
        "id": node.id,
        "parent_id": node.parent,
        "title": node.title,
        "type": node.type,
        "status": node.status,
        "position": node.position,
    }


def plan_detail(ask: Ask) -> object:
    """Production tasks of all these jobs in one list. Whose they are shows in their parts only.

    A task whose layout cuts parts of several of the jobs comes once (or once per job, as an oddity).
    """
    found: list[str] = []
    for number in ask.batch("job_id", int):
        found += [task.guid for task in ask.hall.tasks_for(number)]
    if "repeated-tasks" not in ask.desk.options.oddities:
        found = list(dict.fromkeys(found))
    return [task_row(ask, ask.hall.tasks[guid]) for guid in found]


def task_row(ask: Ask, task: Task) -> dict[str, Any]:
    """A production task with its layout and parts; a bare one has no parts."""
    layout = ask.hall.layouts[task.layout or ""]
    oddities = ask.desk.options.oddities
    row: dict[str, Any] = {
        "guid": ask.guid(task.guid),
        "result_guid": ask.guid(layout.guid, upper=True),
        "plate_name": layout.name,
        "gmid": str(task.gmid) if "string-numbers" in oddities else task.gmid,
        "width": plain(layout.width),
        "height": plain(layout.height),
        "material": layout.material,
        "thickness": f"{layout.thickness:g}" if "string-numbers" in oddities else plain(layout.thickness),
        "part_amount": layout.part_amount,
        "total_plate_amount": task.total,
        "finish_plate_amount": task.finished,
        "comments": task.comments,
        "start_time": ask.time(task.start),
        "finish_time": ask.time(task.finish),
        "status": "completed" if task.done else "uncompleted",
        "parts": [] if task.bare else [part_row(ask, part, count) for part, count in cut(ask.hall, layout)],
    }
    if "missing-fields" in oddities:
        row = {name: value for name, value in row.items() if value not in (None, "")}
    return row


def cut(hall: Hall, layout: Layout) -> list[tuple[Part, int]]:
    """The parts of a layout with their copies."""
    return [(hall.parts[guid], count) for guid, count in layout.parts.items()]


def part_row(ask: Ask, part: Part, count: int) -> dict[str, object]:
    """A part in a layout."""
    listed = [{"prop_name": name, "prop_value": value} for name, value in part.props.items()]
    return {
        "guid": ask.guid(part.guid),
        "material": part.material,
        "thickness": plain(part.thickness),
        "amount": count,
        "part_name": part.name,
        "props": dict(part.props) if "props-object" in ask.desk.options.oddities else listed,
        "drawing_name": part.drawing_name,
        "drawing_guid": ask.guid(part.drawing_guid),
        "job_id": part.job,
    }


def plates_used(ask: Ask) -> object:
    """Plates used by all these jobs together: nothing says which job used which."""
    used: Counter[str] = Counter()
    for number in ask.batch("job_id", int):
        for guid in ask.hall.cut_for.get(number, ()):
            layout = ask.hall.layouts[guid]
            if layout.job == number:
                tasks = [ask.hall.tasks[task] for task in ask.hall.tasks_of.get(guid, ())]
                used[layout.plate] += sum(task.total for task in tasks) or 1
    return [_used_row(ask, ask.hall.plates[guid], amount) for guid, amount in used.items()]


def _used_row(ask: Ask, plate: Plate, amount: int) -> dict[str, object]:
    scrap = plate.type == SCRAP
    return {
        "guid": ask.guid(plate.guid),
        "amount": amount,
        "material": plate.material,
        "thickness": plain(plate.thickness),
        "plate_name": plate.name,
        "plate_type": plate.type,
        "file_url": f"{FILES}/{plate.guid}.dxf" if scrap else None,
        "thumbnail_url": f"{FILES}/{plate.guid}.png" if scrap else None,
        "width": plain(plate.width),
        "height": plain(plate.height),
    }


def parts_in_order(ask: Ask) -> object:
    """One layout (`SingleResult`, software 2.0) or all layouts of a nest task (`task`, software 1.0)."""
    kind, axis = ask.text("type"), ask.fields().get("order_by", "x")
    software = ask.desk.options.software
    if axis not in ("x", "y"):
        raise Refused("parameter", "order_by")
    if kind == "SingleResult" and software != "1.0":
        layouts = [ask.layout(ask.text("guid"))]
        job = layouts[0].job
    elif kind == "task" and software != "2.0":
        found = ask.hall.nests.get(ask.text("guid").lower())
        if found is None:
            raise Refused("not-found", "guid")
        job = found
        layouts = [ask.hall.layouts[guid] for guid in ask.hall.cut_for.get(job, ())]
        layouts = [layout for layout in layouts if layout.job == job]
    else:
        raise Refused("parameter", "type")
    return {
        "guid": ask.guid(ask.hall.nest_of[job]),
        "task_name": f"{ask.hall.nodes[job].title} nesting",
        "nest_result": [_placed_row(ask, layout, axis) for layout in layouts],
    }


def _placed_row(ask: Ask, layout: Layout, axis: str) -> dict[str, object]:
    return {
        "guid": ask.guid(layout.guid, upper=True),
        "library_plate_guid": ask.guid(layout.plate),
        "part_list": [ask.guid(guid) for guid in layout.order(axis)],
        "plate_idx": layout.index,
        "plate_name": layout.name,
    }


ENDPOINTS = (
    Endpoint(name="job_tree", path="/cn-api/api/open_platform/job/info/v2", answer=job_tree),
    Endpoint(name="plan_detail", path="/cn-api/api/job/plan_detail", answer=plan_detail, msg="OK"),
    Endpoint(name="plate_used", path="/cn-api/api/job/plate_used", answer=plates_used, msg="Ok"),
    Endpoint(name="part_order", path="/cn-api/api/part/loc_info", answer=parts_in_order),
)
