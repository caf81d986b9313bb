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
        "endpoints": {
            "plate_list": {"path": f"{INVENTED}/plate/list"},
            "material_list": {"path": f"{INVENTED}/material/list"},
        },
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
