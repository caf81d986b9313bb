"""What stations, jobs, orders and programs cost: they themselves, and the names and numbers around them."""

from collections.abc import Callable, Mapping

from floorgraph.model.ids import Kind
from floorgraph.vendors.authentise.batches import BATCH
from floorgraph.vendors.authentise.pieces import AT_STATION
from floorgraph.vendors.authentise.prices.bill import Bill, least
from floorgraph.vendors.authentise.programs import BUILD_FILE
from floorgraph.vendors.authentise.stations import LINK_OF, RESOURCES
from floorgraph.vendors.authentise.work import JOB_RESOURCES
from floorgraph.vendors.pricing import Ask
from floorgraph.vendors.questions import By

STATION_LINKS = tuple((field, resource) for resource, field in LINK_OF.items())
STATUSES_OF_RUNS = (("status", AT_STATION),)
Way = Callable[[Ask, Bill], None]


def bounded(ask: Ask, bill: Bill, *resources: str) -> int:
    """How many keys an ask can have: no more than there are records, unless a client made them up."""
    size = bill.known.size(*resources)
    return size if ask.count is None else ask.count if ask.free else min(ask.count, size)


def _stations(ask: Ask, bill: Bill) -> None:
    if ask.by == By.ALL.value:
        bill.whole(*RESOURCES)
        station_names(bill, bill.known.size(*RESOURCES))
    elif ask.by == By.ID.value:
        bill.any_of(RESOURCES, ask.count or 0, free=ask.free)
        station_names(bill, bounded(ask, bill, *RESOURCES))


def station_names(bill: Bill, count: int) -> None:
    """Types, makers and places of so many stations."""
    known = bill.known
    printers = least(count, known.distinct("printer_type", "printer"))
    others = least(count, known.distinct("post_processor_type", "post-processor"))
    bill.some("printer-type", printers)
    bill.some("post-processor-type", others)
    bill.some("manufacturer", least(count, printers + others))
    for field, resource in (("location", "location"), ("sub_location", "sub-location")):
        bill.some(resource, least(count, known.distinct(field, *RESOURCES)))


def _jobs(ask: Ask, bill: Bill) -> None:
    known, count = bill.known, ask.count or 0
    if ask.by == By.ALL.value:
        bill.whole(*JOB_RESOURCES, "run-actuals", "build", BUILD_FILE, *([known.plan] if known.plan else ()))
        return
    if ask.by == By.ID.value:
        if ask.per is Kind.STATION:
            count = min(count, known.size(*RESOURCES))
        bill.any_of(JOB_RESOURCES, count, free=ask.free)
        job_details(bill, count if ask.free else min(count, known.size(*JOB_RESOURCES)))
        return
    runs = _runs_by(ask, bill)
    job_details(bill, runs)


def _runs_by(ask: Ask, bill: Bill) -> int:
    """Runs by what they belong to; how many there may be."""
    if ask.by == By.STATION.value:
        return runs_of_stations(bill, bounded(ask, bill, *RESOURCES))
    if ask.by == By.ORDER.value:
        count = bounded(ask, bill, "order")
        runs = bill.children("run", count, "orders")
        bill.related("run", "by_order", "order", count, rows=runs)
        bill.related("service-provider-job", "order", "order", count)
        return runs
    if ask.by == By.PARENT.value:
        bill.related("service-provider-job", "run", "run", bounded(ask, bill, "run"))
        return 0
    if ask.by == By.LAYOUT.value:
        return runs_of_layouts(bill, layouts_at_most(ask, bill))
    if ask.by == By.BATCH.value:
        count = bounded(ask, bill, BATCH)
        used = bill.children("run-actuals", count)
        bill.related("run-actuals-additive", "material_batch", BATCH, count)
        bill.some("run-actuals", used, free=False)
        runs = least(used, bill.known.size("run"))
        bill.some("run", runs, free=False)
        return runs
    return 0


def runs_of_stations(bill: Bill, count: int) -> int:
    """Runs that so many stations were given; how many there may be."""
    bill.split(STATION_LINKS, "run", count, STATUSES_OF_RUNS)
    return bill.children("run", count, *LINK_OF.values())


def layouts_at_most(ask: Ask, bill: Bill) -> int:
    """How many layouts there can be in an ask."""
    files, packings = bill.known.tally(BUILD_FILE, "layout"), bill.known.size("packing-process")
    total = packings + (bill.known.assumed if files is None else files.distinct)
    return total if ask.count is None else ask.count if ask.free else min(ask.count, total)


def runs_of_layouts(bill: Bill, count: int) -> int:
    """The runs that make so many layouts; how many there may be."""
    bill.related(BUILD_FILE, "layout", "layout", count)
    bill.some("packing-process", count, free=False)
    runs = least(bill.children(BUILD_FILE, count, "layout"), bill.known.size("run"))
    bill.some("run", runs, free=False)
    return runs


def job_details(bill: Bill, runs: int) -> None:
    """What happened in so many runs."""
    for resource in ("run-actuals", "build", BUILD_FILE):
        bill.related(resource, "run", "run", runs)
    if bill.known.plan:
        bill.related(bill.known.plan, "uri", "run", runs)


def _orders(ask: Ask, bill: Bill) -> None:
    if ask.by == By.ALL.value:
        bill.whole("order")
    elif ask.by == By.ID.value:
        bill.some("order", ask.count or 0, free=ask.free)


def _programs(ask: Ask, bill: Bill) -> None:
    if ask.by == By.ALL.value:
        bill.whole(BUILD_FILE)
    elif ask.by == By.ID.value:
        bill.some(BUILD_FILE, ask.count or 0, free=ask.free)


WAYS: Mapping[Kind, Way] = {
    Kind.STATION: _stations,
    Kind.JOB: _jobs,
    Kind.ORDER: _orders,
    Kind.PROGRAM: _programs,
}
"""Kind -> what adds its cost to a bill."""
