"""What goes on beside the work: downtimes, readings, outsourced jobs, and changes for their own sake."""

from floorgraph.simulators.authentise.life import material
from floorgraph.simulators.authentise.life.machines import free
from floorgraph.simulators.authentise.resource import Row, stamp
from floorgraph.simulators.authentise.shop import Shop

REASONS = ("Filter change", "Calibration", "Laser alignment", "Cleaning", "Firmware update")
BIDS = (
    "bid_requested",
    "bid_updated",
    "bid_negotiated",
    "shipping_to",
    "in_progress",
    "shipping_from",
    "completed",
)
CHURN_STEP = 0.02
"""Changes for their own sake come at most so many seconds apart, several at once when there are more."""


def keep_up(shop: Shop) -> None:
    """Start everything that goes on beside the work."""
    shop.paced(shop.dice.between(20, 60), lambda: _downtime(shop))
    shop.after(1_800, lambda: _measure(shop))
    shop.paced(60, lambda: _bid(shop))
    shop.after(1.0, lambda: _churn(shop, 0.0))


def _downtime(shop: Shop) -> None:
    """Announce the next downtime of a station that is free."""
    if shop.alive:
        stations = [row["uri"] for name in ("printer", "post-processor") for row in shop.store.table(name)]
        station = shop.dice.pick(stations)
        if free(shop, station):
            wait, length = 30 / shop.options.pace, shop.dice.between(60, 180) / shop.options.pace
            row = shop.store.add(
                "downtime",
                {station.resource.replace("-", "_"): station},
                start=stamp(shop.now + wait),
                finish=stamp(shop.now + wait + length),
                description=shop.dice.pick(REASONS),
                status="scheduled",
                custom_field_values=[],
            )
            shop.after(wait, lambda: _move(shop, row, "scheduled", "in_progress"))
            shop.after(wait + length, lambda: _move(shop, row, "in_progress", "complete"))
    shop.paced(shop.dice.between(120, 300), lambda: _downtime(shop))


def _move(shop: Shop, row: Row, since: str, status: str) -> None:
    """A downtime begins or ends, unless somebody has changed it or taken it back."""
    if shop.store.get(row["uri"]) is row and row["status"] == since:
        shop.store.put(row, status=status)


def _measure(shop: Shop) -> None:
    for sensor in shop.store.table("sensor"):
        material.measure(shop, sensor)
    shop.after(1_800, lambda: _measure(shop))


def _bid(shop: Shop) -> None:
    """Outsourced jobs go one step further."""
    if shop.alive:
        for job in shop.store.table("service-provider-job"):
            if job["status"] in BIDS[:-1]:
                shop.store.put(job, status=BIDS[BIDS.index(job["status"]) + 1])
                break
    shop.paced(shop.dice.between(60, 120), lambda: _bid(shop))


def _churn(shop: Shop, owed: float) -> None:
    """Change random pieces, so many per second."""
    wait = 1.0
    if shop.churn > 0:
        wait = max(CHURN_STEP, 1 / shop.churn)
        owed += shop.churn * wait
        touch(shop, int(owed + 1e-9))
        owed -= int(owed + 1e-9)
    shop.after(wait, lambda: _churn(shop, owed))


def touch(shop: Shop, number: int) -> list[str]:
    """Give so many random pieces another priority; returns their identifiers."""
    rows = shop.store.table("piece").rows
    keys = shop.churn_keys
    touched = []
    for _ in range(number if rows else 0):
        if len(keys) != len(rows):
            keys[:] = rows
        key = shop.dice.pick(keys)
        while key not in rows:
            keys[:] = rows
            key = shop.dice.pick(keys)
        piece = rows[key]
        shop.store.put(piece, priority=(piece["priority"] + 7) % 101)
        touched.append(key)
    return touched
