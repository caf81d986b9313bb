"""A visit: one question to the adapter, and what became known while it was answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from floorgraph.model.record import Record, again
from floorgraph.model.time import Clock
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate import Freshness

R = TypeVar("R", bound=Record)


def moment_of(freshness: Freshness, clock: Clock) -> float:
    """The time at which ages are judged (monotonic): when the operation began, where that is known."""
    return clock.monotonic() if freshness.since is None else freshness.since


@dataclass
class Visit:
    """Collects how old, how complete and how sure the parts of an answer are.

    With `strict`, as polls want it, nothing older is taken when a call fails.
    """

    freshness: Freshness
    strict: bool = False
    failure: SourceFailure | None = None
    complete: bool = True
    observed: list[datetime] = field(default_factory=list)

    def moment(self, clock: Clock) -> float:
        """The time at which ages are judged (monotonic): its beginning, so that what was young enough once
        stays so while further pages are waited for."""
        return moment_of(self.freshness, clock)

    def freshness_of(self, *, definition: bool) -> Freshness:
        """How fresh rows must be. Polls ask often and definitions hardly change: their own age will do."""
        if self.strict and definition:
            return Freshness(max_age=None, since=self.freshness.since)
        return self.freshness

    def note(self, failure: SourceFailure) -> None:
        """A part could not be had afresh."""
        self.failure = self.failure or failure

    def answer(self, items: Iterable[R], groups: Mapping[str, Sequence[R]] | None = None) -> Answer[R]:
        """The answer; records are stale when something failed."""
        if self.failure is None:
            return Answer(list(items), self._moment, self.complete, None, groups)
        stale = {record.id: again(record, stale=True) for record in items}
        dealt = None
        if groups is not None:
            dealt = {
                key: [stale.get(one.id) or again(one, stale=True) for one in part]
                for key, part in groups.items()
            }
        return Answer(list(stale.values()), self._moment, self.complete, self.failure, dealt)

    @property
    def _moment(self) -> datetime | None:
        return min(self.observed, default=None)
