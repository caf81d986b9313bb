"""What the adapter relies on: the resources it reads by itself, and what it takes for granted about each.

`floorgraph check` compares this with what the server says about itself (`OPTIONS`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

WORK_TTL = 10.0
"""Seconds for which what people and machines change all the time serves those who ask for no age."""
EVERY_USE = "product,specimen,waste,tooling"


@dataclass(frozen=True, slots=True)
class Reliance:
    """One resource. Fields are those that lists are filtered by, beside the `uri`.

    `updated` says that changes can be asked for; `stable` is what whole lists
    are sorted by, so that nothing moves between two pages; `flags` are
    filters without which the server keeps rows back; `feature` is the
    vendor's switch; `definition` rows change rarely.
    """

    filtered: tuple[str, ...] = ()
    updated: bool = False
    stable: str | None = None
    flags: tuple[tuple[str, str], ...] = ()
    feature: str | None = None
    definition: bool = False
    by_uuid: bool = False
    """Its records have a `uuid` of their own to be asked for by, which is shorter than their address."""
    posted: tuple[str, ...] = ()
    """What commands set when they make one."""
    put: tuple[str, ...] = ()
    """What commands change."""
    core: bool = False
    """Without it the server is not what it should be: its absence is a failure, not a missing feature."""


_DEFINITION = Reliance(definition=True)
_MATERIAL = "material-management"
_ARCHIVED = (("include_archived", "true"),)

RELIED_ON: Mapping[str, Reliance] = {
    "printer": Reliance(updated=True, flags=_ARCHIVED, core=True),
    "post-processor": Reliance(updated=True, flags=_ARCHIVED),
    "shipping": Reliance(),
    "jeni-cluster": Reliance(feature="jeni-cluster"),
    "modeler": Reliance(updated=True),
    "printer-type": _DEFINITION,
    "post-processor-type": _DEFINITION,
    "manufacturer": _DEFINITION,
    "location": _DEFINITION,
    "sub-location": _DEFINITION,
    "process-step": _DEFINITION,
    "material": _DEFINITION,
    "workflow": Reliance(updated=True, definition=True, flags=(("include_custom_workflows", "true"),)),
    "downtime": Reliance(
        filtered=("printer", "post_processor", "shipping", "status"),
        flags=(("status", "scheduled,in_progress"),),
        posted=("printer", "post_processor", "shipping", "start", "finish", "description"),
        put=("status", "finish"),
    ),
    "workstation-capacity-data": Reliance(
        filtered=("related_table_name", "related_uuid", "date"), feature="workstation-capacity-tracking"
    ),
    "sensor": Reliance(filtered=("sub_location",), feature="sensors", definition=True),
    "sensor-data": Reliance(filtered=("sensor", "updated"), feature="sensors", definition=True),
    "run": Reliance(
        filtered=("printer", "post_processor", "shipping", "status", "by_order"),
        updated=True,
        stable="created",
        put=("status", "notes", "force"),
        core=True,
    ),
    "run-actuals": Reliance(filtered=("run",), updated=True, stable="created"),
    "run-actuals-additive": Reliance(filtered=("run_actual", "material_batch")),
    "build": Reliance(filtered=("run",), updated=True, stable="created"),
    "service-provider-job": Reliance(filtered=("run", "order"), updated=True, stable="created"),
    "order": Reliance(
        updated=True, stable="created", put=("name", "due_date", "priority", "notes"), core=True
    ),
    "line-item": Reliance(filtered=("order", "type"), flags=(("type", EVERY_USE),), put=("status",)),
    "piece": Reliance(filtered=("order",), updated=True, stable="created", core=True),
    "product": Reliance(updated=True, definition=True),
    "model-library": Reliance(updated=True, definition=True),
    "model": _DEFINITION,
    "print": Reliance(filtered=("run", "piece")),
    "piece-actuals": Reliance(filtered=("piece",), updated=True, stable="created"),
    "build-file": Reliance(filtered=("run", "layout"), updated=True, stable="created"),
    "packing-process": Reliance(filtered=("run", "printer")),
    "material-batch": Reliance(
        filtered=("at_machine", "post_processor"),
        updated=True,
        stable="created",
        feature=_MATERIAL,
        by_uuid=True,
    ),
    "material-lot": Reliance(updated=True, feature=_MATERIAL),
    "material-container": Reliance(
        updated=True, feature=_MATERIAL, flags=(("archived", "true,false"),), by_uuid=True
    ),
    "material-batch-action": Reliance(
        filtered=("source_batch",),
        stable="created",
        feature=_MATERIAL,
        posted=("action_type", "source_batch", "quantity", "notes", "metadata"),
    ),
    "material-batch-linking": Reliance(filtered=("source_batch", "destination_batch"), feature=_MATERIAL),
    "material_batch_sensor_data": Reliance(filtered=("material_batch",), feature=_MATERIAL),
    "create-runs": Reliance(
        stable="created",
        posted=("pieces", "primary_workstation", "run_name", "priority", "locked", "do_build_volume_check"),
    ),
    "run-transformation": Reliance(
        filtered=("source_run",),
        stable="created",
        posted=("source_run", "type", "prints", "notes", "process_steps", "split_piece_schedules"),
    ),
    "traceability-report": Reliance(filtered=("piece",), stable="created", posted=("piece", "filters")),
    "material-batch-traceability-report": Reliance(
        filtered=("material_batch",), stable="created", feature=_MATERIAL, posted=("material_batch",)
    ),
    "event": Reliance(filtered=("created",), stable="created"),
}
"""Resource -> what is taken for granted."""


def relied_on(resource: str) -> Reliance:
    """What is taken for granted about a resource; nothing for one that is not in the table."""
    return RELIED_ON.get(resource, Reliance())
