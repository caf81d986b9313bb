"""What is refused before anybody looks at the request: too fast, too long, switched off."""

from collections import deque
from collections.abc import Collection, Mapping
from math import ceil
from urllib.parse import urlencode

from floorgraph.simulators.authentise.errors import (
    PageError,
    VendorError,
    forbidden,
    not_allowed,
    not_found_page,
)
from floorgraph.simulators.authentise.options import AuthentiseOptions
from floorgraph.simulators.contract import Call

RAW_QUERY = "x-raw-query"
"""Header in which the query comes as it was sent, not decoded."""

FEATURES: Mapping[str, tuple[str, ...]] = {
    "material-management": (
        "material-batch", "material-batch-action", "material-batch-linking", "material-genealogy",
        "material-batch-action-transaction", "material_batch_sensor_data", "material-container",
        "material-container-action", "material-lot", "material-lot-action", "material-purchase-order",
        "material-stock-action", "material-stock-action-relationship", "material-batch-traceability-report",
    ),
    "workstation-capacity-tracking": ("workstation-capacity-data",),
    "sensors": ("sensor", "sensor-data", "material_batch_sensor_data"),
    "jeni-cluster": ("jeni-cluster", "jeni-printer-type", "jeni-post-processor-type"),
    "prep-workflow": ("prep-workflow", "prep-task", "prep-workflow-record", "prep-task-record"),
    "external-build-id": ("external-build",),
}  # fmt: skip
"""Which resources a feature brings."""


class Limits:
    """Rates, lengths and features; changed through the control endpoint."""

    def __init__(self, options: AuthentiseOptions) -> None:
        self._options = options
        self._recent: deque[float] = deque()
        self.cooldown = 0.0
        """Seconds that the throttle names."""
        self.throttled = 0
        """How many requests the throttle still refuses."""

    def check_rate(self, now: float) -> None:
        """Refuse what comes too fast.

        Raises:
            VendorError: 429 with `Cooldown`.
        """
        if self.throttled > 0:
            self.throttled -= 1
            raise _too_fast(self.cooldown)
        limit = self._options.rate_limit
        if limit is None:
            return
        while self._recent and self._recent[0] <= now - limit.seconds:
            self._recent.popleft()
        if len(self._recent) >= limit.calls:
            raise _too_fast(self._recent[0] + limit.seconds - now)
        self._recent.append(now)

    def check_length(self, call: Call) -> None:
        """Refuse addresses that are too long.

        Raises:
            PageError: 414.
        """
        query = call.headers.get(RAW_QUERY)
        if query is None:
            query = urlencode(call.query.multi_items())
        if self._options.url_limit is not None and len(call.path) + 1 + len(query) > self._options.url_limit:
            raise PageError(414, "Request-URI Too Large")

    def check_feature(self, resource: str, off: Collection[str]) -> None:
        """Refuse resources whose feature is off.

        Raises:
            VendorError: 403.
            PageError: 404 or 405 where the options say so.
        """
        if any(resource in FEATURES.get(feature, ()) for feature in off):
            match self._options.disabled_status:
                case 403:
                    raise forbidden("This feature is not enabled for your bureau.")
                case 404:
                    raise not_found_page()
                case _:
                    raise not_allowed()


def _too_fast(seconds: float) -> VendorError:
    wait = str(max(1, ceil(seconds)))
    title = f"Too many requests. Wait {wait} seconds before you try again"
    return VendorError(429, "rate-limited", title, headers={"Cooldown": wait})
