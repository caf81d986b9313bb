"""Read-only resources that show what others hold: nothing of theirs is stored."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from floorgraph.simulators.authentise.derived import value_of
from floorgraph.simulators.authentise.resource import Ref, Row, stamp
from floorgraph.simulators.authentise.shop import STATION_FIELDS, Shop

Exact = Mapping[str, tuple[Any, ...]]
"""Values that a property must have one of: lets a view look at less."""
View = Callable[[Shop, Exact], Iterable[Row]]

OPEN = ("calculating", "calculated", "queued", "queued-work-ready", "in-progress", "paused")


def _workstations(shop: Shop, _: Exact) -> Iterator[Row]:
    for resource in STATION_FIELDS:
        for row in shop.store.table(resource):
            yield {
                "archived": row.get("archived"),
                "description": row.get("description"),
                "in_progress_max": shop.capacity(row["uri"]),
                "location": row.get("location"),
                "name": row.get("name"),
                "updated": row.get("updated"),
                "updated_by": row.get("updated_by"),
                "uri": row["uri"],
                "workstation_type": resource,
            }


def _runs(shop: Shop, exact: Exact, field: str = "run") -> Iterable[Row]:
    """All runs, or those that are asked for."""
    if field in exact:
        return [row for link in dict.fromkeys(exact[field]) if (row := shop.store.get(link))]
    return shop.store.table("run")


def _schedule(shop: Shop, exact: Exact) -> Iterator[Row]:
    copied = (
        "bureau", "created", "customer_id", "id", "name", "notes", "operation", "post_processor",
        "post_processor_type", "printer", "printer_type", "priority", "shipping", "status", "updated", "uri",
    )  # fmt: skip
    worked_out = ("location", "workstation_name", "workstation_type_name", "workstation_uri")
    runs = [run for run in _runs(shop, exact, "uri") if run["status"] in OPEN]
    plans = _plans(shop, {station: None for run in runs if (station := shop.station_of(run))})
    for run in runs:
        row = {name: run.get(name) for name in copied}
        row.update((name, value_of(shop, "run", run, name)) for name in worked_out)
        plan = plans.get(run["uri"], Plan(None, None, None))
        row["bureau"] = shop.store.bureau
        row["workstation_queue_position"] = plan.position
        row["estimated_start"], row["estimated_end"] = plan.start, plan.end
        yield row


@dataclass(frozen=True, slots=True)
class Plan:
    """When a run begins and ends by plan, and its place in the queue; null without a station."""

    start: str | None
    end: str | None
    position: int | None


def _plans(shop: Shop, stations: Iterable[Ref]) -> dict[Ref, Plan]:
    """One run after the other at each station."""
    found = {}
    for station in stations:
        active, clock = shop.active.get(station, []), shop.now
        for index, link in enumerate([*active, *shop.queues.get(station, ())]):
            start, clock = clock, clock + shop.estimates.get(link, 600.0) / shop.options.pace
            position = index - len(active) if index >= len(active) else None
            found[link] = Plan(stamp(start), stamp(clock), position)
    return found


def _pieces_by_run(shop: Shop, exact: Exact) -> Iterator[Row]:
    if "piece" in exact and "run" not in exact:
        prints: Iterable[Row] = shop.store.where("print", "piece", *exact["piece"])
    elif "run" in exact:
        prints = shop.store.where("print", "run", *dict.fromkeys(exact["run"]))
    else:
        prints = (row for row in shop.store.table("print") if row.get("run"))
    for one in prints:
        piece = shop.store.get(one["piece"])
        if piece is None or one.get("run") is None:
            continue
        item, workflow = shop.store.get(piece["line_item"]), shop.store.get(piece["workflow"])
        order = shop.store.get(piece["order"])
        yield {
            "run": one["run"],
            "piece": piece["uri"],
            "piece_name": piece["name"],
            "piece_status": piece["status"],
            "line_item": piece["line_item"],
            "line_item_name": item["name"] if item else None,
            "order_name": piece["order_name"],
            "order_customer_id": order["customer_id"] if order else None,
            "workflow_name": workflow["name"] if workflow else None,
            "reworked": piece["reworked"],
        }


def _items_by_run(shop: Shop, exact: Exact) -> Iterator[Row]:
    for run in _runs(shop, exact):
        counted: dict[Ref, int] = {}
        for one in shop.store.where("print", "run", run["uri"]):
            counted[one["line_item"]] = counted.get(one["line_item"], 0) + 1
        for item, number in counted.items():
            yield {
                "run": run["uri"],
                "line_item": item,
                "total_piece_quantity": number,
                "original_piece_quantity": number,
            }


def _flat_pieces(shop: Shop, _: Exact) -> Iterator[Row]:
    for piece in shop.store.table("piece"):
        current = shop.store.get(piece.get("current_print"))
        run = shop.store.get(current["run"]) if current else None
        workflow, item = shop.store.get(piece["workflow"]), shop.store.get(piece["line_item"])
        station = shop.store.get(shop.station_of(run)) if run else None
        yield {
            "uuid": piece["uri"].uuid,
            "current_process_step_position": piece["current_step_position"],
            "current_process_step_run_name": run["name"] if run else None,
            "current_process_step_run_uuid": run["uri"].uuid if run else None,
            "current_process_step_status": current["status"] if current else None,
            "current_process_step_workstation_name": station["name"] if station else None,
            "line_item_name": item["name"] if item else None,
            "line_item_uuid": piece["line_item"].uuid,
            "order_name": piece["order_name"],
            "order_uuid": piece["order"].uuid,
            "total_process_steps": len(workflow["process_steps"]) if workflow else None,
        }


def _run_materials(shop: Shop, exact: Exact) -> Iterator[Row]:
    for run in _runs(shop, exact):
        if run["operation"] != "printing":
            continue
        used = [
            part.get("base_material_used") or 0.0
            for actual in shop.store.where("run-actuals", "run", run["uri"])
            for part in shop.store.where("run-actuals-additive", "run_actual", actual["uri"])
        ]
        yield {
            "run": run["uri"],
            "materials": [{"type": "base"}],
            "estimate_base_material_used": 0.02 * len(run["prints"]),
            "actual_base_material_used": sum(used) if used else None,
        }


def _genealogy(shop: Shop, exact: Exact) -> Iterator[Row]:
    for target in dict.fromkeys(exact.get("target_batch", ())):
        if shop.store.get(target) is None:
            continue
        seen = {target: None}
        parents = _tree(shop, target, "destination_batch", "source_batch", seen)
        children = _tree(shop, target, "source_batch", "destination_batch", seen)
        actions = [row["uri"] for row in shop.store.where("material-batch-action", "source_batch", *seen)]
        yield {
            "target_batch": target,
            "batches": list(seen),
            "actions": actions,
            "parents_tree": parents,
            "children_tree": children,
        }


def _tree(shop: Shop, batch: Ref, this: str, that: str, seen: dict[Ref, None]) -> list[Row]:
    """Shape inferred: each node is a batch with the nodes behind it."""
    found = []
    for edge in shop.store.where("material-batch-linking", this, batch):
        other = edge[that]
        if other is not None and other not in seen:
            seen[other] = None
            behind = _tree(shop, other, this, that, seen)
            found.append({"batch": other, "quantity": edge["quantity"], "nodes": behind})
    return found


def _access(shop: Shop, exact: Exact) -> Iterator[Row]:
    kinds = ("edit", "delete", "use", "redo", "remanufacture", "change_workflow", "flag_non_conformance")
    for target in dict.fromkeys(exact.get("target_uri", ())):
        if isinstance(target, Ref) and shop.store.get(target):
            actions = [{"type": kind, "disallow_by_edit_groups": []} for kind in kinds]
            yield {"target_uri": target, "actions": actions}


VIEWS: Mapping[str, View] = {
    "workstation": _workstations,
    "run-schedule-summary": _schedule,
    "pieces-by-run": _pieces_by_run,
    "line-items-by-run": _items_by_run,
    "flat-piece": _flat_pieces,
    "run-material": _run_materials,
    "material-genealogy": _genealogy,
    "access-info-for-resource": _access,
}

MANDATORY: Mapping[str, str] = {
    "sensor-data": "sensor",
    "material_batch_sensor_data": "material_batch",
    "access-info-for-resource": "target_uri",
    "material-genealogy": "target_batch",
    "tool-link": "",
}
"""Lists that want a filter: the property, or any at all."""
