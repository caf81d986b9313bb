"""Key figures of a station over a window, from its own history.

Times and rates as in NF E60-182, which the vendor's document refers to; `Requisition`, `Load`, `Involvement`
and `HardwareAvailability` have no definition there and are computed by their French names.
"""

from floorgraph.simulators.cwork.history import seconds_in, spans
from floorgraph.simulators.cwork.shop import Shop
from floorgraph.simulators.cwork.states import BREAKDOWN, DISENGAGEMENT, PRODUCTION, WAITING
from floorgraph.simulators.cwork.stations import Station
from floorgraph.simulators.dice import Dice


def kpis(shop: Shop, station: Station, start: float, end: float) -> dict[str, dict[str, float]]:
    """`{"Times": seconds, "Rates": 0..1}` for the window."""
    end = min(end, shop.now)
    found = spans(shop, station, start, end)
    spent, failures = seconds_in(shop, found, start, end)
    dice = Dice("kpi", shop.options.seed, station.handle)
    performance, quality = round(dice.between(0.85, 0.98), 2), round(dice.between(0.95, 1.0), 2)
    whole = max(0.0, end - start)
    opening = max(0.0, whole - spent.get(DISENGAGEMENT, 0.0))
    planned = max(0.0, opening - spent.get(WAITING, 0.0))
    run = spent.get(PRODUCTION, 0.0)
    failure = spent.get(BREAKDOWN, 0.0)
    net, useful = run * performance, run * performance * quality
    times = {
        "AT": whole, "OT": opening, "PPT": planned, "RT": run, "NRT": net, "FPT": useful, "FT": failure,
        "MTBF": run / failures if failures else run,
        "MTTR": failure / failures if failures else 0.0,
    }  # fmt: skip
    rates = {
        "TEEP": _ratio(useful, whole),
        "GEE": _ratio(useful, opening),
        "OEE": _ratio(useful, planned),
        "Performance": _ratio(net, run),
        "Quality": _ratio(useful, net),
        "Availability": _ratio(run, planned),
        "Requisition": _ratio(run, opening),
        "Load": _ratio(planned, opening),
        "Involvement": _ratio(opening, whole),
        "HardwareAvailability": _ratio(planned - failure, planned),
    }
    return {
        "Times": {name: int(value) for name, value in times.items()},
        "Rates": {name: round(value, 2) for name, value in rates.items()},
    }


def _ratio(part: float, whole: float) -> float:
    return max(0.0, part / whole) if whole > 0 else 0.0
