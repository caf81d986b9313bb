"""What lists can be narrowed by, and how each source is asked for its part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from floorgraph.model.errors import BadArgument
from floorgraph.model.ids import SOURCE_KEY, GlobalId, Kind
from floorgraph.model.record import Record
from floorgraph.vendors.contract import Source
from floorgraph.vendors.questions import EVERYTHING, By, Where
from loaders.scope import Scope
from resolvers.ordering import Ordering
from resolvers.way import Way

MAX_VALUES = 1000


@dataclass(kw_only=True)
class Criteria:
    """What all lists can be narrowed by. Conditions are combined with AND, the values of one with OR."""

    kind: ClassVar[Kind]
    searched: ClassVar[tuple[str, ...]] = ("name", "remote_id")
    """The fields that `text` is looked for in."""
    parents: ClassVar[Mapping[str, tuple[By | None, Kind]]] = {}
    """Conditions that name another record: what they compare, and the kind of the record named. Without
    anything to compare the condition is met by way of further records, see `ways`."""
    ways: ClassVar[Mapping[str, Way]] = {}
    """How conditions are met that lead to records of this kind by way of further ones."""

    ids: list[str] | None = None
    """Only records with one of these ids; at most 1000."""
    sources: list[str] | None = None
    """Only records of these sources, by key."""
    vendors: list[str] | None = None
    """Only records of sources of these vendors, by the vendor's key such as it stands in `Source.vendor`. A
    subscription follows the sources that are theirs when it begins."""
    text: str | None = None
    """Only records that contain this text in their name, reference or remote id; upper and lower case
    are the same."""
    updated_since: datetime | None = None
    """Only records whose `updatedAt` is at or after this time."""

    def check(self) -> None:
        """Raises `BadId` or `BadArgument` when a condition cannot be meant."""
        for name in ("ids", "sources", "vendors"):
            if len(getattr(self, name) or ()) > MAX_VALUES:
                raise BadArgument(f"'filter.{name}' may hold at most {MAX_VALUES} values.")
        for text in self.ids or ():
            GlobalId.parse(text, expected=self.kind)
        for name, (_, kind) in self.parents.items():
            if (value := getattr(self, name)) is not None:
                GlobalId.parse(value, expected=kind)
        if self.updated_since is not None and self.updated_since.tzinfo is None:
            raise BadArgument("'filter.updatedSince' needs a time zone, for example 2026-01-31T08:00:00Z.")

    def concerns(self, source: Source) -> bool:
        """Whether the source can have any such records."""
        if self.vendors is not None and source.vendor not in self.vendors:
            return False
        named = self.named_sources()
        return named is None or source.key in named

    def named_sources(self) -> frozenset[str] | None:
        """Keys of the only sources that can have any such records, configured or not; None where all can.

        Looks away from vendors: a source's vendor is known once it is configured.
        """
        named = []
        if self.sources is not None:
            named.append(frozenset(key for key in self.sources if SOURCE_KEY.fullmatch(key)))
        if self.ids is not None:
            named.append(frozenset(GlobalId.parse(text).source for text in self.ids))
        parents = (getattr(self, name) for name in self.parents)
        named += [frozenset((GlobalId.parse(one).source,)) for one in parents if one is not None]
        return frozenset.intersection(*named) if named else None

    def where(self, source: Source) -> Where:
        """The condition that the source evaluates itself; the others are applied to what it returns."""
        if self.ids is not None:
            own = (text for text in self.ids if GlobalId.parse(text).source == source.key)
            return Where(By.ID, frozenset(own))
        for name, (by, _) in self.parents.items():
            value = getattr(self, name)
            if by is not None and value is not None:
                return Where(by, frozenset((value,)))
        return EVERYTHING

    @property
    def is_open(self) -> bool:
        """Whether nothing is asked of records: they are all admitted."""
        return self == type(self)()

    def admits(self, record: Any) -> bool:
        """Whether a record meets every condition, judged from the record alone."""
        return (
            (self.ids is None or record.id in self.ids)
            and (self.sources is None or record.source in self.sources)
            and (self.updated_since is None or record.updated_at >= self.updated_since)
            and self._admits_text(record)
            and all(self._admits_parent(record, name, by) for name, (by, _) in self.parents.items())
        )

    def looks_further(self, ordering: Ordering) -> bool:
        """Whether `narrowed` asks for further records."""
        del ordering
        return any(getattr(self, name) is not None for name in self.ways)

    async def narrowed(self, scope: Scope, ordering: Ordering, records: Sequence[Any]) -> list[Any]:
        """The records that meet the conditions which take further records to judge.

        Kinds whose order or conditions rest on what a list call does not bring
        add it here. May raise `SourceFailure`.
        """
        del ordering
        kept = list(records)
        for name, way in self.ways.items():
            value = getattr(self, name)
            if value is not None:
                wanted = await way.ids(scope, value)
                kept = [record for record in kept if record.id in wanted]
        return kept

    def _admits_text(self, record: Record) -> bool:
        if not self.text:
            return True
        wanted = self.text.casefold()
        return any(wanted in str(getattr(record, name) or "").casefold() for name in self.searched)

    def _admits_parent(self, record: Record, name: str, by: By | None) -> bool:
        value = getattr(self, name)
        return by is None or value is None or value in by.values_of(record)
