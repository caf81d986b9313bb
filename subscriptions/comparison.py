"""What changed between what is known of a collection and what a poll found. Pure.

A collection is the records of one kind of one source. Order comes from our
own polls, never from the vendor's time.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from floorgraph.model.ids import Kind
from floorgraph.model.record import Record
from floorgraph.vendors.answers import Listing
from floorgraph.vendors.turns import Steps, at_once, parts
from subscriptions.change import ChangeKind
from subscriptions.difference import Difference, added, removed, updated
from subscriptions.policy import RemovalPolicy

PER_STEP = 64
"""Records that are compared before it is looked whether others should have their turn."""
UNITS = 8
"""The units of work that so many take, about."""
IMMUTABLE: dict[Kind, tuple[str, ...]] = {
    Kind.JOB: ("created_at",),
    Kind.ORDER: ("created_at",),
    Kind.PROGRAM: ("created_at",),
    Kind.PROGRAM_VERSION: ("created_at",),
    Kind.ALARM: ("station_id", "started_at"),
}
"""Fields that never change during a record's life, so that a difference means another thing."""


def same_thing(before: Record, after: Record) -> bool:
    """Whether two records with one id are observations of one thing.

    Fields that either observation does not know say nothing.
    """
    if type(before) is not type(after):
        return False
    for name in IMMUTABLE.get(before.kind_word, ()):
        old, new = getattr(before, name), getattr(after, name)
        if old is not None and new is not None and old != new:
            return False
    return True


@dataclass(slots=True)
class _Absence:
    """How often a record was missing, and how often it must be."""

    needed: int
    reason: str | None
    times: int = 1


@dataclass(frozen=True, slots=True)
class Compared:
    """The differences in the order in which they are told, and the records as known from now on."""

    differences: tuple[Difference, ...]
    records: Mapping[str, Record]
    duplicates: int
    """Records that the vendor listed more than once; the last one counts."""

    def leaving(self, ids: Collection[str], known: Mapping[str, Record]) -> "Compared":
        """Without updates of these records, and without those that are new: they stay as they are known, or
        unknown, for the next listing to tell."""
        told = [one for one in self.differences if one.id in ids]
        updated = {one.id for one in told if one.kind is ChangeKind.UPDATED}
        new = {one.id for one in told if one.kind is ChangeKind.ADDED and one.id not in known}
        if not updated and not new:
            return self
        records = {**self.records, **{key: known[key] for key in updated}}
        for key in new:
            del records[key]
        return self._without(updated | new, records)

    def without_new(self) -> "Compared":
        """Without records that are new: they stay unknown, for a later listing to tell.

        One in whose place another thing came is not held back.
        """
        gone = {one.id for one in self.differences if one.kind is ChangeKind.REMOVED}
        new = {one.id for one in self.differences if one.kind is ChangeKind.ADDED} - gone
        if not new:
            return self
        return self._without(new, {key: one for key, one in self.records.items() if key not in new})

    def _without(self, ids: Collection[str], records: Mapping[str, Record]) -> "Compared":
        told = tuple(one for one in self.differences if one.id not in ids)
        return replace(self, differences=told, records=records)


@dataclass(frozen=True, slots=True)
class Findings:
    """What a listing says of the records that it has, each by itself."""

    known: Mapping[str, Record]
    """What they were compared with."""
    found: Mapping[str, Record]
    duplicates: int
    differences: Sequence[Difference]
    """Records that were added or updated, or that are another thing now, in the listing's order."""

    @classmethod
    def of(cls, known: Mapping[str, Record], listing: Listing) -> "Steps[Findings]":
        """Compare each record with what is known of it, in steps."""
        found: dict[str, Record] = {}
        differences: list[Difference] = []
        for part in parts(listing.records, PER_STEP):
            found.update((record.id, record) for record in part)
            yield UNITS
        for part in parts(list(found.values()), PER_STEP):
            for record in part:
                before = known.get(record.id)
                if before is not record:
                    differences.extend(_told(before, record))
            yield UNITS
        return cls(known, found, len(listing.records) - len(found), differences)


@dataclass(slots=True)
class Comparison:
    """What one collection must remember from listing to listing beside its records."""

    policy: RemovalPolicy = field(default_factory=RemovalPolicy)
    duplicates: int = 0
    """Duplicates met so far."""
    _absences: dict[str, _Absence] = field(default_factory=dict)
    _observed_at: datetime | None = None

    @property
    def held_back(self) -> tuple[str, ...]:
        """Why removals are held back beyond the usual confirmation; empty when none are."""
        return tuple(dict.fromkeys(a.reason for a in self._absences.values() if a.reason is not None))

    @property
    def unconfirmed(self) -> frozenset[str]:
        """Ids of records that were missing and do not count as removed yet."""
        return frozenset(self._absences)

    @staticmethod
    def emptied(known: Mapping[str, Record], reason: str) -> Compared:
        """What it means that all records are gone for certain."""
        return Compared(tuple(removed(record, reason) for record in known.values()), {}, 0)

    def compare(self, known: Mapping[str, Record], listing: Listing) -> Compared:
        """Compare a listing with the records known before it; the result is to be kept as known.

        The same answer handed over twice (same `observed_at`) confirms nothing.
        """
        return self.take(at_once(Findings.of(known, listing)), listing)

    def take(self, findings: Findings, listing: Listing) -> Compared:
        """As `compare`, with what the listing says of its own records found out before."""
        known, found = findings.known, findings.found
        self.duplicates += findings.duplicates
        for returned in self._absences.keys() & found.keys():
            del self._absences[returned]
        news = listing.complete and listing.observed_at != self._observed_at
        if news and listing.authoritative:
            differences = self._gone_at_once(known, found)
        else:
            differences = self._gone(known, found) if news else []
        if listing.complete:
            self._observed_at = listing.observed_at
        records = dict(known)
        for difference in differences:
            del records[difference.id]
        records.update(found)
        return Compared((*differences, *findings.differences), records, findings.duplicates)

    def _gone(self, known: Mapping[str, Record], found: Mapping[str, Record]) -> list[Difference]:
        missing = _missing(known, found)
        fresh = [key for key in missing if key not in self._absences]
        confirmed: list[Difference] = []
        for key in missing:
            absence = self._absences.get(key)
            if absence is None:
                continue
            absence.times += 1
            if absence.times >= absence.needed:
                del self._absences[key]
                confirmed.append(removed(known[key], absence.reason))
        self._suspect(fresh, len(known))
        return confirmed

    def _gone_at_once(self, known: Mapping[str, Record], found: Mapping[str, Record]) -> list[Difference]:
        self._absences.clear()
        return [removed(known[key]) for key in _missing(known, found)]

    def _suspect(self, fresh: list[str], known: int) -> None:
        limit = max(self.policy.sudden_count, self.policy.sudden_share * known)
        sudden = len(fresh) > limit
        needed = self.policy.sudden_confirmations if sudden else self.policy.confirmations
        reason = f"{len(fresh)} of {known} records were missing at once" if sudden else None
        for key in fresh:
            self._absences[key] = _Absence(needed, reason)


def _missing(known: Mapping[str, Record], found: Mapping[str, Record]) -> list[str]:
    """The ids that are known and not found, in the order in which they are known."""
    return [] if known.keys() <= found.keys() else [key for key in known if key not in found]


def _told(before: Record | None, after: Record) -> list[Difference]:
    if before is None:
        return [added(after)]
    if not same_thing(before, after):
        return [removed(before, "its id names another thing now"), added(after)]
    difference = updated(before, after)
    return [] if difference is None else [difference]
