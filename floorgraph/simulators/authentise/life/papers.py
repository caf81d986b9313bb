"""What is written down beside the work: shipments, and the actual times of pieces and line items."""

from collections.abc import Iterable

from floorgraph.simulators.authentise.life.steps import prints_of
from floorgraph.simulators.authentise.resource import Row, stamp
from floorgraph.simulators.authentise.shop import Shop

TRANSIT = 2 * 86_400
"""Seconds that a parcel is thought to take."""


def send(shop: Shop, run: Row) -> None:
    """A shipping run begins: its parcel is on its way."""
    if run["operation"] != "shipping" or not run["prints"]:
        return
    store = shop.store
    found = store.where("shipment", "run", run["uri"])
    values: Row = {"status": "in_transit", "actual_shipment_date": stamp(shop.now)}
    if found:
        store.put(found[0], values)
        return
    order = store.find(run["prints"][0]).get("order")
    store.add(
        "shipment",
        values,
        run=run["uri"],
        order=order,
        name=f"Parcel of {run['name']}",
        shipping_partner="Parcel service",
        tracking_number=run["id"],
        estimated_delivery_date=stamp(shop.now + TRANSIT),
    )


def deliver(shop: Shop, run: Row) -> None:
    """A shipping run is done: its parcel is there."""
    for shipment in shop.store.where("shipment", "run", run["uri"]):
        shop.store.put(shipment, status="received", actual_delivery_date=stamp(shop.now))


def record_pieces(shop: Shop, pieces: Iterable[Row]) -> None:
    """A piece that is complete gets the record of its times."""
    for piece in pieces:
        if piece["status"] != "complete" or shop.store.where("piece-actuals", "piece", piece["uri"]):
            continue
        first = prints_of(shop, piece["uri"])[0]
        actuals = shop.store.where("run-actuals", "run", first.get("run"))
        start = actuals[0]["start_in_progress_time"] if actuals else piece["created"]
        shop.store.add(
            "piece-actuals",
            piece=piece["uri"],
            start_in_progress_time=start,
            end_in_progress_time=stamp(shop.now),
            per_step_details=[],
        )


def record_items(shop: Shop, pieces: Iterable[Row]) -> None:
    """A line item that is complete gets the record of its times."""
    store = shop.store
    for link in dict.fromkeys(piece["line_item"] for piece in pieces):
        item = store.get(link)
        if (
            item is None
            or item["status"] != "complete"
            or store.where("line-item-actuals", "line_item", link)
        ):
            continue
        whole = [piece["uri"] for piece in store.where("piece", "line_item", link)]
        times = store.where("piece-actuals", "piece", *whole)
        if times:
            store.add(
                "line-item-actuals",
                line_item=link,
                start_in_progress_time=min(row["start_in_progress_time"] for row in times),
                end_in_progress_time=max(row["end_in_progress_time"] for row in times),
                per_step_details=[],
                has_custom_actuals=False,
                additional_costs=[],
            )
