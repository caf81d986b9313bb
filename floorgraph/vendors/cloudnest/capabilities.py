"""Capabilities: what this account can do, in the words that all vendors share."""

from collections.abc import Mapping, Sequence

from floorgraph.model.source import Capability, CapabilityState
from floorgraph.vendors.cloudnest.endpoints import (
    CURRENT_ALARMS,
    DEVICE_STATES,
    DEVICES,
    ENDPOINTS,
    JOB_LAYOUTS,
    JOB_LIST,
    JOB_PARTS,
    JOB_TREE,
    LAYOUT_DETAILS,
    PART_LIST,
    PLAN_DETAIL,
    PLATE_LIST,
    PLATE_USED,
    SCHEDULE,
    SCRAP_HIERARCHY,
    STATISTICS,
    TIME_PERIODS,
    Api,
)
from floorgraph.vendors.cloudnest.grants import Grants

FOUNDATIONS: Mapping[Capability, str] = {
    Capability.STATIONS: DEVICES,
    Capability.LIVE_STATUS: DEVICE_STATES,
    Capability.LIVE_STATUS_BATCH: DEVICE_STATES,
    Capability.ALARMS: CURRENT_ALARMS,
    Capability.STATE_HISTORY: TIME_PERIODS,
    Capability.KPIS: STATISTICS,
    Capability.JOBS: JOB_TREE,
    Capability.LAYOUTS: PLAN_DETAIL,
    Capability.PIECES: PLAN_DETAIL,
    Capability.BATCHES: PLATE_USED,
}
"""Capability -> the endpoint that it stands on."""

NEVER: Mapping[Capability, str] = {
    Capability.STATION_IMAGES: "the vendor has no pictures of machines",
    Capability.ALARM_HISTORY: "the vendor tells only the alarms that stand now",
    Capability.PROGRAM_RUNS: "the vendor's answer about past work of machines is not documented",
    Capability.PART_COUNTS: "machines count no parts; jobs count sheets",
    Capability.PROGRAMS: "the vendor keeps no programs; machines name the file that they cut",
    Capability.ORDERS: "the vendor has no orders",
    Capability.DOWNTIMES: "the vendor plans no downtimes",
    Capability.CAPACITY: "the vendor reckons no capacity",
}
NOTES: Mapping[Capability, str] = {
    Capability.KPIS: "run and failure time of whole days; the vendor has nothing that a rate follows from",
    Capability.LAYOUTS: "layouts that production tasks were made of",
    Capability.PIECES: "parts on layouts that production tasks were made of",
}


def at_best() -> Mapping[Capability, str]:
    """What an account with every permission can do, and the endpoint that it takes."""
    return {name: f"`{endpoint}`" for name, endpoint in FOUNDATIONS.items()}


def capability_states(grants: Grants) -> Sequence[CapabilityState]:
    """One entry per capability, with the reason where something is missing."""
    return [_state(name, grants) for name in Capability]


STAND_INS: Mapping[Capability, Sequence[str]] = {
    Capability.JOBS: (JOB_LIST,),
    Capability.LAYOUTS: (SCHEDULE, LAYOUT_DETAILS, JOB_LAYOUTS),
    Capability.PIECES: (JOB_PARTS, PART_LIST, LAYOUT_DETAILS),
    Capability.BATCHES: (PLATE_LIST, SCRAP_HIERARCHY),
}
"""What else a capability can stand on, where its path is configured."""
BEYOND_TASKS: Mapping[Capability, Sequence[str]] = {
    Capability.LAYOUTS: (LAYOUT_DETAILS, JOB_LAYOUTS),
    Capability.PIECES: (JOB_PARTS, PART_LIST, LAYOUT_DETAILS),
}
"""What lists layouts and pieces whether or not tasks were made of them."""


def _state(name: Capability, grants: Grants) -> CapabilityState:
    endpoint = FOUNDATIONS.get(name)
    if endpoint is None:
        reason = NEVER.get(name, "the vendor has nothing of the kind")
        return CapabilityState(name=name, available=False, reason=reason)
    lacking = grants.lacking(endpoint) or _without_cards(endpoint, grants)
    if lacking is None:
        return CapabilityState(name=name, available=True, reason=_note(name, grants))
    if name is Capability.STATIONS and (grants.settings.machines or grants.has(PLAN_DETAIL)):
        known = "machines are known from the configuration and from production tasks only"
        return CapabilityState(name=name, available=True, reason=f"{lacking}; {known}")
    stand_in = next((one for one in STAND_INS.get(name, ()) if grants.has(one)), None)
    if stand_in is not None:
        return CapabilityState(name=name, available=True, reason=f"only what {stand_in} tells: {lacking}")
    return CapabilityState(name=name, available=False, reason=lacking)


def _without_cards(endpoint: str, grants: Grants) -> str | None:
    """Why no machine can be asked about, although its endpoint could be."""
    configured = any(machine.card_id for machine in grants.settings.machines)
    if endpoint == DEVICES or ENDPOINTS[endpoint].api is not Api.IOT or configured:
        return None
    lacking = grants.lacking(DEVICES)
    return None if lacking is None else f"no control card is known: {lacking}"


def _note(name: Capability, grants: Grants) -> str | None:
    if name is Capability.BATCHES:
        missing = grants.lacking(PLATE_LIST)
        return f"plates that jobs use; not those in stock: {missing}" if missing else None
    if any(grants.has(endpoint) for endpoint in BEYOND_TASKS.get(name, ())):
        return None
    return NOTES.get(name)
