"""The CWork simulator as the registry finds it."""

from collections.abc import Callable, Mapping

from floorgraph.simulators.contract import DemoInstance, Simulator
from floorgraph.simulators.cwork.app import build
from floorgraph.simulators.cwork.options import CWorkOptions

VENDOR = "cwork"
BASE_PATH = "/CAPI/REST"


HARMLESS = (
    "changeStationState",
    "amendStationState",
    "resumeAutomaticState",
    "resetPartCount",
    "sendProgram",
    "sendPrograms",
    "createProgram",
    "certifyProgramVersion",
)
"""Commands that anybody may try in the demo: they delete nothing."""


def _settings(api_key: str) -> Callable[[str], Mapping[str, object]]:
    return lambda base_url: {"base_url": base_url + BASE_PATH, "api_key": api_key, "commands": list(HARMLESS)}


SIMULATOR = Simulator(
    vendor=VENDOR,
    title="CWork",
    options=CWorkOptions,
    build=build,
    demo=(
        DemoInstance(
            key="north",
            vendor=VENDOR,
            title="North plant",
            options={
                "seed": 7,
                "version": "1.16",
                "stations": 24,
                "orders": 16,
                "operations_per_station": 2,
                "cycle_seconds": [5, 20],
                "parts_to_make": [8, 30],
                "pace": 30,
                "unmonitored": 1,
                "disabled": 1,
                "api_key": "north-key",
                "timezone": "+01:00",
            },
            settings=_settings("north-key"),
        ),
        DemoInstance(
            key="south",
            vendor=VENDOR,
            title="South plant",
            options={
                "seed": 11,
                "version": "1.11",
                "licences": ["monitor", "dnc"],
                "stations": 8,
                "station_names": [
                    "Router 3",
                    "Swiss lathe 4",
                    "Swiss lathe 5",
                    "Gantry mill 1",
                    "Honing cell",
                    "Deep drill 2",
                    "Gear hobber 1",
                    "Turn-mill 9",
                ],
                "cycle_seconds": [5, 20],
                "parts_to_make": [8, 30],
                "pace": 20,
                "api_key": "south-key",
                "timezone": "+08:00",
                "oee_categories": "captured",
                "oddities": [
                    "lower-dncgroup",
                    "string-kpi",
                    "disable-parent-state",
                    "empty-values",
                    "trailing-commas",
                    "lone-backslash",
                ],
            },
            settings=_settings("south-key"),
        ),
    ),
)
