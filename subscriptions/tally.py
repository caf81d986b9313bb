"""Counts of what subscribers missed or had to begin anew, by kind of record, since the engine was made."""

from collections import Counter
from dataclasses import dataclass, field

from floorgraph.model.ids import Kind


@dataclass(slots=True)
class Tally:
    """The counts."""

    conflated: Counter[Kind] = field(default_factory=Counter)
    """Changes that were folded into later ones for slower subscribers."""
    resyncs: Counter[Kind] = field(default_factory=Counter)
    """Subscriptions that had to begin anew."""
