"""Lots, containers and batches, some of them loaded in machines and some made of others."""

from floorgraph.simulators.authentise.life import material
from floorgraph.simulators.authentise.resource import Row, stamp
from floorgraph.simulators.authentise.shop import Shop


def found_material(shop: Shop) -> None:
    """The material of every printer type, in turn, until there are as many batches as wanted."""
    store = shop.store
    kinds = [row for row in store.table("printer-type") if not row.get("is_template")]
    lots = [_lot(shop, kind) for kind in kinds]
    printers = {kind["uri"]: _printers(shop, kind) for kind in kinds}
    for index in range(max(0, shop.options.batches - 1)):
        kind, lot = kinds[index % len(kinds)], lots[index % len(kinds)]
        batch = _batch(shop, lot, index)
        waiting = printers[kind["uri"]]
        if waiting and index % 8 < 6:
            material.load(shop, batch, waiting.pop(0)["uri"])
            store.put(batch, usage_cycles=shop.dice.whole(0, 4), powder_quality="sieved")
        else:
            store.put(batch, status="idle")
    batches = list(store.table("material-batch"))
    if shop.options.batches > 1:
        action = material.act(shop, "split_batch", batches[0], quantity=2.0)
        material.derive(shop, [batches[0]], action, 2.0)
    for sensor in store.table("sensor"):
        material.measure(shop, sensor)


def _printers(shop: Shop, kind: Row) -> list[Row]:
    found = shop.store.where("printer", "printer_type", kind["uri"])
    return [row for row in found if not row.get("archived")]


def _lot(shop: Shop, kind: Row) -> Row:
    store = shop.store
    base = store.find(kind["materials"][0])
    place = next(iter(store.table("sub-location")))
    order = store.add(
        "material-purchase-order",
        external_id=f"PO-{kind['uri'].uuid[:6]}",
        material=base["uri"],
        planned_full_quantity=100.0,
        delivered_quantity=100.0,
        units=base["units"],
    )
    lot = store.add(
        "material-lot",
        name=f"Lot {base['name']} {kind['uri'].uuid[:4]}",
        material=base["uri"],
        material_purchase_order=order["uri"],
        status="in_use",
        units=base["units"],
        quantity=40.0,
        full_quantity=100.0,
        number_of_containers=4,
        size_of_container=25.0,
        location=place["location"],
        sub_location=place["uri"],
        usage_cycles_limit=12,
        expiration_date=stamp(shop.now + 200 * 86_400),
        actual_delivery_date=stamp(shop.now - 30 * 86_400),
        initial_batches=[],
        containers_available_for_initial_batches=[],
    )
    store.add(
        "stock", location=place["location"], material=base["uri"], quantity=40.0, material_lots=[lot["uri"]]
    )
    return lot


def _batch(shop: Shop, lot: Row, index: int) -> Row:
    store = shop.store
    base = store.find(lot["material"])
    quantity = round(shop.dice.between(8, 25), 2)
    values: Row = {
        "units": lot["units"],
        "materials": [{"type": base["type"], "units": base["units"], "cost": 80.0, "name": base["name"]}],
        "material_lots": [lot["uri"]],
        "location": lot["location"],
        "sub_location": lot["sub_location"],
    }
    batch = material.new_batch(shop, values, quantity=quantity)
    store.put(batch, full_quantity=25.0)
    container = store.add(
        "material-container",
        name=f"Container {index + 1}",
        material=base["uri"],
        material_lot=lot["uri"],
        current_batch=batch["uri"],
        quantity=quantity,
        full_quantity=25.0,
        status="in_use",
        location=lot["location"],
        sub_location=lot["sub_location"],
        used_in_batches=[batch["uri"]],
        archived=False,
        disposable=False,
    )
    store.put(batch, containers=[container["uri"]])
    store.put(lot, initial_batches=[*lot["initial_batches"], batch["uri"]])
    return batch
