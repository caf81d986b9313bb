"""The price of a question: what it adds up to at this tenant, by the lists as they were last read.

What was read within the last moments is not taken for granted; how much there
is of everything is. Lists that were never read are taken to fill one page,
and the vendor's own pages of children to come in one piece.
"""

from collections.abc import Callable, Mapping

from floorgraph.model.ids import Kind
from floorgraph.vendors.authentise.archive import Library
from floorgraph.vendors.authentise.batches import BATCH, SENSED
from floorgraph.vendors.authentise.days import CAPACITY, TABLES
from floorgraph.vendors.authentise.mapping.words import ACTIVE_RUNS
from floorgraph.vendors.authentise.positions import LINE_ITEM
from floorgraph.vendors.authentise.prices import made, work
from floorgraph.vendors.authentise.prices.bill import Bill, least
from floorgraph.vendors.authentise.prices.knowledge import Knowledge
from floorgraph.vendors.authentise.prices.made import TEN, placements
from floorgraph.vendors.authentise.prices.work import STATION_LINKS, Way
from floorgraph.vendors.authentise.stations import EVERY_STATUS, RESOURCES
from floorgraph.vendors.pricing import Ask, Price, Read
from floorgraph.vendors.questions import Part

WAYS: Mapping[Kind, Way] = {**work.WAYS, **made.WAYS}
ACTIVE = (("status", ACTIVE_RUNS),)


def price(ask: Ask, library: Library) -> Price:
    """What a question costs at most."""
    bill = Bill(Knowledge(library))
    if ask.read is Read.RECORDS:
        way = WAYS.get(ask.kind) if ask.kind else None
        if way is not None:
            way(ask, bill)
    elif ask.read is Read.LIVE:
        _live(ask, bill)
    elif ask.read is Read.CURRENT_JOBS:
        bill.split(STATION_LINKS, "run", _stations(ask, bill), ACTIVE)
    elif ask.read is Read.PARTS:
        _parts(ask, bill)
    elif ask.read is Read.RESOURCE:
        bill.single(ask.count or 0)
    if library.server.settings.session is not None:
        bill.log_in()
    return bill.price


def _stations(ask: Ask, bill: Bill) -> int:
    size = bill.known.size(*RESOURCES)
    return size if ask.count is None else min(ask.count, size)


def _live(ask: Ask, bill: Bill) -> None:
    known, count = bill.known, _stations(ask, bill)
    bill.any_of(RESOURCES, count, free=False)
    bill.split(STATION_LINKS, "run", count, ACTIVE)
    bill.split(STATION_LINKS, "downtime", count)
    modelers = least(count, known.distinct("modeler", *RESOURCES))
    bill.some("modeler", modelers)
    bill.some("build", least(modelers, known.size("build")), free=False)
    places = least(count, known.distinct("sub_location", *RESOURCES))
    if not known.is_off("sensor"):
        bill.related("sensor", "sub_location", "sub-location", places)
        # Sensors stand one or a few to a place.
        bill.related("sensor-data", "sensor", "sensor", places * TEN, (("updated>", "2" * 25),))


def _parts(ask: Ask, bill: Bill) -> None:
    way = _PARTS.get(ask.part or "")
    count = ask.count or 0
    if way is not None:
        way(count, bill)


def _actions(count: int, bill: Bill) -> None:
    batches = least(count, bill.known.size(BATCH))
    bill.related("material-batch-action", "source_batch", BATCH, batches)
    bill.related("material-batch-linking", "source_batch", BATCH, batches)
    bill.some(BATCH, batches, free=False)


def _climate(count: int, bill: Bill) -> None:
    bill.related(SENSED, "material_batch", BATCH, least(count, bill.known.size(BATCH)))


def _downtimes(count: int, bill: Bill) -> None:
    bill.split(STATION_LINKS, "downtime", least(count, bill.known.size(*RESOURCES)), EVERY_STATUS)


def _capacity(count: int, bill: Bill) -> None:
    where = (("related_table_name", ",".join(TABLES)), ("date>", "2" * 10))
    bill.related(CAPACITY, "related_uuid", None, least(count, bill.known.size(*RESOURCES)), where)


def _steps(count: int, bill: Bill) -> None:
    pieces = least(count, bill.known.size("piece"))
    steps = bill.known.steps()
    bill.related("print", "piece", "piece", pieces)
    bill.some("piece", pieces, free=False)
    bill.some("process-step", pieces * TEN if steps is None else steps)


def _line_items(count: int, bill: Bill) -> None:
    orders = least(count, bill.known.size("order"))
    listed = bill.known.tally("order", "line_items")
    items = orders * TEN if listed is None else least(listed.held(orders), listed.distinct)
    bill.related(LINE_ITEM, "order", "order", orders)
    bill.some("order", orders, free=False)
    for resource in ("product", "model-library", "model", "workflow"):
        bill.some(resource, items)
    bill.some("material", items)


_PARTS: Mapping[str, Callable[[int, Bill], None]] = {
    Part.PLACEMENTS.value: placements,
    Part.BATCH_ACTIONS.value: _actions,
    Part.BATCH_CLIMATE.value: _climate,
    Part.DOWNTIMES.value: _downtimes,
    Part.CAPACITY.value: _capacity,
    Part.PIECE_STEPS.value: _steps,
    Part.LINE_ITEMS.value: _line_items,
}
