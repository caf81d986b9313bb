"""What is long over is forgotten, so that the shop keeps its size. The vendor keeps it for good."""

from floorgraph.simulators.authentise.life.steps import DONE
from floorgraph.simulators.authentise.resource import Row, stamp
from floorgraph.simulators.authentise.shop import Shop

KEPT = {"create-runs": 100, "material-batch": 40, "run": 40, "downtime": 20}
"""How many records that are over stay listed: jobs, used up batches, runs without prints, downtimes."""
READINGS = 1_000


def tidy(shop: Shop) -> None:
    """Forget what is long over."""
    wanted = shop.options.pieces
    while len(shop.store.table("piece")) > 1.2 * wanted + 20 and _forget_oldest(shop):
        pass
    for row in _over(shop, "create-runs", *DONE):
        shop.store.remove(row["uri"])
    for row in _over(shop, "downtime", "complete"):
        shop.store.remove(row["uri"])
    for row in _over(shop, "run", *DONE):
        _forget_run(shop, row)
    for row in _over(shop, "material-batch", "done"):
        _forget_batch(shop, row)
    for resource in ("sensor-data", "material_batch_sensor_data"):
        for row in list(shop.store.table(resource))[:-READINGS]:
            shop.store.remove(row["uri"])


def _over(shop: Shop, resource: str, *statuses: str) -> list[Row]:
    """The records that are over and more than are kept, oldest first."""
    found = [row for row in shop.store.table(resource) if row["status"] in statuses and not row.get("prints")]
    return found[: max(0, len(found) - KEPT[resource])]


def _forget_batch(shop: Shop, batch: Row) -> None:
    store = shop.store
    for row in store.where("material-batch-action", "source_batch", batch["uri"]):
        store.remove(row["uri"])
    for row in store.where("material_batch_sensor_data", "material_batch", batch["uri"]):
        store.remove(row["uri"])
    store.remove(batch["uri"])


def _forget_oldest(shop: Shop) -> bool:
    """Drop an order that has long been finished, with all that belongs to it; false when there is none."""
    order = next((row for row in shop.store.table("order") if row["status"] in DONE), None)
    if order is None or order["updated"] > stamp(shop.now - shop.options.order_linger):
        return False
    for piece in shop.store.where("piece", "order", order["uri"]):
        forget_piece(shop, piece)
    for item in shop.store.where("line-item", "order", order["uri"]):
        for row in shop.store.where("line-item-actuals", "line_item", item["uri"]):
            shop.store.remove(row["uri"])
        shop.store.remove(item["uri"])
    for row in shop.store.where("product", "order", order["uri"]):
        shop.store.remove(row["uri"])
    shop.store.remove(order["uri"])
    return True


def forget_piece(shop: Shop, piece: Row) -> None:
    """A piece goes, with its steps, and runs go that have no other."""
    store = shop.store
    for one in store.where("print", "piece", piece["uri"]):
        run = store.get(one.get("run"))
        store.remove(one["uri"])
        if run is None:
            continue
        store.put(run, prints=[link for link in run["prints"] if link != one["uri"]])
        if not run["prints"] and run["status"] in DONE:
            _forget_run(shop, run)
    for row in store.where("piece-actuals", "piece", piece["uri"]):
        store.remove(row["uri"])
    store.remove(piece["uri"])


def _forget_run(shop: Shop, run: Row) -> None:
    store = shop.store
    for actuals in store.where("run-actuals", "run", run["uri"]):
        for part in store.where("run-actuals-additive", "run_actual", actuals["uri"]):
            store.remove(part["uri"])
        store.remove(actuals["uri"])
    for file in store.where("build-file", "run", run["uri"]):
        if file.get("layout"):
            store.remove(file["layout"])
        store.remove(file["uri"])
    for resource in ("build", "shipment", "service-provider-job", "packing-process"):
        for row in store.where(resource, "run", run["uri"]):
            store.remove(row["uri"])
    store.remove(run["uri"])
