"""The CloudNest simulator as the registry finds it."""

from collections.abc import Mapping

from floorgraph.simulators.cloudnest.app import build
from floorgraph.simulators.cloudnest.machines import FIRST_CARD, FIRST_GMID
from floorgraph.simulators.cloudnest.options import CloudNestOptions
from floorgraph.simulators.cloudnest.unlisted_reads import INVENTED
from floorgraph.simulators.contract import DemoInstance, Simulator

VENDOR = "cloudnest"
NAMES = ("Flatbed 1", "Flatbed 2", "Gantry 6 m", "Fine sheet", "Heavy plate", "Prototypes")
APP_ID, APP_SECRET, ORG_CODE = "demo-app", "demo-secret", "TEAM001"
QUOTA, RATE = 100_000, 5.0
PACE = 4.0
"""Calls per second of the source: a little less than the gateway allows."""
HARMLESS = (
    "createNestJob",
    "autoNest",
    "addPlate",
    "addParts",
    "uploadDrawing",
    "pushLayoutToStation",
    "uploadCutTask",
)
"""Commands that anybody may try in the demo: they delete nothing."""
PATHS = {
    "plate_list": "plate/list",
    "material_list": "material/list",
    "job_layouts": "job/layouts",
    "drawing_status": "job/drawing_status",
    "add_job": "job/add",
    "boost": "job/boost",
    "add_plate": "plate/add",
    "draw_part": "part/draw",
    "import_parts": "part/import_dxf",
    "upload_drawing": "drawing/upload",
    "push_layout": "production/push",
}
"""Where the simulator has what the vendor names without telling where it lies, as far as the demo asks it."""


def _settings(base_url: str) -> Mapping[str, object]:
    return {
        "base_url": base_url,
        "app_id": APP_ID,
        "app_secret": APP_SECRET,
        "org_code": ORG_CODE,
        "machines": [
            {"gmid": FIRST_GMID + index, "card_id": str(FIRST_CARD + index), "name": name}
            for index, name in enumerate(NAMES)
        ],
        "calls_per_day": QUOTA,
        "calls_per_second": PACE,
        "endpoints": {name: {"path": f"{INVENTED}/{path}"} for name, path in PATHS.items()},
        "commands": list(HARMLESS),
    }


SIMULATOR = Simulator(
    vendor=VENDOR,
    title="CloudNest",
    options=CloudNestOptions,
    build=build,
    demo=(
        DemoInstance(
            key="laser",
            vendor=VENDOR,
            title="Laser hall",
            options={
                "seed": 5,
                "machines": len(NAMES),
                "machine_names": list(NAMES),
                "jobs": 36,
                "pace": 8,
                "trouble": 0.35,
                "app_id": APP_ID,
                "app_secret": APP_SECRET,
                "org_codes": [ORG_CODE],
                "daily_quota": QUOTA,
                "rate_per_second": RATE,
            },
            settings=_settings,
        ),
    ),
)
