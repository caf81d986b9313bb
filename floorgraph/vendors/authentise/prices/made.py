"""What pieces, layouts and batches cost: they themselves, and what is traced around them."""

from collections.abc import Mapping

from floorgraph.model.ids import Kind
from floorgraph.vendors.authentise.batches import BATCH, FOLLOWED
from floorgraph.vendors.authentise.pieces import AT_STATION
from floorgraph.vendors.authentise.prices.bill import Bill, least
from floorgraph.vendors.authentise.prices.work import (
    Way,
    bounded,
    layouts_at_most,
    runs_of_layouts,
    runs_of_stations,
)
from floorgraph.vendors.authentise.programs import BUILD_FILE
from floorgraph.vendors.authentise.stations import RESOURCES
from floorgraph.vendors.pricing import Ask
from floorgraph.vendors.questions import By

TEN = 10
"""How many links a record's list is taken to hold while that is not known; the vendor shows no more lots."""


def _pieces(ask: Ask, bill: Bill) -> None:
    if ask.by == By.ALL.value:
        bill.whole("piece", "run", "piece-actuals", BUILD_FILE)
        _piece_names(bill, bill.known.size("piece"))
        return
    if ask.by == By.ID.value:
        bill.some("piece", ask.count or 0, free=ask.free)
        _piece_details(bill, bounded(ask, bill, "piece"))
    elif ask.by == By.ORDER.value:
        count = bounded(ask, bill, "order")
        bill.related("piece", "order", "order", count)
        _piece_details(bill, bill.children("piece", count, "order"))
    elif ask.by == By.JOB.value:
        _pieces_of_runs(bill, bounded(ask, bill, "run"))
    elif ask.by == By.STATION.value:
        runs = runs_of_stations(bill, bounded(ask, bill, *RESOURCES))
        _pieces_of_runs(bill, least(runs, bill.known.in_status("run", AT_STATION)))
    elif ask.by == By.LAYOUT.value:
        count = layouts_at_most(ask, bill)
        _pieces_of_runs(bill, runs_of_layouts(bill, count))
        bill.some("packing-process", count, free=False)
        packings = bill.known.tally("packing-process", "pieces")
        named = count * bill.known.assumed if packings is None else packings.held(count)
        bill.some("piece", least(named, bill.known.size("piece")), free=False)


def _pieces_of_runs(bill: Bill, runs: int) -> None:
    prints = bill.known.tally("run", "prints")
    found = runs * bill.known.assumed if prints is None else prints.held(runs)
    pieces = least(found, bill.known.size("piece"))
    bill.related("print", "run", "run", runs, rows=0 if prints is None else found)
    bill.some("piece", pieces, free=False)
    _piece_details(bill, pieces)


def _piece_details(bill: Bill, pieces: int) -> None:
    runs = least(pieces, bill.known.size("run"))
    bill.some("print", pieces)
    bill.some("run", runs, free=False)
    bill.related("piece-actuals", "piece", "piece", pieces)
    bill.related(BUILD_FILE, "run", "run", runs)
    _piece_names(bill, pieces)


def _piece_names(bill: Bill, pieces: int) -> None:
    bill.some("workflow", least(pieces, bill.known.distinct("workflow", "piece")))
    bill.some("location", least(pieces, bill.known.distinct("location", "piece")))
    bill.some("process-step", least(pieces, bill.known.steps()))


def _layouts(ask: Ask, bill: Bill) -> None:
    known = bill.known
    if ask.by == By.ALL.value:
        bill.whole(BUILD_FILE, "packing-process", "run")
        files = known.tally(BUILD_FILE, "layout")
        _read_layouts(bill, known.assumed if files is None else files.distinct, packings=False)
        _layout_types(bill, known.size(BUILD_FILE))
        bill.some("run", known.missed("run"), free=False)
        return
    if ask.by == By.ID.value:
        count = layouts_at_most(ask, bill)
    elif ask.by in (By.JOB.value, By.STATION.value):
        parents = bounded(ask, bill, "run") if ask.by == By.JOB.value else 0
        runs = parents or runs_of_stations(bill, bounded(ask, bill, *RESOURCES))
        bill.related(BUILD_FILE, "run", "run", runs)
        bill.related("packing-process", "run", "run", runs)
        found = bill.children(BUILD_FILE, runs, "run") + bill.children("packing-process", runs, "run")
        count = least(found, layouts_at_most(Ask(ask.read, None, ask.kind), bill))
    else:
        return
    _read_layouts(bill, count, packings=True, free=ask.free)
    bill.related(BUILD_FILE, "layout", "layout", count)
    made_from = bill.children(BUILD_FILE, count, "layout")
    bill.some("run", least(made_from + count, known.size("run")), free=False)
    _layout_types(bill, made_from)


def _read_layouts(bill: Bill, count: int, *, packings: bool, free: bool = False) -> None:
    """Layouts have no list: one call each, and no further one for those that are done."""
    bill.single(count if free else least(count, bill.known.open_layouts()))
    if packings:
        bill.some("packing-process", count, free=free)


def _layout_types(bill: Bill, files: int) -> None:
    bill.some("printer-type", least(files, bill.known.distinct("printer_type", BUILD_FILE)))


def placements(count: int, bill: Bill) -> None:
    """Add what the placements of so many layouts cost."""
    _read_layouts(bill, count, packings=True)
    bill.some("model", bill.known.models(count))


def _batches(ask: Ask, bill: Bill) -> None:
    known = bill.known
    if bill.known.is_off(BATCH):
        return
    if ask.by == By.ALL.value:
        bill.whole(BATCH, *FOLLOWED)
        _batch_details(bill, known.size(BATCH), read=True)
        return
    if ask.by == By.ID.value:
        bill.some(BATCH, ask.count or 0, free=ask.free)
        _batch_details(bill, bounded(ask, bill, BATCH))
        return
    if ask.by == By.STATION.value:
        count = bounded(ask, bill, *RESOURCES)
        links = (("at_machine", "printer"), ("post_processor", "post-processor"))
        bill.split(links, BATCH, count)
    elif ask.by == By.JOB.value:
        count = bounded(ask, bill, "run")
        actuals = least(known.size("run-actuals"), count * TEN)
        bill.related("run-actuals", "run", "run", count)
        bill.related("run-actuals-additive", "run_actual", "run-actuals", actuals)
    elif ask.by in (By.PARENT.value, By.CHILD.value):
        count = bounded(ask, bill, BATCH)
        field = "source_batch" if ask.by == By.PARENT.value else "destination_batch"
        bill.related("material-batch-linking", field, BATCH, count)
    else:
        return
    fields = ("at_machine", "post_processor") if ask.by == By.STATION.value else ()
    batches = bill.children(BATCH, count, *fields)
    if ask.by != By.STATION.value:
        bill.some(BATCH, batches, free=False)
    _batch_details(bill, batches)


def _batch_details(bill: Bill, batches: int, *, read: bool = False) -> None:
    """Lots, containers, material and places; lots and containers may have been `read` as lists."""
    known = bill.known
    held = [_held(bill, name, batches) for name in ("material_lots", "containers")]
    if not read:
        for resource, count in zip(FOLLOWED, held, strict=True):
            bill.some(resource, count, free=False)
    bill.some("material", least(held[0], known.distinct("material", FOLLOWED[0])))
    standing = batches + held[1]
    for field, resource in (("location", "location"), ("sub_location", "sub-location")):
        bill.some(resource, least(standing, known.distinct(field, BATCH, FOLLOWED[1])))


def _held(bill: Bill, field: str, batches: int) -> int:
    found = bill.known.tally(BATCH, field)
    return batches * TEN if found is None else least(found.held(batches), found.distinct)


WAYS: Mapping[Kind, Way] = {Kind.PIECE: _pieces, Kind.LAYOUT: _layouts, Kind.BATCH: _batches}
"""Kind -> what adds its cost to a bill."""
