"""The shop for whoever looks in through `GET /_control/state`."""

from collections import Counter
from datetime import UTC, datetime

from floorgraph.simulators.authentise.catalogue import RESOURCES
from floorgraph.simulators.authentise.request import Desk

SHOWN = 500
"""At most so many records of a resource are shown one by one."""
LISTED = {
    "printer": ("name", "modeler", "archived"),
    "post-processor": ("name", "archived"),
    "run": ("id", "name", "status", "operation", "printer", "post_processor", "shipping", "prints"),
    "piece": ("name", "status", "current_print", "order", "priority"),
    "material-batch": ("status", "quantity", "units", "at_machine"),
    "order": ("name", "status"),
    "downtime": ("status", "printer", "post_processor", "shipping"),
}


def overview(desk: Desk) -> dict[str, object]:
    """The shop in the simulator's own words: what a test compares answers with. Links are paths."""
    shop = desk.shop
    tables = {name: shop.store.table(name) for name in RESOURCES}
    records = {
        resource: [
            {"uuid": row["uri"].uuid, **{name: row.get(name) for name in names}}
            for row in list(tables[resource])[:SHOWN]
        ]
        for resource, names in LISTED.items()
    }
    return {
        "now": datetime.fromtimestamp(shop.now, UTC).isoformat(),
        "alive": shop.alive,
        "churn": shop.churn,
        "counts": {name: len(table) for name, table in tables.items() if len(table)},
        "piece_statuses": Counter(row["status"] for row in tables["piece"]),
        "run_statuses": Counter(row["status"] for row in tables["run"]),
        "queues": {str(link): list(queue) for link, queue in shop.queues.items() if queue},
        "active": {str(link): list(active) for link, active in shop.active.items() if active},
        "pool": len(shop.pool),
        "hidden": sorted(shop.hidden),
        "disabled_features": sorted(shop.features_off()),
        "sessions": len(desk.access.sessions),
        **records,
    }
