"""Runs: how they are queued, begin, pause and end, and what that does to everything around them."""

from floorgraph.simulators.authentise.life import material, papers
from floorgraph.simulators.authentise.life.steps import (
    WORKING,
    prints_of,
    step_done,
    step_failed,
    step_kind,
    sum_up,
    withdraw,
)
from floorgraph.simulators.authentise.resource import Ref, Row, stamp
from floorgraph.simulators.authentise.shop import Shop

OVER = ("complete", "error", "cancelled")
WAITING = ("calculating", "calculated", "queued", "queued-work-ready")


def enqueue(shop: Shop, run: Row, *, first: bool = False) -> None:
    """Put a run into its station's queue."""
    station = shop.station_of(run)
    if station is None:
        return
    queue = shop.queues.setdefault(station, [])
    if run["uri"] not in queue:
        queue.insert(0 if first else len(queue), run["uri"])


def dequeue(shop: Shop, run: Row) -> None:
    """Take a run out of its station's queue and off the station."""
    station = shop.station_of(run)
    for lists in (shop.queues, shop.active):
        if station and run["uri"] in lists.get(station, []):
            lists[station].remove(run["uri"])


def settle(shop: Shop, run: Row) -> None:
    """A run that waits is ready when all its pieces have done the steps before."""
    if run["status"] in ("queued", "queued-work-ready"):
        ready = bool(run["prints"]) and all(_ready(shop, link) for link in run["prints"])
        shop.store.put(run, status="queued-work-ready" if ready else "queued")
        if not run["prints"]:
            cancel(shop, run)


def _ready(shop: Shop, link: Ref) -> bool:
    one = shop.store.get(link)
    piece = shop.store.get(one["piece"]) if one else None
    return one is not None and piece is not None and piece.get("current_print") == link


def begin(shop: Shop, run: Row) -> Row:
    """Work begins; returns the actuals of the run."""
    store = shop.store
    station = shop.station_of(run)
    dequeue(shop, run)
    if station:
        shop.active.setdefault(station, []).append(run["uri"])
    store.put(run, status="in-progress")
    pieces = []
    for link in run["prints"]:
        one = store.find(link)
        store.put(one, status="in-progress", order_step_status="processing")
        if (piece := store.get(one["piece"])) and piece["status"] not in ("complete", "error", "cancelled"):
            store.put(piece, status=WORKING[step_kind(shop, one)])
            pieces.append(piece)
    sum_up(shop, pieces)
    papers.send(shop, run)
    return store.add(
        "run-actuals",
        run=run["uri"],
        start_in_progress_time=stamp(shop.now),
        additive={},
        powder={},
        user=store.user,
    )


def pause(shop: Shop, run: Row) -> None:
    """Work stands still."""
    shop.store.put(run, status="paused")


def resume(shop: Shop, run: Row) -> None:
    """Work goes on."""
    shop.store.put(run, status="in-progress")


def finish(shop: Shop, run: Row, *, failed: frozenset[Ref] = frozenset()) -> None:
    """Work ends well, but for the prints that failed."""
    store = shop.store
    _leave(shop, run, "complete")
    papers.deliver(shop, run)
    used = material.consume(shop, run)
    store.put(_actuals(shop, run), end_in_progress_time=stamp(shop.now), total_cost=round(4.5 * used + 20, 2))
    following, pieces = dict[Ref, None](), []
    for link in list(run["prints"]):
        one = store.find(link)
        if (piece := store.get(one["piece"])) is not None:
            pieces.append(piece)
        if link in failed:
            step_failed(shop, one)
        elif then := step_done(shop, one):
            following[then] = None
    for then in [*following, *_runs_after(shop, run)]:
        if later := store.get(then):
            settle(shop, later)
    sum_up(shop, pieces)
    papers.record_pieces(shop, pieces)
    papers.record_items(shop, pieces)


def fail(shop: Shop, run: Row, error: str) -> None:
    """Work ends badly: all pieces are spoilt."""
    store = shop.store
    after = _runs_after(shop, run)
    _leave(shop, run, "error")
    store.put(run, error=error)
    if actuals := store.where("run-actuals", "run", run["uri"]):
        store.put(actuals[0], end_in_progress_time=stamp(shop.now))
    prints = [store.find(link) for link in list(run["prints"])]
    for one in prints:
        step_failed(shop, one)
    for then in after:
        if later := store.get(then):
            settle(shop, later)
    sum_up(shop, [piece for one in prints if (piece := store.get(one["piece"]))])


def cancel(shop: Shop, run: Row) -> None:
    """The run is called off: its pieces wait to be planned again."""
    _leave(shop, run, "cancelled")
    free_pieces(shop, run)


def free_pieces(shop: Shop, run: Row) -> None:
    """Forget the plan of a run's pieces: this step and all later ones."""
    store = shop.store
    after = _runs_after(shop, run)
    pieces = []
    for link in list(run["prints"]):
        one = store.get(link)
        piece = store.get(one["piece"]) if one else None
        if one is None or piece is None or piece["status"] in ("complete", "error", "cancelled"):
            continue
        position = int(one["process_step_position"])
        withdraw(shop, piece["uri"], after=position - 1)
        if position == 0:
            store.put(piece, status="confirmed", current_print=None, current_step_position=0)
            shop.pool.append(piece["uri"])
        else:
            store.put(piece, status="incomplete", current_print=None)
        pieces.append(piece)
    for then in after:
        if later := store.get(then):
            settle(shop, later)
    sum_up(shop, pieces)


def _leave(shop: Shop, run: Row, status: str) -> None:
    dequeue(shop, run)
    shop.estimates.pop(run["uri"], None)
    shop.store.put(run, status=status)


def _runs_after(shop: Shop, run: Row) -> list[Ref]:
    """The runs of the later steps of a run's pieces."""
    found = dict[Ref, None]()
    for link in run["prints"]:
        one = shop.store.get(link)
        for later in prints_of(shop, one["piece"]) if one else ():
            if one and later["process_step_position"] > one["process_step_position"] and later.get("run"):
                found[later["run"]] = None
    return list(found)


def _actuals(shop: Shop, run: Row) -> Row:
    found = shop.store.where("run-actuals", "run", run["uri"])
    if found:
        return found[0]
    return shop.store.add("run-actuals", run=run["uri"], start_in_progress_time=stamp(shop.now))
