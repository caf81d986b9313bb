"""Operations that take a while: the answer comes at once, the result when they are done."""

from collections.abc import Callable

from floorgraph.simulators.authentise.errors import invalid, missing
from floorgraph.simulators.authentise.life import runs
from floorgraph.simulators.authentise.life.demand import carry_out, new_job, pack
from floorgraph.simulators.authentise.life.placing import place
from floorgraph.simulators.authentise.life.planning import least_loaded
from floorgraph.simulators.authentise.life.steps import step_failed, sum_up
from floorgraph.simulators.authentise.request import Ask
from floorgraph.simulators.authentise.resource import Ref, Row, signature
from floorgraph.simulators.authentise.shop import Shop
from floorgraph.simulators.contract import Reply


def _later(shop: Shop, row: Row, action: Callable[[], object]) -> None:
    """Processing after half the time, the action after all of it."""
    whole = shop.options.operation_seconds
    shop.after(whole / 2, lambda: shop.store.put(row, status="processing"))
    shop.after(whole, action)


def create_runs(ask: Ask, values: Row) -> Ref:
    """Runs for pieces."""
    shop, station = ask.shop, values.pop("primary_workstation")
    pieces = values.pop("pieces")
    if shop.store.get(station) is None or any(shop.store.get(link) is None for link in pieces):
        raise missing()
    if not pieces:
        raise invalid("Pieces are required.")
    job = new_job(shop, pieces, station, **values)
    _later(shop, job, lambda: carry_out(shop, job))
    link: Ref = job["uri"]
    return link


def packing(ask: Ask, values: Row) -> Ref:
    """Pack pieces for a printer and make the runs."""
    shop = ask.shop
    if shop.store.get(values["printer"]) is None or not values["pieces"]:
        raise invalid("Pieces and a printer are required.")
    link: Ref = pack(shop, values)["uri"]
    return link


def layout(ask: Ask, values: Row) -> Ref:
    """Place models on a build plate."""
    if values.get("min_packing_distance") is not None and values["min_packing_distance"] < 0:
        raise invalid("The spacing is invalid.")
    if "type" not in values["build"]:
        raise invalid("The build parameters are invalid.")
    row = ask.shop.store.add("layout", values, positions=[])
    _later(ask.shop, row, lambda: place(ask.shop, row, None))
    link: Ref = row["uri"]
    return link


def transformation(ask: Ask, values: Row) -> Ref:
    """Do something with prints of a run that is in progress."""
    shop = ask.shop
    run = shop.store.get(values["source_run"])
    if run is None:
        raise missing()
    if run["status"] not in ("in-progress", "paused"):
        raise invalid("The run must be in progress.")
    if any(link not in run["prints"] for link in values["prints"]):
        raise invalid("All prints must belong to the run.")
    row = shop.store.add("run-transformation", values, status="pending", destination_runs=[])
    _later(shop, row, lambda: _transform(shop, row, run))
    link: Ref = row["uri"]
    return link


def _transform(shop: Shop, row: Row, run: Row) -> None:
    prints = [one for link in row["prints"] if (one := shop.store.get(link)) and one.get("run") == run["uri"]]
    if run["status"] in runs.OVER or not prints:
        shop.store.put(row, status="error", notes="The run has ended")
        return
    pieces = []
    for one in prints:
        if piece := shop.store.get(one["piece"]):
            pieces.append(piece)
        if row["type"] in ("remanufacture", "scrap", "flag_non_conformance"):
            made = step_failed(shop, one)
            if made and row["type"] == "scrap":
                shop.store.put(made, status="cancelled")
        else:
            shop.store.put(one, status="queued", order_step_status="new", run=None)
    shop.store.put(run, prints=[link for link in run["prints"] if link not in row["prints"]])
    _new_destination(shop, row, run, prints)
    if not run["prints"]:
        runs.cancel(shop, run)
    sum_up(shop, pieces)
    shop.store.put(row, status="complete")


def _new_destination(shop: Shop, row: Row, run: Row, prints: list[Row]) -> None:
    """Prints that are done again get a run of their own."""
    again = [one for one in prints if one.get("run") is None]
    if not again:
        return
    names = ("operation", "printer_type", "post_processor_type", "priority", "batch_type")
    kind = run.get("printer_type") or run.get("post_processor_type")
    number = next(shop.numbers)
    other = shop.store.add(
        "run",
        {name: run.get(name) for name in names},
        id=f"R{number:06d}",
        customer_id=f"R{number:06d}",
        name=f"{run['name']} again",
        status="queued-work-ready",
        prints=[one["uri"] for one in again],
    )
    station = least_loaded(shop, kind) if kind else run.get("shipping")
    field = {"printing": "printer", "post-processing": "post_processor", "shipping": "shipping"}[
        run["operation"]
    ]
    shop.store.put(other, {field: station})
    for one in again:
        shop.store.put(one, run=other["uri"])
    runs.enqueue(shop, other)
    shop.store.put(row, destination_runs=[other["uri"]])


def schedule(ask: Ask, values: Row) -> Ref:
    """Work the schedule out again."""
    run = ask.shop.store.get(values["run"])
    if run is None:
        raise missing()
    if run["status"] in ("calculating", "calculated"):
        raise invalid("Wait until estimation process for this run will finish")
    seconds = ask.shop.estimates.get(run["uri"], 0.0) / ask.shop.options.pace
    given = {"estimates": {"time": {"in_progress": seconds}, "run_type": run["operation"]}, **values}
    row = ask.shop.store.add("schedule_runs", given, edited_by=ask.shop.store.user)
    link: Ref = row["uri"]
    return link


def _report(resource: str) -> Callable[[Ask, Row], Ref]:
    """A report that is written later and then has a link to its content."""

    def post(ask: Ask, values: Row) -> Ref:
        row = ask.shop.store.add(resource, values, status="pending")
        content = Ref(f"/files/{row['uri'].uuid}/?signature={signature(row['uri'].uuid)}")
        _later(ask.shop, row, lambda: ask.shop.store.put(row, status="complete", content=content))
        link: Ref = row["uri"]
        return link

    return post


def split_shipment(ask: Ask, values: Row) -> Reply:
    """Send some pieces of a shipping run on their own."""
    shop = ask.shop
    pieces = [shop.store.get(link) for link in values.get("pieces") or ()]
    prints = [shop.store.get(piece.get("current_print")) for piece in pieces if piece]
    found = {one["run"] for one in prints if one}
    if (
        not prints
        or len(found) != 1
        or any(p is None or p["status"] != "queued-for-shipping" for p in pieces)
    ):
        raise invalid("Pieces must be queued for shipping in one run.")
    run = shop.store.find(found.pop())
    row: Row = {"type": "split_shipment", "prints": [one["uri"] for one in prints if one]}
    job = shop.store.add("run-transformation", row, source_run=run["uri"], status="processing")
    _transform(shop, job, run)
    other = job["destination_runs"][0]
    order = shop.store.find(prints[0]["order"]) if prints[0] else None
    shipment = shop.store.add("shipment", run=other, order=order["uri"] if order else None, status="new")
    body = {"run": other, "shipment": shipment["uri"], "message": "The shipment was split."}
    return Reply(201, ask.renderer.value(body), headers={"Location": ask.base + shipment["uri"]})


POSTS: dict[str, Callable[[Ask, Row], Ref | Reply]] = {
    "create-runs": create_runs,
    "packing-process": packing,
    "layout": layout,
    "run-transformation": transformation,
    "schedule_runs": schedule,
    "traceability-report": _report("traceability-report"),
    "material-batch-traceability-report": _report("material-batch-traceability-report"),
    "shipment/split": split_shipment,
}
