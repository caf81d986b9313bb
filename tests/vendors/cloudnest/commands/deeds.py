"""The commands that CloudNest and its machines take: what each asks for, and how it looks when it is done."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.client import query
from tests.vendors.cloudnest.conftest import Hall

INVENTED = "POST /cn-api/invented-for-tests"
DXF = "0\nSECTION\n2\nENTITIES\n0\nENDSEC\n0\nEOF\n"
FILE = base64.b64encode(b"LXDS\x00\x01\x02").decode()
State = dict[str, Any]


@dataclass(frozen=True)
class Deed:
    """One command. `given` and `seen` look at the hall as it was before."""

    name: str
    label: str
    given: Callable[[State], dict[str, Any]]
    seen: Callable[[State, State], bool]
    """Whether it shows in the hall, before and after."""
    wrong: dict[str, Any]
    """What must be changed so that it is rejected here."""
    wrong_code: str
    record: str = "job"
    accepted: bool = False
    done_shows: bool = True
    """Whether reading shows that it was done."""
    not_done_shows: bool = True
    """Whether reading shows that it was not done."""
    prepare: Callable[[Hall], None] = field(default=lambda _: None)

    async def send(self, base_url: str, state: State, **given: Any) -> dict[str, Any]:
        title = self.name[0].upper() + self.name[1:]
        text = f"""mutation ($input: {title}Input!) {{ {self.name}(input: $input) {{
            outcome commandId userErrors {{ code message field vendorCode }} {self.record} {{ id }}
            operation {{ status detail result }} }} }}"""
        answer = await query(base_url, text, {"input": self.given(state) | given})
        assert answer["data"] is not None, answer
        payload: dict[str, Any] = answer["data"][self.name]
        assert payload is not None, answer
        return payload


def job_of(state: State) -> int:
    """A job with layouts, none of whose tasks was begun."""
    begun = {task["layout"] for task in state["tasks"] if task["start"] is not None}
    touched = {job for one in state["layouts"] if one["guid"] in begun for job in one["jobs"]}
    return next(int(one["job"]) for one in state["layouts"] if one["job"] not in touched)


def job(state: State) -> dict[str, Any]:
    return {"jobId": f"laser:job:{job_of(state)}"}


def folder_of(state: State) -> int:
    return next(int(node["id"]) for node in state["nodes"] if node["type"] == 0)


def folder(state: State) -> str:
    return f"laser:job-folder:{folder_of(state)}"


def layout_of(state: State) -> str:
    return next(str(one["guid"]) for one in state["layouts"] if one["job"] == job_of(state))


def titles(state: State) -> list[tuple[int, str]]:
    return [(node["parent_id"], node["title"]) for node in state["nodes"]]


def _pushed(before: State, after: State) -> bool:
    old = {task["guid"] for task in before["tasks"]}
    made = [task for task in after["tasks"] if task["guid"] not in old]
    return [(one["layout"], one["gmid"], one["total"]) for one in made] == [(layout_of(before), 13, 3)]


def _uploaded(before: State, after: State) -> bool:
    del before
    return ("lid.lxds", 13, 4) in {(one["file"], one["gmid"], one["total"]) for one in after["tasks"]}


def reachable(hall: Hall) -> None:
    hall.change(machines=[{"gmid": 13, "state": "IDLE"}])


STATION = {"stationId": "laser:station:13"}
SHAPE: dict[str, Any] = {
    "name": "Washer",
    "material": "304",
    "thicknessMm": 0.8,
    "quantity": 12,
    "measures": [{"name": "L1", "value": "50"}, {"name": "L2", "value": "40"}],
    "gas": "N2",
    "properties": [{"name": "customer", "value": "C7"}],
}
DRAWN: dict[str, Any] = {"name": "Flange", "material": "304", "thicknessMm": 3.0, "quantity": 2, "dxf": DXF}
DEEDS = [
    Deed(
        "createNestJob", f"{INVENTED}/job/add",
        lambda state: {"source": "laser", "name": "Late order", "folderId": folder(state)},
        lambda before, after: (folder_of(before), "Late order") in titles(after),
        {"name": "\n"}, "INVALID",
    ),
    Deed(
        "deleteNestJob", f"{INVENTED}/job/delete", job,
        lambda before, after: job_of(before) not in {node["id"] for node in after["nodes"]},
        {"jobId": "laser:job:9999999"}, "NOT_FOUND", record="jobFolder",
    ),
    Deed(
        "autoNest", f"{INVENTED}/job/boost", job,
        lambda before, after: len(after["layouts"]) > len(before["layouts"]),
        {"jobId": "laser:job:9999999"}, "NOT_FOUND", accepted=True, not_done_shows=False,
    ),
    Deed(
        "pushLayoutToStation", f"{INVENTED}/production/push",
        lambda state: STATION | {"layoutId": f"laser:layout:{layout_of(state)}", "copies": 3},
        _pushed, {"copies": 0}, "INVALID", prepare=reachable,
    ),
    Deed(
        "addPlate", f"{INVENTED}/plate/add",
        lambda _: {"source": "laser", "name": "New plates", "material": "5052", "thicknessMm": 2.0,
                       "widthMm": 1500.0, "depthMm": 3000.0, "quantity": 25, "gapMm": 5.0},
        lambda _, after: ("New plates", 25) in {(one["name"], one["remaining"]) for one in after["plates"]},
        {"material": "Unobtainium"}, "INVALID", record="batch",
    ),
    Deed(
        "addParts", f"{INVENTED}/part/draw", lambda state: job(state) | {"shape": SHAPE},
        lambda before, after: after["parts"] == before["parts"] + 1,
        {"shape": None}, "INVALID",
    ),
    Deed(
        "addParts", f"{INVENTED}/part/import_dxf",
        lambda state: job(state) | {"drawings": [DRAWN, DRAWN | {"name": "Lid"}]},
        lambda before, after: after["parts"] == before["parts"] + 2,
        {"drawings": [DRAWN | {"quantity": 0}]}, "INVALID",
    ),
    Deed(
        "uploadDrawing", f"{INVENTED}/drawing/upload",
        lambda state: job(state) | {"name": "lid.dxf", "dxf": DXF},
        lambda before, after: after["drawings"] == before["drawings"] + 1,
        {"name": "a/b.dxf"}, "INVALID", accepted=True,
    ),
    Deed(
        "uploadCutTask", "POST /upload/api/device_tasks/upload/cut",
        lambda _: STATION | {"name": "lid.lxds", "contentBase64": FILE, "copies": 4},
        _uploaded, {"contentBase64": "not base64!"}, "INVALID", record="station",
        done_shows=False, not_done_shows=False, prepare=reachable,
    ),
]  # fmt: skip
