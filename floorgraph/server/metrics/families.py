"""Families of samples, filled one by one. Thin over the client library, whose families are not typed."""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric

from floorgraph.vendors.gate.tally import BOUNDS, Durations


class Families:
    """The metrics of one reading, in the order in which they were first named."""

    def __init__(self) -> None:
        self._found: dict[str, Any] = {}

    def __iter__(self) -> Iterator[Metric]:
        return iter(self._found.values())

    def gauge(self, name: str, text: str, *labels: str) -> Any:
        """A value that goes up and down; `add_metric(labels, value)` adds a sample."""
        return self._found.setdefault(name, GaugeMetricFamily(name, text, labels=labels))

    def counter(self, name: str, text: str, *labels: str) -> Any:
        """A count that only grows; its samples end in `_total`."""
        return self._found.setdefault(name, CounterMetricFamily(name, text, labels=labels))

    def durations(self, name: str, text: str, *labels: str) -> Any:
        """A histogram of durations; filled by `add_durations`."""
        return self._found.setdefault(name, HistogramMetricFamily(name, text, labels=labels))


def add_durations(family: Any, labels: list[str], durations: Durations) -> None:
    """Add a sample of durations that were counted in classes."""
    below = 0
    buckets = []
    for bound, count in zip((*map(str, BOUNDS), "+Inf"), durations.classes, strict=True):
        below += count
        buckets.append((bound, below))
    family.add_metric(labels, buckets, durations.seconds)


def add_choice(family: Any, labels: list[str], chosen: str, choices: Iterable[str]) -> None:
    """Add one sample per choice: 1 for the one that holds, 0 for the others."""
    for choice in choices:
        family.add_metric([*labels, choice], float(choice == chosen))


def words(choices: type[Enum]) -> list[str]:
    """The values of an enum as labels."""
    return [str(choice.value).lower() for choice in choices]
