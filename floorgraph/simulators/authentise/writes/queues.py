"""The order in which runs wait at a station."""

from floorgraph.simulators.authentise.errors import invalid, missing
from floorgraph.simulators.authentise.life import runs
from floorgraph.simulators.authentise.request import Ask
from floorgraph.simulators.authentise.resource import Ref, Row
from floorgraph.simulators.authentise.shop import Shop


def post(ask: Ask, values: Row) -> None:
    """Move a run in its queue: to the front, or before or after another run."""
    shop = ask.shop
    run = shop.store.get(values["run"])
    if run is None:
        raise missing()
    station = shop.station_of(run)
    queue = shop.queues.get(station, []) if station else []
    if station is None or run["uri"] not in queue:
        raise invalid("The position of this run cannot be changed now.")
    others = [link for link in queue if link != run["uri"]]
    relative = values.get("relative_to")
    if relative is None:
        index = 0
    elif relative not in others:
        raise invalid("The position is invalid: the other run does not wait at this machine.")
    else:
        index = others.index(relative) + (values.get("position") == "after")
    reorder(shop, station, [*others[:index], run["uri"], *others[index:]])


def reorder(shop: Shop, station: Ref, wanted: list[Ref]) -> None:
    """Give a station's queue another order.

    Raises:
        VendorError: 400, it holds a run that has been started, or not exactly the runs that wait.
    """
    queue = shop.queues.get(station, [])
    if any((row := shop.store.get(link)) and row["status"] not in runs.WAITING for link in wanted):
        raise invalid("You cannot change the position of a running job.")
    if sorted(wanted) != sorted(queue):
        raise invalid("The queue must hold the runs that wait at this machine.")
    shop.queues[station] = list(wanted)


POSTS = {"run-queue": post}
