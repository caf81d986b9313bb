"""The names of all metrics that a server exports."""

from functools import cache

from prometheus_client import CollectorRegistry

from floorgraph.server.metrics.meter import Meter
from floorgraph.server.metrics.page import registry_over
from floorgraph.vendors.floor import Floor
from subscriptions.engine import Engine

SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "info": ("_info",)}


def registry() -> CollectorRegistry:
    """A registry as a server has it."""
    floor = Floor([])
    found = registry_over(floor, Engine(floor))
    Meter(found)
    return found


@cache
def families() -> dict[str, str]:
    """Name -> type, as the metrics are declared."""
    return {family.name: family.type for family in registry().collect()}


@cache
def series() -> frozenset[str]:
    """The names that a query may use."""
    return frozenset(
        name + suffix for name, kind in families().items() for suffix in SUFFIXES.get(kind, ("",))
    )
