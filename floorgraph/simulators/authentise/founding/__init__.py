"""How a shop comes to be: as if it had been at work for a while."""

from floorgraph.simulators.authentise.catalogue import RESOURCES
from floorgraph.simulators.authentise.founding.backlog import found_backlog
from floorgraph.simulators.authentise.founding.context import found_context
from floorgraph.simulators.authentise.founding.machines import found_machines
from floorgraph.simulators.authentise.founding.materials import found_material
from floorgraph.simulators.authentise.founding.workflows import found_workflows
from floorgraph.simulators.authentise.life.demand import keep_coming
from floorgraph.simulators.authentise.life.machines import watch
from floorgraph.simulators.authentise.life.upkeep import keep_up
from floorgraph.simulators.authentise.options import AuthentiseOptions
from floorgraph.simulators.authentise.resource import Ref, stamp
from floorgraph.simulators.authentise.shop import STATION_FIELDS, Shop


def found_shop(options: AuthentiseOptions, now: float) -> tuple[Shop, dict[str, Ref]]:
    """The shop and the links to its users by user name."""
    shop = Shop(options, now)
    shop.store.silent, shop.late_share = True, 0.0
    people = found_context(shop)
    found_machines(shop)
    found_material(shop)
    found_workflows(shop)
    found_backlog(shop)
    _age(shop)
    shop.store.silent, shop.late_share = False, options.late_share
    for resource in STATION_FIELDS:
        for row in shop.store.table(resource):
            watch(shop, row["uri"])
    shop.after(1.0, lambda: keep_coming(shop))
    keep_up(shop)
    return shop, people


def _age(shop: Shop) -> None:
    """Records were made and changed in the past, each at its own time."""
    for name in RESOURCES:
        for row in shop.store.table(name):
            changed = shop.now - shop.dice.between(60, 3 * 86_400)
            if "updated" in row:
                row["updated"] = stamp(changed)
            if "created" in row:
                row["created"] = stamp(changed - shop.dice.between(0, 20 * 86_400))
