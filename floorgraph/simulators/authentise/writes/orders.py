"""Orders, line items and pieces from outside."""

from collections.abc import Callable

from floorgraph.simulators.authentise.errors import invalid, missing
from floorgraph.simulators.authentise.life import runs
from floorgraph.simulators.authentise.life.demand import new_piece
from floorgraph.simulators.authentise.life.steps import DONE, sum_up, withdraw
from floorgraph.simulators.authentise.request import Ask
from floorgraph.simulators.authentise.resource import Ref, Row
from floorgraph.simulators.authentise.shop import Shop

TRANSITIONS = {
    "new": ("pending", "confirmed", "cancelled"),
    "calculating_estimates": ("cancelled",),
    "pending": ("confirmed", "cancelled"),
    "in-preparation": ("confirmed", "cancelled"),
    "confirmed": ("cancelled",),
    "printing": ("cancelled",),
    "post-processing": ("cancelled",),
    "shipping": ("complete", "cancelled"),
}
MOST_PIECES = 10_000


def post_item(ask: Ask, values: Row) -> Ref:
    """A line item; its pieces come when it is confirmed."""
    store = ask.shop.store
    if store.get(values["order"]) is None:
        raise missing()
    if not 1 <= values["quantity"] <= MOST_PIECES:
        raise invalid("The quantity is out of range.")
    status = values.get("status") or "pending"
    if status not in ("new", "pending", "confirmed"):
        raise invalid("Provided status transformation is not allowed")
    item = store.add("line-item", {"type": "product", **values, "status": "pending"})
    if status == "confirmed":
        _confirm(ask.shop, item)
    link: Ref = item["uri"]
    return link


def _confirm(shop: Shop, item: Row) -> None:
    store = shop.store
    workflow, order = store.get(item.get("workflow")), store.find(item["order"])
    if workflow is None:
        raise invalid("A workflow is required.")
    store.put(item, status="confirmed")
    models = list(store.table("model"))
    for index in range(item["quantity"]):
        full = {**order, "due_date": order.get("due_date"), "location": order.get("location")}
        named = {**item, "name": item.get("name") or "Part"}
        model = models[index % len(models)]["uri"]
        piece = new_piece(shop, full, named, index + 1, model, workflow["materials"][0])
        shop.pool.append(piece["uri"])
    sum_up(shop, store.where("piece", "line_item", item["uri"]))


def put_item(ask: Ask, item: Row, values: Row) -> None:
    """Change a line item; confirming makes its pieces, cancelling calls them off."""
    status = values.pop("status", None)
    if status not in (None, item["status"]) and status not in TRANSITIONS.get(item["status"], ()):
        raise invalid("Provided status transformation is not allowed")
    ask.shop.store.put(item, values)
    _follow(ask.shop, item, status)


def _follow(shop: Shop, item: Row, status: str | None) -> None:
    if status == "confirmed" and item["status"] != "confirmed":
        _confirm(shop, item)
    elif status is not None and status != item["status"]:
        if status in ("cancelled", "complete"):
            _end_pieces(shop, item, status)
        shop.store.put(item, status=status)


def _end_pieces(shop: Shop, item: Row, status: str) -> None:
    touched: dict[Ref, None] = {}
    for piece in shop.store.where("piece", "line_item", item["uri"]):
        if piece["status"] not in DONE:
            for one in shop.store.where("print", "piece", piece["uri"]):
                if one.get("run") and one["status"] not in ("complete", "error"):
                    touched[one["run"]] = None
            if status == "cancelled":
                withdraw(shop, piece["uri"], after=piece["current_step_position"] - 1)
            shop.store.put(piece, status=status)
    for link in touched:
        if (run := shop.store.get(link)) and run["status"] in runs.WAITING:
            runs.settle(shop, run)


def put_order(ask: Ask, order: Row, values: Row) -> None:
    """Change an order; its status goes to all its line items."""
    status = values.pop("status", None)
    if status not in (None, order["status"]) and status not in TRANSITIONS.get(order["status"], ()):
        raise invalid("Provided status transformation is not allowed")
    ask.shop.store.put(order, values)
    if status in (None, order["status"]):
        return
    for item in ask.shop.store.where("line-item", "order", order["uri"]):
        if status in TRANSITIONS.get(item["status"], ()):
            _follow(ask.shop, item, status)
    ask.shop.store.put(order, status=status)


def delete_item(ask: Ask, item: Row) -> None:
    """Take a line item away; its pieces stay listed and say so."""
    store = ask.shop.store
    pieces = store.where("piece", "line_item", item["uri"])
    if any(piece["status"] not in (*DONE, "new", "confirmed") for piece in pieces):
        raise invalid("Cannot delete with prints on a run.")
    for piece in pieces:
        store.put(piece, is_line_item_deleted=True)
    store.remove(item["uri"])


def delete_order(ask: Ask, order: Row) -> None:
    """Take an order away; its pieces stay listed and say so."""
    store = ask.shop.store
    for item in store.where("line-item", "order", order["uri"]):
        _end_pieces(ask.shop, item, "cancelled")
        store.remove(item["uri"])
    for piece in store.where("piece", "order", order["uri"]):
        store.put(piece, is_order_deleted=True)
    store.remove(order["uri"])


def put_piece(ask: Ask, piece: Row, values: Row) -> None:
    """Change a piece; names that were made up by the system stay."""
    if "name" in values and "#" in piece["name"] and values["name"] != piece["name"]:
        raise invalid("Auto-generated piece names cannot be renamed")
    ask.shop.store.put(piece, values)


def post_order(ask: Ask, values: Row) -> Ref:
    """An order without line items."""
    number = next(ask.shop.numbers)
    values = {"status": "new", "customer_id": f"C-{number:05d}", **values}
    link: Ref = ask.shop.store.add("order", values)["uri"]
    return link


POSTS = {"line-item": post_item, "order": post_order}
PUTS = {"line-item": put_item, "order": put_order, "piece": put_piece}
DELETES: dict[str, Callable[[Ask, Row], None]] = {"line-item": delete_item, "order": delete_order}
