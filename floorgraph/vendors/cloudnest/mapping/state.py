"""States: the vendor's words for what a machine does, of which there are two sets (section 8)."""

from collections.abc import Mapping
from datetime import datetime

from floorgraph.model.station import Quality, StationState, StationStatus, state_of
from floorgraph.vendors.diagnostics import Diagnostics

WORKING, ALARMING, PAUSED, STOPPED = "WORKING", "ALARMING", "PAUSE", "STOP"
SOFTWARE_CLOSED = "SOFTWARE_CLOSED"
NOT_REPORTED = "NOT_REPORTED"
NOT_GRANTED = "NOT_GRANTED"
NO_CARD = "NO_CONTROL_CARD"

DEVICE: Mapping[str, StationStatus] = {
    WORKING: StationStatus.RUNNING,
    PAUSED: StationStatus.PAUSED,
    STOPPED: StationStatus.STOPPED,
    ALARMING: StationStatus.FAULT,
    "IDLE": StationStatus.IDLE,
    "OFFLINE": StationStatus.OFFLINE,
    "CLOSE": StationStatus.OFFLINE,
    "UNKNOWN": StationStatus.UNKNOWN,
}
"""`deviceState` of current_state."""

PERIOD: Mapping[str, StationStatus] = {
    "WORK": StationStatus.RUNNING,
    "PAUSE": StationStatus.PAUSED,
    "ALARM": StationStatus.FAULT,
    "IDLE": StationStatus.IDLE,
    "OFFLINE": StationStatus.OFFLINE,
    "UNKNOWN": StationStatus.UNKNOWN,
}
"""`status` of time_periods. Its PLC has no known meaning, so it is listed as unmapped."""


def device_state(
    word: str, since: datetime | None, diagnostics: Diagnostics, *, seen: bool = True
) -> StationState:
    """The state behind a `deviceState`; its beginning was `seen`, unless a machine's history told it."""
    reason = SOFTWARE_CLOSED if word == "CLOSE" else None
    return _state(word, DEVICE, "device state", diagnostics, since=since, approximate=seen, reason=reason)


def period_state(word: str, since: datetime, diagnostics: Diagnostics) -> StationState:
    """The state behind a `status` of a period."""
    return _state(word, PERIOD, "period status", diagnostics, since=since, approximate=False)


def silent(reason: str) -> StationState:
    """The state of a machine of which no state can be had."""
    return state_of(StationStatus.UNKNOWN, quality=Quality.UNAVAILABLE, reason=reason)


def _state(
    word: str,
    words: Mapping[str, StationStatus],
    vocabulary: str,
    diagnostics: Diagnostics,
    *,
    since: datetime | None,
    approximate: bool,
    reason: str | None = None,
) -> StationState:
    status = words.get(word.upper())
    if status is None:
        diagnostics.unmapped(vocabulary, word)
    return state_of(
        status or StationStatus.UNKNOWN,
        name=word,
        since=since,
        since_approximate=approximate and since is not None,
        quality=Quality.UNVERIFIABLE if status is None else Quality.VALID,
        reason=reason,
    )
