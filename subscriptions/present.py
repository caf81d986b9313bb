"""The records of a topic as they are known now: what a snapshot consists of."""

import re
from dataclasses import replace

from floorgraph.model.record import Record
from subscriptions.crossing import Crossing
from subscriptions.journal import Journal
from subscriptions.polling import Polling
from subscriptions.topic import Topic


def present(topic: Topic, journal: Journal, polling: Polling) -> list[Record]:
    """The records now, by configured source and then by remote id in natural order.

    They are marked stale where the last poll did not succeed.
    """
    found: list[Record] = []
    crossing = Crossing(topic, journal)
    for source in polling.sources(topic.concerned()):
        records = [
            record
            for record in journal.known(source.key, topic.kind).values()
            if crossing.admits(record.id) and topic.admits(record)
        ]
        records.sort(key=lambda record: natural(record.remote_id))
        if not polling.current(source, topic.kind):
            records = [record if record.stale else replace(record, stale=True) for record in records]
        found.extend(records)
    return found


_DIGITS = re.compile(r"([0-9]+)")


def natural(text: str) -> list[tuple[int, int, str]]:
    """A key that sorts text as people do: numbers by their value, so that 2 comes before 10."""
    parts = [part for part in _DIGITS.split(text) if part]
    return [(0, int(part), part) if _DIGITS.fullmatch(part) else (1, 0, part) for part in parts]
