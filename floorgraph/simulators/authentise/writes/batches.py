"""Material from outside: everything that changes a batch is an action.

The document gives no signature for an action's `metadata`; the keys read here (`machine`, `location`,
`sub_location`, `batches`, `containers`, `material_lots`) are inferred.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from floorgraph.simulators.authentise.errors import forbidden, invalid, missing
from floorgraph.simulators.authentise.life import material
from floorgraph.simulators.authentise.request import Ask
from floorgraph.simulators.authentise.resource import Ref, Row, read_ref
from floorgraph.simulators.authentise.shop import Shop

LOT_STATUSES = {
    "on_order": ("received",),
    "received": ("in_testing", "available", "in_storage", "in_use", "return_to_supplier", "scrapped"),
    "in_testing": ("available", "return_to_supplier", "scrapped"),
    "in_storage": ("available", "in_use", "scrapped"),
    "available": ("in_use", "in_storage", "scrapped"),
    "in_use": ("done", "scrapped", "available"),
}


def refuse(*_: Any) -> None:
    """Batches are never written themselves."""
    raise forbidden("Modification of material batch not allowed via API")


def act(ask: Ask, values: Row) -> Ref:
    """An action; its answer leads to the batch it made, when it made one."""
    shop, kind = ask.shop, values["action_type"]
    batch = shop.store.get(values.get("source_batch"))
    if batch is None and (kind != "create_initial_batch" or values.get("source_batch")):
        raise missing() if values.get("source_batch") else invalid("source_batch is required.")
    quantity = float(values.get("quantity") or 0.0)
    metadata = {name: _linked(value) for name, value in (values.get("metadata") or {}).items()}
    if (
        batch
        and kind in ("split_batch", "scrap_batch")
        and quantity > batch["quantity_available_for_actions"]
    ):
        raise invalid("The quantity is more than the batch has.")
    action = material.act(
        shop, kind, batch, quantity=quantity, metadata=metadata, notes=values.get("notes") or ""
    )
    made: Row | None = None
    if batch is None:
        made = _initial(shop, metadata, quantity)
    elif does := ACTIONS.get(kind):
        made = does(shop, Wish(batch, action, quantity, metadata))
    link: Ref = made["uri"] if made else action["uri"]
    return link


def _linked(value: Any) -> Any:
    if isinstance(value, list):
        return [_linked(one) for one in value]
    return (isinstance(value, str) and read_ref(value)) or value


def _initial(shop: Shop, metadata: Row, quantity: float) -> Row:
    lots = [row for link in metadata.get("material_lots") or () if (row := shop.store.get(link))]
    if not lots:
        raise invalid("metadata.material_lots is required.")
    base = shop.store.find(lots[0]["material"])
    values: Row = {name: lots[0].get(name) for name in ("units", "location", "sub_location")}
    values["material_lots"] = [lot["uri"] for lot in lots]
    values["materials"] = [{"type": base.get("type"), "units": base["units"], "name": base["name"]}]
    return material.new_batch(shop, values, quantity=quantity)


@dataclass(frozen=True, slots=True)
class Wish:
    """What an action shall do: to which batch, how much of it, and with what."""

    batch: Row
    action: Row
    quantity: float
    metadata: Row


def _split(shop: Shop, wish: Wish) -> Row:
    return material.derive(shop, [wish.batch], wish.action, wish.quantity)


def _blend(shop: Shop, wish: Wish) -> Row:
    others = [row for link in wish.metadata.get("batches") or () if (row := shop.store.get(link))]
    sources = [wish.batch, *(row for row in others if row["uri"] != wish.batch["uri"])]
    whole = sum(row["quantity"] for row in sources)
    return material.derive(shop, sources, wish.action, min(wish.quantity or whole, whole))


def _scrap(shop: Shop, wish: Wish) -> None:
    material.change_quantity(shop, wish.batch, -(wish.quantity or wish.batch["quantity"]))
    if wish.batch["quantity"] <= 0:
        shop.store.put(wish.batch, status="done", at_machine=None)


def _load(shop: Shop, wish: Wish) -> None:
    machine = wish.metadata.get("machine")
    station = shop.store.get(machine) if isinstance(machine, Ref) else None
    if station is None:
        raise invalid("metadata.machine is required.")
    field = "at_machine" if station["uri"].resource == "printer" else "post_processor"
    shop.store.put(wish.batch, {field: station["uri"]}, status="in_use")


def _unload(shop: Shop, wish: Wish) -> None:
    shop.store.put(wish.batch, status="idle", at_machine=None, powder_quality="unsieved")


def _sieve(shop: Shop, wish: Wish) -> None:
    shop.store.put(wish.batch, powder_quality="sieved")


def _set_quantity(shop: Shop, wish: Wish) -> None:
    material.change_quantity(shop, wish.batch, wish.quantity - wish.batch["quantity"])


def _copy(*names: str) -> "Action":
    """Take over what the metadata say."""

    def copy(shop: Shop, wish: Wish) -> None:
        given: Row = {name: wish.metadata[name] for name in names if name in wish.metadata}
        shop.store.put(wish.batch, given)

    return copy


Action = Callable[[Shop, Wish], Row | None]
ACTIONS: dict[str, Action] = {
    "split_batch": _split,
    "blend_batches": _blend,
    "scrap_batch": _scrap,
    "machine_load": _load,
    "machine_unload_hopper": _unload,
    "machine_unload_chamber": _unload,
    "sieve": _sieve,
    "relocate": _copy("location", "sub_location"),
    "edit_batch_quantity": _set_quantity,
    "edit_batch_details": _copy("notes", "custom_status", "external_build_id"),
}
"""What actions do beyond being recorded; the others change no batch here."""


def post_lot(ask: Ask, values: Row) -> Ref:
    """A lot, with its containers when it says how many and how large."""
    if values.get("status") not in (None, "on_order", "received"):
        raise invalid("A lot begins on order or received.")
    store = ask.shop.store
    number, size = values.get("number_of_containers") or 0, values.get("size_of_container") or 0.0
    lot = store.add("material-lot", {"quantity": number * size, "full_quantity": number * size, **values})
    containers: list[Ref] = [
        store.add(
            "material-container",
            name=f"{lot.get('name') or 'Lot'} {index + 1}",
            material=lot["material"],
            material_lot=lot["uri"],
            quantity=size,
            full_quantity=size,
            status="new",
        )["uri"]
        for index in range(number)
    ]
    if containers:
        store.put(lot, containers_available_for_initial_batches=containers)
        if lot["status"] == "received":
            batch = _initial(ask.shop, {"material_lots": [lot["uri"]]}, number * size)
            store.put(batch, containers=containers)
            store.put(lot, initial_batches=[batch["uri"]])
    link: Ref = lot["uri"]
    return link


def put_lot(ask: Ask, row: Row, values: Row) -> None:
    """Change a lot; its status goes its way only."""
    status = values.get("status")
    if status not in (None, row["status"]) and status not in LOT_STATUSES.get(row["status"], ()):
        raise invalid("The status change is not allowed.")
    ask.shop.store.put(row, values)


def post_stock_action(ask: Ask, values: Row) -> Ref:
    """Take from a stock, add to it, or say what it holds."""
    store = ask.shop.store
    stock = store.get(values["source_stock"])
    if stock is None:
        raise missing()
    amount = float(values["action_quantity"])
    signed = {"consume": -amount, "replenish": amount, "reconcile": amount - stock["quantity"]}
    after = max(0.0, stock["quantity"] + signed[values["action_type"]])
    store.put(stock, quantity=after)
    link: Ref = store.add("material-stock-action", values, quantity=after)["uri"]
    return link


POSTS: dict[str, Callable[[Ask, Row], Ref | None]] = {
    "material-batch": refuse,
    "material-batch-action": act,
    "material-lot": post_lot,
    "material-stock-action": post_stock_action,
}
PUTS: dict[str, Callable[[Ask, Row, Row], None]] = {"material-batch": refuse, "material-lot": put_lot}
