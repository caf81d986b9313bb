"""What reads cost at a CWork server: most of them one call each, however many records are asked for.

Records that the vendor's lists leave out, such as the operations of archived
orders, are asked for one by one; these calls are not in the price.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from floorgraph.model.ids import Kind
from floorgraph.vendors.cwork.abilities import Abilities
from floorgraph.vendors.cwork.documents import FEW
from floorgraph.vendors.pricing import Ask, Price, Read, one_by_one
from floorgraph.vendors.questions import By

STATIONS, STATES, STATUSES = "stations", "states", "statuses"
OPERATIONS, ORDERS, DOCUMENTS, CUSTOM_FIELDS = "operations", "orders", "documents", "custom fields"
PROBES = frozenset(f"probe {number}" for number in range(1, 13))
"""Calls that find out what a server can do, before anything is known of it."""
NOTHING = Price()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a server: what it can do, how many stations it has, and pages of documents."""

    abilities: Abilities
    stations: int
    pages: int


Way = Callable[[Ask, Known], Price]


def price(ask: Ask, abilities: Abilities | None, stations: int, pages: int) -> Price:
    """The price of an ask, as far as the size of the server's lists is known."""
    found = _WAYS[ask.read](ask, Known(abilities or Abilities(), stations, max(1, pages)))
    if abilities is not None or found is NOTHING:
        return found
    return Price(found.once | PROBES, found.each)


def _live(ask: Ask, known: Known) -> Price:
    # The list is read again when a station is reported that it does not have.
    once = frozenset({STATIONS, "stations again", STATES, "states again"})
    if known.abilities.batch:
        return Price(once | {STATUSES})
    return Price(once, known.stations if ask.count is None else ask.count)


def _current_jobs(ask: Ask, known: Known) -> Price:
    live = _live(ask, known)
    if not known.abilities.has("operations"):
        return live
    # The operations of a single station are asked for with the vendor's filter.
    return Price(live.once | _work(known.abilities), live.each + (ask.count == 1))


def _records(ask: Ask, known: Known) -> Price:
    if ask.kind is Kind.STATION:
        return Price(frozenset({STATIONS}))
    if ask.kind is Kind.ALARM:
        return _live(Ask(Read.LIVE, None), known)
    if ask.kind in (Kind.JOB, Kind.ORDER, Kind.PIECE):
        return _work_price(ask, known)
    if ask.kind is Kind.PROGRAM:
        return _programs(ask, known)
    if ask.kind is Kind.PROGRAM_VERSION and known.abilities.has("versions"):
        return Price(each=ask.count or 0)
    return NOTHING


def _work_price(ask: Ask, known: Known) -> Price:
    if not known.abilities.has("operations"):
        # What stations report stands in for jobs.
        return _live(ask, known) if ask.kind is Kind.JOB else NOTHING
    filtered = 1 if ask.by in (By.STATION.value, By.ORDER.value) and ask.count == 1 else 0
    return Price(_work(known.abilities), filtered)


def _work(abilities: Abilities) -> frozenset[str]:
    return frozenset({OPERATIONS, ORDERS}) if abilities.has("operations") else frozenset()


def _programs(ask: Ask, known: Known) -> Price:
    if not known.abilities.has("documents"):
        return NOTHING
    once = frozenset({CUSTOM_FIELDS, *(f"{DOCUMENTS}, page {page + 1}" for page in range(known.pages))})
    if ask.by == By.ID.value:
        return Price(once, min(ask.count or 0, max(FEW, known.pages)))
    return Price(once, known.pages if ask.count == 1 else 0)


def _needing(function: str) -> Way:
    """One call per key where the server has the function."""

    def way(ask: Ask, known: Known) -> Price:
        return one_by_one(ask) if known.abilities.has(function) else NOTHING

    return way


def _states(ask: Ask, known: Known) -> Price:
    if not known.abilities.has("tops"):
        return NOTHING
    return Price(frozenset({STATES}), ask.count or 0)


def _nothing(_ask: Ask, _known: Known) -> Price:
    return NOTHING


_WAYS: Mapping[Read, Way] = {
    Read.RECORDS: _records,
    Read.LIVE: _live,
    Read.DETAILS: _nothing,
    Read.CURRENT_JOBS: _current_jobs,
    Read.ALARMS: _needing("alarms"),
    Read.STATES: _states,
    Read.KPIS: _needing("kpi"),
    Read.PROGRAM_RUNS: _needing("program runs"),
    Read.PROTOCOL: _needing("protocol"),
    Read.HAS_IMAGE: _needing("image"),
    Read.CONTENT: _needing("content"),
    Read.PARTS: _nothing,
    Read.RESOURCE: _nothing,
}
