"""The records of a topic as they are known at one moment: what a snapshot consists of."""

import heapq
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import itemgetter

from floorgraph.model.record import Record, again
from floorgraph.vendors.turns import Steps, parts
from subscriptions.crossing import Crossing
from subscriptions.journal import Journal
from subscriptions.polling import Polling
from subscriptions.topic import Topic

PER_STEP = 64
"""Records that are looked at before it is looked whether others should have their turn."""
UNITS = 16
"""The units of work that so many take, about."""
RUN = 2048
"""Records that are sorted in one go; what is sorted is then merged."""

Ordered = list[tuple[list[tuple[int, int, str]], Record]]


@dataclass(frozen=True, slots=True)
class _Part:
    """What one source had."""

    known: Mapping[str, Record]
    current: bool
    """Whether the last poll succeeded."""


class Picture:
    """Fixes what is known when it is made; the records can be had later."""

    def __init__(self, topic: Topic, journal: Journal, polling: Polling) -> None:
        self.position = journal.sequence
        self._topic = topic
        self._crossing = Crossing(topic, journal) if topic.ways else None
        self._parts = [
            _Part(journal.known(source.key, topic.kind), polling.current(source, topic.kind))
            for source in polling.sources(topic.concerned())
        ]

    def records(self) -> Steps[list[Record]]:
        """By configured source and then by remote id in natural order, in steps.

        They are marked stale where the last poll did not succeed.
        """
        found: list[Record] = []
        for part in self._parts:
            for record in (yield from _in_order((yield from self._admitted(part)))):
                found.append(record if part.current or record.stale else again(record, stale=True))
                if len(found) % PER_STEP == 0:
                    yield 1 if part.current else UNITS
        return found

    def _admitted(self, part: _Part) -> Steps[Ordered]:
        """The records that are within the topic, with what they are ordered by."""
        admits: Callable[[str], bool] | None = self._crossing.admits if self._crossing else None
        topic, found = self._topic, Ordered()
        for some in parts(list(part.known.values()), PER_STEP):
            found.extend(
                (natural(record.remote_id), record)
                for record in some
                if (admits is None or admits(record.id)) and topic.admits(record)
            )
            yield UNITS
        return found


def _in_order(found: Ordered) -> Steps[list[Record]]:
    if len(found) <= RUN:
        return [record for _, record in sorted(found, key=itemgetter(0))]
    runs: list[Ordered] = []
    for run in parts(found, RUN):
        runs.append(sorted(run, key=itemgetter(0)))
        yield len(run) // 8
    ordered: list[Record] = []
    for _, record in heapq.merge(*runs, key=itemgetter(0)):
        ordered.append(record)
        if len(ordered) % PER_STEP == 0:
            yield UNITS
    return ordered


_DIGITS = re.compile(r"([0-9]+)")


def natural(text: str) -> list[tuple[int, int, str]]:
    """A key that sorts text as people do: numbers by their value, so that 2 comes before 10."""
    parts = [part for part in _DIGITS.split(text) if part]
    return [(0, int(part), part) if _DIGITS.fullmatch(part) else (1, 0, part) for part in parts]
