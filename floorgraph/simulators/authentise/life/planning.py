"""Planning: pieces get runs for all their steps, and print runs get a layout and a file."""

from collections.abc import Sequence

from floorgraph.simulators.authentise.life.placing import place
from floorgraph.simulators.authentise.life.runs import enqueue, settle
from floorgraph.simulators.authentise.life.steps import wait_for
from floorgraph.simulators.authentise.resource import Ref, Row
from floorgraph.simulators.authentise.shop import OPERATIONS, STATION_FIELDS, Shop

TYPE_FIELDS = {"printer-type": "printer", "post-processor-type": "post-processor", "shipping": "shipping"}


def stations_of(shop: Shop, kind: Ref) -> list[Row]:
    """Stations of a type that are there; a shipping station is its own type."""
    if kind.resource == "shipping":
        return [shop.store.find(kind)]
    station, field = ("printer", "printer_type") if kind.resource == "printer-type" else (
        "post-processor", "post_processor_type"
    )  # fmt: skip
    return [row for row in shop.store.where(station, field, kind) if not row.get("archived")]


def least_loaded(shop: Shop, kind: Ref) -> Ref | None:
    """The station of a type with the least to do."""
    found = stations_of(shop, kind)
    if not found:
        return None
    load = [(len(shop.queues.get(row["uri"], ())) + len(shop.active.get(row["uri"], ()))) for row in found]
    station: Ref = found[load.index(min(load))]["uri"]
    return station


def make_runs(
    shop: Shop, pieces: Sequence[Row], station: Ref | None, *, name: str = "", priority: int = 65
) -> list[Row]:
    """Runs for all steps of pieces that share a workflow; the first one at the station given."""
    store = shop.store
    workflow = store.find(pieces[0]["workflow"])
    made = []
    for position, link in enumerate(workflow["process_steps"]):
        step = store.find(link)
        kind: Ref = step["workstation_type_uri"]
        chosen = station if position == 0 and station else step.get("workstation") or least_loaded(shop, kind)
        run = new_run(shop, kind, chosen, name=name, priority=priority)
        prints = [_new_print(shop, piece, run, step, position)["uri"] for piece in pieces]
        store.put(run, prints=prints)
        shop.estimates[run["uri"]] = _estimate(kind, len(pieces))
        made.append(run)
    for piece in pieces:
        wait_for(shop, piece, store.where("print", "piece", piece["uri"])[0])
    for run in made:
        enqueue(shop, run)
        settle(shop, run)
    return made


def new_run(shop: Shop, kind: Ref, station: Ref | None, *, name: str, priority: int) -> Row:
    """A run without pieces."""
    number = next(shop.numbers)
    resource = TYPE_FIELDS[kind.resource]
    values: Row = {
        "id": f"R{number:06d}", "customer_id": f"R{number:06d}", "name": name or f"Run {number}",
        "operation": OPERATIONS[resource], "status": "queued", "prints": [], "priority": priority,
        "export_controlled": False, "filled_by_batch_type_prints": True, "pieces_locked": True,
        "run_documents": [], "custom_field_values": [],
    }  # fmt: skip
    if kind.resource != "shipping":
        values[f"{STATION_FIELDS[resource]}_type"] = kind
    values[STATION_FIELDS[resource]] = station
    return shop.store.add("run", values)


def _new_print(shop: Shop, piece: Row, run: Row, step: Row, position: int) -> Row:
    printer = run.get("printer")
    return shop.store.add(
        "print",
        piece=piece["uri"],
        run=run["uri"],
        process_step=step["uri"],
        process_step_position=position,
        workflow=piece["workflow"],
        line_item=piece["line_item"],
        order=piece["order"],
        order_name=piece["order_name"],
        order_due_date=piece["order_due_date"],
        order_step_status="new",
        status="queued",
        name=piece["name"],
        material_name=piece["material_name"],
        base_material=piece["material"].uuid if piece.get("material") else None,
        printer=printer.uuid if printer else None,
        location=piece["location"].uuid if piece.get("location") else None,
        piece_priority=piece["priority"],
        layer_thickness=piece["layer_thickness"],
        size=piece["size"],
        type=piece["type"],
        copy=1,
    )


def _estimate(kind: Ref, pieces: int) -> float:
    match kind.resource:
        case "printer-type":
            return 120.0 + 30.0 * pieces
        case "post-processor-type":
            return 90.0
        case _:
            return 60.0


def add_build_file(shop: Shop, run: Row, *, done: bool) -> tuple[Row, Row]:
    """The layout and the file of a print run; they are worked out later unless `done`."""
    store = shop.store
    kind = store.find(run["printer_type"])
    prints = run["prints"]
    models = [piece["model"] for link in prints if (piece := store.get(store.find(link)["piece"]))]
    volume = kind.get("build_volume") or {"x": 200, "y": 200, "z": 200}
    layout = store.add(
        "layout",
        build={"type": "rectangle", "packer_type": kind.get("build_packer_type"), **volume},
        min_packing_distance=kind.get("min_packing_distance") or 5.0,
        models=models,
        status="queued",
        positions=[],
    )
    file = store.add(
        "build-file",
        name=f"{run['id']}.3mf",
        format="3mf",
        file_unit="mm",
        layout=layout["uri"],
        run=run["uri"],
        printer_type=run["printer_type"],
        status="pending",
    )
    if done:
        place(shop, layout, file)
    return layout, file
