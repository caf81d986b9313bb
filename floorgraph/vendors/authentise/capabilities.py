"""Capabilities: what an Authentise tenant can do, in the words that all vendors share."""

from collections.abc import Mapping, Sequence

from floorgraph.model.source import Capability, CapabilityState
from floorgraph.vendors.authentise.server import Server

RESTS_ON: Mapping[Capability, str] = {
    Capability.STATIONS: "printer",
    Capability.LIVE_STATUS: "modeler",
    Capability.LIVE_STATUS_BATCH: "modeler",
    Capability.JOBS: "run",
    Capability.ORDERS: "order",
    Capability.PIECES: "piece",
    Capability.LAYOUTS: "build-file",
    Capability.BATCHES: "material-batch",
    Capability.DOWNTIMES: "downtime",
    Capability.CAPACITY: "workstation-capacity-data",
    Capability.PROGRAMS: "build-file",
}
"""Capability -> the resource that it stands on."""
NEVER: Mapping[Capability, str] = {
    Capability.STATION_IMAGES: "Authentise has no pictures of stations",
    Capability.ALARMS: "Authentise tells one error per machine, shown as the comment of its state",
    Capability.ALARM_HISTORY: "Authentise keeps no alarms",
    Capability.STATE_HISTORY: "Authentise keeps no list of past states of stations",
    Capability.KPIS: "Authentise gives capacity per day only",
    Capability.PROGRAM_RUNS: "what ran on a machine are its builds; read them as the resource 'build'",
    Capability.PART_COUNTS: "Authentise counts pieces, not parts per machine",
    Capability.PROGRAM_CONTENT: "build files are large and behind signed links, which are never passed on",
    Capability.PROTOCOLS: "machines are connected by the vendor's own agents",
    Capability.USERS: "not read; ask for the resource 'users'",
}


def at_best() -> Mapping[Capability, str]:
    """What a tenant with every feature can do, and the resource that it takes."""
    told = {name: f"`{resource}`" for name, resource in RESTS_ON.items()}
    return {**told, Capability.RESOURCES: "every documented one"}


def capability_states(server: Server, *, heard: bool) -> Sequence[CapabilityState]:
    """One entry per capability. Before anything was heard, what is documented counts as there."""
    found: list[CapabilityState] = []
    for name in Capability:
        if name in RESTS_ON:
            reason = server.off(RESTS_ON[name])
            available = heard and reason is None
            told = reason or (None if heard else server.condition().failure or "not asked yet")
            found.append(CapabilityState(name=name, available=available, reason=told))
        elif name is Capability.RESOURCES:
            found.append(CapabilityState(name=name, available=True, reason=None))
        else:
            reason = NEVER.get(name, "Authentise has nothing of the kind")
            found.append(CapabilityState(name=name, available=False, reason=reason))
    return found
