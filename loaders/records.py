"""Loaders of records by their id or by the id of what they belong to."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from floorgraph.model.ids import GlobalId, Kind
from floorgraph.model.record import Record
from floorgraph.vendors.contract import Answer, By, Source, Where
from floorgraph.vendors.failures import SourceFailure
from loaders.base import Loader, SourceLoader


@dataclass(slots=True)
class Found:
    """The records that belong to one key.

    `failure` is set when they are the last known ones; `complete` is False
    when the vendor is known to have sent only part of them.
    """

    records: list[Record] = field(default_factory=list)
    failure: SourceFailure | None = None
    complete: bool = True
    observed_at: datetime | None = None


class RecordById(SourceLoader[str, Record | None]):
    """Records of one kind by id; None for an id that does not exist."""

    kind: ClassVar[Kind]

    def source_key(self, key: str) -> str:
        """The source in the id. Raises `BadId` when the id is of another kind."""
        return GlobalId.parse(key, expected=self.kind).source

    def missing(self) -> None:
        """An id that does not exist is null, not an error."""

    async def ask(self, source: Source, keys: list[str]) -> Mapping[str, Record | None]:
        """One `select` by id."""
        answer = await source.select(self.kind, Where(By.ID, frozenset(keys)), self.scope.freshness)
        return {record.id: record for record in answer.items}


class RecordsByParent(SourceLoader[str, Found]):
    """Records of one kind by the id of what they belong to."""

    kind: ClassVar[Kind]
    by: ClassVar[By]

    def missing(self) -> Found:
        """A parent of which the source knows nothing has no such records."""
        return Found()

    async def ask(self, source: Source, keys: list[str]) -> Mapping[str, Found]:
        """One `select` for all parents, dealt out by the field that refers to the parent."""
        answer = await source.select(self.kind, Where(self.by, frozenset(keys)), self.scope.freshness)
        found = {key: _found(answer) for key in keys}
        for record in answer.items:
            owner = found.get(getattr(record, self.by.value))
            if owner is not None:
                owner.records.append(record)
        return found


def _found(answer: Answer[Record]) -> Found:
    return Found([], answer.failure, answer.complete, answer.observed_at)


@dataclass(frozen=True, slots=True)
class PartOfList:
    """One source's part of a list: the key of `RecordsBySource`."""

    source: str
    kind: Kind
    where: Where


class RecordsBySource(Loader[PartOfList, Found]):
    """What each source has of a list."""

    async def batch(self, keys: list[PartOfList]) -> Mapping[PartOfList, Found | Exception]:
        """One `select` per part; the failure of one leaves the others alone."""
        parts = await asyncio.gather(*(self._part(key) for key in keys))
        return dict(zip(keys, parts, strict=True))

    async def _part(self, key: PartOfList) -> Found | Exception:
        source = self.scope.floor.get(key.source)
        if source is None:
            return Found()
        try:
            answer = await source.select(key.kind, key.where, self.scope.freshness)
        except SourceFailure as failure:
            return failure
        return Found(list(answer.items), answer.failure, answer.complete, answer.observed_at)


class StationById(RecordById):
    """Station id -> station."""

    kind = Kind.STATION


class JobById(RecordById):
    """Job id -> job."""

    kind = Kind.JOB


class OrderById(RecordById):
    """Order id -> order."""

    kind = Kind.ORDER


class PieceById(RecordById):
    """Piece id -> piece."""

    kind = Kind.PIECE


class ProgramById(RecordById):
    """Program id -> program."""

    kind = Kind.PROGRAM


class ProgramVersionById(RecordById):
    """Version id -> program version."""

    kind = Kind.PROGRAM_VERSION


class AlarmById(RecordById):
    """Alarm id -> alarm, while it is active."""

    kind = Kind.ALARM


class JobsByStationId(RecordsByParent):
    """Station id -> its jobs."""

    kind, by = Kind.JOB, By.STATION


class JobsByOrderId(RecordsByParent):
    """Order id -> its jobs."""

    kind, by = Kind.JOB, By.ORDER


class PiecesByStationId(RecordsByParent):
    """Station id -> the pieces made there."""

    kind, by = Kind.PIECE, By.STATION


class PiecesByJobId(RecordsByParent):
    """Job id -> its pieces."""

    kind, by = Kind.PIECE, By.JOB


class PiecesByOrderId(RecordsByParent):
    """Order id -> its pieces."""

    kind, by = Kind.PIECE, By.ORDER


class ProgramsByStationId(RecordsByParent):
    """Station id -> the programs kept for it."""

    kind, by = Kind.PROGRAM, By.STATION


class VersionsByProgramId(RecordsByParent):
    """Program id -> its versions."""

    kind, by = Kind.PROGRAM_VERSION, By.PROGRAM
