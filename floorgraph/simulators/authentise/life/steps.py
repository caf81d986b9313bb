"""Pieces on their way through the steps of their workflow, and what that makes of line items and orders."""

from collections.abc import Iterable

from floorgraph.simulators.authentise.resource import Ref, Row
from floorgraph.simulators.authentise.shop import Shop

WAITING = {
    "printer-type": "queued-for-printing",
    "post-processor-type": "queued-for-post-processing",
    "shipping": "queued-for-shipping",
}
WORKING = {"printer-type": "printing", "post-processor-type": "post-processing", "shipping": "shipping"}
"""A piece's status by the kind of station its step is for."""
DONE = ("complete", "cancelled", "error")
_FURTHEST = ("shipping", "queued-for-shipping", "post-processing", "queued-for-post-processing", "printing")


def prints_of(shop: Shop, piece: Ref) -> list[Row]:
    """A piece's steps in their order."""
    found = shop.store.where("print", "piece", piece)
    return sorted(found, key=lambda row: int(row["process_step_position"]))


def step_kind(shop: Shop, one: Row) -> str:
    """The kind of station a step is for."""
    kind: Ref = shop.store.find(one["process_step"])["workstation_type_uri"]
    return kind.resource


def wait_for(shop: Shop, piece: Row, one: Row) -> None:
    """The piece waits for this step."""
    shop.store.put(
        piece,
        current_print=one["uri"],
        current_step_position=one["process_step_position"],
        status=WAITING[step_kind(shop, one)],
    )


def step_done(shop: Shop, one: Row) -> Ref | None:
    """A piece has done a step; returns the run that works on it next."""
    store = shop.store
    store.put(one, status="complete", order_step_status="complete")
    piece = store.get(one["piece"])
    if piece is None or piece["status"] in DONE:
        return None
    later = [
        other
        for other in prints_of(shop, piece["uri"])
        if other["process_step_position"] > one["process_step_position"]
    ]
    if not later:
        store.put(piece, status="complete")
        return None
    wait_for(shop, piece, later[0])
    following: Ref | None = later[0].get("run")
    return following


def step_failed(shop: Shop, one: Row) -> Row | None:
    """A piece is spoilt: it leaves the runs to come, and another takes its place. Returns the replacement."""
    store = shop.store
    store.put(one, status="error", order_step_status="error")
    piece = store.get(one["piece"])
    if piece is None or piece["status"] in DONE:
        return None
    withdraw(shop, piece["uri"], after=one["process_step_position"])
    names = (
        "layer_thickness", "line_item", "location", "material", "material_name", "model", "no_model_upload",
        "order", "order_due_date", "order_name", "priority", "size", "type", "workflow", "reworked",
        "is_order_deleted", "is_line_item_deleted",
    )  # fmt: skip
    values = {name: piece.get(name) for name in names}
    values |= {"name": f"{piece['name']}-R", "status": "confirmed", "current_step_position": 0}
    other = store.add("piece", values)
    store.put(piece, status="error", remanufactured_to=other["uri"])
    shop.pool.append(other["uri"])
    return other


def withdraw(shop: Shop, piece: Ref, *, after: int) -> None:
    """Take a piece out of the runs of its later steps."""
    for one in prints_of(shop, piece):
        run = shop.store.get(one.get("run"))
        if one["process_step_position"] <= after or run is None:
            continue
        shop.store.put(run, prints=[link for link in run["prints"] if link != one["uri"]])
        shop.store.remove(one["uri"])


def sum_up(shop: Shop, pieces: Iterable[Row]) -> None:
    """Let line items and orders follow their pieces."""
    store = shop.store
    items = {piece["line_item"] for piece in pieces if piece.get("line_item")}
    orders = set()
    for link in sorted(items):
        item = store.get(link)
        if item is None or item["status"] == "cancelled":
            continue
        store.put(
            item, status=_item_status({row["status"] for row in store.where("piece", "line_item", link)})
        )
        orders.add(item["order"])
    for link in sorted(orders):
        if (order := store.get(link)) and order["status"] != "cancelled":
            statuses = {row["status"] for row in store.where("line-item", "order", link)}
            store.put(order, status=_order_status(statuses))


def _item_status(statuses: set[str]) -> str:
    left = statuses - set(DONE)
    if not left:
        return "complete" if "complete" in statuses or not statuses else "error"
    furthest = next((status for status in _FURTHEST if status in left), None)
    match furthest:
        case None:
            return "printing" if "complete" in statuses else "confirmed"
        case "queued-for-shipping":
            return "shipping"
        case "queued-for-post-processing":
            return "post-processing"
        case _:
            return furthest


def _order_status(statuses: set[str]) -> str:
    left = statuses - set(DONE)
    if not left:
        return "complete" if "complete" in statuses else "error"
    for status in ("shipping", "post-processing", "printing", "confirmed", "pending"):
        if status in left:
            return status
    return "new"
