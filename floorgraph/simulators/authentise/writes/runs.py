"""Runs from outside: made, moved through their states, given to another machine, taken away.

Which transitions are allowed is inferred; the document only says that some are refused with 409, and that
`force` skips some of the checks.
"""

from typing import Any

from floorgraph.simulators.authentise.errors import invalid, missing, refused_transition
from floorgraph.simulators.authentise.life import machines, runs
from floorgraph.simulators.authentise.life.planning import new_run
from floorgraph.simulators.authentise.life.steps import DONE, step_kind, wait_for
from floorgraph.simulators.authentise.request import Ask
from floorgraph.simulators.authentise.resource import Ref, Row
from floorgraph.simulators.authentise.shop import Shop

ALLOWED = {
    "calculating": ("calculated", "cancelled", "error"),
    "calculated": ("queued", "cancelled"),
    "queued": ("queued-work-ready", "in-progress", "cancelled"),
    "queued-work-ready": ("queued", "in-progress", "cancelled"),
    "in-progress": ("paused", "complete", "error", "cancelled"),
    "paused": ("in-progress", "complete", "error", "cancelled"),
    "error": ("queued",),
    "complete": (),
    "cancelled": (),
}
STATIONS = ("printer", "post_processor", "shipping")


def put(ask: Ask, run: Row, values: Row) -> None:
    """Change a run; a status is reached by doing what it means."""
    force, status = bool(values.pop("force", False)), values.pop("status", None)
    if status is not None:
        check_transition(ask.shop, run, status, force=force)
    if "prints" in values:
        _replace_prints(ask.shop, run, values.pop("prints"))
    if any(name in values for name in STATIONS):
        _move(ask.shop, run, {name: values.pop(name) for name in STATIONS if name in values})
    ask.shop.store.put(run, values)
    if status is not None:
        change_status(ask.shop, run, status)


def check_transition(shop: Shop, run: Row, status: str, *, force: bool) -> None:
    """Refuse what a run's state does not lead to.

    Raises:
        VendorError: 409 for the transition, 400 for what stands in its way.
    """
    now = run["status"]
    if status == now:
        return
    if status not in ALLOWED[now] and not (force and now not in ("calculating", *runs.OVER)):
        raise refused_transition()
    if status != "in-progress" or now == "paused":
        return
    station = shop.station_of(run)
    if station is None:
        raise invalid("A run needs a machine before it can be started.")
    if len(shop.active.get(station, ())) >= shop.capacity(station):
        raise invalid("The system is busy printing. Please end the current process first")
    if now == "queued" and not force:
        raise invalid("Earlier process steps of these pieces are not complete.")


def change_status(shop: Shop, run: Row, status: str) -> None:
    """Do what a status means."""
    before = run["status"]
    match status:
        case "in-progress" if before == "paused":
            machines.go_on(shop, run)
        case "in-progress" if before != status:
            machines.start(shop, run)
        case "paused":
            machines.hold(shop, run)
        case "complete" if before not in runs.OVER:
            runs.finish(shop, run)
            machines.ended(shop, run, status)
        case "error" if before not in runs.OVER:
            runs.fail(shop, run, "Ended by a user")
            machines.ended(shop, run, status)
        case "cancelled" if before not in runs.OVER:
            runs.cancel(shop, run)
            machines.ended(shop, run, status)
        case _:
            shop.store.put(run, status=status)
            if status == "queued":
                runs.enqueue(shop, run)


def _replace_prints(shop: Shop, run: Row, prints: list[Ref]) -> None:
    if run.get("pieces_locked"):
        raise invalid("The pieces of this run are locked.")
    if run["status"] not in runs.WAITING:
        raise invalid("The pieces of a run cannot change once it has been started.")
    for link in prints:
        if shop.store.get(link) is None:
            raise missing()
    for link in run["prints"]:
        if link not in prints and (one := shop.store.get(link)):
            shop.store.put(one, run=None)
    for link in prints:
        shop.store.put(shop.store.find(link), run=run["uri"])
    shop.store.put(run, prints=prints)
    runs.settle(shop, run)


def _move(shop: Shop, run: Row, stations: dict[str, Any]) -> None:
    """Give a waiting run to another machine."""
    for link in stations.values():
        if link is not None and shop.store.get(link) is None:
            raise missing()
    if run["status"] not in runs.WAITING:
        raise invalid("You cannot move an already printing job.")
    runs.dequeue(shop, run)
    shop.store.put(run, stations)
    runs.enqueue(shop, run)


def post(ask: Ask, values: Row) -> Ref:
    """A run of prints that no other run works on."""
    shop = ask.shop
    found = [shop.store.get(link) for link in values["prints"]]
    if not found or any(one is None for one in found):
        raise invalid("A run must have one or more prints.")
    prints = [one for one in found if one is not None]
    for one in prints:
        other = shop.store.get(one.get("run"))
        if other is not None and other["status"] not in runs.WAITING:
            raise invalid("A print is on a run that has been started.")
    if len({step_kind(shop, one) for one in prints}) > 1:
        raise invalid("Prints of a run must have the same process type.")
    kind, station = _where(ask, values)
    run = new_run(shop, kind, station, name=values.get("name") or "", priority=values.get("priority") or 65)
    for one in prints:
        if other := shop.store.get(one.get("run")):
            shop.store.put(other, prints=[link for link in other["prints"] if link != one["uri"]])
        shop.store.put(one, run=run["uri"])
        piece = shop.store.get(one["piece"])
        if piece and piece["status"] not in DONE and piece.get("current_print") is None:
            wait_for(shop, piece, one)
    links = [one["uri"] for one in prints]
    kept = ("notes", "batch_type", "pieces_locked", "custom_field_values")
    shop.store.put(run, {name: values[name] for name in kept if name in values}, prints=links)
    runs.enqueue(shop, run)
    runs.settle(shop, run)
    link: Ref = run["uri"]
    return link


def _where(ask: Ask, values: Row) -> tuple[Ref, Ref | None]:
    """The type of station and the station of a new run."""
    types = {"printer": "printer_type", "post_processor": "post_processor_type"}
    for name in STATIONS:
        station, kind = values.get(name), values.get(types.get(name, ""))
        row = ask.shop.store.get(station)
        if station is not None and row is None:
            raise missing()
        if row is not None and station is not None:
            return kind or row.get(types.get(name, "")) or station, station
        if kind is not None:
            return kind, None
    raise invalid("A run needs a machine or a type of machine.")


def delete(ask: Ask, run: Row) -> None:
    """Take a run away; its pieces wait to be planned again."""
    if run["status"] in ("in-progress", "paused"):
        raise invalid("An active run cannot be deleted.")
    if run["status"] in runs.WAITING:
        runs.cancel(ask.shop, run)
    ask.shop.store.remove(run["uri"])


def put_actuals(ask: Ask, row: Row, values: Row) -> None:
    """Correct actual times: the record stays as it was, without its run, and a new one takes its place."""
    if row.get("run") is None:
        raise invalid("Only the current actuals of a run can be edited.")
    store = ask.shop.store
    own = ("uri", "created", "updated", "user", "edited_by", "previous")
    copied = {name: value for name, value in row.items() if name not in own}
    store.add("run-actuals", {**copied, **values}, previous=row["uri"], edited_by=store.user)
    store.put(row, run=None)


POSTS = {"run": post}
PUTS = {"run": put, "run-actuals": put_actuals}
DELETES = {"run": delete}
