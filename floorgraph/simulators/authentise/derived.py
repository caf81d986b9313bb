"""Fields that are worked out when they are read, and rows that lists leave out.

None of them touches the `updated` of its record, and none makes an event.
"""

from collections.abc import Callable, Mapping
from typing import Any

from floorgraph.simulators.authentise.resource import Ref, Row, stamp
from floorgraph.simulators.authentise.shop import Shop

Derivation = Callable[[Shop, Row], Any]


def _field_of(link: str, name: str) -> Derivation:
    """A field of the record that a link leads to."""

    def derive(shop: Shop, row: Row) -> Any:
        found = shop.store.get(row.get(link))
        return found.get(name) if found else None

    return derive


def _links(resource: str, field: str) -> Derivation:
    """Links to all records that lead here."""
    return lambda shop, row: [one["uri"] for one in shop.store.where(resource, field, row["uri"])]


def _in_progress(shop: Shop, row: Row) -> list[Ref]:
    return list(shop.active.get(row["uri"], ()))


def _queue(shop: Shop, row: Row) -> list[Ref]:
    return list(shop.queues.get(row["uri"], ()))


def _capacity(shop: Shop, row: Row) -> int:
    return shop.capacity(row["uri"])


def _available_at(shop: Shop, row: Row) -> str | None:
    if row.get("archived"):
        return None
    waiting = len(shop.queues.get(row["uri"], ())) + len(shop.active.get(row["uri"], ()))
    return stamp(shop.now + 1_800 * waiting / shop.options.pace)


def run_orders(shop: Shop, run: Row) -> list[Ref]:
    """The orders whose pieces a run works on."""
    found: dict[Ref, None] = {}
    for link in run.get("prints") or ():
        if (one := shop.store.get(link)) and one.get("order"):
            found[one["order"]] = None
    return list(found)


def _position(shop: Shop, run: Row) -> int | None:
    station = shop.station_of(run)
    queue = shop.queues.get(station, []) if station else []
    return queue.index(run["uri"]) if run["uri"] in queue else None


def _station_field(name: str) -> Derivation:
    def derive(shop: Shop, run: Row) -> Any:
        station = shop.store.get(shop.station_of(run))
        return station.get(name) if station else None

    return derive


def _type_name(shop: Shop, run: Row) -> Any:
    kind = shop.store.get(run.get("printer_type") or run.get("post_processor_type") or run.get("shipping"))
    return kind.get("name") if kind else None


def _pieces_of_item(shop: Shop, item: Row) -> int:
    return len(shop.store.where("piece", "line_item", item["uri"]))


def _complete_of_item(shop: Shop, item: Row) -> int:
    pieces = shop.store.where("piece", "line_item", item["uri"])
    return sum(piece["status"] == "complete" for piece in pieces)


def piece_count(shop: Shop, order: Row) -> int:
    """How many pieces an order has: told only when the request asks for it."""
    return len(shop.store.where("piece", "order", order["uri"]))


def _active(resource: str, field: str, *, archived: bool = False) -> Derivation:
    return lambda shop, row: [
        one["uri"]
        for one in shop.store.where(resource, field, row["uri"])
        if bool(one.get("archived")) is archived
    ]


_STATION: dict[str, Derivation] = {"in_progress": _in_progress, "in_progress_max": _capacity}

DERIVED: Mapping[str, Mapping[str, Derivation]] = {
    "printer": {**_STATION, "queue": _queue, "available_at": _available_at},
    "post-processor": {
        **_STATION,
        "queue": _queue,
        "location_name": _field_of("location", "name"),
        "post_processor_type_name": _field_of("post_processor_type", "name"),
        "post_processor_special_type": _field_of("post_processor_type", "special_type"),
    },
    "shipping": _STATION,
    "printer-type": {"active_printers": _active("printer", "printer_type")},
    "post-processor-type": {
        "active_post_processors": _active("post-processor", "post_processor_type"),
        "archived_post_processors": _active("post-processor", "post_processor_type", archived=True),
    },
    "modeler": {"cassettes": _links("cassette", "modeler")},
    "run": {
        "orders": run_orders,
        "workstation_queue_position": _position,
        "workstation_name": _station_field("name"),
        "workstation_type_name": _type_name,
        "workstation_uri": lambda shop, row: shop.station_of(row),
        "location": _station_field("location"),
        "service_provider_jobs": _links("service-provider-job", "run"),
    },
    "order": {
        "line_items": _links("line-item", "order"),
        "order_owner_name": _field_of("order_owner", "name"),
    },
    "line-item": {"piece_count": _pieces_of_item, "completed_quantity": _complete_of_item},
    "piece": {"line_item_status": _field_of("line_item", "status")},
    "material-batch": {"location_name": _field_of("location", "name")},
    "material-lot": {
        "location_name": _field_of("location", "name"),
        "material_name": _field_of("material", "name"),
        "material_type": _field_of("material", "type"),
        "material_purchase_order_external_id": _field_of("material_purchase_order", "external_id"),
    },
    "material-container": {"material_type": _field_of("material", "type")},
    "stock": {"material_type": _field_of("material", "type")},
    "material-purchase-order": {"material_name": _field_of("material", "name")},
    "service-provider-job": {"workstation_name": lambda shop, row: _run_station(shop, row)},
}


def _run_station(shop: Shop, job: Row) -> Any:
    run = shop.store.get(job.get("run"))
    return _station_field("name")(shop, run) if run else None


HIDDEN_UNLESS: Mapping[str, tuple[str, Callable[[Row], bool]]] = {
    "printer": ("include_archived", lambda row: bool(row.get("archived"))),
    "post-processor": ("include_archived", lambda row: bool(row.get("archived"))),
    "tooling-stock": ("include_archived", lambda row: bool(row.get("archived"))),
    "tooling-type": ("include_archived", lambda row: bool(row.get("archived"))),
    "material-container": ("archived", lambda row: bool(row.get("archived"))),
    "printer-type": ("is_template", lambda row: bool(row.get("is_template"))),
    "manufacturer": ("is_template", lambda row: bool(row.get("is_template"))),
    "material": ("is_template", lambda row: bool(row.get("is_template"))),
    "workflow": ("include_custom_workflows", lambda row: bool(row.get("source_workflow"))),
}
"""Rows that lists leave out unless they are filtered for by the named property."""


def value_of(shop: Shop, resource: str, row: Row, name: str) -> Any:
    """A field's value, stored or worked out."""
    derivation = DERIVED.get(resource, {}).get(name)
    return derivation(shop, row) if derivation else row.get(name)
