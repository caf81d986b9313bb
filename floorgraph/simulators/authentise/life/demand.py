"""Demand: orders come in and their pieces are planned."""

from collections.abc import Sequence
from typing import Any

from floorgraph.simulators.authentise.life.placing import place
from floorgraph.simulators.authentise.life.planning import add_build_file, least_loaded, make_runs
from floorgraph.simulators.authentise.life.steps import DONE
from floorgraph.simulators.authentise.life.tidying import tidy
from floorgraph.simulators.authentise.resource import Ref, Row, stamp
from floorgraph.simulators.authentise.shop import Shop

PARTS = (
    "Bracket", "Impeller", "Manifold", "Nozzle", "Hinge", "Housing", "Gripper jaw", "Heat sink", "Duct",
    "Cam follower", "Valve body", "Sensor mount", "Implant cage", "Jig", "Clip", "Lattice core",
)  # fmt: skip
CUSTOMERS = ("Aerospace", "Dental", "Racing", "Pumps", "Robotics", "Tooling shop", "Optics")
PLAN_SECONDS = 20.0
PLATES = 6
"""How many plates are planned at a time, and one more for every four printers."""
PACKED = 0.3
"""Share of plates that are planned by a packing process."""


def new_order(shop: Shop, quantity: int) -> list[Row]:
    """An order of so many pieces, in line items of up to twelve; returns its pieces."""
    store, dice = shop.store, shop.dice
    number = next(shop.numbers)
    order = store.add(
        "order",
        name=f"{dice.pick(CUSTOMERS)} {number}",
        customer_id=f"C-{number:05d}",
        customer_name=dice.pick(CUSTOMERS),
        status="confirmed",
        due_date=stamp(shop.now + dice.whole(2, 20) * 86_400),
        location=dice.pick([row["uri"] for row in store.table("location")]),
        priority=dice.whole(40, 90),
        order_owner=dice.pick([row["uri"] for row in store.table("users")]),
        is_template=False,
        customer_go="Yes",
        order_type="commercial",
        shipping={"name": "Pick up", "address": "1 Example Road"},
        estimates={},
        custom_field_values=[],
    )
    pieces = []
    while quantity > 0:
        share = min(quantity, dice.whole(4, 12))
        pieces += _new_item(shop, order, share)
        quantity -= share
    return pieces


def _new_item(shop: Shop, order: Row, quantity: int) -> list[Row]:
    store, dice = shop.store, shop.dice
    workflow = dice.pick([row for row in store.table("workflow") if not row.get("source_workflow")])
    model = dice.pick([row["uri"] for row in store.table("model")])
    material: Ref = workflow["materials"][0]
    product = store.add("product", order=order["uri"], model_library=_library_of(shop, model))
    kind = dice.weighted((("product", 90.0), ("specimen", 6.0), ("tooling", 4.0)))
    item = store.add(
        "line-item",
        order=order["uri"],
        product=product["uri"],
        name=f"{dice.pick(PARTS)} {next(shop.numbers)}",
        quantity=quantity,
        status="confirmed",
        type=kind,
        workflow=workflow["uri"],
        workflow_type="additive_manufacturing",
        additive={"materials": {"base": material}, "model": model},
        powder={},
        estimates={"print_time": 1_800},
        estimates_additive={},
        estimates_powder={},
        customer_id=order["customer_id"],
        custom_field_values=[],
        additional_costs=[],
    )
    return [new_piece(shop, order, item, index + 1, model, material) for index in range(quantity)]


def _library_of(shop: Shop, model: Ref) -> Ref | None:
    """The library entry that a model is released as."""
    entries = shop.store.table("model-library")
    return next((row["uri"] for row in entries if row["additive"].get("model") == model), None)


def new_piece(shop: Shop, order: Row, item: Row, index: int, model: Ref, material: Ref) -> Row:
    """A piece that nobody has planned yet."""
    return shop.store.add(
        "piece",
        name=f"{item['name']} #{index}",
        copy=index,
        status="confirmed",
        type=item["type"],
        order=order["uri"],
        order_name=order["name"],
        order_due_date=order["due_date"],
        line_item=item["uri"],
        workflow=item["workflow"],
        material=material,
        material_name=shop.store.find(material)["name"],
        model=model,
        location=order["location"],
        owner=order.get("order_owner"),
        priority=item["priority"],
        layer_thickness=0.04,
        size=shop.dice.whole(4_000, 90_000),
        current_step_position=0,
        no_model_upload=False,
        reworked=False,
        is_order_deleted=False,
        is_line_item_deleted=False,
    )


def plan(shop: Shop) -> None:
    """Give pieces of the pool their runs, as many at once as a plate holds, for some plates at a time."""
    groups: dict[Ref, list[Row]] = {}
    for link in shop.pool:
        piece = shop.store.get(link)
        if piece and piece["status"] == "confirmed":
            groups.setdefault(piece["workflow"], []).append(piece)
    size = shop.options.pieces_per_run
    plates = [
        pieces[first : first + size] for pieces in groups.values() for first in range(0, len(pieces), size)
    ]
    most = PLATES + shop.options.printers // 4
    shop.pool[:] = [piece["uri"] for plate in plates[most:] for piece in plate]
    for plate in plates[:most]:
        _plan_plate(shop, plate)


def _plan_plate(shop: Shop, pieces: Sequence[Row]) -> None:
    store = shop.store
    step = store.find(store.find(pieces[0]["workflow"])["process_steps"][0])
    station = least_loaded(shop, step["workstation_type_uri"])
    if station is None:
        return
    links = [piece["uri"] for piece in pieces]
    if station.resource == "printer" and shop.dice.roll() < PACKED:
        pack(shop, {"pieces": links, "printer": station})
    else:
        job = new_job(shop, links, station)
        shop.after(shop.options.operation_seconds, lambda: carry_out(shop, job))


def new_job(shop: Shop, pieces: list[Ref], station: Ref, **values: Any) -> Row:
    """The wish for runs: carried out a little later."""
    row = shop.store.get(station)
    return shop.store.add(
        "create-runs",
        pieces=pieces,
        pieces_count=len(pieces),
        primary_workstation=station,
        printer_name=row["name"] if row else None,
        status="pending",
        **values,
    )


def carry_out(shop: Shop, job: Row) -> None:
    """Make the runs somebody asked for; pieces that are not free any more do not fit."""
    store = shop.store
    found = [piece for link in job["pieces"] if (piece := store.get(link))]
    fitting = [piece for piece in found if piece["status"] in ("new", "confirmed")]
    unfitted = [piece["uri"] for piece in found if piece["status"] not in ("new", "confirmed")]
    if len({piece["workflow"] for piece in fitting}) != 1:
        store.put(job, status="error", notes="No free pieces of one workflow", unfitted_pieces=unfitted)
        return
    made = make_runs(
        shop, fitting, job["primary_workstation"], name=job.get("run_name") or "", priority=job["priority"]
    )
    links = [run["uri"] for run in made]
    store.put(
        job,
        status="complete",
        finished=stamp(shop.now),
        primary_run=links[0],
        resulting_runs=links,
        resulting_runs_count=len(links),
        unfitted_pieces=unfitted,
    )
    if made[0]["operation"] == "printing":
        layout, file = add_build_file(shop, made[0], done=False)
        shop.after(shop.options.operation_seconds / 2, lambda: store.put(layout, status="processing"))
        shop.after(shop.options.operation_seconds, lambda: place(shop, layout, file))


def pack(shop: Shop, values: Row) -> Row:
    """Pack pieces for a printer and make the runs, a little later."""
    store, whole = shop.store, shop.options.operation_seconds
    process = store.add("packing-process", values, status="pending")
    job = new_job(shop, values["pieces"], values["printer"])
    store.put(process, create_runs=job["uri"])
    shop.after(whole / 2, lambda: store.put(process, status="processing"))

    def packed() -> None:
        carry_out(shop, job)
        store.put(process, status=job["status"], run=job.get("primary_run"))

    shop.after(whole, packed)
    return process


def keep_coming(shop: Shop) -> None:
    """Plan, and take a new order when the shop has little left to do."""
    if shop.alive:
        plan(shop)
        wanted = shop.options.pieces
        open_pieces = sum(1 for piece in shop.store.table("piece") if piece["status"] not in DONE)
        for _ in range(1 + wanted // 500):
            if open_pieces < wanted:
                pieces = new_order(shop, min(wanted, shop.dice.whole(8, 24)))
                shop.pool += [piece["uri"] for piece in pieces]
                open_pieces += len(pieces)
        tidy(shop)
    shop.after(PLAN_SECONDS / shop.options.pace, lambda: keep_coming(shop))
