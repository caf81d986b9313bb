"""Shelves: the rows of one resource as they were last seen. Pure; time is passed in.

A row that comes again unchanged stays the same object, so that what was made
of it stays valid. Rows come in three ways: whole lists and what changed
since, which together say what there is; sets of uuids; children of parents.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from floorgraph.vendors.authentise.links import Ref, ref_of
from floorgraph.vendors.authentise.tallies import Tallies, Tally
from floorgraph.vendors.authentise.walk import later
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.turns import Steps, at_once, parts

_NOTHING: Final = object()
LONG_AGO: Final = float("-inf")
"""When what a command may have changed was seen (monotonic)."""
PER_STEP = 64
"""Rows that are sorted by what they lead to in one step."""
UNITS = 16
"""The units of work that so many take, about."""
MOST_LOOSE = 50_000
"""Rows kept that belong to no whole list, and groups kept; the oldest go first."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A record of the vendor. Compared by identity: an equal payload keeps its row."""

    ref: Ref
    payload: dict[str, Any]
    at: datetime
    """When this content was first seen."""

    def get(self, name: str) -> Any:
        """A field as it came."""
        return self.payload.get(name)

    def link(self, name: str, default: str | None = None) -> Ref | None:
        """What a field leads to."""
        return ref_of(self.payload.get(name), default)


@dataclass(frozen=True, slots=True)
class Group:
    """The children of one parent."""

    uuids: tuple[str, ...]
    at: datetime
    monotonic: float


GroupKey = tuple[str, str, str]
"""Field, further conditions as text, the parent's uuid."""


@dataclass
class Shelf:
    """What is known of one resource. `ttl` in seconds serves those who do not ask for an age."""

    resource: str
    ttl: float
    rows: "OrderedDict[str, Row]" = field(default_factory=OrderedDict)
    members: dict[str, Any] = field(default_factory=dict)
    """The uuids of the whole list, in its order; rows beside them were asked for one by one."""
    absent: dict[str, float] = field(default_factory=dict)
    """When uuids were asked for in vain (monotonic)."""
    groups: "OrderedDict[GroupKey, Group]" = field(default_factory=OrderedDict)
    full_at: datetime | None = None
    """When the whole list was last read."""
    full_monotonic: float | None = None
    whole: bool = False
    """Whether that reading missed nothing, as far as can be known."""
    swept_at: datetime | None = None
    """When the whole list was last brought up to date."""
    swept_monotonic: float | None = None
    newest: str | None = None
    """The newest `updated` seen, by the vendor's clock."""
    lost: int = 0
    """How many rows the last reading of the whole list lacked that were known before."""
    version: int = 0
    """Moves with every change."""
    epoch: int = 0
    """Moves with every command that may have changed rows; what was asked for before it is old."""
    _seen: dict[str, float] = field(default_factory=dict)
    _indexes: dict[str, tuple[int, dict[Ref, list[Row]]]] = field(default_factory=dict)
    _tallies: Tallies = field(default_factory=Tallies)

    def put(self, payloads: Iterable[Any], at: datetime, monotonic: float, *, member: bool) -> list[Row]:
        """Take up rows; those that cannot be told by a link of their own are left out."""
        return at_once(self.putting(payloads, at, monotonic, self.epoch, member=member))

    def putting(
        self, payloads: Iterable[Any], at: datetime, monotonic: float, epoch: int, *, member: bool
    ) -> Steps[list[Row]]:
        """As `put`, in steps, of rows that were asked for in an epoch: after a command they are old."""
        found: list[Row] = []
        for payload in payloads:
            ref = ref_of(payload.get("uri"), self.resource) if isinstance(payload, dict) else None
            if ref is not None:
                seen = self.since(epoch, monotonic)
                found.append(self._put(ref, payload, at, seen, member=member))
            yield 1
        self._trim()
        return found

    def _put(self, ref: Ref, payload: dict[str, Any], at: datetime, monotonic: float, *, member: bool) -> Row:
        before = self.rows.get(ref.uuid)
        listed = before if ref.uuid in self.members else None
        self._seen[ref.uuid] = monotonic
        self.absent.pop(ref.uuid, None)
        if member and ref.uuid not in self.members:
            self.members[ref.uuid] = None
            self.version += 1
        row = before
        if row is None or not (row.payload == payload or _older(payload, row.payload)):
            row = self.rows[ref.uuid] = Row(Ref(self.resource, ref.uuid), payload, at)
            self.version += 1
        if row is not listed and ref.uuid in self.members:
            self._count(listed, row)
        return row

    def filled(self, uuids: Iterable[str], at: datetime, monotonic: float, *, whole: bool) -> None:
        """The whole list was read: these are all there are, unless some are known to be missing."""
        fresh = dict.fromkeys(uuids)
        if not whole:
            fresh = dict.fromkeys([*self.members, *fresh])
        gone = [uuid for uuid in self.members if uuid not in fresh]
        self.lost = len(gone)
        if gone or list(fresh) != list(self.members):
            self.version += 1
        if self._tallies:
            for uuid in fresh.keys() - self.members.keys():
                self._count(None, self.rows.get(uuid))
        self.members = dict(fresh)
        for uuid in gone:
            self._count(self.rows.pop(uuid, None), None)
            self._seen.pop(uuid, None)
        self.full_at, self.full_monotonic, self.whole = at, monotonic, whole
        self.swept(at, monotonic)

    def outdate(self, *, derived: bool = False) -> None:
        """A command may have changed rows: what is known of them serves no question from now on.

        It still stands in for answers that cannot be had. With `derived` values may have changed that no
        `updated` tells of, so that the whole list is to be read.
        """
        self.epoch += 1
        self.swept_monotonic = None if self.swept_monotonic is None else LONG_AGO
        if derived and self.full_monotonic is not None:
            self.full_monotonic = LONG_AGO
        self._seen = dict.fromkeys(self._seen, LONG_AGO)
        self.absent.clear()
        for key, group in self.groups.items():
            self.groups[key] = replace(group, monotonic=LONG_AGO)

    def since(self, epoch: int, monotonic: float) -> float:
        """The age of what was asked for in an epoch: as observed, unless a command came in between."""
        return monotonic if epoch == self.epoch else LONG_AGO

    def swept(self, at: datetime, monotonic: float) -> None:
        """The whole list is up to date as of now."""
        self.swept_at, self.swept_monotonic = at, monotonic

    def missing(self, uuids: Iterable[str], monotonic: float) -> None:
        """These were asked for and are not there (any more)."""
        gone = list(uuids)
        self.absent.update(dict.fromkeys(gone, monotonic))
        self.drop(gone)

    def drop(self, uuids: Iterable[str]) -> None:
        """These are not in the list any more."""
        for uuid in uuids:
            if self.members.pop(uuid, _NOTHING) is not _NOTHING:
                self.version += 1
                self._count(self.rows.get(uuid), None)
            self.rows.pop(uuid, None)
            self._seen.pop(uuid, None)

    def oldest(self, uuids: Iterable[str]) -> float | None:
        """When the longest unseen of these rows was last seen (monotonic)."""
        swept = self.swept_monotonic
        seen = [
            max(at, swept) if swept is not None and uuid in self.members else at
            for uuid in uuids
            if (at := self._seen.get(uuid)) is not None
        ]
        return min(seen, default=None)

    def is_current(self, freshness: Freshness, now: float) -> bool:
        """Whether the whole list will do."""
        return self.swept_monotonic is not None and freshness.accepts(self.swept_monotonic, now, self.ttl)

    def has(self, uuid: str, freshness: Freshness, now: float) -> bool:
        """Whether what is known of a uuid will do, be it that it does not exist."""
        seen = self._seen.get(uuid, self.absent.get(uuid))
        if uuid in self.members and self.swept_monotonic is not None:
            seen = max(seen or self.swept_monotonic, self.swept_monotonic)
        return seen is not None and freshness.accepts(seen, now, self.ttl)

    def group(self, key: GroupKey, freshness: Freshness, now: float) -> Group | None:
        """The children of a parent, if what is known will do."""
        found = self.groups.get(key)
        if found is None or not freshness.accepts(found.monotonic, now, self.ttl):
            return None
        return found

    def keep_group(self, key: GroupKey, group: Group) -> None:
        """Remember the children of a parent."""
        self.groups[key] = group
        self.groups.move_to_end(key)
        while len(self.groups) > MOST_LOOSE:
            self.groups.popitem(last=False)

    def of(self, uuids: Iterable[str]) -> list[Row]:
        """The rows of these uuids, as far as they are known."""
        return [row for uuid in uuids if (row := self.rows.get(uuid)) is not None]

    def listed(self) -> list[Row]:
        """The rows of the whole list."""
        return self.of(self.members)

    def index(self, name: str, links: Callable[[Row], Iterable[Ref]]) -> Steps[Mapping[Ref, list[Row]]]:
        """The rows of the whole list by what they lead to, in steps; made anew only after changes."""
        known, version = self._indexes.get(name), self.version
        if known is not None and known[0] == version:
            return known[1]
        found: dict[Ref, list[Row]] = {}
        for some in parts(self.listed(), PER_STEP):
            for row in some:
                for ref in links(row):
                    found.setdefault(ref, []).append(row)
            yield UNITS
        self._indexes[name] = (version, found)
        return found

    def tally(self, name: str) -> Tally:
        """What a field of the whole list's rows holds; counted as rows come and go."""
        return self._tallies.of(name, (row.payload for row in self.listed()))

    def _count(self, before: Row | None, after: Row | None) -> None:
        """A row of the whole list was replaced, came, or is gone."""
        self._tallies.change(
            None if before is None else before.payload, None if after is None else after.payload
        )

    def _trim(self) -> None:
        while len(self.rows) - len(self.members) > MOST_LOOSE:
            oldest = next((uuid for uuid in self.rows if uuid not in self.members), None)
            if oldest is None:
                return
            del self.rows[oldest]
            self._seen.pop(oldest, None)
        if len(self.absent) > MOST_LOOSE:
            self.absent.clear()


def _older(payload: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    """Whether a payload is an earlier state than the known one, as an answer from a cache may be."""
    return later(known.get("updated"), payload.get("updated"))
