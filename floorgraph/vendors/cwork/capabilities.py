"""Capabilities: what a CWork server can do, in the words that all vendors share."""

from collections.abc import Mapping, Sequence

from floorgraph.model.source import Capability, CapabilityState, SourceCondition
from floorgraph.vendors.cwork.abilities import NEEDS, Abilities

FUNCTIONS: Mapping[Capability, str] = {
    Capability.STATIONS: "stations",
    Capability.STATION_IMAGES: "image",
    Capability.LIVE_STATUS: "statuses",
    Capability.LIVE_STATUS_BATCH: "batch",
    Capability.ALARMS: "alarms",
    Capability.ALARM_HISTORY: "alarms",
    Capability.STATE_HISTORY: "tops",
    Capability.KPIS: "kpi",
    Capability.PROGRAM_RUNS: "program runs",
    Capability.PART_COUNTS: "counters",
    Capability.PROGRAMS: "documents",
    Capability.PROGRAM_CONTENT: "content",
    Capability.PROTOCOLS: "protocol",
    Capability.JOBS: "operations",
    Capability.ORDERS: "orders",
    Capability.PIECES: "operations",
    Capability.USERS: "users",
}
"""Capability -> the function of the CWork API that it stands on."""

FROM_STATUS = frozenset({Capability.ALARMS, Capability.PART_COUNTS, Capability.LIVE_STATUS_BATCH})
"""Capabilities that live statuses bring along."""

NEVER: Mapping[Capability, str] = {
    Capability.LAYOUTS: "CWork has no layouts of pieces on stock",
    Capability.BATCHES: "CWork does not track material",
}


def at_best() -> Mapping[Capability, str]:
    """What the newest server with every licence can do, and the version and licence that it takes."""
    return {name: _needs(function) for name, function in FUNCTIONS.items()}


def _needs(function: str) -> str:
    needed = NEEDS[function]
    return f"1.{needed.minor}" + ("" if needed.licence == "any" else f", {needed.licence}")


def capability_states(abilities: Abilities | None, condition: SourceCondition) -> Sequence[CapabilityState]:
    """One entry per capability; while nothing is known, none is available and the reason says so."""
    if abilities is None:
        reason = condition.failure or "not asked yet"
        states = [CapabilityState(name=name, available=False, reason=reason) for name in FUNCTIONS]
    else:
        states = [_state(name, function, abilities) for name, function in FUNCTIONS.items()]
    absent = [name for name in Capability if name not in FUNCTIONS]
    return states + [
        CapabilityState(name=name, available=False, reason=NEVER.get(name, "CWork has nothing of the kind"))
        for name in absent
    ]


def _state(name: Capability, function: str, abilities: Abilities) -> CapabilityState:
    lacking = abilities.lacking(function)
    if lacking is None and name in FROM_STATUS:
        lacking = abilities.lacking("statuses")
    if lacking is None and name is Capability.LIVE_STATUS_BATCH and not abilities.batch:
        lacking = "the server does not give all live statuses at once"
    reason = lacking
    if lacking is None and name is Capability.USERS:
        reason = abilities.rights
    if lacking is not None and name is Capability.JOBS and abilities.has("statuses"):
        reason = f"{lacking}; jobs are known only by the names that stations report"
    return CapabilityState(name=name, available=lacking is None, reason=reason)
