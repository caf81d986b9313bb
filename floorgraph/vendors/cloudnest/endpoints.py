"""Endpoints: what the adapter can ask, and where that lies at the gateway (sections 5.1 and 5.4).

Only paths that the vendor's pages or public clients show are filled in. The
others are None, and so never called, until the configuration gives them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Api(Enum):
    """The two APIs behind the gateway."""

    CLOUDNEST = "cloudnest"
    """Jobs, layouts, parts, plates; for one team, named by the organisation code."""
    IOT = "iot"
    """Machines and their live state."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint; `zoned` ones heed the header `zoneId`."""

    name: str
    api: Api
    path: str | None
    zoned: bool = False
    method: str = "POST"


def _cloudnest(name: str, path: str | None, *, zoned: bool = False, method: str = "POST") -> Endpoint:
    return Endpoint(name, Api.CLOUDNEST, path, zoned, method)


def _iot(name: str, path: str) -> Endpoint:
    return Endpoint(name, Api.IOT, path, zoned=True)


JOB_TREE = "job_tree"
PLAN_DETAIL = "plan_detail"
PLATE_USED = "plate_used"
PART_ORDER = "part_order"
MACHINE_RESULTS = "machine_results"
PLATE_LIST = "plate_list"
MATERIAL_LIST = "material_list"
SCRAP_HIERARCHY = "scrap_hierarchy"
PART_LIST = "part_list"
JOB_PARTS = "job_parts"
JOB_LAYOUTS = "job_layouts"
LAYOUT_DETAILS = "layout_details"
LAYOUT_DRAWINGS = "layout_drawings"
PART_LAYOUTS = "part_layouts"
LAYOUT_PARTS = "layout_parts"
LAYOUT_JOB = "layout_job"
DRAWINGS = "drawings"
SCHEDULE = "schedule"
TASK_DETAILS = "task_details"
JOB_LIST = "job_list"
JOB_INFO = "job_info"
JOB_SEARCH = "job_search"
DRAWING_STATUS = "drawing_status"
ADD_JOB = "add_job"
DELETE_JOB = "delete_job"
BOOST = "boost"
PUSH_LAYOUT = "push_layout"
ADD_PLATE = "add_plate"
DRAW_PART = "draw_part"
IMPORT_PARTS = "import_parts"
UPLOAD_DRAWING = "upload_drawing"
UPLOAD_CUT = "upload_cut"
DEVICES = "devices"
DEVICE = "device"
DEVICE_STATES = "device_states"
CURRENT_ALARMS = "current_alarms"
CURRENT_WORK = "current_work"
CUT_STATE = "cut_state"
TIME_PERIODS = "time_periods"
STATISTICS = "statistics"
DAILY_ALARM_TIME = "daily_alarm_time"

ENDPOINTS: Mapping[str, Endpoint] = {
    endpoint.name: endpoint
    for endpoint in (
        _cloudnest(JOB_TREE, "/cn-api/api/open_platform/job/info/v2"),
        _cloudnest(PLAN_DETAIL, "/cn-api/api/job/plan_detail"),
        _cloudnest(PLATE_USED, "/cn-api/api/job/plate_used"),
        _cloudnest(PART_ORDER, "/cn-api/api/part/loc_info"),
        _cloudnest(MACHINE_RESULTS, "/cn-api/api/open_platform/machine/result/list", zoned=True),
        _cloudnest(PLATE_LIST, None),
        _cloudnest(MATERIAL_LIST, None, method="GET"),
        _cloudnest(SCRAP_HIERARCHY, None, method="GET"),
        _cloudnest(PART_LIST, None),
        _cloudnest(JOB_PARTS, None),
        _cloudnest(JOB_LAYOUTS, None),
        _cloudnest(LAYOUT_DETAILS, None),
        _cloudnest(LAYOUT_DRAWINGS, None),
        _cloudnest(PART_LAYOUTS, None),
        _cloudnest(LAYOUT_PARTS, None),
        _cloudnest(LAYOUT_JOB, None),
        _cloudnest(DRAWINGS, None),
        _cloudnest(SCHEDULE, None),
        _cloudnest(TASK_DETAILS, None),
        _cloudnest(JOB_LIST, None),
        _cloudnest(JOB_INFO, None),
        _cloudnest(JOB_SEARCH, None),
        _cloudnest(DRAWING_STATUS, None),
        # What follows changes something: commands alone send to it.
        _cloudnest(ADD_JOB, None),
        _cloudnest(DELETE_JOB, None),
        _cloudnest(BOOST, None),
        _cloudnest(PUSH_LAYOUT, None),
        _cloudnest(ADD_PLATE, None),
        _cloudnest(DRAW_PART, None),
        _cloudnest(IMPORT_PARTS, None),
        _cloudnest(UPLOAD_DRAWING, None),
        _iot(UPLOAD_CUT, "/upload/api/device_tasks/upload/cut"),
        _iot(DEVICES, "/api/user_devices"),
        _iot(DEVICE, "/api/user_devices/detail"),
        _iot(DEVICE_STATES, "/api/user_devices/current_state"),
        _iot(CURRENT_ALARMS, "/api/user_devices/current_alarms"),
        _iot(CURRENT_WORK, "/api/user_devices/current_work"),
        _iot(CUT_STATE, "/api/user_devices/cut_system_state"),
        _iot(TIME_PERIODS, "/api/user_devices/time_periods"),
        _iot(STATISTICS, "/api/statistics/sum"),
        # Without /api in front, as the vendor's page has it.
        _iot(DAILY_ALARM_TIME, "/statistics/daily/alarm_time"),
    )
}
