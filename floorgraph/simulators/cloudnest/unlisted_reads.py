"""Reads the vendor's documentation names without path, body or answer.

Paths are invented and say so. Bodies follow the pattern of the documented calls (`job_id` or `guid`), answers
are put together from the fields of the documented ones.
"""

from typing import Any

from floorgraph.simulators.cloudnest.job_reads import FILES, cut, node_row, part_row, task_row
from floorgraph.simulators.cloudnest.nesting import Layout, Part
from floorgraph.simulators.cloudnest.request import Answer, Ask, Endpoint, plain

INVENTED = "/cn-api/invented-for-tests"


def job_info(ask: Ask) -> object:
    """Nodes by id."""
    return [node_row(ask.hall, number) for number in ask.batch("job_id", int) if number in ask.hall.nodes]


def job_list(ask: Ask) -> object:
    """All jobs, without the folders."""
    return [node_row(ask.hall, node.id) for node in ask.hall.jobs()]


def job_search(ask: Ask) -> object:
    """Jobs of exactly this title: there may be several."""
    title = ask.text("title")
    return [node_row(ask.hall, node.id) for node in ask.hall.jobs() if node.title == title]


def job_parts(ask: Ask) -> object:
    """Parts of jobs, with the quantity that is wanted."""
    hall = ask.hall
    jobs = ask.batch("job_id", int)
    return [whole_part(ask, hall.parts[guid]) for job in jobs for guid in hall.parts_of.get(job, ())]


def part_list(ask: Ask) -> object:
    """All parts."""
    return [whole_part(ask, part) for part in ask.hall.parts.values()]


def whole_part(ask: Ask, part: Part) -> dict[str, object]:
    """A part with its sizes."""
    return {
        **part_row(ask, part, part.amount),
        "width": plain(part.width),
        "height": plain(part.height),
        "area": part.area,
        "weight": part.weight,
        "gas": part.gas,
        "fill_color": part.fill_color,
        "rotate_lock": part.rotate_lock,
    }


def job_layouts(ask: Ask) -> object:
    """Layouts of jobs."""
    return [layout_row(ask, layout) for layout in _layouts(ask)]


def layout_details(ask: Ask) -> object:
    """Layouts of jobs with their parts."""
    return [
        {
            **layout_row(ask, layout),
            "parts": [part_row(ask, part, count) for part, count in cut(ask.hall, layout)],
        }
        for layout in _layouts(ask)
    ]


def layout_drawings(ask: Ask) -> object:
    """Layouts of jobs with a link to their drawing and the numbers of the parts in it."""
    return [
        {
            "guid": ask.guid(layout.guid, upper=True),
            "plate_name": layout.name,
            "dxf_url": f"{FILES}/{layout.guid}.dxf",
            "parts": [
                {"guid": ask.guid(part.guid), "part_name": part.name, "part_no": index + 1, "amount": count}
                for index, (part, count) in enumerate(cut(ask.hall, layout))
            ],
        }
        for layout in _layouts(ask)
    ]


def part_layouts(ask: Ask) -> object:
    """For each part of the jobs, how many copies lie in which layout."""
    hall = ask.hall
    rows = []
    for job in ask.batch("job_id", int):
        for guid in hall.parts_of.get(job, ()):
            placed = [
                {
                    "result_guid": ask.guid(layout, upper=True),
                    "amount": hall.layouts[layout].parts[guid],
                }
                for layout in hall.cut_for.get(job, ())
                if guid in hall.layouts[layout].parts
            ]
            rows.append(
                {"guid": ask.guid(guid), "part_name": hall.parts[guid].name, "job_id": job, "layouts": placed}
            )
    return rows


def schedule(ask: Ask) -> object:
    """Tasks of jobs without their parts."""
    guids = [task.guid for job in ask.batch("job_id", int) for task in ask.hall.tasks_for(job)]
    return [_without_parts(ask, guid) for guid in dict.fromkeys(guids)]


def task_details(ask: Ask) -> object:
    """Tasks by GUID."""
    guids = [guid.lower() for guid in ask.batch("guid", str)]
    tasks = [ask.hall.tasks[guid] for guid in guids if guid in ask.hall.tasks]
    return [task_row(ask, task) for task in tasks if task.layout in ask.hall.layouts]


def layout_job(ask: Ask) -> object:
    """Job and material of a layout."""
    layout = ask.layout(ask.text("guid"))
    number = next(key for key, one in ask.hall.materials.items() if one.name == layout.material)
    return {
        "job_id": layout.job,
        "title": ask.hall.nodes[layout.job].title,
        "material_id": number,
        "material": layout.material,
        "thickness": plain(layout.thickness),
    }


def layout_parts(ask: Ask) -> object:
    """Parts of a layout."""
    return [part_row(ask, part, count) for part, count in cut(ask.hall, ask.layout(ask.text("guid")))]


def _layouts(ask: Ask) -> list[Layout]:
    """Layouts that belong to the jobs."""
    hall = ask.hall
    jobs = ask.batch("job_id", int)
    found = [(job, hall.layouts[guid]) for job in jobs for guid in hall.cut_for.get(job, ())]
    return [layout for job, layout in found if layout.job == job]


def layout_row(ask: Ask, layout: Layout) -> dict[str, object]:
    """A layout without its parts."""
    return {
        "guid": ask.guid(layout.guid, upper=True),
        "plate_name": layout.name,
        "plate_idx": layout.index,
        "library_plate_guid": ask.guid(layout.plate),
        "width": plain(layout.width),
        "height": plain(layout.height),
        "material": layout.material,
        "thickness": plain(layout.thickness),
        "part_amount": layout.part_amount,
        "job_id": layout.job,
    }


def _without_parts(ask: Ask, guid: str) -> dict[str, Any]:
    row = task_row(ask, ask.hall.tasks[guid])
    del row["parts"]
    return row


def unlisted(name: str, path: str, answer: Answer, method: str = "POST") -> Endpoint:
    """An endpoint at an invented path."""
    return Endpoint(name=name, path=f"{INVENTED}/{path}", answer=answer, method=method, invented=True)


ENDPOINTS = (
    unlisted("part_list", "part/list", part_list),
    unlisted("job_info", "job/info", job_info),
    unlisted("job_list", "job/list", job_list),
    unlisted("job_parts", "job/parts", job_parts),
    unlisted("job_layouts", "job/layouts", job_layouts),
    unlisted("layout_details", "job/layout_details", layout_details),
    unlisted("schedule", "job/schedule", schedule),
    unlisted("part_layouts", "job/part_layouts", part_layouts),
    unlisted("job_search", "job/search", job_search),
    unlisted("layout_drawings", "job/layout_drawings", layout_drawings),
    unlisted("task_details", "production/task_details", task_details),
    unlisted("layout_job", "layout/job", layout_job),
    unlisted("layout_parts", "layout/parts", layout_parts),
)
