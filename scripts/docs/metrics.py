"""The table of metrics, in the words of the metrics themselves."""

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.metrics_core import Metric

from floorgraph.server.metrics.meter import Meter
from floorgraph.server.metrics.page import registry_over
from floorgraph.vendors.floor import Floor
from scripts.docs.blocks import on_one_line, table
from subscriptions.engine import Engine

SUFFIX = {"counter": "_total", "info": "_info"}


def families() -> list[Metric]:
    """What a server exports about itself, beside the usual metrics of a process."""
    return [family for family in _registry()[0].collect() if family.name.startswith("floorgraph")]


def labels(family: Metric) -> tuple[str, ...]:
    """The labels' names."""
    _, counted = _registry()
    kept = (one for one in vars(counted).values() if isinstance(one, MetricWrapperBase))
    own = {metric._name: metric._labelnames for metric in kept}  # noqa: SLF001
    return tuple(getattr(family, "_labelnames", own.get(family.name, ())))


def metrics(_words: str) -> str:
    """A row per metric."""
    rows = [
        (
            f"`{family.name}{SUFFIX.get(family.type, '')}`",
            family.type,
            ", ".join(f"`{label}`" for label in labels(family)) or "-",
            on_one_line(family.documentation).removesuffix("."),
        )
        for family in families()
    ]
    return table(("name", "type", "labels", "meaning"), rows)


def _registry() -> tuple[CollectorRegistry, Meter]:
    floor = Floor([])
    registry: CollectorRegistry = registry_over(floor, Engine(floor))
    return registry, Meter(registry)
