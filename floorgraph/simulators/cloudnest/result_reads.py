"""What machines have finished, as CloudNest tells it."""

from floorgraph.simulators.cloudnest.nesting import Layout, Part
from floorgraph.simulators.cloudnest.request import Ask, Endpoint, plain


def machine_results(ask: Ask) -> object:
    """Tasks a machine finished in the window; the layout is `uuid` here and its job `nest_name`."""
    machine = ask.by_gmid()
    start, end = ask.window("start_time", "end_time")
    rows = []
    for result in machine.results:
        if start <= result.when <= end:
            layout, parts = result.layout, result.parts
            row: dict[str, object] = {
                "uuid": ask.guid(layout.guid),
                "plate_name": layout.name,
                "nest_name": result.job,
                "width": plain(layout.width),
                "height": plain(layout.height),
                "thickness": plain(layout.thickness),
                "material": layout.material,
                "amount": result.amount,
                "parts": [_cut_row(ask, part, count) for part, count in parts],
                "abnor_info": [_leftover_row(layout, index) for index in range(len(layout.leftovers))],
                "part_weight": round(sum(round(part.weight, 2) * count for part, count in parts), 2),
            }
            if "result-times" in ask.desk.options.oddities:
                row |= {"start_time": ask.time(result.started), "finish_time": ask.time(result.when)}
            rows.append(row)
    return rows


def _cut_row(ask: Ask, part: Part, count: int) -> dict[str, object]:
    return {
        "uuid": ask.guid(part.guid, upper=True),
        "name": part.name,
        "width": plain(part.width),
        "height": plain(part.height),
        "amount": count,
        "area": part.area,
        "weight": round(part.weight, 2),
    }


def _leftover_row(layout: Layout, index: int) -> dict[str, object]:
    rest = layout.leftovers[index]
    area = rest.width * rest.height
    return {"name": rest.name, "width": plain(rest.width), "height": plain(rest.height), "area": plain(area)}


ENDPOINTS = (
    Endpoint(
        name="machine_results",
        path="/cn-api/api/open_platform/machine/result/list",
        answer=machine_results,
        msg="OK",
        zoned=True,
    ),
)
