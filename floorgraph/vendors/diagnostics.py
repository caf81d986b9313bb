"""Diagnostics: what a source sent that was not expected, counted and bounded.

Nothing that a vendor sends may fail silently, and nothing that it sends may
fill the memory: every table keeps a bounded number of entries, counts on for
those it has, and counts the rest together in one last entry.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime

from floorgraph.model.source import DriftNote, QuarantinedRecord, UnmappedWord
from floorgraph.model.time import Clock

LONGEST_TEXT = 200
REST = "*"
"""Stands for everything that a full table had no room for."""


def cut(text: str) -> str:
    """A vendor's text, short enough to be shown."""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


@dataclass(slots=True)
class _Quarantine:
    """The records of one payload that the current pass left out."""

    kept: list[QuarantinedRecord] = field(default_factory=list)
    beyond: int = 0
    latest: datetime | None = None


class Diagnostics:
    """The tables of one source.

    `limit` bounds the entries of each table, for the quarantine per payload.
    Long lists are mapped in threads, so that what is counted may come from several.
    """

    def __init__(self, *, clock: Clock, limit: int = 200) -> None:
        self._clock = clock
        self._limit = limit
        self._words: dict[tuple[str, ...], int] = {}
        self._drift: dict[tuple[str, ...], int] = {}
        self._quarantine: dict[str, _Quarantine] = {}
        self._lock = threading.Lock()

    def unmapped(self, vocabulary: str, word: str) -> None:
        """A vendor's word has no unified counterpart."""
        self._count(self._words, (vocabulary, cut(word)), (REST, REST))

    def drift(self, payload: str, field: str, change: str) -> None:
        """A field is `new`, `gone`, `retyped` or `unreadable`."""
        self._count(self._drift, (payload, cut(field), cut(change)), (REST, REST, REST))

    def repaired(self, payload: str, name: str) -> None:
        """A malformed body could be read after the named repair."""
        self.drift(payload, REST, name)

    def begin(self, payload: str) -> None:
        """A new full pass over a payload begins: its quarantine starts again, empty."""
        with self._lock:
            self._quarantine.pop(payload, None)

    def quarantine(self, payload: str, remote_id: str | None, reason: str) -> None:
        """A record was left out of its list; a later pass without it clears the entry."""
        shown_id, now = None if remote_id is None else cut(remote_id), self._clock.now()
        record = QuarantinedRecord(payload=payload, remote_id=shown_id, reason=cut(reason), at=now)
        with self._lock:
            ward = self._quarantine.setdefault(payload, _Quarantine())
            ward.latest = now
            if len(ward.kept) >= self._limit:
                ward.beyond += 1
            else:
                ward.kept.append(record)

    @property
    def has_quarantined(self) -> bool:
        """Whether any record is left out at present."""
        return bool(self._quarantine)

    def unmapped_words(self) -> list[UnmappedWord]:
        """The words without a counterpart; in a full table `*` stands for the rest."""
        return [
            UnmappedWord(vocabulary=vocabulary, word=word, count=count)
            for (vocabulary, word), count in self._words.copy().items()
        ]

    def drift_notes(self) -> list[DriftNote]:
        """The differences seen in payloads; in a full table `*` stands for the rest."""
        return [
            DriftNote(payload=payload, field=field, change=change, count=count)
            for (payload, field, change), count in self._drift.copy().items()
        ]

    def quarantined(self) -> list[QuarantinedRecord]:
        """The records left out at present; what a full table had no room for is one last entry."""
        found: list[QuarantinedRecord] = []
        for payload, ward in self._quarantine.copy().items():
            found += ward.kept
            if ward.beyond and ward.latest:
                reason = f"and {ward.beyond} more"
                found.append(
                    QuarantinedRecord(payload=payload, remote_id=None, reason=reason, at=ward.latest)
                )
        return found

    def _count(
        self, table: dict[tuple[str, ...], int], entry: tuple[str, ...], rest: tuple[str, ...]
    ) -> None:
        with self._lock:
            if entry not in table and len(table) >= self._limit:
                entry = rest
            table[entry] = table.get(entry, 0) + 1
