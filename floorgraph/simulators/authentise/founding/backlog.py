"""The work the shop begins with: some done, some in every step, some waiting, some not planned yet."""

from floorgraph.simulators.authentise.life import runs
from floorgraph.simulators.authentise.life.demand import PACKED, new_order
from floorgraph.simulators.authentise.life.machines import free, start
from floorgraph.simulators.authentise.life.planning import add_build_file, least_loaded, make_runs
from floorgraph.simulators.authentise.life.steps import sum_up
from floorgraph.simulators.authentise.resource import Ref, Row, stamp
from floorgraph.simulators.authentise.shop import Shop

STAGES = ((-1, 18.0), (0, 40.0), (1, 14.0), (2, 8.0), (9, 20.0))
"""Steps that are done already (-1: not planned; 9: all), and how many plates out of a hundred are so far."""


def found_backlog(shop: Shop) -> None:
    """Orders with their pieces and runs."""
    left, size = shop.options.pieces, shop.options.pieces_per_run
    while left > 0:
        pieces = new_order(shop, min(left, shop.dice.whole(8, 40)))
        left -= len(pieces)
        groups: dict[Ref, list[Row]] = {}
        for piece in pieces:
            groups.setdefault(piece["workflow"], []).append(piece)
        for group in groups.values():
            for first in range(0, len(group), size):
                _found_plate(shop, group[first : first + size])
    for station in [row["uri"] for name in ("printer", "post-processor") for row in shop.store.table(name)]:
        _start_some(shop, station)
    sum_up(shop, shop.store.table("piece"))
    _outsource(shop)
    _note(shop)


def _found_plate(shop: Shop, pieces: list[Row]) -> None:
    store = shop.store
    stage = shop.dice.weighted(STAGES)
    if stage < 0:
        shop.pool += [piece["uri"] for piece in pieces]
        return
    step = store.find(store.find(pieces[0]["workflow"])["process_steps"][0])
    made = make_runs(shop, pieces, least_loaded(shop, step["workstation_type_uri"]))
    add_build_file(shop, made[0], done=True)
    if shop.dice.roll() < PACKED:
        links = [piece["uri"] for piece in pieces]
        run = made[0]
        store.add("packing-process", pieces=links, printer=run["printer"], run=run["uri"], status="complete")
    for age, run in enumerate(made[:stage]):
        actuals = runs.begin(shop, run)
        runs.finish(shop, run)
        hours = (len(made) - age) * 3_600
        store.put(actuals, start_in_progress_time=stamp(shop.now - hours))
        store.put(actuals, end_in_progress_time=stamp(shop.now - hours + 1_800))


def _start_some(shop: Shop, station: Ref) -> None:
    """Let a machine be in the middle of a run that is ready."""
    if free(shop, station) and shop.dice.roll() < 0.7:
        for link in shop.queues.get(station, ()):
            run = shop.store.find(link)
            if run["status"] == "queued-work-ready":
                start(shop, run, done=shop.dice.between(0.05, 0.8))
                return


def _outsource(shop: Shop) -> None:
    """Jobs of an outside provider for runs at the stations that stand for one."""
    store = shop.store
    provider = next(iter(store.table("service-provider")))
    for station in [row["uri"] for row in store.table("post-processor") if row.get("is_service")]:
        for link in list(shop.queues.get(station, ()))[:3]:
            run = store.find(link)
            first = store.find(run["prints"][0])
            store.add(
                "service-provider-job",
                run=run["uri"],
                service_provider=provider["uri"],
                line_item=first["line_item"],
                order=first["order"],
                order_name=first["order_name"],
                process_step=first["process_step"],
                status="bid_requested",
                cost=120.0,
                currency="EUR",
                due_at=stamp(shop.now + 5 * 86_400),
                order_line_items=[first["line_item"]],
                changes_history=[],
            )


def _note(shop: Shop) -> None:
    """Remarks, times and papers of the first runs and orders."""
    store = shop.store
    for run in [row for row in store.table("run") if row["status"] == "in-progress"][:5]:
        related = {"related_table_name": "run", "related_uuid": run["uri"].uuid}
        store.add("comment", related, text="Checked before the start", author_name="operator-1")
        store.add("time-entry", related, category="attending", start_time=stamp(shop.now - 900))
    for order in list(store.table("order"))[:3]:
        store.add("document", name=f"{order['customer_id']}.pdf", related_resources=[order["uri"]])
