"""The Authentise simulator as the registry finds it."""

from collections.abc import Mapping

from floorgraph.simulators.authentise.app import build
from floorgraph.simulators.authentise.options import TOKEN_SECRET, TOKEN_UUID, AuthentiseOptions
from floorgraph.simulators.contract import DemoInstance, Simulator

VENDOR = "authentise"
HARMLESS = (
    "scheduleDowntime",
    "endDowntime",
    "setJobStatus",
    "queueJob",
    "createJobs",
    "recordBatchAction",
    "requestTraceabilityReport",
    "updateOrder",
    "setLineItemStatus",
)
"""Commands that anybody may try in the demo: they delete nothing."""


def _settings(base_url: str) -> Mapping[str, object]:
    token = {"uuid": str(TOKEN_UUID), "secret": TOKEN_SECRET}
    # The reference lost the path of the planned times; the simulator has them under the name it had once.
    return {
        "base_url": base_url,
        "users_url": base_url,
        "token": token,
        "schedule_resource": "run-schedule-summary",
        "commands": list(HARMLESS),
    }


SIMULATOR = Simulator(
    vendor=VENDOR,
    title="Authentise",
    options=AuthentiseOptions,
    build=build,
    demo=(
        DemoInstance(
            key="am",
            vendor=VENDOR,
            title="Additive hall",
            options={
                "seed": 5,
                "printers": 10,
                "post_processors": 2,
                "pieces": 60,
                "pieces_per_run": 4,
                "batches": 8,
                "pace": 2.0,
                "order_linger": 240.0,
            },
            settings=_settings,
        ),
    ),
)
