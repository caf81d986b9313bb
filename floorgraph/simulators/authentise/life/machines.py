"""Machines at work: they take runs from their queue, build layer by layer, stop, fail and are emptied."""

from collections.abc import Callable

from floorgraph.simulators.authentise.life import runs
from floorgraph.simulators.authentise.resource import Ref, Row, stamp
from floorgraph.simulators.authentise.shop import Shop

READY = ("idle", "ready_to_print")
FAULTS = ("Recoater blocked", "Chamber temperature out of range", "Laser power drift", "Filament runout")


def down(shop: Shop, station: Ref) -> bool:
    """Whether somebody has taken the station out of work."""
    field = station.resource.replace("-", "_")
    return any(row["status"] == "in_progress" for row in shop.store.where("downtime", field, station))


def modeler_of(shop: Shop, station: Ref) -> Row | None:
    """The connected twin of a machine."""
    row = shop.store.get(station)
    return shop.store.get(row.get("modeler")) if row else None


def free(shop: Shop, station: Ref) -> bool:
    """Whether a station can take a run."""
    row = shop.store.get(station)
    if row is None or row.get("archived") or down(shop, station):
        return False
    modeler = modeler_of(shop, station)
    if modeler is not None and not (modeler["connected"] and modeler["status"] in READY):
        return False
    return len(shop.active.get(station, ())) < shop.capacity(station)


def watch(shop: Shop, station: Ref) -> None:
    """An operator looks at the station now and then, and starts what is ready."""

    def look() -> None:
        if shop.store.get(station) is None:
            return
        for link in list(shop.queues.get(station, ())) if shop.alive else ():
            if not free(shop, station):
                break
            run = shop.store.find(link)
            if run["status"] == "queued-work-ready":
                start(shop, run)
        shop.paced(shop.dice.between(8, 30), look)

    shop.paced(shop.dice.between(0, 20), look)


def start(shop: Shop, run: Row, *, done: float = 0.0) -> None:
    """Begin a run and let it go on by itself, from the share that is done already."""
    runs.begin(shop, run)
    station = shop.station_of(run)
    if run["operation"] == "printing" and station is not None:
        _start_build(shop, run, station, done)
    else:
        length = shop.estimates.get(run["uri"], 90.0) * shop.dice.between(0.6, 1.4) * (1 - done)
        _later(shop, run, length, lambda: finish(shop, run))


def _later(shop: Shop, run: Row, seconds: float, action: Callable[[], None]) -> None:
    """Do something with a run unless it has ended; while it is paused or the shop stands still, wait."""

    def act() -> None:
        current = shop.store.get(run["uri"])
        if current is not run or run["status"] in runs.OVER:
            return
        if run["status"] == "in-progress" and shop.alive:
            action()
        else:
            shop.paced(5.0, act)

    shop.paced(seconds, act)


def _start_build(shop: Shop, run: Row, station: Ref, done: float) -> None:
    modeler = modeler_of(shop, station)
    layers = shop.dice.whole(30, 60) + 4 * len(run["prints"])
    length = shop.estimates.get(run["uri"], 240.0)
    per_layer = length / layers
    made = int(layers * done)
    build = shop.store.add(
        "build",
        name=run["uri"].uuid,
        run=run["uri"],
        modeler=modeler["uri"] if modeler else None,
        layers=layers,
        current_layer=made,
        status="processing" if made else "preheat",
        start_time=stamp(shop.now),
        estimated_time=round(length / shop.options.pace),
    )
    if modeler:
        shop.store.put(modeler, status="printing", current_build=build["uri"], error=None)
    _later(shop, run, 0 if made else 10.0, lambda: _layer(shop, run, build, per_layer))


def _layer(shop: Shop, run: Row, build: Row, per_layer: float) -> None:
    done = build["current_layer"] + 1
    shop.store.put(build, current_layer=done, status="processing")
    chance = shop.dice.roll()
    if done >= build["layers"]:
        _built(shop, run, build)
    elif chance < 0.0006:
        _break(shop, run, build)
    else:
        if chance < 0.004:
            hold(shop, run)
            shop.paced(shop.dice.between(20, 60), lambda: go_on(shop, run))
        _later(shop, run, per_layer, lambda: _layer(shop, run, build, per_layer))


def hold(shop: Shop, run: Row) -> None:
    """Pause a run and the build that goes with it."""
    if run["status"] == "in-progress":
        runs.pause(shop, run)
        for build in _open_builds(shop, run):
            shop.store.put(build, status="paused")


def go_on(shop: Shop, run: Row) -> None:
    """Resume a run and the build that goes with it."""
    if run["status"] == "paused":
        runs.resume(shop, run)
        for build in _open_builds(shop, run):
            shop.store.put(build, status="processing")


def _built(shop: Shop, run: Row, build: Row) -> None:
    shop.store.put(build, status="complete", end_time=stamp(shop.now))
    station = shop.station_of(run)
    modeler = modeler_of(shop, station) if station else None
    if modeler:
        shop.store.put(modeler, status="print_finished")
    _later(shop, run, shop.dice.between(15, 45), lambda: finish(shop, run))


def finish(shop: Shop, run: Row) -> None:
    """An operator takes the pieces out and says which have failed."""
    rate = shop.options.failure_rate
    failed = frozenset(link for link in run["prints"] if shop.dice.roll() < rate)
    if len(failed) == len(run["prints"]):
        failed = frozenset()
    close_builds(shop, run, "complete")
    runs.finish(shop, run, failed=failed)
    _empty(shop, run)


def _break(shop: Shop, run: Row, build: Row) -> None:
    station = shop.station_of(run)
    modeler = modeler_of(shop, station) if station else None
    error = shop.dice.pick(FAULTS)
    shop.store.put(build, status="machine_error", end_time=stamp(shop.now))
    runs.fail(shop, run, error)
    if modeler:
        shop.store.put(modeler, status="error", error=error)
        shop.paced(shop.dice.between(40, 90), lambda: _repaired(shop, modeler))


def _repaired(shop: Shop, modeler: Row) -> None:
    if modeler["status"] == "error":
        shop.store.put(modeler, status="idle", error=None, current_build=None)


def close_builds(shop: Shop, run: Row, status: str) -> None:
    """End the builds of a run that are still open."""
    for build in _open_builds(shop, run):
        shop.store.put(build, status=status, end_time=stamp(shop.now))


def _open_builds(shop: Shop, run: Row) -> list[Row]:
    return [row for row in shop.store.where("build", "run", run["uri"]) if row.get("end_time") is None]


def ended(shop: Shop, run: Row, status: str) -> None:
    """A run was ended from outside: its machine is free again."""
    close_builds(shop, run, {"complete": "complete", "cancelled": "user_abort"}.get(status, "failed"))
    _empty(shop, run)


def _empty(shop: Shop, run: Row) -> None:
    station = shop.station_of(run)
    modeler = modeler_of(shop, station) if station else None
    if (
        modeler
        and modeler["status"] in ("printing", "print_finished")
        and not shop.active.get(station or Ref())
    ):
        shop.store.put(modeler, status="idle", current_build=None)
