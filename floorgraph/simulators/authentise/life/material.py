"""Material: batches are used up, topped off, sieved and replaced."""

from floorgraph.simulators.authentise.resource import Ref, Row, stamp
from floorgraph.simulators.authentise.shop import Shop

PER_PIECE = 0.04
"""Kilograms that a piece takes."""


def loaded(shop: Shop, station: Ref) -> Row | None:
    """The batch a machine works with."""
    found = shop.store.where("material-batch", "at_machine", station)
    return found[0] if found else None


def consume(shop: Shop, run: Row) -> float:
    """Take what a finished print used out of the machine's batch; returns the amount."""
    printer = run.get("printer")
    batch = loaded(shop, printer) if printer else None
    if batch is None or printer is None:
        return 0.0
    used = round(min(PER_PIECE * len(run["prints"]) * shop.dice.between(0.8, 1.2), batch["quantity"]), 4)
    change_quantity(shop, batch, -used)
    shop.store.put(batch, usage_cycles=batch["usage_cycles"] + 1, powder_quality="unsieved")
    actuals = shop.store.where("run-actuals", "run", run["uri"])
    if actuals:
        shop.store.add(
            "run-actuals-additive",
            run_actual=actuals[0]["uri"],
            material_batch=batch["uri"],
            base_material_used=used,
            support_material_used=0.0,
        )
    if batch["quantity"] < 0.1 * batch["full_quantity"]:
        exchange(shop, batch, printer)
    elif shop.dice.roll() < 0.3:
        sieve(shop, batch)
    return float(used)


def change_quantity(shop: Shop, batch: Row, amount: float) -> None:
    """Add to a batch or take from it."""
    left = round(max(0.0, batch["quantity"] + amount), 4)
    reserved = min(batch.get("reserved_quantity") or 0.0, left)
    shop.store.put(
        batch,
        quantity=left,
        reserved_quantity=reserved,
        quantity_available_for_actions=round(left - reserved, 4),
    )


def exchange(shop: Shop, empty: Row, printer: Ref) -> None:
    """Take an empty batch out of a machine and load another one."""
    store = shop.store
    act(shop, "machine_unload_hopper", empty, quantity=empty["quantity"])
    store.put(empty, status="done", powder_quality="done", at_machine=None)
    spare = next(
        (
            row
            for row in store.where("material-batch", "status", "idle", "new")
            if row["material_lots"] == empty["material_lots"] and row["quantity"] > 1
        ),
        None,
    )
    load(shop, spare or deliver(shop, empty), printer)


def load(shop: Shop, batch: Row, printer: Ref) -> None:
    """Load a batch into a machine."""
    act(shop, "machine_load", batch, quantity=batch["quantity"], metadata={"machine": printer})
    station = shop.store.find(printer)
    shop.store.put(
        batch,
        status="in_use",
        at_machine=printer,
        location=station.get("location"),
        sub_location=station.get("sub_location"),
    )


def sieve(shop: Shop, batch: Row) -> None:
    """Sieve a batch in place."""
    act(shop, "sieve", batch, quantity=batch["quantity"])
    shop.store.put(batch, powder_quality="sieved")


def deliver(shop: Shop, like: Row) -> Row:
    """A fresh batch of the same lots."""
    names = ("units", "materials", "material_lots", "location", "sub_location")
    batch = new_batch(shop, {name: like.get(name) for name in names}, quantity=like["full_quantity"])
    for lot in like["material_lots"]:
        if row := shop.store.get(lot):
            shop.store.put(row, initial_batches=[*(row.get("initial_batches") or ()), batch["uri"]])
    act(shop, "create_initial_batch", None, quantity=batch["quantity"])
    return batch


def new_batch(shop: Shop, values: Row, *, quantity: float) -> Row:
    """A batch that nobody has used."""
    given: Row = {
        "quantity": quantity, "full_quantity": quantity, "reserved_quantity": 0.0,
        "quantity_available_for_actions": quantity, "usage_cycles": 0, "powder_quality": "new",
        "status": "new", "is_initial_batch": True, "containers": [], "source_material_batches": [],
        "material_in_containers": True,
    }  # fmt: skip
    batch = shop.store.add("material-batch", {**given, **values})
    shop.store.put(batch, initial_batch=batch["uri"])
    return batch


def act(
    shop: Shop, kind: str, batch: Row | None, *, quantity: float, metadata: Row | None = None, notes: str = ""
) -> Row:
    """Record an action."""
    return shop.store.add(
        "material-batch-action",
        action_type=kind,
        source_batch=batch["uri"] if batch else None,
        quantity=round(quantity, 4),
        metadata=metadata or {},
        notes=notes,
    )


def derive(shop: Shop, sources: list[Row], action: Row, quantity: float) -> Row:
    """A batch made of others, with the edges that say so; takes the quantity out of the sources in turn."""
    first = sources[0]
    names = (
        "units",
        "materials",
        "material_lots",
        "location",
        "sub_location",
        "usage_cycles",
        "powder_quality",
    )
    values = {name: first.get(name) for name in names}
    values |= {"is_initial_batch": False, "status": "idle"}
    values["source_material_batches"] = [row["uri"] for row in sources]
    child = new_batch(shop, values, quantity=round(quantity, 4))
    shop.store.put(child, initial_batch=first.get("initial_batch"))
    left = quantity
    for source in sources:
        part = min(left, source["quantity"])
        left -= part
        change_quantity(shop, source, -part)
        if source["quantity"] <= 0:
            shop.store.put(source, status="done", at_machine=None)
        shop.store.add(
            "material-batch-linking",
            action=action["uri"],
            source_batch=source["uri"],
            destination_batch=child["uri"],
            quantity=round(part, 4),
            containers=[],
        )
    return child


def measure(shop: Shop, sensor: Row) -> None:
    """A reading of a sensor, for it and for the batches that lie where it is."""
    temperature = round(21 + 3 * shop.dice.roll(), 1)
    humidity = round(35 + 15 * shop.dice.roll(), 1)
    reading: Row = {
        "sensor": sensor["uri"],
        "temperature": temperature,
        "humidity": humidity,
        "timestamp": stamp(shop.now),
    }
    shop.store.add("sensor-data", reading)
    for batch in shop.store.where("material-batch", "sub_location", sensor["sub_location"]):
        if batch["status"] == "done":
            continue
        shop.store.add("material_batch_sensor_data", reading, material_batch=batch["uri"])
