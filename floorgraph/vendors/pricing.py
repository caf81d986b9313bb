"""What reads cost before they are made: which calls a source would send at most.

A price takes nothing for granted that is remembered. Repeats of calls that
fail are not in it. Pages of lists count as far as their number is known.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from floorgraph.model.ids import Kind


class Read(Enum):
    """What can be asked of a source, named like the methods of `Source`."""

    RECORDS = "select"
    LIVE = "live"
    DETAILS = "detailed"
    CURRENT_JOBS = "current_jobs"
    ALARMS = "alarms"
    STATES = "state_history"
    KPIS = "kpis"
    PROGRAM_RUNS = "program_runs"
    PROTOCOL = "protocol"
    HAS_IMAGE = "has_image"
    CONTENT = "content"
    PARTS = "parts"
    RESOURCE = "resource"
    COMMAND = "carry_out"
    """With the reads that a command is judged by."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to a source, as far as it is known before it is asked."""

    read: Read
    count: int | None
    """For how many keys at most; None for all that there are."""
    kind: Kind | None = None
    """Of `RECORDS`."""
    by: str = "all"
    """Of `RECORDS`: the field that the keys are values of, by its name in `By`."""
    part: str | None = None
    """Of `PARTS`: which part, by its name in `Part`."""
    per: Kind | None = None
    """The kind of record of which each leads to one key at most, where that is known."""
    free: bool = False
    """Whether the keys are a client's own words, so that more may be asked for than there are."""


@dataclass(frozen=True, slots=True)
class Price:
    """Calls at most: those that an operation makes once however often it asks, by name, and the others."""

    once: frozenset[str] = frozenset()
    each: int = 0

    @property
    def calls(self) -> int:
        """How many calls these are."""
        return len(self.once) + self.each


def total(prices: Iterable[Price]) -> Price:
    """Several reads of one operation together."""
    once: set[str] = set()
    each = 0
    for price in prices:
        once |= price.once
        each += price.each
    return Price(frozenset(once), each)


def one_by_one(ask: Ask) -> Price:
    """The price at a source of which nothing is known: one call per key, one for a whole list."""
    if ask.count is None:
        return Price(frozenset({f"{ask.read.value} {ask.kind or ''}".strip()}))
    return Price(each=ask.count)
