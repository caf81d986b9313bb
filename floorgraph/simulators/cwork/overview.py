"""The shop for whoever looks in through `GET /_control/state`."""

from datetime import UTC, datetime

from floorgraph.simulators.cwork.life import settle_all
from floorgraph.simulators.cwork.request import Desk
from floorgraph.simulators.cwork.stations import Station
from floorgraph.simulators.cwork.work import order_state


def overview(desk: Desk) -> dict[str, object]:
    """The shop in the simulator's own words: what a test compares answers with."""
    shop = desk.shop
    settle_all(shop)
    return {
        "now": datetime.fromtimestamp(shop.now, UTC).isoformat(),
        "version": f"1.{desk.version}",
        "licences": sorted(desk.licences),
        "engine_up": desk.engine_up,
        "stations": [_station(station) for station in shop.stations.values()],
        "orders": [
            {
                "id": order.id,
                "name": order.name,
                "valid": order.valid,
                "archived": shop.archived(order),
                "state": order_state(order, shop.operations),
                "operations": order.operations,
            }
            for order in shop.orders.values()
        ],
        "operations": [
            {
                "id": one.id,
                "order": one.order,
                "name": one.name,
                "station": one.station,
                "state": one.state,
                "parts_made": one.parts_made,
                "parts_to_make": one.parts_to_make,
                "document": one.document,
            }
            for one in shop.operations.values()
        ],
        "documents": len(shop.documents),
    }


def _station(station: Station) -> dict[str, object]:
    return {
        "handle": station.handle,
        "name": station.name,
        "disabled": station.disabled,
        "mdc_mode": station.mdc_mode,
        "dnc_mode": station.dnc_mode,
        "protocol": station.protocol,
        "state": station.state,
        "auto_state": station.auto_state,
        "since": datetime.fromtimestamp(station.since, UTC).isoformat(),
        "comment": station.comment,
        "operation": station.operation,
        "queue": list(station.queue),
        "alarms": [{"code": one.code, "message": one.message} for one in station.standing_alarms()],
        "total_parts": station.total_parts,
        "parts_since_reset": station.parts_since_reset,
        "files": sorted(station.files),
    }
